import { sql } from "kysely";
import type { InteractionId, WorkerId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { inJobsOf } from "../queue/interactions-in-jobs.ts";
import { detailsOf } from "./details.ts";

/** An interaction whose worker died. */
export interface Orphan {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly provider: string | null;
}

/**
 * Marks the outcome of interactions that a dead worker had claimed as unknown: they may or may not have been sent.
 * Returns them.
 */
export async function markOrphansUnknown(db: Db): Promise<Orphan[]> {
  const { rows } = await sql<Orphan>`
    with orphans as (
      update tidings.interactions i
      set status = 'attempted', status_details = ${detailsOf("OutcomeUnknown")}, failure_description_short = 'Outcome unknown',
        failure_description_long = 'The daemon that was sending it died before it recorded the outcome.',
        evidence = jsonb_build_object('provider', i.provider, 'code', 'workerDied')
      where i.origin = 'tidings' and i.status = 'inProgress'
        and not exists (select from tidings.workers w where w.id = i.claimed_by)
      returning i.id, i.channel, i.provider
    ),
    jobs as (
      select tidings.queue_settlements(array_agg(o.id), now(), 0) from orphans o
    )
    select o.id as interaction_id, o.channel, o.provider, (select count(*) from jobs) as jobs from orphans o
  `.execute(db);
  return rows;
}

/**
 * Schedules again interactions that a live worker claimed and never sent, because the confirmation of the claim was
 * lost with the connection. `inFlight` are the ids that it holds. Returns the ids.
 */
export async function rescheduleUnsentClaims(
  db: Db,
  workerId: WorkerId,
  inFlight: readonly InteractionId[],
  claimedBefore: Date,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with returned as (
      update tidings.interactions i
      set status = 'scheduled', evidence = jsonb_build_object('provider', i.provider, 'code', 'neverSent')
      where i.origin = 'tidings' and i.status = 'inProgress' and i.claimed_by = ${workerId}
        and i.claimed_at < ${claimedBefore} and i.id <> all(${inFlight}::bigint[])
      returning i.id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(r.id), now()) from returned r
    )
    select r.id, (select count(*) from jobs) as jobs from returned r
  `.execute(db);
  return rows.map((row) => row.id);
}

// The statements below find ids with "except", which always hashes. "not in" and, on Postgres 15 without statistics for
// a bulk, "not exists" compare each id with each in a job: hours for a bulk of 100,000. They read the jobs only if
// there are ids to find.

/** Requeues the deliveries that were due before `dueBefore` and are in no job. Returns the ids. */
export async function requeueOverdue(db: Db, dueBefore: Date): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with sought as materialized (
      select i.id, i.channel::text as channel
      from tidings.interactions i
      where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from < ${dueBefore}
    ),
    in_jobs as (${inJobsOf("deliver_interactions", dueBefore)} and exists (select from sought)),
    forgotten as (select id, channel from sought except select id, channel from in_jobs where lane in ('single', 'bulk')),
    jobs as (
      select tidings.queue_deliveries(array_agg(f.id), now(), true) from forgotten f
    )
    select f.id, (select count(*) from jobs) as jobs from forgotten f
  `.execute(db);
  return rows.map((row) => row.id);
}

/** Requeues the unknown outcomes that were to be settled before `dueBefore` and are in no job. Returns the ids. */
export async function requeueUnsettled(db: Db, dueBefore: Date): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    with sought as materialized (
      select i.id, i.channel::text as channel, i.times_looked_up::text as times_looked_up
      from tidings.interactions i
      where i.origin = 'tidings' and tidings.is_outcome_unknown(i.status, i.status_details) and i.settle_at < ${dueBefore}
        and not tidings.has_next_attempt(i.id)
    ),
    in_jobs as (${inJobsOf("settle_unknown_outcomes", dueBefore)} and exists (select from sought)),
    forgotten as (select id, channel, times_looked_up from sought except select id, channel, times_looked_up from in_jobs),
    jobs as (
      select tidings.queue_settlements(array_agg(f.id), now(), f.times_looked_up::int) from forgotten f group by f.times_looked_up
    )
    select f.id, (select count(*) from jobs) as jobs from forgotten f
  `.execute(db);
  return rows.map((row) => row.id);
}
