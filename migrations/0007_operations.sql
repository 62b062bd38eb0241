-- The state of operation: the live daemons, and the pauses by operators.

-- The daemons that run or ran. interactions.claimed_by names one of them.
create table tidings.workers (
  id text primary key,
  host text not null,
  pid int not null,
  -- the name under which the queue locks this worker's jobs
  queue_pool text not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  -- the state of each of its channels, as of the heartbeat; src/domain/channel-state.ts has the form
  channels jsonb not null default '[]'
);

-- One row: the newest heartbeat of all daemons. The row of a daemon that ends is deleted, and this one stays.
create table tidings.newest_heartbeat (
  is_only boolean primary key default true,
  seen_at timestamptz
);
insert into tidings.newest_heartbeat default values;
create trigger keep_history before insert or delete or truncate on tidings.newest_heartbeat
for each statement execute function tidings.keep_history();

-- The times in which no daemon worked, a daemon could not reach the database, or a provider accepted no messages. tidings: no
-- heartbeat was recorded, and no daemon knows of an outage of the database.
create domain tidings.outage_kind as text
  constraint outage_kind_is_known check (value in ('tidings', 'database', 'provider')
    or tidings.refuse_word('outage_kind', value));
create table tidings.outages (
  id bigint primary key generated always as identity,
  kind tidings.outage_kind not null,
  -- the daemon that noticed it
  worker_id text not null,
  -- of a provider
  channel tidings.channel,
  -- the network's or Postgres' error; of a provider stopped or failing
  code text not null,
  began_at timestamptz not null,
  -- null while it lasts
  ended_at timestamptz,
  noted_at timestamptz not null default clock_timestamp(),
  constraint outages_end_after_they_begin check ((ended_at >= began_at) is not false
    or tidings.refuse('outages_end_after_they_begin', 'ended_at is before began_at', 'set a later ended_at')),
  constraint outages_of_providers_name_a_channel check ((kind = 'provider') = (channel is not null)
    or tidings.refuse('outages_of_providers_name_a_channel', format('an outage of the kind %s names something else', kind),
      'set channel for the kind provider only'))
);
create unique index outages_of_providers_are_open_once on tidings.outages (worker_id, channel) where ended_at is null;
create index outages_by_time on tidings.outages (began_at);

-- Only the end is added, once. record_changes has it.
create function tidings.keep_outage() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if old.ended_at is not null or to_jsonb(new) - 'ended_at' <> to_jsonb(old) - 'ended_at' then
    perform tidings.refuse('outages_are_history', format('outage %s can only get its end, once', old.id), 'insert another outage');
  end if;
  return new;
end $$;
create trigger keep_outage before update on tidings.outages for each row execute function tidings.keep_outage();
create trigger keep_history before delete or truncate on tidings.outages
for each statement execute function tidings.keep_history();
create trigger record_change after update on tidings.outages
for each row execute function tidings.record_change('id');

create table tidings.pauses (
  id bigint primary key generated always as identity,
  scope tidings.pause_scope not null,
  channel tidings.channel,
  notification_type_id int,
  reason text not null
    constraint pauses_say_why check (reason <> '' or tidings.refuse('pauses_say_why', 'reason is empty', 'set why it is paused')),
  paused_at timestamptz not null default clock_timestamp(),
  paused_by text not null default tidings.moved_by(),
  -- the time at which it ends by itself; null if only an operator releases it
  ends_at timestamptz,
  released_at timestamptz,
  released_by text,
  constraint pauses_end_after_they_begin check ((ends_at > paused_at) is not false
    or tidings.refuse('pauses_end_after_they_begin', 'ends_at is not in the future', 'set a later ends_at, or leave it out')),
  constraint pauses_name_what_they_pause
    check ((scope = 'channel') = (channel is not null) and (scope = 'notificationType') = (notification_type_id is not null)
      or tidings.refuse('pauses_name_what_they_pause', format('a pause of the scope %s names something else', scope),
        'set channel for the scope channel, notification_type_id for notificationType, and neither for everything'))
);
create unique index pauses_are_open_once on tidings.pauses (scope, coalesce(channel, ''), coalesce(notification_type_id, 0))
  where released_at is null;

-- The writer cannot choose when something was paused and released, and by whom. The end and the reason of an open pause
-- may change; record_changes has the old ones and the author.
create function tidings.guard_pause() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  release_columns constant text[] := array['released_at', 'released_by'];
  terms constant text[] := array['ends_at', 'reason'];
  is_open constant boolean := tg_op = 'UPDATE' and old.released_at is null and (old.ends_at > clock_timestamp()) is not false;
begin
  if tg_op = 'INSERT' then
    new.paused_at := clock_timestamp();
    new.paused_by := tidings.moved_by();
    new.released_at := null;
    new.released_by := null;
    return new;
  end if;
  if is_open and new.released_at is null and new.released_by is null and to_jsonb(new) - terms = to_jsonb(old) - terms then
    return new;
  end if;
  if old.released_at is not null or to_jsonb(new) - release_columns <> to_jsonb(old) - release_columns then
    perform tidings.refuse('pauses_are_only_released',
      format('pause %s is history: only its release can be added, once, and its end and reason changed while it is open', old.id),
      'pause again');
  end if;
  if new.released_at is not null or new.released_by is not null then
    -- a pause that has ended was not released later, and by no one
    new.released_at := least(clock_timestamp(), new.ends_at);
    new.released_by := case when new.ends_at <= clock_timestamp() then 'ends_at' else tidings.moved_by() end;
  end if;
  return new;
