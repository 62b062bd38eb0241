-- Corrections of the record: a wrong receipt, a wrong settlement, a message that the carrier lost. An amendment is a separate entry
-- and changes no other row. The status that counts now is derived from both.

create domain tidings.amendment_kind as text
  constraint amendment_kind_is_known check (value in ('receiptWrong', 'settlementWrong', 'lostByCarrier')
    or tidings.refuse_word('amendment_kind', value));

create table tidings.amendments (
  id bigint primary key generated always as identity,
  interaction_id bigint not null
    constraint amendments_interaction_is_known references tidings.interactions,
  kind tidings.amendment_kind not null,
  -- what it replaces: the newest transition, and the amendment of it that was in force; guard_amendment writes both
  transition_id bigint not null,
  replaces_id bigint
    constraint amendments_replaced_is_known references tidings.amendments
    constraint amendments_are_replaced_once unique,
  -- the correct outcome
  status tidings.interaction_status not null
    constraint amendments_status_is_an_outcome check (status in ('attempted', 'succeeded', 'failed')
      or tidings.refuse('amendments_status_is_an_outcome', format('%s is no outcome of a message', status), 'use attempted, succeeded or failed')),
  status_details text,
  reason text not null
    constraint amendments_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('amendments_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  -- the evidence, such as the number of a letter of the carrier
  evidence text not null
    constraint amendments_evidence_has_at_most_2000_characters check (char_length(evidence) between 1 and 2000
      or tidings.refuse('amendments_evidence_has_at_most_2000_characters', 'evidence is empty or too long', 'use 1 to 2,000 characters')),
  -- when it happened, as far as that is known
  happened_at timestamptz
    constraint amendments_happened_at_is_a_date check (isfinite(happened_at) is not false
      or tidings.refuse('amendments_happened_at_is_a_date', 'happened_at is infinite', 'set the time at which it happened, or leave it out')),
  amended_at timestamptz not null default clock_timestamp(),
  amended_by text not null default tidings.moved_by(),
  constraint amendments_lost_messages_have_failed check (kind <> 'lostByCarrier' or status = 'failed'
    or tidings.refuse('amendments_lost_messages_have_failed', format('a message that was lost is not %s', status), 'use failed'))
);
create index amendments_by_interaction on tidings.amendments (interaction_id, id);

-- The amendments in force: the last one of the newest transition. A transition that comes later, such as another receipt, ends it.
create view tidings.amended_statuses (interaction_id, amendment_id, kind, status, status_details) with (security_invoker = true) as
select a.interaction_id, a.id, a.kind, a.status, a.status_details
from tidings.amendments a
where not exists (select from tidings.amendments r where r.replaces_id = a.id)
  and not exists (select from tidings.interaction_transitions n where n.interaction_id = a.interaction_id and n.id > a.transition_id);

-- The status of each interaction with its amendment, if it has one
create view tidings.effective_statuses (interaction_id, status, status_details, amendment_id) with (security_invoker = true) as
select i.id, coalesce(a.status, i.status), case when a.amendment_id is null then i.status_details else a.status_details end, a.amendment_id
from tidings.interactions i
left join tidings.amended_statuses a on a.interaction_id = i.id;

-- True if an amendment in force says that the message was sent after all
create function tidings.was_amended_to_sent(interaction_id bigint) returns boolean
language sql stable return exists (
  select from tidings.amended_statuses s
  where s.interaction_id = was_amended_to_sent.interaction_id and s.status in ('attempted', 'succeeded')
);
-- as in 0006, and also by an amendment
create or replace function tidings.was_sent_before(first_id bigint, attempt_number int) returns boolean
language sql stable return attempt_number > 1 and exists (
  select from tidings.interactions e
  where (e.id = first_id or e.first_interaction_id = first_id) and e.attempt < attempt_number
    and (tidings.was_sent(e.status, e.status_details) or tidings.was_amended_to_sent(e.id))
);

-- The preconditions. The interaction is locked first, so that no receipt and no settlement is recorded meanwhile.
create function tidings.guard_amendment() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  amended tidings.interactions;
  in_force tidings.amended_statuses;
begin
  select * into amended from tidings.interactions i where i.id = new.interaction_id for no key update;
  if not found then
    return new; -- the foreign key refuses it
  end if;
  if amended.origin <> 'tidings' then
    perform tidings.refuse('amendments_are_of_notices', format('interaction %s was logged by others', amended.id),
      'change the interaction: its history keeps the earlier values');
  end if;
  if tidings.is_outcome_unknown(amended.status, amended.status_details) then
    perform tidings.refuse('amendments_are_of_known_outcomes', format('the outcome of interaction %s is unknown', amended.id), 'use `tidings settle`');
  end if;
  if amended.status not in ('attempted', 'succeeded', 'failed') or amended.claimed_at is null then
    perform tidings.refuse('amendments_are_of_sent_messages', format('interaction %s is %s: no provider had its message', amended.id, amended.status),
      'only what was sent has an outcome that can be wrong');
  end if;
  if exists (
    select from tidings.interactions n
    where n.first_interaction_id = coalesce(amended.first_interaction_id, amended.id) and n.attempt > amended.attempt
      and n.status in ('scheduled', 'inProgress')
  ) then
    perform tidings.refuse('amendments_wait_for_later_attempts', format('another attempt has followed interaction %s and is not finished', amended.id),
      'wait for it, or withdraw it with `tidings cancel`');
  end if;
  if new.kind = 'receiptWrong' and not exists (select from tidings.receipts r where r.interaction_id = amended.id) then
    perform tidings.refuse('amendments_of_receipts_have_a_receipt', format('interaction %s has no receipt', amended.id),
      '`tidings explain` shows what its status comes from');
  end if;
  if new.kind = 'settlementWrong' and not exists (
    select from tidings.interaction_transitions t
    where t.interaction_id = amended.id and tidings.is_outcome_unknown(t.from_status, t.from_status_details)
  ) then
    perform tidings.refuse('amendments_of_settlements_have_a_settlement', format('interaction %s was not settled', amended.id),
      '`tidings explain` shows what its status comes from');
  end if;
  if new.kind = 'lostByCarrier' and not exists (
    select from tidings.interaction_transitions t where t.interaction_id = amended.id and tidings.was_sent(t.to_status, t.to_status_details)
  ) then
    perform tidings.refuse('amendments_of_losses_were_accepted', format('no provider has accepted interaction %s', amended.id),
      '`tidings explain` shows what its status comes from');
  end if;
  if new.happened_at > clock_timestamp() + interval '5 seconds' then
    perform tidings.refuse('amendments_happened_at_is_not_in_the_future', 'happened_at is ahead of the database''s clock',
      'set the time at which it happened, or leave it out');
  end if;
  -- the outcome of a message follows its call, by clocks that may differ
  if isfinite(new.happened_at) and new.happened_at < amended.claimed_at - interval '5 seconds' then
    perform tidings.refuse('amendments_happened_at_follows_the_call', format('happened_at is before the call of interaction %s', amended.id),
      'set the time at which it happened, or leave it out');
  end if;
  select * into in_force from tidings.amended_statuses s where s.interaction_id = amended.id;
  if (new.status, new.status_details) is not distinct from
    (coalesce(in_force.status, amended.status), case when in_force.amendment_id is null then amended.status_details else in_force.status_details end) then
    perform tidings.refuse('amendments_change_the_outcome', format('interaction %s is %s already', amended.id, new.status), 'there is nothing to correct');
  end if;
  new.transition_id := (select max(t.id) from tidings.interaction_transitions t where t.interaction_id = amended.id);
  new.replaces_id := in_force.amendment_id;
  new.amended_at := clock_timestamp();
  new.amended_by := tidings.moved_by();
  return new;
end $$;
create trigger guard_amendment before insert on tidings.amendments for each row execute function tidings.guard_amendment();
create trigger keep_history before update or delete or truncate on tidings.amendments
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.amendments
for each statement execute function tidings.only_tidings_writes('operate');
create trigger require_values before insert or update on tidings.amendments
for each row when (new.id is null or new.interaction_id is null or new.kind is null or new.transition_id is null or new.status is null
  or new.reason is null or new.evidence is null or new.amended_at is null or new.amended_by is null)
execute function tidings.refuse_missing_value();

-- True while a notice that failed, by the status that counts now, has not been replaced. Another interaction replaces it, unless that
-- interaction failed too, was canceled or came from the borrower.
create function tidings.is_undelivered(interaction_id bigint) returns boolean
language sql stable return exists (
  select from tidings.effective_statuses e where e.interaction_id = is_undelivered.interaction_id and e.status = 'failed'
) and not exists (
  select from tidings.interactions n
  where n.previous_interaction_id = is_undelivered.interaction_id and n.origin = 'tidings'
) and not exists (
  select from tidings.interactions n
  where n.previous_interaction_id = is_undelivered.interaction_id and n.origin = 'logged' and n.direction is distinct from 'inbound'
    and n.status not in ('failed', 'canceled')
);

-- Notes a notice that did not arrive by an amendment, as note_undelivered does
create function tidings.note_amended() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.amendments');
  insert into tidings.undelivered_notices (interaction_id)
  select i.id
  from tidings.interactions i
  join tidings.templates t on t.id = i.template_id and t.version = i.template_version
  where i.id = new.interaction_id and t.required_by_law
  on conflict (interaction_id) do update set noted_at = clock_timestamp(), reported_at = null, closed_at = null;
  return null;
end $$;
create trigger note_amended after insert on tidings.amendments
for each row when (new.status = 'failed') execute function tidings.note_amended();

-- A message whose outcome an amendment in force states waits for no receipt, although one may still come. The end of the wait would
-- write a transition, and that would end the amendment (src/store/receipts/silence.ts).
do $$
begin
  execute format($view$create or replace view tidings.waiting as %s
    where not (o.reason in ('receipt', 'recipientServer')
      and exists (select from tidings.amended_statuses s where s.interaction_id = o.interaction_id))$view$,
    rtrim(pg_get_viewdef('tidings.waiting'::regclass), '; '));
end $$;

-- Amendments are leaves of the record tree. The views of 0018 are extended, because a release is never edited.
do $$
begin
  execute format($view$create or replace view tidings.record_leaves (source, id, leaf) with (security_invoker = true) as
    %s
    union all
    select 'amendments', l.id, row_to_json(l)::text
    from (
      select
        'amendments' as leaf_of, x.id, x.interaction_id, x.kind, x.transition_id, x.replaces_id, x.status, x.status_details,
        x.reason, x.evidence, x.happened_at, x.amended_at, x.amended_by
      from tidings.amendments x
    ) l$view$, rtrim(pg_get_viewdef('tidings.record_leaves'::regclass), '; '));
  execute format($view$create or replace view tidings.record_leaf_ids (source, last_id) with (security_invoker = true) as
    %s
    union all
    select 'amendments', coalesce(pg_sequence_last_value('tidings.amendments_id_seq'), 0)$view$,
    rtrim(pg_get_viewdef('tidings.record_leaf_ids'::regclass), '; '));
end $$;

revoke execute on function tidings.guard_amendment(), tidings.note_amended(), tidings.is_undelivered(bigint), tidings.was_amended_to_sent(bigint) from public;
