-- What running Tidings needs: which daemons are alive, and what operators have paused.

-- The daemons that run or ran. interactions.claimed_by names one of them.
create table tidings.workers (
  id text primary key,
  host text not null,
  pid int not null,
  -- the name under which the queue locks this worker's jobs
  queue_pool text not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);

create table tidings.pauses (
  id bigint primary key generated always as identity,
  scope tidings.pause_scope not null,
  channel tidings.channel,
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
declare
  release_columns constant text[] := array['released_at', 'released_by'];
begin
  if old.released_at is not null or to_jsonb(new) - release_columns <> to_jsonb(old) - release_columns then
    perform tidings.refuse('pauses_are_only_released',
      format('pause %s is history: only its release can be added, once', old.id), 'pause again');
  end if;
  return new;
end $$;
create trigger guard_pause before update on tidings.pauses for each row execute function tidings.guard_pause();
create trigger keep_history before delete or truncate on tidings.pauses
for each statement execute function tidings.keep_history();
