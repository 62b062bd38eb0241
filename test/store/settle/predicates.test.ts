import { expect, test } from "vitest";
import { useDatabase } from "../../database.ts";

const { pool } = useDatabase();

/** The plan of a query over a table that is too small for an index unless the planner has no choice. */
async function planOf(query: string): Promise<string> {
  const client = await pool.connect();
  await client.query("begin; set local enable_seqscan = off; set local enable_bitmapscan = off");
  const { rows } = await client.query<{ "QUERY PLAN": string }>(`explain ${query}`);
  await client.query("rollback");
  client.release();
  return rows.map((row) => row["QUERY PLAN"]).join("\n");
}

test("the predicate of unknown outcomes is inlined, so that queries use its index", async () => {
  const plan = await planOf(
    "select i.id from tidings.interactions i where i.origin = 'tidings' and tidings.is_outcome_unknown(i.status, i.status_details)",
  );
  expect(plan).toContain("Index Only Scan using interactions_outcome_unknown");
  expect(plan).not.toContain("is_outcome_unknown(");
});

test("whether an attempt has followed is read from the index of next attempts", async () => {
  const { rows } = await pool.query<{ body: string }>(
    "select replace(pg_get_function_sqlbody('tidings.has_next_attempt'::regproc), 'RETURN', 'select') as body",
  );
  const body = rows[0]?.body.replace("has_next_attempt.interaction_id", "1") ?? "";
  expect(await planOf(body)).toContain("using interactions_have_one_next_attempt");
});

test.each([
  ["attempted", "emailSent", true],
  ["attempted", null, true],
  ["succeeded", "emailDelivered", true],
  ["succeeded", null, true],
  ["attempted", "emailOutcomeUnknown", false],
  ["scheduled", null, false],
  ["inProgress", null, false],
  ["failed", "emailBounced", false],
  ["canceled", null, false],
])("of %s %s it is known that it was sent: %s", async (status, details, sent) => {
  const { rows } = await pool.query("select tidings.was_sent($1, $2) as sent", [status, details]);
  expect(rows).toEqual([{ sent }]);
});
