import { sql } from "kysely";
import type { Neighbors, ReadLine, References } from "../../domain/dry-run/arrival.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** Times inside jsonb, in ms since 1970. */
type Stored<Change> = Change extends null
  ? null
  : Omit<Change, "changedAt"> & { readonly changedAt: number };
type StoredNeighbors = { readonly [Place in keyof Neighbors]: Stored<Neighbors[Place]> };

/** Returns the neighbors in time of each line's change, by line. `now` is the date of lines without one. */
export async function loadNeighbors(
  db: Db,
  lines: readonly ReadLine[],
  now: Date,
): Promise<Map<number, Neighbors>> {
  const asked = lines.map(({ line, change }) => ({
    line,
    caseId: change.case_id,
    at: change.changed_at ?? now,
  }));
  // The date of a line has milliseconds, so a stored change within the same millisecond counts as simultaneous.
  const { rows } = await sql<StoredNeighbors & { line: number }>`
    select l.line, earlier.change as before, later.change as following, c.change as newest
    from ${recordset("l", { line: "int", caseId: "text", at: "timestamptz" }, asked)}
    cross join lateral (
      select jsonb_build_object('status', s.status, 'outcome', s.outcome, 'fields', s.fields,
        'changedAt', floor(extract(epoch from s.changed_at) * 1000)) as change
      from tidings.cases s
      where s.id = l."caseId"
    ) c
    left join lateral (
      select jsonb_build_object('status', p.status, 'outcome', p.outcome, 'fields', p.fields, 'fires', p.fires,
        'changedAt', floor(extract(epoch from p.changed_at) * 1000)) as change
      from tidings.case_moves m
      join tidings.case_changes p on p.id = m.case_change_id
      where m.case_id = l."caseId" and m.changed_at < l.at + interval '1 millisecond'
      order by m.changed_at desc, m.case_change_id desc
      limit 1
    ) earlier on true
    left join lateral (
      select jsonb_build_object('status', f.status, 'outcome', f.outcome, 'fields', f.fields, 'fires', f.fires,
        'changedAt', floor(extract(epoch from f.changed_at) * 1000)) as change
      from tidings.case_moves m
      join tidings.case_changes f on f.id = m.case_change_id
      where m.case_id = l."caseId" and m.changed_at >= l.at + interval '1 millisecond'
      order by m.changed_at, m.case_change_id
      limit 1
    ) later on true
  `.execute(db);
  return new Map(
    rows.map(({ line, before, following, newest }) => [
      line,
      { before: dated(before), following: dated(following), newest: dated(newest) },
    ]),
  );
}

function dated<Change extends { readonly changedAt: number }>(
  stored: Change | null,
): (Omit<Change, "changedAt"> & { readonly changedAt: Date }) | null {
  return stored && { ...stored, changedAt: new Date(stored.changedAt) };
}

/** Returns the referenced case types, borrowers, loans and external ids that exist in the database. */
export async function loadReferences(db: Db, lines: readonly ReadLine[]): Promise<References> {
  const changes = lines.map(({ change }) => change);
  const { rows } = await sql<{ [Name in keyof References]: string[] }>`
    select
      array(select y.id from tidings.case_types y where y.id = any(${[...new Set(changes.map((one) => one.case_type_id))]}::text[])) as case_type_ids,
      array(select b.id from tidings.borrowers b where b.id = any(${[...new Set(changes.map((one) => one.borrower_id))]}::text[])) as borrower_ids,
      array(select l.id from tidings.loans l where l.id = any(${[...new Set(changes.flatMap((one) => one.loan_ids))]}::text[])) as loan_ids,
      array(select c.external_id from tidings.case_changes c
        where c.external_id = any(${changes.flatMap((one) => one.external_id ?? [])}::text[])) as external_ids
  `.execute(db);
  return {
    caseTypeIds: new Set(rows[0]?.caseTypeIds),
    borrowerIds: new Set(rows[0]?.borrowerIds),
    loanIds: new Set(rows[0]?.loanIds),
    externalIds: new Set(rows[0]?.externalIds),
  };
}
