import { sql } from "kysely";
import type { BorrowerId, CaseId, InteractionId } from "../../domain/ids.ts";
import type { ErasureCause, RecordClass } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** Sets for how many years a class is kept; null keeps it for good. The history keeps what was set before. */
export async function setRetention(
  db: Db,
  recordClass: RecordClass,
  { years, reason }: { readonly years: number | null; readonly reason: string },
): Promise<void> {
  await sql`
    insert into tidings.retention_classes (record_class, years, reason) values (${recordClass}, ${years}, ${reason})
    on conflict (record_class) do update set years = excluded.years, reason = excluded.reason
  `.execute(db);
}

/** A class, and its interactions that are older or younger than it says. */
export interface ClassState {
  readonly recordClass: RecordClass;
  readonly years: number | null;
  readonly reason: string | null;
  readonly setAt: Date | null;
  readonly setBy: string | null;
  /** Older than the class, and kept. */
  readonly older: number;
  /** Of these: the notice is open. */
  readonly open: number;
  /** Of these: under a legal hold. */
  readonly held: number;
  /** Of these: the guard reads their words. */
  readonly read: number;
  /** Younger than the class, and erased. */
  readonly younger: number;
}

/**
 * Every class, in the order in which they are erased. It reads the interactions that are older than their class, up to `most` of each
 * class: a million takes minutes.
 */
export async function listRetention(db: Db, most: number | null = null): Promise<ClassState[]> {
  const { rows } = await sql<ClassState>`
    select k.record_class, c.years, c.reason, c.set_at, c.set_by, coalesce(o.older, 0) as older, coalesce(o.open, 0) as open,
      coalesce(o.held, 0) as held, coalesce(o.read, 0) as read, coalesce(y.younger, 0) as younger
    from (values (1, 'content'), (2, 'metadata')) k(place, record_class)
    left join tidings.retention_classes c on c.record_class = k.record_class
    left join lateral (
      select count(*)::int as older, (count(*) filter (where tidings.is_open_notice(i.id, i.first_interaction_id)))::int as open,
        (count(*) filter (where tidings.is_under_legal_hold(i.person_id, i.case_id)))::int as held,
        (count(*) filter (where tidings.is_read_by_guard(i.id)))::int as read
      from (
        select a.id, a.first_interaction_id, a.person_id, a.case_id
        from tidings.interactions a
        where a.created_at < now() - make_interval(years => c.years)
          and (k.record_class = 'metadata' or not exists (select from tidings.erasures e where e.interaction_id = a.id))
        limit ${most}
      ) i
    ) o on true
    left join lateral (
      select count(*)::int as younger
      from tidings.erasures e
      join tidings.interactions i on i.id = e.interaction_id
      where k.record_class = 'content' and (c.years is null or i.created_at >= now() - make_interval(years => c.years))
    ) y on true
    order by k.place
  `.execute(db);
  return rows;
}

/** An audit counts up to so many. */
const MOST_AUDITED = 10_000;

/** As listRetention, up to 10,000 of each class; null for a role that may not read contents. */
export async function listRetentionIfAllowed(db: Db): Promise<ClassState[] | null> {
  const { rows } = await sql<{ isAllowed: boolean }>`
    select has_function_privilege('tidings.is_read_by_guard(bigint)', 'execute')
      and has_column_privilege('tidings.interactions', 'content', 'select') as is_allowed
  `.execute(db);
  return rows[0]?.isAllowed === true ? await listRetention(db, MOST_AUDITED) : null;
}

/** A hold on the content of a borrower or of a case. */
export interface LegalHold {
  readonly id: string;
  readonly borrowerId: BorrowerId | null;
  readonly caseId: CaseId | null;
  readonly reason: string;
  readonly heldAt: Date;
  readonly heldBy: string;
}

/** The holds that have not ended. */
export async function listLegalHolds(db: Db): Promise<LegalHold[]> {
  const { rows } = await sql<LegalHold>`
    select h.id, h.borrower_id, h.case_id, h.reason, h.held_at, h.held_by from tidings.legal_holds h where h.ended_at is null order by h.id
  `.execute(db);
  return rows;
}

