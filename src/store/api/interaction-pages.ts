import { sql, type RawBuilder } from "kysely";
import type { InteractionRecord } from "../../domain/interaction-record.ts";
import type { Db } from "../postgres/db.ts";
import { conditionOf, type InteractionFilter } from "./interaction-filter.ts";
import { RECORD } from "./interaction-record.ts";

/** The column a list is sorted by; `createdAt` is the order in which the rows were numbered. */
const COLUMNS = {
  createdAt: undefined,
  scheduledAtFrom: "scheduled_at_from",
  startedAt: "started_at",
  statusUpdatedAt: "status_updated_at",
} as const;
export type SortBy = keyof typeof COLUMNS;

/** Which part of a list: the first rows, those after a row, or those just before one. Rows without a time come last. */
export interface PageOf {
  readonly sortBy: SortBy;
  readonly order: "asc" | "desc";
  readonly limit: number;
  readonly cursor?: { readonly id: string; readonly side: "after" | "before" } | undefined;
}

export interface InteractionPage {
  /** Of the whole list, at the same moment as the rows. */
  readonly total: number;
  /** In list order. */
  readonly rows: readonly InteractionRecord[];
  /** Whether the list goes on in the direction the page was read in. */
  readonly more: boolean;
}

type Found = InteractionRecord & { readonly total: number; readonly known: boolean };

/** Reads a page and counts its list, at one moment; undefined when the cursor has no place in it. */
export async function listInteractions(
  db: Db,
  filter: InteractionFilter,
  page: PageOf,
): Promise<InteractionPage | undefined> {
  const { rows } = await pageQuery(filter, page).execute(db);
  const [first] = rows;
  if (first?.known !== true) return undefined;
  // the counts come with one row of nulls when the page is empty
  const found = first.id === null ? [] : rows.map(recordOf);
  const kept = found.slice(0, page.limit);
  return {
    total: first.total,
    rows: page.cursor?.side === "before" ? kept.toReversed() : kept,
    more: found.length > page.limit,
  };
}

function recordOf(row: Found): InteractionRecord {
  const { total: _, known: __, ...record } = row;
  return record;
}

/** The statement of a page and of one row beyond it, which tells whether the list goes on. */
export function pageQuery(filter: InteractionFilter, page: PageOf): RawBuilder<Found> {
  const condition = conditionOf(filter);
  const { keys, direction } = orderOf(page);
  const ordered = (alias: string): RawBuilder<unknown> =>
    sql.raw(
      keys(alias)
        .map((key) => `${key} ${direction}`)
        .join(", "),
    );
  return sql<Found>`
    select t.*, p.*
    from (select count(*)::int as total, ${isKnown(filter, page)} as known from tidings.interactions i where ${condition}) t
    left join (
      select ${RECORD}
      -- the rows of the page are chosen by their keys, and only those are put together
      from (select i.id from tidings.interactions i where ${condition} and ${isBeyond(page)} order by ${ordered("i")} limit ${page.limit + 1}) chosen
      join tidings.interactions i on i.id = chosen.id
      left join tidings.borrowers b on b.id = i.person_id
    ) p on true
    order by ${ordered("p")}`;
}

interface Order {
  readonly keys: (alias: string) => readonly string[];
  readonly direction: "asc" | "desc";
}

/** A page before a row is read from that row backwards. */
function orderOf({ sortBy, order, cursor }: PageOf): Order {
  const ascending = (order === "asc") !== (cursor?.side === "before");
  const column = COLUMNS[sortBy];
  const last = order === "asc" ? "infinity" : "-infinity";
  return {
    direction: ascending ? "asc" : "desc",
    keys: (alias) =>
      column === undefined
        ? [`${alias}.id`]
        : [`coalesce(${alias}.${column}, '${last}'::timestamptz)`, `${alias}.id`],
  };
}

/** Compared by keys and not by places, so that rows which come or go meanwhile move no page. */
function isBeyond(page: PageOf): RawBuilder<boolean> {
  if (page.cursor === undefined) return sql<boolean>`true`;
  const { keys, direction } = orderOf(page);
  const row = (alias: string): string => keys(alias).join(", ");
  const side = sql.raw(direction === "asc" ? ">" : "<");
  const cursor = sql`${page.cursor.id}::bigint`;
  return COLUMNS[page.sortBy] === undefined
    ? sql<boolean>`i.id ${side} ${cursor}`
    : sql<boolean>`(${sql.raw(row("i"))}) ${side} (select ${sql.raw(row("c"))} from tidings.interactions c where c.id = ${cursor})`;
}

/** In the order of ids there is a place for every id; in any other only a row has one. */
function isKnown({ personId }: InteractionFilter, { sortBy, cursor }: PageOf): RawBuilder<boolean> {
  if (cursor === undefined || COLUMNS[sortBy] === undefined) return sql<boolean>`true`;
  const ofPerson = personId === undefined ? sql`` : sql`and c.person_id = ${personId}`;
  return sql<boolean>`exists (select from tidings.interactions c where c.id = ${cursor.id}::bigint ${ofPerson})`;
}
