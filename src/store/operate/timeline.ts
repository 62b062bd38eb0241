import { sql } from "kysely";
import type { CaseChangeId, InteractionId } from "../../domain/ids.ts";
import type { LeafSource } from "../../domain/tree/leaf-sources.ts";
import type { Db } from "../postgres/db.ts";
import { loadCommitBounds } from "./commit-bounds.ts";

/** The kinds of an entry. `moved` is a change of the status; `putOff` a wait that a rule began or that ended. */
export type EntryKind =
  | "changed"
  | "resolved"
  | "moved"
  | "judged"
  | "held"
  | "decided"
  | "putOff"
  | "receipt"
  | "redirected"
  | "amended"
  | "repairOrdered"
  | "revealed"
  | "consented"
  | "erased"
  | "legalHeld"
  | "legalHoldEnded"
  | "outage";

/** One entry of the record, without personal data. */
export interface TimelineEntry {
  readonly at: Date;
  readonly kind: EntryKind;
  readonly caseChangeId: CaseChangeId | null;
  readonly interactionId: InteractionId | null;
  /** The author: a daemon, an operator or a database role; null if the entry does not say. */
  readonly by: string | null;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly times: EntryTimes;
}

/** The three times of an entry, and the bound of its commit. */
export interface EntryTimes {
  /** The time of the event, by the clock of its reporter. */
  readonly happenedAt: Date;
  /** The time at which Tidings learned of it. */
  readonly learnedAt: Date;
  /** The time at which it was written. */
  readonly recordedAt: Date;
  /** The time of the first head of the record tree that has it: it was committed then at the latest. Null while no head has it. */
  readonly committedBy: Date | null;
  /** True if the clock of its reporter was ahead of ours. */
  readonly isAhead: boolean;
}

/** The case changes and interactions that a timeline is about. */
export interface TimelineOf {
  readonly caseChangeIds: readonly CaseChangeId[];
  readonly interactionIds: readonly InteractionId[];
}

/** The columns of each part are those of the first one. `place` orders the entries of one moment. */
const OF_CHANGES = sql`(
  select c.changed_at as at, 'changed' as kind, 1 as place, c.id as entry_id, c.id as case_change_id, null::bigint as interaction_id, null::text as by,
    jsonb_build_object('caseId', c.case_id, 'status', c.status, 'outcome', c.outcome, 'fires', c.fires, 'receivedAt', c.received_at) as facts
  from tidings.case_changes c join changes a on a.id = c.id
  union all
  select r.resolved_at, 'resolved', 2, r.id, r.case_change_id, null, r.resolved_by, r.verdicts
  from tidings.resolutions r join changes a on a.id = r.case_change_id
)`;

const OF_STATUSES = sql`(
  select t.moved_at, 'moved', 4, t.id, null::bigint, t.interaction_id, t.moved_by,
    jsonb_strip_nulls(jsonb_build_object('from', t.from_status, 'to', t.to_status, 'details', t.to_status_details, 'code', t.evidence->>'code', 'reason', t.evidence->>'reason'))
  from tidings.interaction_transitions t join asked a on a.id = t.interaction_id
  union all
  select j.judged_at, 'judged', 3, j.id, null, j.interaction_id, null,
    jsonb_strip_nulls(jsonb_build_object('outcome', j.outcome, 'ruleId', j.rule_id, 'until', j.until))
  from tidings.judgements j join asked a on a.id = j.interaction_id
)`;

const OF_HOLDS = sql`(
  select h.held_at, 'held', 5, h.id, null::bigint, h.interaction_id, null::text, jsonb_build_object('ruleIds', h.rule_ids)
  from tidings.holds h join asked a on a.id = h.interaction_id
  union all
  select h.decided_at, 'decided', 6, h.id, null, h.interaction_id, h.decided_by, jsonb_build_object('decision', h.decision, 'reason', h.reason)
  from tidings.holds h join asked a on a.id = h.interaction_id
  where h.decided_at is not null
  union all
  select h.changed_at, 'putOff', 5, h.id, null, a.id, h.actor,
    jsonb_strip_nulls(jsonb_build_object('ruleId', h.changes#>>'{compliance_guard_rule_id,to}', 'until', h.changes#>'{scheduled_at_from,to}',
      'hasEnded', case when h.changes ? 'compliance_guard_rule_id' and h.changes#>>'{compliance_guard_rule_id,to}' is null then true end))
  from asked a
  join tidings.record_changes h on h.table_name = 'interactions' and h.row_id = a.id::text
  where h.changes ? 'compliance_guard_rule_id' or h.changes ? 'scheduled_at_from'
)`;

