import { sql, type RawBuilder } from "kysely";
import type { CaseChangeId } from "../../domain/ids.ts";
import type { CaseChange, CaseState } from "../../domain/resolve/case-change.ts";
import type { Db } from "../postgres/db.ts";

type Row = Omit<CaseChange, "before" | "changedAt"> & {
  /** Infinity as a number: pg reads `infinity` like this. */
  readonly changedAt: Date | number;
  readonly statusBefore: CaseState["status"] | null;
  readonly outcomeBefore: CaseState["outcome"];
};

/** Loads the changes in the order of their ids. Unknown ids are left out. */
export const loadCaseChanges = (db: Db, ids: readonly CaseChangeId[]): Promise<CaseChange[]> =>
  load(db, sql`unnest(${ids}::bigint[]) as wanted(id)`);

/** Loads those of the changes that have no resolution. */
export const loadUnresolvedChanges = (
  db: Db,
  ids: readonly CaseChangeId[],
): Promise<CaseChange[]> =>
  load(
    db,
    sql`(
      select i.id from unnest(${ids}::bigint[]) as i(id)
      -- a scalar subquery, so that each id is looked up: "not exists" becomes a join that reads all resolutions for each set
      where (select r.case_change_id from tidings.resolutions r where r.case_change_id = i.id) is null
    ) wanted`,
  );

async function load(db: Db, wanted: RawBuilder<unknown>): Promise<CaseChange[]> {
  const { rows } = await sql<Row>`
    select c.id, c.case_id, c.case_type_id, c.borrower_id, c.loan_ids, c.status, c.outcome, c.fields, c.changed_at, c.received_at,
      c.supercase_bulk_operation_id, m.status_before, m.outcome_before,
      case when f.id is not null then jsonb_build_object('status', f.status, 'outcome', f.outcome, 'fields', f.fields, 'fires', f.fires) end
        as following
    from ${wanted}
    -- limited to one, so that it is looked up: a bulk that was just taken in is unknown to the planner, who would read all of it
    cross join lateral (select * from tidings.case_changes l where l.id = wanted.id limit 1) c
    cross join lateral (select * from tidings.case_moves l where l.case_change_id = wanted.id limit 1) m
    left join lateral (select * from tidings.case_changes l where l.id = m.following_case_change_id limit 1) f on true
    order by c.id
  `.execute(db);
  return rows.map(({ statusBefore, outcomeBefore, changedAt, ...change }) => ({
    ...change,
    // an invalid date, which scheduling records as unusable
    changedAt: new Date(changedAt),
    before: statusBefore === null ? null : { status: statusBefore, outcome: outcomeBefore },
  }));
}
