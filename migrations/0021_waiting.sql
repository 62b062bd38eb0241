-- Waits. Each case change and interaction that is not final has a reason for which it waits, an owner, a begin, a term and a next
-- step. The views derive all of it from the record: there is no counter and no flag.

create domain tidings.wait_reason as text
  constraint wait_reason_is_known check (value in (
    'intake', 'intakeRefused', 'resolving', 'resolvingFailed',
    'dueTime', 'nextAttempt', 'turn', 'daemon', 'pause', 'rule', 'contentKey', 'providerAccess', 'channelProvider', 'unreadReply', 'decision',
    'answer', 'recovery', 'lookup', 'settlement', 'receipt', 'recipientServer', 'report', 'reading',
    'nothing')
    or tidings.refuse_word('wait_reason', value));
create domain tidings.wait_owner as text
  constraint wait_owner_is_known check (value in ('tidings', 'provider', 'recipient', 'person', 'coreSystem')
    or tidings.refuse_word('wait_owner', value));
create domain tidings.wait_end as text
  constraint wait_end_is_known check (value in ('takenIn', 'triedAgain', 'resolved', 'judged', 'outcomeUnknown', 'lookedUp', 'noReceipt', 'expires', 'staysOpen')
    or tidings.refuse_word('wait_end', value));

-- The owner of each reason, its term (seconds), and the step that follows by itself at the end of the term. Where the
-- record has a time, the term is added to it: an interaction that is due has its turn within the term of `turn`.
create view tidings.wait_terms as
select v.reason::tidings.wait_reason, v.owner::tidings.wait_owner, v.term_seconds, v.next_step::tidings.wait_end
from (values
  ('intake', 'tidings', 300, 'takenIn'),
  ('intakeRefused', 'coreSystem', 300, 'triedAgain'),
  ('resolving', 'tidings', 300, 'resolved'),
  ('resolvingFailed', 'person', 300, 'triedAgain'),
  ('dueTime', 'tidings', 0, 'judged'),
  ('nextAttempt', 'tidings', 0, 'judged'),
  ('turn', 'tidings', 900, 'judged'),
  ('daemon', 'person', 900, 'judged'),
  ('pause', 'person', 86400, 'staysOpen'),
  ('rule', 'tidings', 900, 'judged'),
  ('contentKey', 'person', 86400, 'staysOpen'),
  ('providerAccess', 'person', 86400, 'staysOpen'),
  ('channelProvider', 'person', 86400, 'staysOpen'),
  ('unreadReply', 'person', 86400, 'staysOpen'),
  ('decision', 'person', 86400, 'staysOpen'),
  ('answer', 'provider', 120, 'outcomeUnknown'),
  ('recovery', 'tidings', 120, 'outcomeUnknown'),
  ('lookup', 'tidings', 120, 'lookedUp'),
  ('settlement', 'person', 86400, 'staysOpen'),
  ('receipt', 'provider', 432000, 'noReceipt'),
  ('recipientServer', 'recipient', 432000, 'noReceipt'),
  ('report', 'coreSystem', 86400, 'staysOpen'),
  ('reading', 'person', 86400, 'staysOpen'),
  ('nothing', 'tidings', 0, 'staysOpen')
) v(reason, owner, term_seconds, next_step);

-- The wait of each open row: its reason, its begin, and the time from which its term counts. Every part reads an index of open rows only.
-- The ids in jobs come from a function whose size the planner cannot know: with a left join it may compare each id with each
-- in a job, which takes hours for a bulk. A full join is always done by hash or merge; `coalesce` keeps it from becoming a left join.
create view tidings.open_work (case_change_id, interaction_id, case_id, person_id, channel, notification_type_id, rule_id, reason, since, counts_from, latest_at) as
-- case changes
select c.id, null::bigint, c.case_id, c.borrower_id, null::text, null::int, null::text,
  case when x.refused_by is null then 'intake' else 'intakeRefused' end, x.noted_at, greatest(x.noted_at, x.retry_at), null::timestamptz
from tidings.missed_changes x
join tidings.case_changes c on c.id = x.case_change_id
union all
select c.id, null, c.case_id, c.borrower_id, null, null, null,
  case when q.failed_by is null then 'resolving' else 'resolvingFailed' end, q.queued_at, greatest(q.queued_at, q.run_at), null
from tidings.resolve_queue q
cross join lateral unnest(q.case_change_ids) u(id)
join tidings.case_changes c on c.id = u.id
union all
-- scheduled, with a due time
select i.case_change_id, i.id, i.case_id, i.person_id, i.channel, i.notification_type_id, i.compliance_guard_rule_id, w.reason,
  case when w.reason in ('dueTime', 'nextAttempt', 'nothing') then i.status_updated_at else least(i.scheduled_at_from, i.first_due_at) end,
  case when w.reason in ('dueTime', 'nextAttempt', 'turn', 'daemon', 'rule') then i.scheduled_at_from
    else coalesce(i.first_due_at, i.scheduled_at_from) end,
  i.scheduled_at_to
