import { type RawBuilder, sql } from "kysely";
import type { Db } from "../postgres/db.ts";
import { TEMPLATE_PARTS } from "./evidence-rows.ts";

/** A table whose rows may change, with each change as a row of record_changes. */
interface HistoryTable {
  readonly name: keyof typeof PRESENT;
  /** The columns of `row_id`, in its order. */
  readonly key: readonly string[];
  /** Null where inserts are not recorded, or not those of the first rows. */
  readonly inserts: {
    /** A column that each recorded insert names. */
    readonly mark: string;
    /** The columns that a recorded insert leaves out. */
    readonly without: readonly string[];
  } | null;
  /** The columns that are null until a change to them is recorded. */
  readonly blank?: readonly string[];
}

const WITHDRAWAL = ["withdrawn_at", "withdrawn_by"];

/** Interactions are compared in interaction-differences.ts. */
const HISTORY_TABLES: readonly HistoryTable[] = [
  {
    name: "templates",
    key: ["id", "version"],
    inserts: {
      mark: "id",
      without: [
        "updated_at",
        "subject_template",
        "html_template",
        "text_template",
        "samples",
        "sources",
      ],
    },
  },
  {
    name: "notification_types",
    key: ["id", "version"],
    inserts: { mark: "id", without: ["updated_at"] },
  },
  {
    name: "case_type_notification_types",
    key: ["case_type_id", "notification_type_id"],
    inserts: { mark: "case_type_id", without: ["case_type_id", "notification_type_id"] },
  },
  { name: "legal_holds", key: ["id"], inserts: { mark: "held_at", without: ["id"] } },
  { name: "pauses", key: ["id"], inserts: { mark: "paused_at", without: ["id"] } },
  {
    name: "api_keys",
    key: ["id"],
    inserts: { mark: "created_at", without: ["id", "hash", "last_used_at"] },
  },
  {
    name: "retention_classes",
    key: ["record_class"],
    inserts: { mark: "set_at", without: ["record_class"] },
  },
  { name: "calendars", key: ["name"], inserts: { mark: "based_on", without: ["name"] } },
  { name: "calendar_closures", key: ["calendar", "day"], inserts: { mark: "day", without: [] } },
  { name: "channels", key: ["channel"], inserts: { mark: "channel", without: [] } },
  { name: "case_types", key: ["id"], inserts: { mark: "created_at", without: ["id"] } },
  { name: "loan_types", key: ["id"], inserts: { mark: "created_at", without: ["id"] } },
  {
    name: "holds",
    key: ["id"],
    inserts: null,
    blank: ["decided_at", "decided_by", "decision", "reason"],
  },
  {
    name: "inbound_messages",
    key: ["interaction_id"],
    inserts: null,
    blank: ["handled_at", "handled_by", "handled_reason"],
  },
  { name: "repairs", key: ["id"], inserts: null, blank: ["done_at", "result"] },
  { name: "outages", key: ["id"], inserts: null },
  { name: "case_type_legal_states", key: ["id"], inserts: null, blank: WITHDRAWAL },
  { name: "do_not_interact", key: ["id"], inserts: null, blank: WITHDRAWAL },
  { name: "consents", key: ["id"], inserts: null, blank: WITHDRAWAL },
  { name: "preferences", key: ["id"], inserts: null, blank: WITHDRAWAL },
  { name: "borrowers", key: ["id"], inserts: null },
  { name: "contacts", key: ["id"], inserts: null },
  { name: "loans", key: ["id"], inserts: null },
];

/** A row that is not as its history says. */
export interface HistoryDifference {
  readonly table: string;
  /** As in record_changes: the values of the key columns, with commas between. */
  readonly row: string;
  /** The newest change of the row; null if it has no history. */
  readonly changeId: string | null;
  readonly what: "altered" | "removed" | "added";
}

