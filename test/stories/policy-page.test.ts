import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { policyNow } from "../../src/decide/guard/policy/in-force.ts";
import { loadPolicyRecord } from "../../src/store/guard/policy.ts";
import { useDatabase } from "../database.ts";

const { db, pool } = useDatabase();

const blocks = [...readFileSync("docs/policy.md", "utf8").matchAll(/^```sql\n([\s\S]*?)^```/gmu)];
const statements = blocks
  .flatMap(([, block = ""]) => block.split(/;\s*$/mu))
  .map((one) => one.trim());

test("every statement of docs/policy.md works, and its changes can be read", async () => {
  expect(statements.length).toBeGreaterThan(8);
  for (const statement of statements) await pool.query(statement);
  const { policy, unreadable } = policyNow(await loadPolicyRecord(db), new Date());
  expect(unreadable).toEqual([]);
  expect([...policy.off]).toEqual(["freq.burst"]);
  expect([...policy.stricter]).toEqual([["email.procedure", "refuse"]]);
  const entryOf = (id: string): unknown => policy.entries.find((entry) => entry.id === id);
  expect(entryOf("US.calls.sevenInSeven")).toMatchObject({ value: { max: 5, days: 7 } });
  expect(entryOf("NV.calls")).toMatchObject({ jurisdiction: "NV", applies: ["coll"] });
  expect(entryOf("NV.window")).toBeUndefined();
});