const OF_OTHERS = sql`(
  select r.received_at, 'receipt', 5, r.id, null::bigint, r.interaction_id, r.provider,
    jsonb_strip_nulls(jsonb_build_object('status', r.raw_status, 'code', r.code, 'reportedAt', r.reported_at))
  from tidings.receipts r join asked a on a.id = r.interaction_id
  union all
  select d.redirected_at, 'redirected', 5, d.id, null, d.interaction_id, d.redirected_by,
    jsonb_build_object('ruleId', d.rule_id, 'nextInteractionId', d.next_interaction_id::text, 'toContactId', d.to_contact_id)
  from tidings.redirects d join asked a on a.id = d.interaction_id
  union all
  select m.amended_at, 'amended', 6, m.id, null, m.interaction_id, m.amended_by,
    jsonb_strip_nulls(jsonb_build_object('kind', m.kind, 'status', m.status, 'details', m.status_details, 'reason', m.reason))
  from tidings.amendments m join asked a on a.id = m.interaction_id
  union all
  select p.ordered_at, 'repairOrdered', 5, p.id, p.case_change_id, p.interaction_id, p.ordered_by,
    jsonb_strip_nulls(jsonb_build_object('kind', p.kind, 'notificationTypeId', p.notification_type_id, 'reason', p.reason, 'result', p.result, 'doneAt', p.done_at))
  from tidings.repairs p
  where p.case_change_id in (select id from changes) or p.interaction_id in (select id from asked)
  union all
  select v.revealed_at, 'revealed', 6, v.id, null, v.interaction_id, v.revealed_by, jsonb_build_object('way', v.way)
  from tidings.content_reveals v join asked a on a.id = v.interaction_id
)`;

const OF_BORROWERS = sql`(
  select c.recorded_at, 'consented', 5, c.id, null::bigint, c.interaction_id, c.recorded_by,
    jsonb_strip_nulls(jsonb_build_object('change', c.change, 'scope', c.scope, 'source', c.source, 'contactId', c.contact_id, 'reason', c.reason, 'appliedAt', c.applied_at))
  from tidings.consent_records c join asked a on a.id = c.interaction_id
  union all
  select e.erased_at, 'erased', 6, e.id, null, e.interaction_id, e.erased_by, jsonb_build_object('cause', e.cause, 'reason', e.reason)
  from tidings.erasures e join asked a on a.id = e.interaction_id
  union all
  select e.erased_at, 'erased', 6, e.id, e.case_change_id, null, e.erased_by, jsonb_build_object('cause', e.cause, 'reason', e.reason, 'part', 'fields')
  from tidings.erasures e join changes a on a.id = e.case_change_id
  union all
  select h.held_at, 'legalHeld', 6, h.id, null, null, h.held_by,
    jsonb_strip_nulls(jsonb_build_object('borrowerId', h.borrower_id, 'caseId', h.case_id, 'reason', h.reason))
  from legal_holds h
  union all
  select h.ended_at, 'legalHoldEnded', 6, h.id, null, null, h.ended_by,
    jsonb_strip_nulls(jsonb_build_object('borrowerId', h.borrower_id, 'caseId', h.case_id, 'reason', h.end_reason))
  from legal_holds h
  where h.ended_at is not null
)`;

const OF_OUTAGES = sql`(
  select o.began_at, 'outage', 0, o.id, null::bigint, l.interaction_id, o.worker_id,
    jsonb_strip_nulls(jsonb_build_object('outageId', o.id::text, 'kind', o.kind, 'channel', o.channel, 'code', o.code, 'endedAt', o.ended_at, 'dueAt', l.due_at))
  from tidings.late_notices l
  join tidings.outages o on o.id = l.outage_id
  where l.interaction_id in (select id from asked)
)`;

/** The source in the record tree of each kind of entry; undefined if its entries are no leaves under their own id. */
const SOURCES: Readonly<Record<EntryKind, LeafSource | undefined>> = {
  changed: "caseChanges",
  resolved: "resolutions",
  moved: "transitions",
  judged: "judgements",
  held: "holds",
  decided: undefined,
  putOff: "recordChanges",
  receipt: "receipts",
  redirected: "redirects",
  amended: "amendments",
  repairOrdered: "repairs",
  revealed: "contentReveals",
  consented: "consentRecords",
  erased: "erasures",
  legalHeld: undefined,
  legalHoldEnded: undefined,
  outage: "outages",
};

type Row = Omit<TimelineEntry, "times"> & { readonly entryId: string };

