import { type RawBuilder, sql } from "kysely";
import type { BorrowerId } from "../../domain/ids.ts";
import { ERASED_KINDS, type ErasedKind, type ErasureCause } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The reason why a row is kept: a legal hold, an open notice, or words or fields that the guard reads. */
export type KeptBecause = "held" | "open" | "words" | "fields";

/** The result of one batch. */
export interface ErasedBatch {
  readonly kind: ErasedKind;
  readonly lookedAt: number;
  readonly erased: number;
  /** The number of rows that were not erased, by the reason. */
  readonly kept: Readonly<Partial<Record<KeptBecause, number>>>;
}

interface Candidate {
  readonly id: string;
  readonly why: KeptBecause | null;
}

const JUDGED: Readonly<Record<ErasedKind, (ids: readonly string[]) => RawBuilder<Candidate>>> = {
  interactions: (ids) =>
    sql<Candidate>`select k.id, k.why from tidings.judge_interactions(${ids}::bigint[]) k order by k.id`,
  caseChanges: (ids) =>
    sql<Candidate>`select k.id, k.why from tidings.judge_case_changes(${ids}::bigint[]) k order by k.id`,
  recordChanges: (ids) =>
    sql<Candidate>`select k.id, k.why from tidings.judge_record_changes(${ids}::bigint[]) k order by k.id`,
};

interface Erasing {
  readonly cause: ErasureCause;
  readonly reason: string;
}

const ERASE: Readonly<
  Record<ErasedKind, (ids: readonly string[], how: Erasing) => RawBuilder<unknown>>
> = {
  interactions: (ids, { cause, reason }) =>
    sql`select tidings.erase_interactions(${ids}::bigint[], ${cause}, ${reason})`,
  caseChanges: (ids, { cause, reason }) =>
    sql`select tidings.erase_case_changes(${ids}::bigint[], ${cause}, ${reason})`,
  recordChanges: (ids, { cause, reason }) =>
    sql`select tidings.erase_record_changes(${ids}::bigint[], ${cause}, ${reason})`,
};

interface Erased {
  readonly batch: ErasedBatch;
  readonly keptId: string | null;
}

const judged = async (
  db: Db,
  kind: ErasedKind,
  ids: readonly string[],
): Promise<readonly Candidate[]> => (await JUDGED[kind](ids).execute(db)).rows;

function batchOf(kind: ErasedKind, rows: readonly Candidate[], erased: number): ErasedBatch {
  const kept = rows.flatMap(({ why }) => why ?? []);
  return {
    kind,
    lookedAt: rows.length,
    erased,
    kept: Object.fromEntries(
      [...Map.groupBy(kept, (why) => why)].map(([why, all]) => [why, all.length]),
    ),
  };
}

/** Counts the rows that an erasure would keep now. It erases nothing. */
export const foreseeErasure = async (
  db: Db,
  kind: ErasedKind,
  ids: readonly string[],
): Promise<ErasedBatch> => batchOf(kind, await judged(db, kind, ids), 0);

/** Erases those of the rows that may be erased. */
async function eraseAmong(
  transaction: Db,
  kind: ErasedKind,
  ids: readonly string[],
  how: Erasing,
): Promise<Erased> {
  const rows = await judged(transaction, kind, ids);
  const free = rows.filter(({ why }) => why === null).map(({ id }) => id);
  if (free.length > 0) await ERASE[kind](free, how).execute(transaction);
  return {
    batch: batchOf(kind, rows, free.length),
    keptId: rows.find(({ why }) => why !== null)?.id ?? null,
  };
}

/** Selects those of the rows that are not erased. */
const UNERASED: Readonly<
  Record<ErasedKind, (ids: readonly string[]) => RawBuilder<{ id: string }>>
> = {
  interactions: (ids) =>
    sql`select k::text as id from unnest(${ids}::bigint[]) k where not exists (select from tidings.erasures e where e.interaction_id = k) order by k`,
  caseChanges: (ids) =>
    sql`select k::text as id from unnest(${ids}::bigint[]) k where not exists (select from tidings.erasures e where e.case_change_id = k) order by k`,
  recordChanges: (ids) =>
    sql`select k::text as id from unnest(${ids}::bigint[]) k where not exists (select from tidings.erasures e where e.record_change_id = k) order by k`,
};

/**
 * Erases for a request those of the rows that may be erased, and commits. Another request or a daemon may erase the same rows, so it
 * waits for the end of their batch and leaves out what they have erased.
 */
export const eraseOnRequest = (
  db: Db,
  kind: ErasedKind,
  ids: readonly string[],
  reason: string,
): Promise<ErasedBatch> =>
  db.transaction().execute(async (transaction) => {
    await sql`select from tidings.retention_state s where s.kind = ${kind} for update`.execute(
      transaction,
    );
    const { rows } = await UNERASED[kind](ids).execute(transaction);
    const left = rows.map(({ id }) => id);
    const { batch } = await eraseAmong(transaction, kind, left, { cause: "request", reason });
    return batch;
  });

/**
 * The ids of the rows of a borrower that are not erased: interactions, case changes with fields, and recorded changes of the borrower
 * and of the contacts and loans that the borrower has or had. It reads all case changes once, which takes seconds for ten million.
 */
