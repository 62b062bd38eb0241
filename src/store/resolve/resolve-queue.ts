import { sql } from "kysely";
import type { CaseChangeId, ChangeSetId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";

/** Case changes that are resolved together. */
export interface ChangeSet {
  readonly id: ChangeSetId;
  /** At least one. */
  readonly caseChangeIds: readonly [CaseChangeId, ...CaseChangeId[]];
}

/** The wait for a set that is due. */
export interface ChangeSetWait {
  /** The longest wait (ms). */
  readonly waitMs: number;
  /** The pause between two looks (ms). A change waits half of it on average; a look costs about 0.1 ms. */
  readonly pollMs: number;
  /** True to wait for sets of single changes only. */
  readonly onlySingles: boolean;
}

/** Waits until a set is due. Resolves to true if one is due, which another transaction may have locked. */
export async function waitForChangeSets(
  db: Db,
  { waitMs, pollMs, onlySingles }: ChangeSetWait,
): Promise<boolean> {
  const { rows } = await sql<{ isDue: boolean }>`
    select tidings.wait_for_case_changes(${waitMs}::int, ${pollMs}::int, ${onlySingles}) as is_due
  `.execute(db);
  return rows[0]?.isDue === true;
}

/** The sets that may be claimed. */
export interface ChangeSetClaim {
  /** The most sets of single changes. */
  readonly maxSets: number;
  /** True to claim no set of a bulk. */
  readonly onlySingles: boolean;
}

/** Locks up to `maxSets` sets of single changes until the transaction ends. If there is none, it locks one set of a bulk, except with `onlySingles`. */
export async function claimChangeSets(
  transaction: Db,
  { maxSets, onlySingles }: ChangeSetClaim,
): Promise<ChangeSet[]> {
  const { rows } = await sql<ChangeSet>`
    select q.id, q.case_change_ids from tidings.claim_case_changes(${maxSets}::int, ${onlySingles}) q
  `.execute(transaction);
  return rows;
}

/** Locks one set; undefined if another transaction has locked or resolved it. */
export async function claimChangeSet(
  transaction: Db,
  id: ChangeSetId,
): Promise<ChangeSet | undefined> {
  const { rows } = await sql<ChangeSet>`
    select q.id, q.case_change_ids
    from tidings.resolve_queue q
    where q.id = ${id}::bigint
    for update skip locked
  `.execute(transaction);
  return rows[0];
}

/** Replaces a set of several changes by its two halves, so that one bad change does not delay the others. */
export async function splitChangeSet(db: Db, id: ChangeSetId): Promise<void> {
  await sql`
    with whole as (
      delete from tidings.resolve_queue q
      where q.id = ${id}::bigint and cardinality(q.case_change_ids) > 1
      returning q.case_change_ids as ids, q.queued_at, (cardinality(q.case_change_ids) + 1) / 2 as middle
    )
    insert into tidings.resolve_queue (case_change_ids, priority, queued_at)
    select half, 10, w.queued_at
    from whole w
    cross join lateral (values (w.ids[:w.middle]), (w.ids[w.middle + 1:])) halves(half)
  `.execute(db);
}

/**
 * Postpones a set that failed: by one second, and twice as long each time, up to five minutes. It is retried without
 * end.
 */
export async function postponeChangeSet(db: Db, id: ChangeSetId, code: string): Promise<void> {
  await sql`
    update tidings.resolve_queue q
    set attempts = q.attempts + 1, failed_by = ${code},
      run_at = clock_timestamp() + least(2 ^ q.attempts, 300) * interval '1 second'
    where q.id = ${id}::bigint
  `.execute(db);
}

export interface Unresolved {
  readonly caseChanges: number;
  /** The number of them that failed, or that were refused when the sweep took them in. */
  readonly failing: number;
  /** The wait of the oldest of them (ms); 0 if there is none. */
  readonly oldestMs: number;
  /**
   * True if some have waited for more than a minute, or those of a bulk for more than a quarter of an hour, without a
   * try.
   */
  readonly isStuck: boolean;
}

/** Counts the case changes that wait to be taken in or resolved. */
export async function countUnresolved(db: Db): Promise<Unresolved> {
  const { rows } = await sql<Unresolved>`
    select coalesce(sum(w.changes), 0)::int as case_changes, coalesce(sum(w.changes) filter (where w.attempts > 0), 0)::int as failing,
      coalesce(round(extract(epoch from clock_timestamp() - min(w.since)) * 1000), 0)::float8 as oldest_ms,
      coalesce(bool_or(w.attempts = 0 and w.since < clock_timestamp() - w.patience), false) as is_stuck
    from (
      select cardinality(q.case_change_ids) as changes, q.queued_at as since, q.attempts,
        case q.priority when 0 then interval '1 minute' else interval '15 minutes' end as patience
      from tidings.resolve_queue q
      union all
      select 1, x.noted_at, x.attempts, interval '1 minute' from tidings.missed_changes x
    ) w
  `.execute(db);
  return rows[0] ?? { caseChanges: 0, failing: 0, oldestMs: 0, isStuck: false };
}
