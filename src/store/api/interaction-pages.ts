import { sql, type RawBuilder } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { InteractionRecord } from "../../domain/interaction-record.ts";
import type { Db } from "../postgres/db.ts";
import {
  conditionOf,
  type InteractionFilter,
  withoutUnknownSubjects,
} from "./interaction-filter.ts";
import { RECORD } from "./interaction-record.ts";
import { rowsWithin, type Span, spansOf } from "./list-spans.ts";

/** The columns by which a list can be sorted. `createdAt` is the order of the ids. */
const COLUMNS = {
  createdAt: undefined,
  scheduledAtFrom: "scheduled_at_from",
  startedAt: "started_at",
  statusUpdatedAt: "status_updated_at",
} as const;
export type SortBy = keyof typeof COLUMNS;

/** A part of a list: the first rows, the rows after one, or the rows just before one. Rows without a time come last. */
export interface PageRequest {
  readonly sortBy: SortBy;
  readonly order: "asc" | "desc";
  readonly limit: number;
  readonly cursor?: { readonly id: InteractionId; readonly side: "after" | "before" } | undefined;
}

export interface InteractionPage {
  /** The number of rows in the whole list, at the same moment as the rows; `MOST_COUNTED` if there are more. */
  readonly total: number;
  /** In list order. */
  readonly rows: readonly InteractionRecord[];
  /** True if the list continues in the direction in which the page was read. */
  readonly more: boolean;
}

/** A page ends early once its rows have this many bytes, which limits a daemon's memory. It has at least one row. */
const MAX_PAGE_BYTES = 5_000_000;

type Row = InteractionRecord & {
  readonly total: number;
  readonly cursorIsKnown: boolean;
  /** The number of available rows: one more than the limit if the list continues. */
  readonly available: number;
};

/** A list is counted to this number: counting ten million rows took four seconds for each page. */
export const MOST_COUNTED = 10_000;

/** Reads a page and counts its list in one statement; undefined if the cursor has no place in the list. */
export async function listInteractions(
  db: Db,
  wanted: InteractionFilter,
  page: PageRequest,
): Promise<InteractionPage | undefined> {
  const filter = await withoutUnknownSubjects(db, wanted);
  const spans = await spansOf(db, filter, {
    sortBy: page.sortBy,
    isAscending: isAscending(page),
    cursorId: page.cursor?.id,
  });
  for (const span of spans) {
    const found = await readPage(db, filter, page, span);
    if (found?.more !== false || span === undefined) return found;
  }
}

async function readPage(
  db: Db,
  filter: InteractionFilter,
  page: PageRequest,
  span: Span,
): Promise<InteractionPage | undefined> {
  const { rows } = await pageQuery(filter, page, span).execute(db);
  const [first] = rows;
  if (first?.cursorIsKnown !== true) return undefined;
  // an empty page has one row of nulls next to the counts
  const found = first.id === null ? [] : rows.map(recordOf);
  const shown = found.slice(0, page.limit);
  return {
    total: first.total,
    rows: page.cursor?.side === "before" ? shown.toReversed() : shown,
    more: shown.length < (first.available ?? 0),
  };
}

function recordOf(row: Row): InteractionRecord {
  const { total: _, cursorIsKnown: __, available: ___, ...record } = row;
  return record;
}

/** The statement for a page and one more row, which shows whether the list continues. Its rows are looked for within the span. */
export function pageQuery(
  filter: InteractionFilter,
  page: PageRequest,
  span?: Span,
): RawBuilder<Row> {
  const condition = conditionOf(filter);
  return sql<Row>`
    select t.*, p.*
    from (
      select count(*)::int as total, ${cursorIsKnown(filter, page)} as cursor_is_known
      from (select from tidings.interactions i where ${condition} limit ${MOST_COUNTED}) counted
    ) t
    left join (
      select m.available, ${RECORD}
      from (
        select c.id, count(*) over ()::int as available,
          coalesce(sum(c.bytes) over (order by ${ordered(page, "c")} rows between unbounded preceding and 1 preceding), 0) as bytes_before
        from (
          select i.id, ${sortColumn(page)} ${BYTES} as bytes
          -- the rows of the page are chosen by their keys, and only these rows are measured and assembled
          from (select i.id from ${rowsWithin(span, condition)} and ${isBeyond(page)} order by ${ordered(page, "i")} limit ${page.limit + 1}) chosen
          join tidings.interactions i on i.id = chosen.id
        ) c
      ) m
      join tidings.interactions i on i.id = m.id and m.bytes_before < ${MAX_PAGE_BYTES}
      left join tidings.borrowers b on b.id = i.person_id
    ) p on true
    order by ${ordered(page, "p")}`;
}

/** The columns without a length limit, as the response writes them. */
const BYTES = sql`coalesce(octet_length(i.content::text), 0) + coalesce(octet_length(i.borrower::text), 0)
  + coalesce(octet_length(i.contact::text), 0) + coalesce(octet_length(i.meta_data::text), 0)
  + coalesce(octet_length(i.failure_description_short), 0) + coalesce(octet_length(i.failure_description_long), 0)`;

const sortColumn = ({ sortBy }: PageRequest): RawBuilder<unknown> => {
  const column = COLUMNS[sortBy];
  return column === undefined ? sql`` : sql`${sql.ref(`i.${column}`)},`;
};

const isAscending = ({ order, cursor }: PageRequest): boolean =>
  // a page before a row is read backwards from that row
  (order === "asc") !== (cursor?.side === "before");

/** The sort columns of a list, for rows of `alias`. Rows without a time come last. */
function keysOf({ sortBy, order }: PageRequest, alias: string): RawBuilder<unknown>[] {
  const column = COLUMNS[sortBy];
  const id = sql.ref(`${alias}.id`);
  const last = order === "asc" ? sql`'infinity'` : sql`'-infinity'`;
  return column === undefined
    ? [id]
    : [sql`coalesce(${sql.ref(`${alias}.${column}`)}, ${last}::timestamptz)`, id];
}

function ordered(page: PageRequest, alias: string): RawBuilder<unknown> {
  const direction = isAscending(page) ? sql`asc` : sql`desc`;
  return sql.join(keysOf(page, alias).map((key) => sql`${key} ${direction}`));
}

/** Compares keys and not positions, so rows that are inserted or deleted meanwhile shift no page. */
function isBeyond(page: PageRequest): RawBuilder<boolean> {
  if (page.cursor === undefined) return sql<boolean>`true`;
  const side = isAscending(page) ? sql`>` : sql`<`;
  const cursor = sql`${page.cursor.id}::bigint`;
  return COLUMNS[page.sortBy] === undefined
    ? sql<boolean>`i.id ${side} ${cursor}`
    : sql<boolean>`(${sql.join(keysOf(page, "i"))}) ${side} (select ${sql.join(keysOf(page, "c"))} from tidings.interactions c where c.id = ${cursor})`;
}

/** In the order of ids every id has a place. In other orders only an existing row has one. */
function cursorIsKnown(
  { personId }: InteractionFilter,
  { sortBy, cursor }: PageRequest,
): RawBuilder<boolean> {
  if (cursor === undefined || COLUMNS[sortBy] === undefined) return sql<boolean>`true`;
  const ofPerson = personId === undefined ? sql`` : sql`and c.person_id = ${personId}`;
  return sql<boolean>`exists (select from tidings.interactions c where c.id = ${cursor.id}::bigint ${ofPerson})`;
}
