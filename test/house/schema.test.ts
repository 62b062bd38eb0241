import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import * as vocabulary from "../../src/domain/vocabulary.ts";
import { useDatabase } from "../database.ts";
import { describeSchema } from "./schema-dump.ts";

const { pool, url } = useDatabase();

/** `npm run dump` writes what it otherwise compares. */
function expectFile(path: string, is: string): void {
  if (process.env["WRITE_DUMP"] === "yes") writeFileSync(path, is);
  expect(readFileSync(path, "utf8"), `${path} is stale: run \`npm run dump\``).toBe(is);
}

test("the schema dump equals the sum of the migrations", async () => {
  expectFile("migrations/schema.txt", await describeSchema(pool));
});

test("the table types equal the schema", () => {
  const words = ["--dialect", "postgres", "--camel-case", "--default-schema", "tidings"];
  const pattern = ["--include-pattern", "tidings.*", "--url", url, "--print"];
  const printed = execFileSync("node_modules/.bin/kysely-codegen", [...words, ...pattern], {
    encoding: "utf8",
  });
  expectFile("src/store/postgres/schema.ts", `${printed.slice(printed.indexOf("/**")).trim()}\n`);
});

test("a migration that has landed is never edited", () => {
  const files = readdirSync("migrations").filter((name) => name.endsWith(".sql"));
  const sums = files.toSorted().map((name) => {
    const sum = createHash("sha256")
      .update(readFileSync(`migrations/${name}`))
      .digest("hex");
    return `${sum}  ${name}`;
  });
  expectFile("migrations/SHA256SUMS", `${sums.join("\n")}\n`);
});

const LISTS: readonly (readonly [keyof typeof vocabulary, string])[] = [
  ["CHANNELS", "interactions_channel_is_known"],
  ["CHANNELS", "notification_types_channel_is_known"],
  ["CHANNELS", "templates_channel_is_known"],
  ["CHANNELS", "channels_channel_is_known"],
  ["CASE_STATUSES", "case_changes_status_is_known"],
  ["CASE_STATUSES", "notification_types_on_status_is_known"],
  ["OUTCOMES", "case_changes_outcome_is_known"],
  ["OUTCOMES", "notification_types_on_outcome_is_known"],
  ["INTERACTION_STATUSES", "interactions_status_is_known"],
  ["THEMES", "interactions_theme_is_known"],
  ["THEMES", "interactions_borrower_selected_theme_is_known"],
  ["THEMES", "notification_types_theme_is_known"],
  ["THEMES", "templates_theme_is_known"],
  ["REVEAL_WAYS", "content_reveals_way_is_known"],
  ["DIRECTIONS", "interactions_direction_is_known"],
  ["ORIGINS", "interactions_origin_is_known"],
  ["VERSION_STATUSES", "notification_types_status_is_known"],
  ["VERSION_STATUSES", "templates_status_is_known"],
  ["DELAY_UNITS", "notification_types_unit_is_known"],
  ["WHEN_CASE_MOVES", "notification_types_when_case_moves_is_known"],
  ["ON_UNKNOWN", "notification_types_on_unknown_is_known"],
  ["PAUSE_SCOPES", "pauses_scope_is_known"],
  ["CHANNELS", "pauses_channel_is_known"],
  ["CONTACT_TYPES", "contacts_contact_type_is_known"],
  ["CONTACT_STATUSES", "contacts_status_is_known"],
  ["BORROWER_TYPES", "borrowers_borrower_type_is_known"],
  ["BORROWER_STATUSES", "borrowers_status_is_known"],
  ["COLLECTIONS_INTENSITIES", "borrowers_collections_intensity_is_known"],
];

test.each(LISTS)("%s is the list of %s", async (list, constraint) => {
  const { rows } = await pool.query<{ definition: string }>(
    "select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1",
    [constraint],
  );
  const words = [...(rows[0]?.definition ?? "").matchAll(/'(\w+)'::text/g)].map(
    (found) => found[1],
  );
  expect(words).toEqual([...vocabulary[list]]);
});

test("every closed list of the schema is compared", async () => {
  const { rows } = await pool.query<{ name: string }>(
    "select conname as name from pg_constraint where connamespace = 'tidings'::regnamespace and contype = 'c' and pg_get_constraintdef(oid) like '%= ANY (ARRAY[%'",
  );
  const closed = rows.map((row) => row.name).filter((name) => name.endsWith("_is_known"));
  expect(closed.toSorted()).toEqual(LISTS.map(([, constraint]) => constraint).toSorted());
});
