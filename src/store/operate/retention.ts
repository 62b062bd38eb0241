import { sql } from "kysely";
import type { BorrowerId, CaseId } from "../../domain/ids.ts";
import type { RecordClass } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** Sets the number of years for which a class is kept; null keeps it without end. The history has the earlier numbers. */
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
  /** Case changes that are older than the content and have fields; 0 for the metadata. */
  readonly olderChanges: number;
  /** Recorded changes of borrowers, contacts and loans that are older than the content and kept; 0 for the metadata. */
  readonly olderRecordChanges: number;
  /** Case changes that are younger than the content and whose fields are erased; 0 for the metadata. */
  readonly youngerChanges: number;
  /** Interactions whose metadata is deleted; 0 for the content. */
  readonly deleted: number;
}

/**
 * The interactions that may be open: attempts whose chain has an attempt without an end, open replies, and replies with a confirmation.
 * `is_open_notice` is called only for these, because a million calls take minutes.
 */
const MAYBE_OPEN = sql`
  select coalesce(i.first_interaction_id, i.id) as id from tidings.interactions i
  where i.status in ('scheduled', 'inProgress') or tidings.is_outcome_unknown(i.status, i.status_details)
  union
  select m.interaction_id from tidings.inbound_messages m where m.is_open
  union
  select i.reply_id from tidings.interactions i where i.reply_id is not null and i.attempt = 1
`;

/** Of the interactions that are older than a class, how many are kept for each reason. */
const OLDER = sql`(
  select count(*)::int as older,
    (count(*) filter (where case when coalesce(i.first_interaction_id, i.id) in (select m.id from maybe_open m) or i.id in (select m.id from maybe_open m)
      then tidings.is_open_notice(i.id, i.first_interaction_id) end))::int as open,
    (count(*) filter (where case when (select count(*) from tidings.legal_holds h where h.ended_at is null) > 0
      then tidings.is_under_legal_hold(i.person_id, i.case_id) end))::int as held,
    (count(*) filter (where case when i.direction = 'inbound' then tidings.is_read_by_guard(i.id) end))::int as read
  from (
    select a.id, a.first_interaction_id, a.person_id, a.case_id, a.direction
    from tidings.interactions a
    where a.created_at < now() - make_interval(years => c.years)
      and (k.record_class = 'metadata' or not exists (select from tidings.erasures e where e.interaction_id = a.id))
  ) i
)`;

/** Case changes and recorded changes that are older than the content, and changes whose fields are younger and erased. */
const OLDER_CHANGES = sql`(
  select
    (
      select count(*)::int from tidings.case_changes x
      where c.years is not null and x.received_at < now() - make_interval(years => c.years) and x.fields <> '{}'
    ) as older_changes,
    (
      select count(*)::int from tidings.record_changes h
      where c.years is not null and h.table_name in ('borrowers', 'contacts', 'loans') and h.changed_at < now() - make_interval(years => c.years)
        and h.changes ?| tidings.erased_columns(h.table_name) and not exists (select from tidings.erasures e where e.record_change_id = h.id)
    ) as older_record_changes,
    (
      select count(*)::int from tidings.erasures e join tidings.case_changes x on x.id = e.case_change_id
      where (x.received_at < now() - make_interval(years => c.years)) is not true
    ) as younger_changes
)`;

/**
 * Every class, in the order in which they are erased. It reads the whole record once for each class with years, which takes seconds for
 * a million notices.
 */
export async function listRetention(db: Db): Promise<ClassState[]> {
  const { rows } = await sql<ClassState>`
    with maybe_open as materialized (${MAYBE_OPEN})
    select k.record_class, c.years, c.reason, c.set_at, c.set_by, coalesce(o.older, 0) as older, coalesce(o.open, 0) as open,
      coalesce(o.held, 0) as held, coalesce(o.read, 0) as read, coalesce(y.younger, 0) as younger, coalesce(n.older_changes, 0) as older_changes,
      coalesce(n.older_record_changes, 0) as older_record_changes, coalesce(n.younger_changes, 0) as younger_changes,
      case k.record_class when 'metadata' then (select coalesce(sum(cardinality(d.interaction_ids)), 0)::int from tidings.deletions d) else 0 end as deleted
    from (values (1, 'content'), (2, 'metadata')) k(place, record_class)
    left join tidings.retention_classes c on c.record_class = k.record_class
    left join lateral ${OLDER} o on c.years is not null
    left join lateral ${OLDER_CHANGES} n on k.record_class = 'content'
    left join lateral (
      select count(*)::int as younger
      from tidings.erasures e
      join tidings.interactions i on i.id = e.interaction_id
      where c.years is null or i.created_at >= now() - make_interval(years => c.years)
    ) y on k.record_class = 'content'
    order by k.place
  `.execute(db);
  return rows;
}

/** Like `listRetention`; null for a role that may not read contents. */
export async function listRetentionIfAllowed(db: Db): Promise<ClassState[] | null> {
  const { rows } = await sql<{ isAllowed: boolean }>`
    select has_function_privilege('tidings.is_read_by_guard(bigint)', 'execute')
      and has_column_privilege('tidings.interactions', 'content', 'select') as is_allowed
  `.execute(db);
  return rows[0]?.isAllowed === true ? await listRetention(db) : null;
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