/** Compares the rows that may change with their newest recorded values. Returns at most `limit` differences of each table. */
export async function listHistoryDifferences(db: Db, limit: number): Promise<HistoryDifference[]> {
  const found = [...(await listAlteredTexts(db, limit))];
  for (const table of HISTORY_TABLES) found.push(...(await compareTable(db, table, limit)));
  return found;
}

/** The present rows, with their keys as record_changes has them. */
const PRESENT = {
  templates: sql`select concat_ws(',', t.id, t.version) as row_id, to_jsonb(t) as row from tidings.templates t`,
  notification_types: sql`select concat_ws(',', t.id, t.version) as row_id, to_jsonb(t) as row from tidings.notification_types t`,
  case_type_notification_types: sql`select concat_ws(',', t.case_type_id, t.notification_type_id) as row_id, to_jsonb(t) as row from tidings.case_type_notification_types t`,
  legal_holds: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.legal_holds t`,
  holds: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.holds t`,
  inbound_messages: sql`select concat_ws(',', t.interaction_id) as row_id, to_jsonb(t) as row from tidings.inbound_messages t`,
  retention_classes: sql`select concat_ws(',', t.record_class) as row_id, to_jsonb(t) as row from tidings.retention_classes t`,
  calendars: sql`select concat_ws(',', t.name) as row_id, to_jsonb(t) as row from tidings.calendars t`,
  calendar_closures: sql`select concat_ws(',', t.calendar, to_jsonb(t) ->> 'day') as row_id, to_jsonb(t) as row from tidings.calendar_closures t`,
  channels: sql`select concat_ws(',', t.channel) as row_id, to_jsonb(t) as row from tidings.channels t`,
  pauses: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.pauses t`,
  outages: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.outages t`,
  api_keys: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.api_keys t`,
  case_types: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.case_types t`,
  loan_types: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.loan_types t`,
  repairs: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.repairs t`,
  case_type_legal_states: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.case_type_legal_states t`,
  do_not_interact: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.do_not_interact t`,
  consents: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.consents t`,
  preferences: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.preferences t`,
  borrowers: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.borrowers t`,
  contacts: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.contacts t`,
  loans: sql`select concat_ws(',', t.id) as row_id, to_jsonb(t) as row from tidings.loans t`,
};

/** The recorded values of a row, as values of the columns of its table. */
const TYPED: Readonly<Record<keyof typeof PRESENT, RawBuilder<unknown>>> = {
  templates: sql`jsonb_populate_record(null::tidings.templates, r.row)`,
  notification_types: sql`jsonb_populate_record(null::tidings.notification_types, r.row)`,
  case_type_notification_types: sql`jsonb_populate_record(null::tidings.case_type_notification_types, r.row)`,
  legal_holds: sql`jsonb_populate_record(null::tidings.legal_holds, r.row)`,
  holds: sql`jsonb_populate_record(null::tidings.holds, r.row)`,
  inbound_messages: sql`jsonb_populate_record(null::tidings.inbound_messages, r.row)`,
  retention_classes: sql`jsonb_populate_record(null::tidings.retention_classes, r.row)`,
  calendars: sql`jsonb_populate_record(null::tidings.calendars, r.row)`,
  calendar_closures: sql`jsonb_populate_record(null::tidings.calendar_closures, r.row)`,
  channels: sql`jsonb_populate_record(null::tidings.channels, r.row)`,
  pauses: sql`jsonb_populate_record(null::tidings.pauses, r.row)`,
  outages: sql`jsonb_populate_record(null::tidings.outages, r.row)`,
  api_keys: sql`jsonb_populate_record(null::tidings.api_keys, r.row)`,
  case_types: sql`jsonb_populate_record(null::tidings.case_types, r.row)`,
  loan_types: sql`jsonb_populate_record(null::tidings.loan_types, r.row)`,
  repairs: sql`jsonb_populate_record(null::tidings.repairs, r.row)`,
  case_type_legal_states: sql`jsonb_populate_record(null::tidings.case_type_legal_states, r.row)`,
  do_not_interact: sql`jsonb_populate_record(null::tidings.do_not_interact, r.row)`,
  consents: sql`jsonb_populate_record(null::tidings.consents, r.row)`,
  preferences: sql`jsonb_populate_record(null::tidings.preferences, r.row)`,
  borrowers: sql`jsonb_populate_record(null::tidings.borrowers, r.row)`,
  contacts: sql`jsonb_populate_record(null::tidings.contacts, r.row)`,
  loans: sql`jsonb_populate_record(null::tidings.loans, r.row)`,
};