from (
  select s.*, j.id is not null as is_in_job
  from (select * from tidings.interactions n where n.origin = 'tidings' and n.status = 'scheduled' and n.scheduled_at_from is not null) s
  full join (select distinct q.id from tidings.interactions_in_jobs('deliver_interactions', 'infinity') q) j on j.id = s.id
  where coalesce(s.id, 0) > 0
) i
cross join lateral (
  select case
    when not i.is_in_job then 'nothing'
    when i.compliance_guard_rule_id = 'pause.open' then 'pause'
    when i.compliance_guard_rule_id = 'content.noKey' then 'contentKey'
    when i.compliance_guard_rule_id = 'reply.unread' then 'unreadReply'
    when i.compliance_guard_rule_id is not null then 'rule'
    -- an answer that showed a fault of ours has put it off, and a probe tries it again each minute
    when i.failure_description_short is not null then 'providerAccess'
    when i.scheduled_at_from > now() then case when i.attempt > 1 then 'nextAttempt' else 'dueTime' end
    when not exists (select from tidings.channels c where c.channel = i.channel and c.provider is not null) then 'channelProvider'
    when not exists (select from tidings.workers k where k.heartbeat_at > now() - interval '10 seconds') then 'daemon'
    -- an outage keeps its first code, and a provider that was failing may have stopped the channel since
    when exists (select from tidings.workers k where k.heartbeat_at > now() - interval '10 seconds'
      and k.channels @> jsonb_build_array(jsonb_build_object('channel', i.channel, 'condition', 'stopped')))
      then 'providerAccess'
    else 'turn'
  end as reason
) w
union all
-- held for a person
select i.case_change_id, i.id, i.case_id, i.person_id, i.channel, i.notification_type_id, i.compliance_guard_rule_id,
  case when h.held_at is null then 'nothing' else 'decision' end, coalesce(h.held_at, i.status_updated_at),
  coalesce(h.held_at, i.status_updated_at), i.scheduled_at_to
from tidings.interactions i
left join lateral (select o.held_at from tidings.holds o where o.interaction_id = i.id and o.decided_at is null limit 1) h on true
where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is null
union all
-- with a provider
select i.case_change_id, i.id, i.case_id, i.person_id, i.channel, i.notification_type_id, null,
  case when exists (select from tidings.workers k where k.id = i.claimed_by) then 'answer' else 'recovery' end, i.claimed_at, i.claimed_at, null
from tidings.interactions i
where i.origin = 'tidings' and i.status = 'inProgress'
union all
-- of unknown outcome, if no attempt has followed
select i.case_change_id, i.id, i.case_id, i.person_id, i.channel, i.notification_type_id, null,
  case when i.settle_at is null then 'settlement' when i.is_in_job or i.settling_since is not null then 'lookup' else 'nothing' end,
  coalesce(i.status_details_updated_at, i.status_updated_at), coalesce(i.settle_at, i.status_details_updated_at, i.status_updated_at), null
from (
  select s.*, j.id is not null as is_in_job
  from (
    select * from tidings.interactions n where n.origin = 'tidings' and tidings.is_outcome_unknown(n.status, n.status_details)
      and not exists (select from tidings.interactions f where f.previous_interaction_id = n.id and f.origin = 'tidings')
  ) s
  full join (select distinct q.id from tidings.interactions_in_jobs('settle_unknown_outcomes', 'infinity') q) j on j.id = s.id
  where coalesce(s.id, 0) > 0
) i
union all
-- accepted
select i.case_change_id, i.id, i.case_id, i.person_id, i.channel, i.notification_type_id, null,
  case when i.status_details like '%Deferred' then 'recipientServer' else 'receipt' end,
  coalesce(i.status_details_updated_at, i.status_updated_at), coalesce(i.status_details_updated_at, i.status_updated_at), null
from tidings.interactions i
where i.origin = 'tidings' and tidings.awaits_receipt(i.status, i.status_details)
union all
-- planned or in progress elsewhere
select null, i.id, i.case_id, i.person_id, i.channel, null, null, 'report', i.status_updated_at,
  greatest(i.status_updated_at, i.scheduled_at_from, i.scheduled_at_to), null
from tidings.interactions i
where i.origin = 'logged' and i.status in ('scheduled', 'inProgress')
union all
-- replies that no person has read
select null, i.id, i.case_id, i.person_id, i.channel, null, null, 'reading', m.received_at, m.received_at, null
from tidings.inbound_messages m
join tidings.interactions i on i.id = m.interaction_id
where m.is_open;

