import { beforeEach, expect, test } from "vitest";
import { createPolicyWatch } from "../../src/policy-watch.ts";
import { rewriteRecord, useDatabase } from "../database.ts";

const { db, pool } = useDatabase();

const emitted: unknown[] = [];
let now = new Date();
const watch = (): (() => Promise<void>) =>
  createPolicyWatch({
    db,
    clock: () => now,
    emit: (event, fields) => void emitted.push({ event, ...fields }),
  });

const insert = (columns: string, values: string): Promise<unknown> =>
  pool.query(
    `insert into tidings.guard_policy_changes (reason, change, rule_id${columns}) values ('r', ${values})`,
  );

beforeEach(async () => {
  emitted.length = 0;
  now = new Date();
  await rewriteRecord(
    pool,
    "with gone as (delete from tidings.guard_policy_changes) update tidings.guard_policy_version set version = 0",
  );
});

test("the policy that is built in is not reported", async () => {
  await watch()();
  expect(emitted).toEqual([]);
});

test("a change is reported once, and again after a start", async () => {
  const round = watch();
  await round();
  await insert("", "'off', 'freq.burst'");
  await round();
  await round();
  const changed = { event: "policy.changed", version: 1, off: ["freq.burst"] };
  expect(emitted).toEqual([{ ...changed, stricter: [], entries: [] }]);
  await watch()();
  expect(emitted).toHaveLength(2);
});

test("a change of a time to come is reported when it has come", async () => {
  const round = watch();
  await insert(", effective_from", "'off', 'freq.burst', now() + interval '1 hour'");
  await round();
  expect(emitted).toEqual([]);
  now = new Date(Date.now() + 2 * 3_600_000);
  await round();
  expect(emitted).toMatchObject([{ version: 1, off: ["freq.burst"] }]);
});

test("a change that cannot be read is reported with its columns", async () => {
  await insert(", entry_id, value", `'set', 'time.window', 'US.window.other', '{"to": "07:00"}'`);
  await watch()();
  expect(emitted).toEqual([
    expect.objectContaining({ event: "policy.changed", entries: ["US.window.other"] }),
    {
      event: "policy.rejected",
      version: 1,
      guardRuleId: "time.window",
      errors: ["value must begin before it ends"],
    },
  ]);
});
