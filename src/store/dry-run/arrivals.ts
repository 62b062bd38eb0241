import { sql } from "kysely";
import type { Arrival, CaseFacts } from "../../domain/dry-run/arrival.ts";
import type { CaseChangeId, InteractionId } from "../../domain/ids.ts";
import { loadCaseChanges } from "../resolve/case-changes.ts";
import type { Db } from "../postgres/db.ts";

/** The requested changes: by id, or those that arrived at `since` or later. */
export type Selection =
  | { readonly kind: "ids"; readonly ids: readonly CaseChangeId[] }
  | { readonly kind: "since"; readonly since: Date };

export interface Selected {
  /** The changes in order of arrival. */
  readonly arrivals: readonly Arrival[];
  /** The number of changes without the limit. */
  readonly total: number;
}

/** Reads stored changes, each with the current state of its case. */
export async function loadArrivals(db: Db, selection: Selection, limit: number): Promise<Selected> {
  const within =
    selection.kind === "ids"
      ? sql`c.id = any(${selection.ids}::bigint[])`
      : sql`c.received_at >= ${selection.since}`;
  const { rows } = await sql<CaseFacts & { id: CaseChangeId; fires: boolean; total: number }>`
    select c.id, c.fires, (count(*) over ())::int as total, s.status, s.outcome, s.fields
    from tidings.case_changes c
    join tidings.cases s on s.id = c.case_id
    where ${within}
    order by c.id
    limit ${limit}
  `.execute(db);
  const found = new Map(rows.map(({ id, ...row }) => [id, row]));
  const changes = await loadCaseChanges(db, [...found.keys()]);
  const arrivals = changes.flatMap((change): Arrival[] => {
    const row = found.get(change.id);
    if (row === undefined) return [];
    const { status, outcome, fields } = row;
    const standing = { status, outcome, fields };
    const idle = row.fires ? null : "firesNothing";
    return [{ label: `change ${change.id}`, change, idle, caseNow: standing, caseLater: standing }];
  });
  return { arrivals, total: rows[0]?.total ?? 0 };
}

/** Returns the first attempts that the changes have caused, by `changeId:typeId`. */
export async function loadOnRecord(
  db: Db,
  caseChangeIds: readonly CaseChangeId[],
): Promise<Map<string, InteractionId>> {
  const { rows } = await sql<{ answers: string; id: InteractionId }>`
    select i.case_change_id || ':' || i.notification_type_id as answers, i.id
    from tidings.interactions i
    where i.case_change_id = any(${caseChangeIds}::bigint[]) and i.origin = 'tidings' and i.previous_interaction_id is null
  `.execute(db);
  return new Map(rows.map(({ answers, id }) => [answers, id]));
}
