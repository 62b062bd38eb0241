import { sql, type RawBuilder } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import type { InteractionFilter } from "./interaction-filter.ts";
import { DAY_MS, MINUTE_MS } from "../../domain/values/durations.ts";

/** The times of an interaction that the BRIN index `interactions_by_times` has. */
const TIMES = {
  createdAt: sql`i.created_at`,
  scheduledAtFrom: sql`i.scheduled_at_from`,
  startedAt: sql`i.started_at`,
  statusUpdatedAt: sql`i.status_updated_at`,
} as const;
export type TimeName = keyof typeof TIMES;

/** A span of time in which the first rows of a list are looked for. Undefined: all rows, also those without such a time. */
export type Span =
  | { readonly time: TimeName; readonly from?: Date; readonly to?: Date }
  | undefined;

/**
 * The lengths of the spans of a list in the order of a time (ms). An index in that order would cost every notice an entry. In its place
 * the first rows are looked for in the first minute, hour, day and so on. Each span is so much longer than those before it that they cost little.
 */
const LENGTHS_MS = [MINUTE_MS, 60 * MINUTE_MS, DAY_MS, 10 * DAY_MS, 100 * DAY_MS];
/**
 * The lengths for a list in the order of ids that ends at a time (ms). The order of ids differs from that of the times of creation by the
 * length of a transaction at most, so a span must be longer than any transaction. A shorter one would lose rows.
 */
const LENGTHS_BY_ID_MS = [3 * DAY_MS, 20 * DAY_MS, 100 * DAY_MS];

/** The order and the first place of a list. */
export interface Place {
  /** `createdAt` is the order of ids. */
  readonly sortBy: TimeName;
  readonly isAscending: boolean;
  readonly cursorId: InteractionId | undefined;
}

/** Returns the spans in which to look for a list, one after the other until the page is full. The last one is undefined. */
export async function spansOf(db: Db, filter: InteractionFilter, place: Place): Promise<Span[]> {
  if (isNarrow(filter)) return [undefined];
  const spans = await (place.sortBy === "createdAt"
    ? spansById(db, filter, place)
    : spansByTime(db, place));
  return [...spans, undefined];
}

/** The rows of a list within a span, as `i`. With `offset 0` the planner reads them by the index of the span, and not in the order of the ids. */
export function rowsWithin(span: Span, condition: RawBuilder<unknown>): RawBuilder<unknown> {
  if (span === undefined) return sql`tidings.interactions i where ${condition}`;
  const { from, to } = span;
  const time = TIMES[span.time];
  return sql`(
    select i.* from tidings.interactions i
    where ${condition} ${from ? sql`and ${time} >= ${from}` : sql``} ${to ? sql`and ${time} <= ${to}` : sql``}
    offset 0
  ) i where true`;
}

/** True if an index leads to few rows, whatever their times. */
const isNarrow = (filter: InteractionFilter): boolean =>
  [
    filter.id,
    filter.personId,
    filter.caseId,
    filter.loanId,
    filter.contactId,
    filter.providerMessageId,
  ].some((wanted) => wanted !== undefined);

/** Without spans a list in the order of ids would read all rows before the wanted time. A cursor is beyond these rows, so it needs none. */
async function spansById(
  db: Db,
  { createdFrom, createdBefore }: InteractionFilter,
  { isAscending, cursorId }: Place,
): Promise<Span[]> {
  const end = isAscending ? createdFrom : createdBefore;
  if (end === undefined || cursorId !== undefined) return [];
  const { start } = await readTimes(
    db,
    isAscending ? sql`${end}::timestamptz` : sql`least(${end}::timestamptz, ${NEWEST})`,
    NEWEST,
  );
  return spansFrom("createdAt", start ?? end, { lengths: LENGTHS_BY_ID_MS, isAscending });
}

/** Returns none if the row of the cursor does not have this time. */
async function spansByTime(db: Db, { sortBy, isAscending, cursorId }: Place): Promise<Span[]> {
  if (cursorId !== undefined) {
    const { start } = await readTimes(
      db,
      sql`(select ${TIMES[sortBy]} from tidings.interactions i where i.id = ${cursorId}::bigint)`,
      NEWEST,
    );
    return spansFrom(sortBy, start, { lengths: LENGTHS_MS, isAscending, isBounded: true });
  }
  const { start, newest } = await readTimes(db, isAscending ? OLDEST : LATEST, lastOf(sortBy));
  const quietMs = isAscending || start === null ? 0 : Number(start) - Number(newest ?? start);
  return spansFrom(sortBy, start, { lengths: lengthsAfter(quietMs), isAscending });
}

/** After a quiet time, such as a pause of days, the first rows are older than that time, so the spans are longer by it. */
const lengthsAfter = (quietMs: number): number[] =>
  quietMs > DAY_MS
    ? [MINUTE_MS, DAY_MS, ...LENGTHS_MS.map((length) => quietMs + length)]
    : LENGTHS_MS;

interface Reach {
  readonly lengths: readonly number[];
  readonly isAscending: boolean;
  /** True if no row before the start is wanted. */
  readonly isBounded?: boolean;
}

function spansFrom(
  time: TimeName,
  start: Date | null,
  { lengths, isAscending, isBounded = false }: Reach,
): Span[] {
  if (start === null) return [];
  // a Date has no microseconds, so the start may be less than a millisecond later
  const latest = new Date(start.getTime() + 1);
  return lengths.map((length) =>
    isAscending
      ? { time, to: new Date(start.getTime() + length), ...(isBounded && { from: start }) }
      : { time, from: new Date(start.getTime() - length), ...(isBounded && { to: latest }) },
  );
}

// the order of ids is nearly that of the times, so the first and the last id have nearly the first and the last time
const NEWEST = sql`(select i.created_at from tidings.interactions i order by i.id desc limit 1)`;
const OLDEST = sql`(select i.created_at from tidings.interactions i order by i.id limit 1)`;
const lastOf = (name: TimeName): RawBuilder<unknown> =>
  sql`(select max(n.time) from (select ${TIMES[name]} as time from tidings.interactions i order by i.id desc limit 100) n)`;
const LATEST = sql`greatest(now(), (select max(i.scheduled_at_from) from tidings.interactions i where i.origin = 'tidings' and i.status = 'scheduled'))`;

interface Times {
  readonly start: Date | null;
  readonly newest: Date | null;
}

async function readTimes(
  db: Db,
  start: RawBuilder<unknown>,
  newest: RawBuilder<unknown>,
): Promise<Times> {
  const { rows } = await sql<Times>`select ${start} as start, ${newest} as newest`.execute(db);
  return rows[0] ?? { start: null, newest: null };
}
