import { CamelCasePlugin, Kysely, PostgresDialect } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { loadOverview } from "../../../src/commands/status/overview.ts";
import { createWorkReader } from "../../../src/observe/work-reader.ts";
import type { Tables } from "../../../src/store/postgres/tables.ts";
import { useDatabase } from "../../database.ts";
import { insertInteractions } from "../../interactions.ts";
import { NEVER_MS } from "../../never.ts";
import { insertLender, insertType } from "../../lender.ts";

const { pool } = useDatabase();

interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

interface Node {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly "Index Cond"?: string;
  readonly Plans?: readonly Node[];
}

const heard: Statement[] = [];
const db = new Kysely<Tables>({
  dialect: new PostgresDialect({ pool }),
  plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  log: ({ query: { sql, parameters } }) => void heard.push({ sql, parameters }),
}).withSchema("tidings");

/** The indexes on what is not finished. */
const LIVE = new Set([
  "interactions_due",
  "interactions_put_off",
  "interactions_in_progress",
  "interactions_outcome_unknown",
]);

const flat = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(flat)];

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertInteractions(pool, 20_000, { status: "succeeded" });
  await insertInteractions(pool, 50);
  await insertInteractions(pool, 50, { scheduledAtFrom: new Date(Date.now() + 86_400_000) });
  await pool.query("analyze");
  await loadOverview(db);
  await createWorkReader(db, [], { maxAgeMs: 0, deadlineMs: NEVER_MS })();
});

async function nodesOf({ sql, parameters }: Statement): Promise<Node[]> {
  const { rows } = await pool.query<{ "QUERY PLAN": readonly { Plan: Node }[] }>(
    `explain (format json) ${sql}`,
    [...parameters],
  );
  return rows.flatMap((row) => row["QUERY PLAN"].flatMap(({ Plan }) => flat(Plan)));
}

test("the overview and the metrics read interactions by the indexes on what is not finished, and never the history", async () => {
  expect(heard.length).toBeGreaterThan(8);
  const nodes = (await Promise.all(heard.map(nodesOf))).flat();
  const reads = nodes.filter((node) => node["Relation Name"] === "interactions");
  const indexes = nodes.flatMap((node) => node["Index Name"] ?? []);
  expect(reads.map((node) => node["Node Type"])).not.toContain("Seq Scan");
  for (const name of LIVE) expect(indexes).toContain(name);
  const others = nodes.filter(
    ({ "Index Name": name }) => name?.startsWith("interactions") && !LIVE.has(name),
  );
  // the next attempt of one interaction is looked up, so its index has a condition
  expect(new Set(others.map((node) => node["Index Name"]))).toEqual(
    new Set(["interactions_have_one_next_attempt"]),
  );
  for (const node of others) expect(node["Index Cond"]).toContain("previous_interaction_id");
});