-- One row for each wait
create view tidings.waiting as
select o.case_change_id, o.interaction_id, o.case_id, o.person_id, o.channel, o.notification_type_id, o.rule_id, t.reason, t.owner, o.since,
  case when p.ends_at is not null then least(p.ends_at, o.latest_at)
    -- a person has as long as the notice, which fails at its latest time
    when t.owner = 'person' and o.latest_at is not null and o.reason <> 'daemon' then o.latest_at
    when o.reason in ('receipt', 'recipientServer') then o.counts_from + coalesce(h.receipt_within_seconds, t.term_seconds) * interval '1 second'
    else o.counts_from + t.term_seconds * interval '1 second' end as until,
  case when p.ends_at is not null and (p.ends_at <= o.latest_at) is not false then 'judged'
    -- a held notice fails only when a person decides about it
    when t.owner = 'person' and o.latest_at is not null and o.reason not in ('daemon', 'decision') then 'expires'
    else t.next_step end::tidings.wait_end as next_step
from tidings.open_work o
join tidings.wait_terms t on t.reason = o.reason
left join tidings.channels h on h.channel = o.channel
left join lateral (
  select a.ends_at
  from tidings.pauses a
  where o.reason = 'pause' and a.released_at is null and (a.ends_at > now()) is not false
    and (a.scope = 'everything' or a.channel = o.channel or a.notification_type_id = o.notification_type_id)
  order by a.ends_at desc nulls first
  limit 1
) p on true;

-- The waits whose term has passed
create view tidings.breaches as
select w.*, extract(epoch from now() - w.until)::float8 as late_seconds
from tidings.waiting w
where w.until <= now();

-- The case changes and interactions that are not final and that nothing will continue: a defect, or a row that someone has
-- deleted. It reads all case changes; the others are read by the indexes of open rows. `except` is always done by hash or sort.
create view tidings.waiting_for_nothing (case_change_id, interaction_id) as
select w.case_change_id, w.interaction_id from tidings.open_work w where w.reason = 'nothing'
union all
select n.id, null::bigint
from (
  (
    select c.id from tidings.case_changes c
    where not exists (select from tidings.resolutions r where r.case_change_id = c.id)
      and (c.fires or not exists (select from tidings.case_moves m where m.case_change_id = c.id))
  )
  except
  (
    select x.case_change_id from tidings.missed_changes x
    union all
    select unnest(q.case_change_ids) from tidings.resolve_queue q
  )
) n;

-- The notices of Tidings that were called later than their turn, or are due for longer and not called, each with what explains it:
-- the outage that covers most of the delay, else a pause, else the wait that it was put off by. A notice that a rule of the guard
-- puts off is not late. Without an explanation all three are null.
create view tidings.late_notices as
select i.id as interaction_id, i.case_change_id, i.case_id, i.channel, i.notification_type_id, d.due_at, i.started_at as called_at,
  extract(epoch from coalesce(i.started_at, now()) - d.due_at)::float8 as late_seconds, o.id as outage_id, p.id as pause_id, w.rule_id as put_off_by
from tidings.interactions i
cross join lateral (select coalesce(i.first_due_at, i.scheduled_at_from) as due_at) d
left join lateral (
  select u.id
  from tidings.outages u
  where u.began_at < coalesce(i.started_at, now()) and coalesce(u.ended_at, now()) > d.due_at
    and (u.kind <> 'provider' or u.channel = i.channel)
  order by least(coalesce(u.ended_at, now()), coalesce(i.started_at, now())) - greatest(u.began_at, d.due_at) desc, u.id
  limit 1
) o on true
left join lateral (
  select a.id
  from tidings.pauses a
  where a.paused_at < coalesce(i.started_at, now()) and coalesce(a.released_at, a.ends_at, now()) > d.due_at
    and (a.scope = 'everything' or a.channel = i.channel or a.notification_type_id = i.notification_type_id)
  order by a.paused_at
  limit 1
) p on true
left join lateral (
  select h.changes #>> '{compliance_guard_rule_id,to}' as rule_id
  from tidings.record_changes h
  where h.table_name = 'interactions' and h.row_id = i.id::text and h.changes #>> '{compliance_guard_rule_id,to}' is not null
  order by h.id
  limit 1
) w on true
where i.origin = 'tidings' and i.attempt = 1 and (i.started_at is not null or i.status = 'scheduled')
  and coalesce(i.started_at, now()) > d.due_at + (select t.term_seconds from tidings.wait_terms t where t.reason = 'turn') * interval '1 second';
