import { sql } from "kysely";
import type { Db } from "../postgres/db.ts";

/** An audit that this daemon makes. */
export interface DailyAudit {
  /** The day on which it began, as an ISO date. */
  readonly day: string;
  readonly from: Date;
  readonly until: Date;
}

/** The findings of an audit so far. */
export interface AuditCounts {
  readonly changes: number;
  readonly expected: number;
  readonly waiting: number;
  readonly gaps: number;
}

/** Another daemon takes over an audit that has not moved for this long. */
const ABANDONED = "10 minutes";

/**
 * Begins the audit of the day, from this hour on in `zone` (IANA), of the changes that arrived in the `days` days before it.
 * Undefined if it is not yet time, or if it has been made or another daemon makes it.
 */
export async function beginDailyAudit(
  db: Db,
  { zone, hour, days }: { readonly zone: string; readonly hour: number; readonly days: number },
): Promise<DailyAudit | undefined> {
  const { rows } = await sql<DailyAudit>`
    insert into tidings.audits as a (day, from_time, until_time)
    select l.day, (l.day - ${days}::int)::timestamp at time zone ${zone}, l.day::timestamp at time zone ${zone}
    from (select (now() at time zone ${zone})::date as day, extract(hour from now() at time zone ${zone}) as hour) l
    where l.hour >= ${hour}
      and not exists (
        select from tidings.audits k
        where k.day = l.day and (k.ended_at is not null or k.active_at >= now() - ${ABANDONED}::interval)
      )
    on conflict (day) do update set begun_at = clock_timestamp(), active_at = clock_timestamp()
    where a.ended_at is null and a.active_at < now() - ${ABANDONED}::interval
    returning a.day::text as day, a.from_time as "from", a.until_time as until
  `.execute(db);
  return rows[0];
}

/** Records how far an audit has come, and its end. */
export async function recordDailyAudit(
  db: Db,
  day: string,
  { changes, expected, waiting, gaps }: AuditCounts,
  hasEnded: boolean,
): Promise<void> {
  await sql`
    update tidings.audits a
    set changes = ${changes}, expected = ${expected}, waiting = ${waiting}, gaps = ${gaps}, active_at = clock_timestamp(),
      ended_at = case when ${hasEnded}::boolean then clock_timestamp() end
    where a.day = ${day}::date and a.ended_at is null
  `.execute(db);
}

/** The newest audit that has ended. */
export interface LastAudit extends AuditCounts {
  readonly day: string;
  readonly endedAt: Date;
}

/** Reads the last audit that ended; null if none has. */
export async function readLastAudit(db: Db): Promise<LastAudit | null> {
  const { rows } = await sql<LastAudit>`
    select a.day::text as day, a.ended_at, a.changes, a.expected, a.waiting, a.gaps
    from tidings.audits a
    where a.ended_at is not null
    order by a.day desc
    limit 1
  `.execute(db);
  return rows[0] ?? null;
}