/** The newest recorded values of each row of a table, as tables of a statement; `recorded` is the last one. */
const recordedRows = (name: string, key: readonly string[]): RawBuilder<unknown> => sql`
    change as materialized (
      select h.id, h.row_id, h.changes from tidings.record_changes h where h.table_name = ${name}
    ), gone as (
      -- a row that was deleted or got another key may come back, and then its insert may have no change
      select (
        select string_agg(coalesce(c.changes #>> array[k.name, 'from'],
          case when cardinality(${key}::text[]) = 1 then c.row_id else split_part(c.row_id, ',', k.place::int) end), ',' order by k.place)
        from unnest(${key}::text[]) with ordinality k(name, place)
      ) as row_id, max(c.id) as id
      from change c
      where exists (select from unnest(${key}::text[]) k(name) where c.changes #>> array[k.name, 'from'] is not null)
      group by 1
    ), newest as (
      select distinct on (c.row_id, e.key) c.id, c.row_id, e.key, e.value -> 'to' as value, e.value ? 'erased' as is_erased
      from change c
      cross join lateral jsonb_each(c.changes) e
      left join gone g on g.row_id = c.row_id
      where g.id is null or c.id > g.id
      order by c.row_id, e.key, c.id desc
    ), recorded as (
      select n.row_id, max(n.id) as id, jsonb_object_agg(n.key, n.value) as row from newest n
      -- the recorded value was erased, so there is nothing to compare with
      where not n.is_erased
      group by n.row_id
    )`;

/**
 * If inserts are not recorded, only columns with a recorded change are compared, and `blank` columns, which must be null without one.
 * The recorded values pass through the type of the row, because a time is recorded in the zone of its writer.
 */
async function compareTable(
  db: Db,
  { name, key, inserts, blank = [] }: HistoryTable,
  limit: number,
): Promise<HistoryDifference[]> {
  const { rows } = await sql<HistoryDifference>`
    with ${recordedRows(name, key)}, present as (${PRESENT[name]})
    select ${name} as "table", coalesce(r.row_id, p.row_id) as "row", r.id::text as change_id,
      case when p.row_id is null then 'removed' when r.row_id is null then 'added' else 'altered' end as what
    from recorded r
    full join present p on p.row_id = r.row_id
    where p.row_id is null
      or (r.row_id is null and ${inserts !== null}::boolean)
      or exists (
        select from jsonb_each(to_jsonb(${TYPED[name]})) e
        where (r.row ? e.key or (r.row ? ${inserts?.mark ?? null} and not e.key = any(${inserts?.without ?? []}::text[])))
          and nullif(e.value, 'null') is distinct from nullif(p.row -> e.key, 'null')
      )
      or exists (select from unnest(${blank}::text[]) b(name) where (r.row ? b.name) is not true and p.row ->> b.name is not null)
    order by 3, 2
    limit ${limit}
  `.execute(db);
  return rows;
}

/** The texts of a template are in the history as their hash. */
async function listAlteredTexts(db: Db, limit: number): Promise<HistoryDifference[]> {
  const { rows } = await sql<HistoryDifference>`
    select 'templates' as "table", t.id || ',' || t.version as "row",
      (select max(h.id)::text from tidings.record_changes h where h.table_name = 'templates' and h.row_id = t.id || ',' || t.version)
        as change_id,
      'altered' as what
    from tidings.templates t
    where t.content_hash <> encode(sha256(convert_to(${TEMPLATE_PARTS}, 'UTF8')), 'hex')
    order by t.id, t.version
    limit ${limit}
  `.execute(db);
  return rows;
}
