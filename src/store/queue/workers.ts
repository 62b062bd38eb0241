import { sql, type RawBuilder } from "kysely";
import type { ChannelState } from "../../domain/channel-state.ts";
import type { WorkerId } from "../../domain/ids.ts";
import { WORKER_TIMEOUT_MS } from "../../domain/worker.ts";
import type { Db } from "../postgres/db.ts";

/** A daemon as the other daemons see it. */
export interface Worker {
  readonly id: WorkerId;
  readonly host: string;
  readonly pid: number;
  readonly queuePool: string;
  /** The states of its channels, as of the heartbeat. */
  readonly channels: readonly ChannelState[];
}

/**
 * Records a heartbeat; the first one also registers the worker. It uses database time, so that clocks need not agree.
 * A gap since the last heartbeat of any worker becomes an outage, unless the worker knows that the database was away
 * (`databaseWasAway`). An outage of a provider begins and ends with the state of its channel in the heartbeat; that of a
 * worker that is gone ends too. A heartbeat of an outage that is on record uses up no id, because a gap in the ids would look
 * like a removed row. Returns the time of the database.
 */
export async function recordHeartbeat(
  db: Db,
  { id, host, pid, queuePool, channels }: Worker,
  databaseWasAway = false,
): Promise<Date> {
  const { rows } = await sql<{ now: Date }>`
    with beat as (
      insert into tidings.workers (id, host, pid, queue_pool, channels)
      values (${id}, ${host}, ${pid}, ${queuePool}, ${JSON.stringify(channels)}::jsonb)
      on conflict (id) do update
        set heartbeat_at = clock_timestamp(), queue_pool = excluded.queue_pool, channels = excluded.channels
      returning id
    ),
    seen as (
      update tidings.newest_heartbeat n set seen_at = clock_timestamp()
      from (select h.seen_at from tidings.newest_heartbeat h for update) before
      returning before.seen_at
    ),
    state as (
      select s.channel, s.condition, s.since from jsonb_to_recordset(${JSON.stringify(channels)}::jsonb) as s(channel text, condition text, since timestamptz)
    ),
    gap as (
      insert into tidings.outages (kind, worker_id, code, began_at, ended_at)
      select 'tidings', ${id}, 'noHeartbeat', s.seen_at, clock_timestamp()
      from seen s
      where not ${databaseWasAway}::boolean and s.seen_at < clock_timestamp() - ${WORKER_TIMEOUT_MS} * interval '1 millisecond'
    ),
    begun as (
      insert into tidings.outages (kind, worker_id, channel, code, began_at)
      select 'provider', ${id}, s.channel, s.condition, least(s.since, clock_timestamp())
      from state s where s.condition in ('stopped', 'failing')
        and not exists (select from tidings.outages o where o.worker_id = ${id} and o.channel = s.channel and o.ended_at is null)
      on conflict (worker_id, channel) where ended_at is null do nothing
    ),
    ended as (
      update tidings.outages o set ended_at = greatest(clock_timestamp(), o.began_at)
      where o.ended_at is null and (o.worker_id = ${id} and not exists (select from state s where s.channel = o.channel and s.condition <> 'works')
        or o.worker_id <> ${id} and not exists (select from tidings.workers w where w.id = o.worker_id))
    )
    select clock_timestamp() as now from beat
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the heartbeat returned no row");
  return row.now;
}

/** Removes a stopped worker from the list. */
export async function deregisterWorker(db: Db, workerId: WorkerId): Promise<void> {
  await db.deleteFrom("workers").where("id", "=", workerId).execute();
}

/**
 * Removes the workers without a heartbeat for `silentMs` and unlocks their jobs for others. Returns the ids of the
 * workers. A worker that was only slow returns to the list with its next heartbeat. Its jobs then run twice, and
 * claiming decides which run sends.
 */
export async function pruneDeadWorkers(db: Db, silentMs: number): Promise<WorkerId[]> {
  const { rows } = await sql<{ id: WorkerId }>`
    with dead as (
      delete from tidings.workers w
      where w.heartbeat_at < clock_timestamp() - ${silentMs} * interval '1 millisecond'
      returning w.id, w.queue_pool
    ),
    freed as (
      select tidings_queue.force_unlock_workers(array_agg(d.queue_pool)) from dead d having count(*) > 0
    )
    select d.id, (select count(*) from freed) as freed from dead d
  `.execute(db);
  return rows.map((row) => row.id);
}

/** True if a job is locked for so long (ms). No worker locks a job at a time that is yet to come, so that counts as long ago. */
const isLockedSince = (lockedForMs: number): RawBuilder<boolean> => sql<boolean>`
  j.locked_at not between now() - ${lockedForMs} * interval '1 millisecond' and clock_timestamp()`;

/**
 * Unlocks the jobs that are locked by a live worker but not running in it: the connection was lost between the lock and
 * the reply. Returns their ids.
 */
export async function unlockLostJobs(
  db: Db,
  queuePool: string,
  running: readonly string[],
  lockedForMs: number,
): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update tidings_queue._private_jobs j
    set locked_by = null, locked_at = null
    where j.locked_by = ${queuePool} and j.id <> all(${running}::bigint[])
      and ${isLockedSince(lockedForMs)}
    returning j.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/**
 * Unlocks the jobs that have been locked for `lockedForMs` by a worker that is not on the list: it deregistered, or its
 * death was recorded, without unlocking them. A worker that has just started may lock jobs before its first heartbeat
 * registers its name. Returns the ids of the jobs.
 */
export async function unlockAbandonedJobs(db: Db, lockedForMs: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update tidings_queue._private_jobs j
    set locked_by = null, locked_at = null
    where ${isLockedSince(lockedForMs)}
      and not exists (select from tidings.workers w where w.queue_pool = j.locked_by)
    returning j.id
  `.execute(db);
  return rows.map((row) => row.id);
}

/** A worker and the time since its last heartbeat (ms). */
export type ListedWorker = Worker & { readonly startedAt: Date; readonly silentMs: number };

/** Lists all workers, with the time since their last heartbeat. */
export async function listWorkers(db: Db): Promise<ListedWorker[]> {
  const { rows } = await sql<ListedWorker>`
    select w.id, w.host, w.pid, w.queue_pool, w.channels, w.started_at, round(extract(epoch from clock_timestamp() - w.heartbeat_at) * 1000)::float8 as silent_ms
    from tidings.workers w
    order by w.started_at
  `.execute(db);
  return rows;
}