/** Holds the content of one borrower or one case. False if it is held already. */
export async function addLegalHold(
  db: Db,
  { borrowerId, caseId, reason }: Pick<LegalHold, "borrowerId" | "caseId" | "reason">,
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    insert into tidings.legal_holds (borrower_id, case_id, reason) values (${borrowerId}, ${caseId}, ${reason})
    on conflict do nothing
  `.execute(db);
  return numAffectedRows > 0n;
}

/** Ends the hold of a borrower or a case. False if there is none. */
export async function endLegalHold(
  db: Db,
  { borrowerId, caseId, reason }: Pick<LegalHold, "borrowerId" | "caseId" | "reason">,
): Promise<boolean> {
  const { numAffectedRows = 0n } = await sql`
    update tidings.legal_holds h set end_reason = ${reason}
    where h.ended_at is null and (h.borrower_id = ${borrowerId} or h.case_id = ${caseId})
  `.execute(db);
  return numAffectedRows > 0n;
}

/** The result of one batch. */
export interface ErasedBatch {
  /** The last interaction that it looked at. */
  readonly lastId: InteractionId | null;
  /** The first one that it kept. */
  readonly keptId: InteractionId | null;
  readonly lookedAt: number;
  readonly erased: number;
  /** Not erased, because the notice is open, a legal hold is on it or the guard reads its words. */
  readonly kept: number;
}

interface Candidate {
  readonly id: InteractionId;
  readonly isKept: boolean;
}

/** Erases what may be erased, one interaction after the other in the transaction. */
async function eraseCandidates(
  transaction: Db,
  candidates: readonly Candidate[],
  { cause, reason }: { readonly cause: ErasureCause; readonly reason: string },
): Promise<ErasedBatch> {
  const ids = candidates.filter(({ isKept }) => !isKept).map(({ id }) => id);
  await sql`
    select count(tidings.erase_content(k.id, ${cause}, ${reason})) from unnest(${ids}::bigint[]) k(id)
  `.execute(transaction);
  return {
    lastId: candidates.at(-1)?.id ?? null,
    keptId: candidates.find(({ isKept }) => isKept)?.id ?? null,
    lookedAt: candidates.length,
    erased: ids.length,
    kept: candidates.length - ids.length,
  };
}

/** Erases the content of the next interactions of a borrower after an id, and commits. */
export const eraseOfBorrower = (
  db: Db,
  borrowerId: BorrowerId,
  reason: string,
  { afterId, limit }: { readonly afterId: InteractionId; readonly limit: number },
): Promise<ErasedBatch> =>
  db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Candidate>`
      select i.id, tidings.is_open_notice(i.id, i.first_interaction_id) or tidings.is_under_legal_hold(i.person_id, i.case_id)
        or tidings.is_read_by_guard(i.id) as is_kept
      from tidings.interactions i
      where i.person_id = ${borrowerId} and i.id > ${afterId}::bigint
        and not exists (select from tidings.erasures e where e.interaction_id = i.id)
      order by i.id
      limit ${limit}
    `.execute(transaction);
    return await eraseCandidates(transaction, rows, { cause: "request", reason });
  });

/**
 * Erases the content of the next interactions that are older than their class, and commits. Undefined if no class has years, if
 * the pass of the day has ended, or if another daemon does it. The day is that of `zone` (IANA).
 */
export const eraseOld = (db: Db, zone: string, limit: number): Promise<ErasedBatch | undefined> =>
  db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ afterId: InteractionId; years: number }>`
      select s.interaction_id as after_id, c.years
      from tidings.retention_state s
      join tidings.retention_classes c on c.record_class = 'content' and c.years is not null
      where s.pass_ended_on is distinct from (now() at time zone ${zone})::date
      for update of s skip locked
    `.execute(transaction);
    const [pass] = rows;
    if (pass === undefined) return undefined;
    const old = await oldAfter(transaction, pass, limit);
    const reason = `It is older than ${pass.years} years.`;
    const batch = await eraseCandidates(transaction, old, { cause: "retention", reason });
    await sql`
      update tidings.retention_state s
      set interaction_id = coalesce(${batch.lastId}::bigint, s.kept_id - 1, s.interaction_id),
        kept_id = case when ${batch.lastId}::bigint is not null then coalesce(s.kept_id, ${batch.keptId}::bigint) end,
        pass_ended_on = case when ${batch.lastId}::bigint is null then (now() at time zone ${zone})::date else s.pass_ended_on end
    `.execute(transaction);
    return batch;
  });

/** Interactions are stored in the order of their ids, so the first one that is young ends the search. */
async function oldAfter(
  transaction: Db,
  { afterId, years }: { readonly afterId: InteractionId; readonly years: number },
  limit: number,
): Promise<Candidate[]> {
  const { rows } = await sql<Candidate>`
    select o.id, tidings.is_open_notice(o.id, o.first_interaction_id) or tidings.is_under_legal_hold(o.person_id, o.case_id) as is_kept
    from (
      select i.id, i.first_interaction_id, i.person_id, i.case_id, i.created_at
      from tidings.interactions i
      where i.id > ${afterId}::bigint and not exists (select from tidings.erasures e where e.interaction_id = i.id)
        -- kept for good, so each pass would begin there again
        and not tidings.is_read_by_guard(i.id)
      order by i.id
      limit ${limit}
    ) o
    where o.created_at < now() - make_interval(years => ${years}::int)
    order by o.id
  `.execute(transaction);
  return rows;
}
