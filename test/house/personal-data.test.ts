import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { useDatabase } from "../database.ts";

const { pool } = useDatabase();
const PAGE = readFileSync("docs/retention.md", "utf8");
const CLASSES = new Set([...PAGE.matchAll(/^\| (\w+) \| .+ \|$/gmu)].map(([, name]) => name));

interface Row {
  readonly table: string;
  readonly columns: readonly string[];
  readonly recordClass: string;
}

const ROWS = [...PAGE.matchAll(/^\| `(\w+)` \| (`.+`) \| (\w+) \|$/gmu)].map(
  ([, table = "", columns = "", recordClass = ""]): Row => ({
    table,
    columns: [...columns.matchAll(/`(\w+)`/gu)].map(([, column = ""]) => column),
    recordClass,
  }),
);
const classified = ROWS.flatMap(({ table, columns }) =>
  columns.map((column) => `${table}.${column}`),
);

test("docs/retention.md classifies every column that can have personal data, once", async () => {
  const { rows } = await pool.query<{ name: string }>(`
    select format('%s.%s', c.table_name, c.column_name) as name
    from information_schema.columns c
    join information_schema.tables t using (table_schema, table_name)
    where c.table_schema = 'tidings' and t.table_type = 'BASE TABLE' and c.domain_name is null
      and c.table_name not like 'kysely%' and (c.data_type in ('text', 'character varying', 'jsonb', 'json', 'bytea') or c.udt_name in ('_text', '_jsonb'))`);
  expect(classified.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
});

test("the class of each column is one of those that the page explains", () => {
  expect(ROWS.filter(({ recordClass }) => !CLASSES.has(recordClass))).toEqual([]);
});

test("the page names the columns of the history that are erased, and the content of an interaction", async () => {
  const { rows } = await pool.query<{ columns: string[] }>(
    "select tidings.erased_columns(n) as columns from unnest(array['borrowers', 'contacts', 'loans', 'interactions']) n",
  );
  const [, history = ""] =
    /^- Of `record_changes.changes` (.+?)Dates and flags/msu.exec(PAGE) ?? [];
  for (const column of rows.flatMap(({ columns }) => columns))
    expect(history).toContain(`\`${column}\``);
  const content = ROWS.find(
    ({ table, recordClass }) => table === "interactions" && recordClass === "content",
  );
  expect(content?.columns).toEqual(rows.at(-1)?.columns);
});
