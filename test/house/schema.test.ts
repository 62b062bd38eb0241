import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { POLICY_RULES, STRICTER } from "../../src/domain/guard/policy.ts";
import { POLICY_CHANGES } from "../../src/domain/guard/policy-record.ts";
import { CERTAINTIES, RULE_IDS } from "../../src/domain/guard/rule-ids.ts";
import * as vocabulary from "../../src/domain/vocabulary.ts";
import { migrationNames } from "../../src/store/migrate/migration-files.ts";
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

test("a migration that has landed is never edited", async () => {
  const files = (await migrationNames()).map((name) => `${name}.sql`);
  const sqlFiles = readdirSync("migrations").filter((name) => name.endsWith(".sql"));
  expect(files, "a name is four digits and a subject").toEqual(sqlFiles.toSorted());
  const sums = files.map((name) => {
    const sum = createHash("sha256")
      .update(readFileSync(`migrations/${name}`))
      .digest("hex");
    return `${sum}  ${name}`;
  });
  expectFile("migrations/SHA256SUMS", `${sums.join("\n")}\n`);
});

/** The domain of each list. Conditions and API scopes are lists too, but no column holds a single word of theirs. */
const LISTS: readonly (readonly [keyof typeof vocabulary, string])[] = [
  ["CHANNELS", "channel"],
  ["THEMES", "theme"],
  ["CASE_STATUSES", "case_status"],
  ["OUTCOMES", "case_outcome"],
  ["INTERACTION_STATUSES", "interaction_status"],
  ["DIRECTIONS", "direction"],
  ["ORIGINS", "origin"],
  ["VERSION_STATUSES", "version_status"],
  ["DELAY_UNITS", "delay_unit"],
  ["WHEN_CASE_MOVES", "when_case_moves"],
  ["ON_UNKNOWN", "on_unknown"],
  ["PAUSE_SCOPES", "pause_scope"],
  ["REVEAL_WAYS", "reveal_way"],
  ["RECEIPT_ODDITIES", "receipt_oddity"],
  ["AMENDMENT_KINDS", "amendment_kind"],
  ["RECORD_CLASSES", "record_class"],
  ["ERASURE_CAUSES", "erasure_cause"],
  ["ERASED_KINDS", "erased_kind"],
  ["VERDICT_OUTCOMES", "verdict_outcome"],
  ["HOLD_DECISIONS", "hold_decision"],
  ["CONTACT_EVENT_KINDS", "contact_event_kind"],
  ["CONTACT_TYPES", "contact_type"],
  ["CONTACT_LABELS", "contact_label"],
  ["CONTACT_STATUSES", "contact_status"],
  ["BORROWER_TYPES", "borrower_type"],
  ["BORROWER_STATUSES", "borrower_status"],
  ["COLLECTIONS_INTENSITIES", "collections_intensity"],
  ["CONSENT_CHANGES", "consent_change"],
  ["CONSENT_SCOPES", "consent_scope"],
  ["CONSENT_SOURCES", "consent_source"],
  ["LINE_TYPES", "line_type"],
  ["REASSIGNED_NUMBER_RESULTS", "reassigned_number_result"],
  ["CONTACT_ORIGINS", "contact_origin"],
  ["COLLECTOR_ROLES", "collector_role"],
  ["LOAN_STATUSES", "loan_status"],
  ["PRODUCT_TYPES", "product_type"],
  ["COLLATERALS", "collateral"],
  ["MESSAGE_KINDS", "message_kind"],
  ["TEMPLATE_STATEMENTS", "template_statement"],
  ["LEGAL_STATES", "legal_state"],
  ["CONSENT_KINDS", "consent_kind"],
  ["CONSENT_VALUES", "consent_value"],
  ["PREFERENCE_KINDS", "preference_kind"],
  ["PREFERENCE_SOURCES", "preference_source"],
  ["PLACES", "place"],
  ["WEEKDAYS", "weekday"],
  ["STORED_READINGS", "reading"],
  ["OUTAGE_KINDS", "outage_kind"],
  ["REPAIR_KINDS", "repair_kind"],
  ["REPAIR_RESULTS", "repair_result"],
  ["WAIT_REASONS", "wait_reason"],
  ["WAIT_OWNERS", "wait_owner"],
  ["WAIT_ENDS", "wait_end"],
];

test.each(LISTS)("%s is the list of the domain %s", async (list, domain) => {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    "select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint where contypid = $1::regtype",
    [`tidings.${domain}`],
  );
  const definition = rows[0]?.definition ?? "";
  const array = /ARRAY\[(.*?)\]/.exec(definition)?.[1] ?? "";
  const words = [...array.matchAll(/'(\w+)'::text/g)].map((found) => found[1]);
  expect(words).toEqual([...vocabulary[list]]);
  expect(
    rows.map((row) => row.name),
    "the name a refusal shows",
  ).toEqual([`${domain}_is_known`]);
  expect(definition, "the refusal names the words").toContain(`refuse_word('${domain}'::text`);
});

/** The lists of the guard's policy. Rules have too many ids to be named in a refusal. */
const POLICY_LISTS: readonly (readonly [string, readonly string[]])[] = [
  ["guard_rule_id", RULE_IDS],
  ["guard_certainty", CERTAINTIES],
  ["guard_change", POLICY_CHANGES],
  ["guard_provision", POLICY_RULES],
  ["guard_stricter", STRICTER],
];

test.each(POLICY_LISTS)("the domain %s has the words of the reader", async (domain, words) => {
  const { rows } = await pool.query<{ definition: string }>(
    "select pg_get_constraintdef(oid) as definition from pg_constraint where conname = $1",
    [`${domain}_is_known`],
  );
  const array = /ARRAY\[(.*?)\]/.exec(rows[0]?.definition ?? "")?.[1] ?? "";
  expect([...array.matchAll(/'([\w.]+)'::text/g)].map((found) => found[1])).toEqual([...words]);
});

test("every domain of the schema is compared", async () => {
  const { rows } = await pool.query<{ name: string }>(
    "select typname as name from pg_type where typnamespace = 'tidings'::regnamespace and typtype = 'd'",
  );
  const domains = rows.map((row) => row.name);
  expect(domains.toSorted()).toEqual(
    [...LISTS.map(([, domain]) => domain), ...POLICY_LISTS.map(([domain]) => domain)].toSorted(),
  );
});

test("no table contains its own copy of a closed list", async () => {
  const { rows } = await pool.query<{ name: string }>(
    `select conname as name from pg_constraint
     where connamespace = 'tidings'::regnamespace and conrelid <> 0 and contype = 'c' and conname like '%\\_is\\_known'
       and pg_get_constraintdef(oid) like '%ARRAY[%'`,
  );
  expect(rows).toEqual([]);
});
