import { sql } from "kysely";
import type { CaseId, InteractionId, WorkerId } from "../../domain/ids.ts";
import type { Channel, OutageKind } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** An outage of the database as a daemon has seen it. */
export interface DatabaseOutage {
  readonly workerId: WorkerId;
  readonly code: string;
  /** The length of the outage, and the time since its end (ms). The database's clock gives the times. */
  readonly lastedMs: number;
  readonly endedMsAgo: number;
}

/** Records an outage of the database that has ended. */
export async function recordDatabaseOutage(
  db: Db,
  { workerId, code, lastedMs, endedMsAgo }: DatabaseOutage,
): Promise<void> {
  await sql`
    insert into tidings.outages (kind, worker_id, code, began_at, ended_at)
    select 'database', ${workerId}, ${code}, e.ended_at - ${lastedMs} * interval '1 millisecond', e.ended_at
    from (select clock_timestamp() - ${endedMsAgo} * interval '1 millisecond' as ended_at) e
  `.execute(db);
}

/** An outage on record. */
export interface Outage {
  readonly id: string;
  readonly kind: OutageKind;
  readonly channel: Channel | null;
  readonly workerId: WorkerId;
  readonly code: string;
  readonly beganAt: Date;
  /** Null while it lasts. */
  readonly endedAt: Date | null;
  readonly lastedMs: number;
}

/** The period in which outages lasted or notices were due. */
export interface OutagePeriod {
  readonly from: Date;
  /** The first moment after the period. */
  readonly until: Date;
}

/** Lists the outages that lasted at a time of the period, in the order of their beginning. */
export async function listOutages(db: Db, { from, until }: OutagePeriod): Promise<Outage[]> {
  const { rows } = await sql<Outage>`
    select o.id, o.kind, o.channel, o.worker_id, o.code, o.began_at, o.ended_at,
      round(extract(epoch from coalesce(o.ended_at, now()) - o.began_at) * 1000)::float8 as lasted_ms
    from tidings.outages o
    where o.began_at < ${until} and (o.ended_at >= ${from} or o.ended_at is null)
    order by o.began_at, o.id
  `.execute(db);
  return rows;
}

/** A notice that was called late, or is due and not called, and what explains it. */
export interface LateNotice {
  readonly interactionId: InteractionId;
  readonly caseId: CaseId | null;
  readonly channel: Channel;
  readonly dueAt: Date;
  readonly calledAt: Date | null;
  readonly lateMs: number;
  readonly outageId: string | null;
  readonly pauseId: string | null;
  readonly putOffBy: string | null;
}

/** Lists up to `limit` late notices that were due in the period, those that nothing explains first. */
export async function listLateNotices(
  db: Db,
  { from, until }: OutagePeriod,
  limit: number,
): Promise<LateNotice[]> {
  const { rows } = await sql<LateNotice>`
    select l.interaction_id, l.case_id, l.channel, l.due_at, l.called_at, l.late_seconds * 1000 as late_ms, l.outage_id, l.pause_id, l.put_off_by
    from tidings.late_notices l
    where l.due_at >= ${from} and l.due_at < ${until}
    order by coalesce(l.outage_id::text, l.pause_id::text, l.put_off_by) is null desc, l.late_seconds desc, l.interaction_id
    limit ${limit}
  `.execute(db);
  return rows;
}