/** Loads everything on record about case changes and interactions, in the order of time. */
export async function loadTimeline(db: Db, about: TimelineOf): Promise<TimelineEntry[]> {
  const rows = await loadEntries(db, about);
  const names = rows.flatMap(({ kind, entryId }) => {
    const source = SOURCES[kind];
    return source === undefined ? [] : [{ source, id: entryId }];
  });
  const outageIds = rows.filter(({ kind }) => kind === "outage").map(({ entryId }) => entryId);
  const times = await loadTimes(db, about, outageIds);
  const bounds = await loadCommitBounds(db, names);
  return rows.map(({ entryId, ...entry }) => {
    const key = `${SOURCES[entry.kind]} ${entryId}`;
    const own = times.get(key) ?? {
      happenedAt: entry.at,
      learnedAt: entry.at,
      recordedAt: entry.at,
      isAhead: false,
    };
    return { ...entry, times: { ...own, committedBy: bounds.get(key) ?? null } };
  });
}

type Times = Omit<EntryTimes, "committedBy">;

/** Loads the times of entries by source and id. Entries that Tidings wrote when they happened are left out. */
async function loadTimes(
  db: Db,
  { caseChangeIds, interactionIds }: TimelineOf,
  outageIds: readonly string[],
): Promise<Map<string, Times>> {
  const { rows } = await sql<Times & { key: string }>`
    select e.source || ' ' || e.id as key, e.happened_at, e.learned_at, e.recorded_at, e.is_ahead
    from (
      select t.* from tidings.entry_times t where t.interaction_id = any(${interactionIds}::bigint[])
      union all
      select t.* from tidings.entry_times t where t.source = 'caseChanges' and t.id = any(${caseChangeIds}::bigint[])
      union all
      select t.* from tidings.entry_times t where t.source = 'outages' and t.id = any(${outageIds}::bigint[])
    ) e
  `.execute(db);
  return new Map(rows.map(({ key, ...times }) => [key, times]));
}

async function loadEntries(db: Db, { caseChangeIds, interactionIds }: TimelineOf): Promise<Row[]> {
  const { rows } = await sql<Row>`
    with asked as materialized (select unnest(${interactionIds}::bigint[]) as id),
    changes as materialized (select unnest(${caseChangeIds}::bigint[]) as id),
    legal_holds as materialized (
      select h.* from tidings.legal_holds h
      where h.borrower_id in (select i.person_id from tidings.interactions i join asked a on a.id = i.id)
        or h.borrower_id in (select c.borrower_id from tidings.case_changes c join changes a on a.id = c.id)
        or h.case_id in (select i.case_id from tidings.interactions i join asked a on a.id = i.id)
        or h.case_id in (select c.case_id from tidings.case_changes c join changes a on a.id = c.id)
    )
    select e.at, e.kind, e.entry_id::text as entry_id, e.case_change_id, e.interaction_id, e.by, e.facts
    from (
      ${OF_CHANGES}
      union all
      ${OF_STATUSES}
      union all
      ${OF_HOLDS}
      union all
      ${OF_OTHERS}
      union all
      ${OF_BORROWERS}
      union all
      ${OF_OUTAGES}
    ) e
    order by e.at, e.place, e.entry_id
  `.execute(db);
  return rows;
}

/** The newest changes of a borrower's cases, at most `limit`, and every change that has caused one of the interactions. */
export async function listChangesOf(
  db: Db,
  {
    personId,
    interactionIds,
    limit,
  }: {
    readonly personId: string | null;
    readonly interactionIds: readonly InteractionId[];
    readonly limit: number;
  },
): Promise<CaseChangeId[]> {
  const { rows } = await sql<{ id: CaseChangeId }>`
    select i.case_change_id as id from tidings.interactions i
    where i.id = any(${interactionIds}::bigint[]) and i.case_change_id is not null
    union
    (
      select m.case_change_id
      from tidings.cases k
      join tidings.case_moves m on m.case_id = k.id
      where k.borrower_id = ${personId}
      order by m.changed_at desc, m.case_change_id desc
      limit ${limit}
    )
    order by id
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** The interactions that a change has caused, with every attempt. */
export async function listCausedBy(db: Db, id: CaseChangeId): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    select a.id
    from tidings.interactions i
    join tidings.interactions a on a.id = i.id or a.first_interaction_id = i.id
    where i.case_change_id = ${id}::bigint and i.origin = 'tidings' and i.previous_interaction_id is null
    order by a.id
  `.execute(db);
  return rows.map((row) => row.id);
}