export async function listUnerased(
  db: Db,
  borrowerId: BorrowerId,
): Promise<Readonly<Record<ErasedKind, readonly string[]>>> {
  const { rows } = await sql<{ kind: ErasedKind; ids: string[] }>`
    with interaction as (
      select i.id from tidings.interactions i
      where i.person_id = ${borrowerId} and not exists (select from tidings.erasures e where e.interaction_id = i.id)
    ), change as (
      select c.id from tidings.case_changes c where c.borrower_id = ${borrowerId} and c.fields <> '{}'
    ), history as (
      select 'borrowers' as table_name, ${borrowerId}::text as row_id, null::bigint as until
      union all
      select 'contacts', c.id, null from tidings.contacts c where c.borrower_id = ${borrowerId}
      union all
      select 'loans', l.id, null from tidings.loans l where l.borrower_id = ${borrowerId}
      union all
      -- contacts and loans that were deleted, or given to another borrower
      select h.table_name, h.row_id, h.id from tidings.record_changes h
      where h.changes ? 'borrower_id' and h.changes #>> '{borrower_id,from}' = ${borrowerId}
    ), recorded as (
      select distinct h.id
      from history y
      join tidings.record_changes h on h.table_name = y.table_name and h.row_id = y.row_id and (h.id <= y.until) is not false
      where h.table_name in ('borrowers', 'contacts', 'loans') and h.changes ?| tidings.erased_columns(h.table_name)
        and not exists (select from tidings.erasures e where e.record_change_id = h.id)
    )
    select 'interactions' as kind, array(select i.id::text from interaction i order by i.id) as ids
    union all
    select 'caseChanges', array(select c.id::text from change c order by c.id)
    union all
    select 'recordChanges', array(select r.id::text from recorded r order by r.id)
  `.execute(db);
  const idsOf = (kind: ErasedKind): readonly string[] =>
    rows.find((row) => row.kind === kind)?.ids ?? [];
  return {
    interactions: idsOf("interactions"),
    caseChanges: idsOf("caseChanges"),
    recordChanges: idsOf("recordChanges"),
  };
}

interface Pass {
  readonly kind: ErasedKind;
  readonly afterId: string;
  readonly years: number;
}

/**
 * Erases the next rows that are older than their class, and commits. Undefined if the class has no years, if the passes of the day
 * have ended, or if other daemons do them. The day is that of `zone` (IANA).
 */
export const eraseOld = (db: Db, zone: string, limit: number): Promise<ErasedBatch | undefined> =>
  db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Pass>`
      select s.kind, s.last_id as after_id, c.years
      from tidings.retention_state s
      join tidings.retention_classes c on c.record_class = 'content' and c.years is not null
      where s.pass_ended_on is distinct from (now() at time zone ${zone})::date
      order by array_position(${ERASED_KINDS}::text[], s.kind)
      limit 1
      for update of s skip locked
    `.execute(transaction);
    const [pass] = rows;
    if (pass === undefined) return undefined;
    const { kind, years } = pass;
    const ids = await OLD[kind](transaction, pass, limit);
    const reason = `It is older than ${years} ${years === 1 ? "year" : "years"}.`;
    const { batch, keptId } = await eraseAmong(transaction, kind, ids, {
      cause: "retention",
      reason,
    });
    const lastId = ids.at(-1) ?? null;
    await sql`
      update tidings.retention_state s
      set last_id = coalesce(${lastId}::bigint, s.kept_id - 1, s.last_id),
        kept_id = case when ${lastId}::bigint is not null then coalesce(s.kept_id, ${keptId}::bigint) end,
        pass_ended_on = case when ${lastId}::bigint is null then (now() at time zone ${zone})::date else s.pass_ended_on end
      where s.kind = ${kind}
    `.execute(transaction);
    return batch;
  });

/** Rows are stored in the order of their ids, so the first one that is young ends the search. */
const OLD: Readonly<
  Record<ErasedKind, (transaction: Db, pass: Pass, limit: number) => Promise<readonly string[]>>
> = {
  interactions: (transaction, pass, limit) =>
    oldAmong(
      transaction,
      pass,
      sql`
      select i.id, i.created_at as at
      from tidings.interactions i
      where i.id > ${pass.afterId}::bigint
        -- a subquery looks up one erasure; "not exists" would become a join that reads all erasures for each batch
        and (select e.id from tidings.erasures e where e.interaction_id = i.id) is null
        -- such a row is always kept, so each pass would begin there again
        and not tidings.is_read_by_guard(i.id)
      order by i.id
      limit ${limit}`,
    ),
  caseChanges: (transaction, pass, limit) =>
    oldAmong(
      transaction,
      pass,
      sql`
      select c.id, c.received_at as at
      from tidings.case_changes c
      where c.id > ${pass.afterId}::bigint and c.fields <> '{}'
      order by c.id
      limit ${limit}`,
    ),
  recordChanges: (transaction, pass, limit) =>
    oldAmong(
      transaction,
      pass,
      sql`
      select h.id, h.changed_at as at
      from tidings.record_changes h
      where h.id > ${pass.afterId}::bigint and h.table_name in ('borrowers', 'contacts', 'loans')
        and h.changes ?| tidings.erased_columns(h.table_name)
        and (select e.id from tidings.erasures e where e.record_change_id = h.id) is null
      order by h.id
      limit ${limit}`,
    ),
};

async function oldAmong(
  transaction: Db,
  { years }: Pass,
  next: RawBuilder<unknown>,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select o.id from (${next}) o where o.at < now() - make_interval(years => ${years}::int) order by o.id
  `.execute(transaction);
  return rows.map(({ id }) => id);
}