end $$;
create trigger guard_pause before insert or update on tidings.pauses for each row execute function tidings.guard_pause();
create trigger keep_history before delete or truncate on tidings.pauses
for each statement execute function tidings.keep_history();

-- Findings of providers about contacts that the core system kept locked at that time. A sweep writes them to the contacts.
create table tidings.contact_findings (
  interaction_id bigint not null,
  finding text not null,
  -- true if the finding turned out to be wrong
  withdrawn boolean not null default false,
  kept_at timestamptz not null default now(),
  primary key (interaction_id, finding, withdrawn)
);

-- The queue. Only these three functions know the form of its jobs about interactions: at most 100 interactions of one
-- channel, and a bulk behind single notices.

-- Queues deliveries for `due`, or, if that is null, for the time at which each interaction is scheduled. More than 20
-- that are due together are a bulk, unless `is_bulk` is given. `not_started` counts how often in a row the same set
-- came back without a started call. Unknown ids are left out.
-- Each interaction is looked up by its id (limit 1), because the planner has no statistics for a bulk that was just
-- inserted. `security definer`, so that an operator's retry is queued by a role that may not write the queue's jobs.
create function tidings.queue_deliveries(
  ids bigint[], due timestamptz default null, is_bulk boolean default null, not_started int default 0
) returns void language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings_queue.add_jobs(array_agg(
    row('deliver_interactions',
      json_build_object('channel', s.channel, 'lane', s.lane, 'interactionIds', s.ids, 'notStarted', not_started),
      null, s.run_at, null, null, case s.lane when 'bulk' then 10 else 0 end, null)::tidings_queue.job_spec))
  from (
    select p.channel, p.run_at, p.lane, array_agg(p.id::text order by p.id) as ids
    from (
      select i.id, i.channel, i.run_at,
        case when coalesce(is_bulk, count(*) over together > 20) then 'bulk' else 'single' end as lane,
        (row_number() over (partition by i.channel, i.run_at order by i.id) - 1) / 100 as part
      from unnest(ids) as wanted(id)
      cross join lateral (
        select l.id, l.channel, coalesce(due, l.scheduled_at_from) as run_at
        from tidings.interactions l
        where l.id = wanted.id
        limit 1
      ) i
      window together as (partition by i.channel, i.run_at)
    ) p
    group by p.channel, p.run_at, p.lane, p.part
  ) s
  having count(*) > 0;
end $$;

-- Queues the settling of interactions whose outcome is unknown, and writes the time to them, so that a lost job can be
-- detected. `lookups_done` counts the lookups at the provider.
create function tidings.queue_settlements(ids bigint[], at timestamptz, lookups_done int)
returns void language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  update tidings.interactions i
  set settle_at = at, times_looked_up = lookups_done, settling_since = null
  where i.id = any(ids) and i.origin = 'tidings' and tidings.is_outcome_unknown(i.status, i.status_details);
  perform tidings_queue.add_jobs(array_agg(
    row('settle_unknown_outcomes', json_build_object('channel', s.channel, 'interactionIds', s.ids, 'timesLookedUp', lookups_done),
      null, at, null, null, 5, null)::tidings_queue.job_spec))
  from (
    select p.channel, array_agg(p.id::text order by p.id) as ids
    from (
      select i.id, i.channel, (row_number() over (partition by i.channel order by i.id) - 1) / 100 as part
      from unnest(ids) as wanted(id)
      cross join lateral (select l.id, l.channel from tidings.interactions l where l.id = wanted.id limit 1) i
    ) p
    group by p.channel, p.part
  ) s
  having count(*) > 0;
end $$;

-- The interactions in the jobs of one task that the queue will run soon, each with what its job states of them. A job does not
-- count that the queue has abandoned, that belongs to a named queue, which Tidings does not use, or that runs much later than
-- due_before. A malformed payload must not stop the sweeps. A running job is locked; maintenance unlocks abandoned ones.
-- `security definer`, so that a role that may not read the queue can see what waits.
create function tidings.interactions_in_jobs(task text, due_before timestamptz)
returns table (id bigint, channel text, times_looked_up text, lane text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp rows 10000 as $$
begin
  return query
  select case when e.id ~ '^[0-9]{1,18}$' then e.id::bigint end, j.payload->>'channel', j.payload->>'timesLookedUp', j.payload->>'lane'
  from tidings_queue._private_jobs j
  join tidings_queue._private_tasks t on t.id = j.task_id
  cross join lateral json_array_elements_text(
    case when json_typeof(j.payload->'interactionIds') = 'array' then j.payload->'interactionIds' else '[]' end) as e(id)
  where t.identifier = task and j.job_queue_id is null and (j.locked_at is not null
    or j.attempts < j.max_attempts and j.run_at <= due_before + interval '1 hour'
      -- the queue's wait after a failure: exp(10) seconds at most
      + exp(greatest(least(j.attempts, 10), 0)) * interval '1 second');
end $$;
