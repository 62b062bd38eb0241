import { globSync } from "node:fs";
import { Client, type Connection } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { kindsOf, membersOf, type Kind } from "./sql-types/row-types.ts";
import { statementsOf, unreachedIn } from "./sql-types/statements.ts";

const { url } = useDatabase();
// a pool of ours sends statements as a pipeline, which takes no class of another
const client = new Client({ connectionString: url });
beforeAll(() => client.connect());
afterAll(() => client.end());

interface Column {
  readonly name: string;
  readonly dataTypeID: number;
}

/** Has the database parse and describe a statement, without running it. */
function describeStatement(text: string): Promise<readonly Column[]> {
  return new Promise((resolve, reject) => {
    let columns: readonly Column[] = [];
    client.query({
      submit(connection: Connection) {
        connection.parse({ name: "", text, types: [] }, true);
        connection.describe({ type: "S", name: "" }, true);
        connection.sync();
      },
      handleRowDescription(message: { fields: readonly Column[] }) {
        columns = message.fields;
      },
      handleError: reject,
      handleReadyForQuery: () => resolve(columns),
    });
  });
}

const STRING: readonly Kind[] = ["string"];
const NUMBER: readonly Kind[] = ["number"];
const JSON_KINDS: readonly Kind[] = ["string", "number", "boolean", "array", "object"];
/** The JavaScript type that pg returns for each type of column. An infinite time is a number. */
const KINDS: Readonly<Record<string, readonly Kind[]>> = {
  bool: ["boolean"],
  int2: NUMBER,
  int4: NUMBER,
  float8: NUMBER,
  int8: STRING,
  numeric: STRING,
  text: STRING,
  varchar: STRING,
  name: STRING,
  uuid: STRING,
  timestamptz: ["date", "number"],
  bytea: ["buffer"],
  json: JSON_KINDS,
  jsonb: JSON_KINDS,
};
/** Unread columns: they make a statement wait for a part of it. */
const UNREAD: ReadonlySet<string> = new Set(["jobs", "count", "setConfig", "freed", "setval"]);

const camelCase = (name: string): string =>
  name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

async function typeNames(): Promise<ReadonlyMap<number, string>> {
  const { rows } = await client.query<{ oid: number; name: string }>(
    "select oid::int, case when typcategory = 'A' then 'array' else typname end as name from pg_type",
  );
  return new Map(rows.map((row) => [row.oid, row.name]));
}

const kindsOfColumn = (type: string): readonly Kind[] =>
  type === "array" ? ["array"] : (KINDS[type] ?? []);

const FILES = globSync("src/store/**/*.ts").toSorted();
const FOUND = FILES.map((path) => ({ path, statements: statementsOf(path) }));

test("every template that reads like a statement is prepared", () => {
  expect(FOUND.flatMap(({ statements }) => statements).length).toBeGreaterThan(50);
  expect(FILES.flatMap(unreachedIn)).toEqual([]);
});

describe.each(FOUND.filter(({ statements }) => statements.length > 0))(
  "$path",
  ({ statements }) => {
    test.each(statements)("$at", async ({ module, row, texts, at }) => {
      const types = await typeNames();
      for (const text of texts) {
        const columns = await describeStatement(text).catch((error: unknown) => {
          throw new Error(
            `${at} is no statement that the database accepts: ${String(error)}\n${text}`,
          );
        });
        if (row === undefined) continue;
        const members = membersOf({ module, node: row });
        const shown = columns.map((column) => camelCase(column.name));
        const unread = shown.filter((name) => !members.has(name) && !UNREAD.has(name));
        const missing = [...members].filter(
          ([name, member]) => !member.isOptional && !shown.includes(name),
        );
        expect({ unread, missing: missing.map(([name]) => name) }, at).toEqual({
          unread: [],
          missing: [],
        });
        const wrong = columns.flatMap(({ name, dataTypeID }) => {
          const member = members.get(camelCase(name));
          const type = types.get(dataTypeID) ?? "";
          const can = new Set<Kind>(["null", "any", ...kindsOfColumn(type)]);
          const kinds = member ? [...kindsOf(member)] : [];
          return kinds.every((kind) => can.has(kind))
            ? []
            : [`${name} is ${type}, Row has ${kinds.join(" | ")}`];
        });
        expect(wrong, at).toEqual([]);
      }
    });
  },
);
