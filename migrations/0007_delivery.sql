-- What operators and settling need: pauses on record, chains in one query, outcomes nobody knows found quickly.

create table tidings.pauses (
  id bigint primary key generated always as identity,
  scope text not null
    constraint pauses_scope_is_known check (scope in ('everything', 'channel', 'notificationType')),
  channel text
    constraint pauses_channel_is_known check (channel in ('voice', 'email', 'fax', 'text', 'chat', 'mail', 'gui', 'document')),
  notification_type_id int,
  reason text not null
    constraint pauses_say_why check (reason <> ''),
  paused_at timestamptz not null default clock_timestamp(),
  paused_by text not null default tidings.moved_by(),
  released_at timestamptz,
  released_by text,
  constraint pauses_name_what_they_pause
    check ((scope = 'channel') = (channel is not null) and (scope = 'notificationType') = (notification_type_id is not null))
);
create unique index pauses_are_open_once on tidings.pauses (scope, coalesce(channel, ''), coalesce(notification_type_id, 0))
  where released_at is null;

create function tidings.guard_pause() returns trigger
language plpgsql as $$
begin
  if old.released_at is not null
    or to_jsonb(new) - array['released_at', 'released_by'] <> to_jsonb(old) - array['released_at', 'released_by'] then
    perform tidings.refuse('pauses_are_only_released', format('pause %s is history but for its release', old.id), 'pause again');
  end if;
  return new;
end $$;
create trigger guard_pause before update on tidings.pauses for each row execute function tidings.guard_pause();
create trigger keep_history before delete or truncate on tidings.pauses
for each statement execute function tidings.keep_history();

create index interactions_outcome_unknown on tidings.interactions (id)
  where origin = 'tidings' and status = 'attempted' and status_details like '%OutcomeUnknown';
create index interactions_in_chains on tidings.interactions (first_interaction_id) where first_interaction_id is not null;

-- A chain is a notice: its attempts in their order, when it was first planned, and how it stands
create view tidings.interaction_chains as
select f.id as chain_id, f.case_change_id, f.case_id, f.person_id, f.notification_type_id, f.notification_type_version, f.channel,
  coalesce((f.due_explanation->>'dueAt')::timestamptz, f.scheduled_at_from) as first_planned_at,
  a.attempts, l.id as last_interaction_id, l.status, l.status_details, l.failure_description_short, l.scheduled_at_from,
  l.status in ('succeeded', 'failed', 'canceled') as finished, a.interactions
from tidings.interactions f
cross join lateral (
  select count(*)::int as attempts, max(i.id) as last_id,
    jsonb_agg(jsonb_build_object('id', i.id, 'attempt', i.attempt, 'status', i.status, 'statusDetails', i.status_details,
      'startedAt', i.started_at, 'endedAt', i.ended_at, 'evidence', i.evidence) order by i.attempt) as interactions
  from tidings.interactions i
  where i.id = f.id or i.first_interaction_id = f.id
) a
join tidings.interactions l on l.id = a.last_id
where f.origin = 'tidings' and f.first_interaction_id is null;
