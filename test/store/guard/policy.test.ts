import { sql } from "kysely";
import { beforeEach, describe, expect, test } from "vitest";
import {
  policyAt,
  policyNow,
  type PolicyInForce,
} from "../../../src/decide/guard/policy/in-force.ts";
import { createPolicyReader, loadPolicyRecord } from "../../../src/store/guard/policy.ts";
import { actingAs } from "../../../src/store/postgres/acting-as.ts";
import { rewriteRecord, untilWaitingForLock, useDatabase } from "../../database.ts";
import { useRole } from "../../roles.ts";

const database = useDatabase();
const { db, pool } = database;

type Row = Readonly<Record<string, unknown>>;

async function change(row: Row): Promise<void> {
  const whole = { reason: "counsel", ...row };
  const columns = Object.keys(whole).join(", ");
  await pool.query(
    `insert into tidings.guard_policy_changes (${columns})
     select ${columns} from json_populate_record(null::tidings.guard_policy_changes, $1)`,
    [JSON.stringify(whole)],
  );
}

const inForce = async (now = new Date()): Promise<PolicyInForce> =>
  policyNow(await loadPolicyRecord(db), now);

const entryOf = ({ policy }: PolicyInForce, id: string): unknown =>
  policy.entries.find((entry) => entry.id === id);

/** The next whole millisecond of the database's clock, when it has passed. */
async function nextMoment(): Promise<Date> {
  const { rows } = await pool.query<{ at: Date }>(
    "select date_trunc('milliseconds', clock_timestamp()) + interval '1 ms' as at",
  );
  const at = rows[0]?.at ?? new Date(0);
  // the record is read in whole milliseconds, so the next change must be in the next one
  const hasPassed =
    "select from tidings.guard_policy_version where clock_timestamp() >= $1::timestamptz + interval '1 ms'";
  await expect.poll(async () => (await pool.query(hasPassed, [at])).rowCount).toBe(1);
  return at;
}

const NEVADA = {
  change: "set",
  rule_id: "freq.state",
  entry_id: "NV.calls",
  jurisdiction: "NV",
  rule: "cap",
  value: { max: 2, days: 7, channels: ["voice"], per: "person" },
  source: "counsel",
  certainty: "policy",
};

beforeEach(() =>
  rewriteRecord(
    pool,
    "with gone as (delete from tidings.guard_policy_changes) update tidings.guard_policy_version set version = 0",
  ),
);

describe("a lender changes the policy by SQL", () => {
  test("and it is as built in before", async () => {
    expect(await inForce()).toMatchObject({ version: 0, changes: [], unreadable: [] });
  });

  test("a rule is off, stricter, and on again", async () => {
    await change({ change: "off", rule_id: "freq.burst" });
    await change({ change: "stricter", rule_id: "email.procedure", outcome: "refuse" });
    const changed = await inForce();
    expect(changed.version).toBe(2);
    expect([...changed.policy.off]).toEqual(["freq.burst"]);
    expect([...changed.policy.stricter]).toEqual([["email.procedure", "refuse"]]);
    await change({ change: "on", rule_id: "freq.burst" });
    await change({ change: "on", rule_id: "email.procedure" });
    expect(await inForce()).toMatchObject({
      version: 4,
      changes: [],
      policy: { off: new Set(), stricter: new Map() },
    });
  });

  test("a parameter is changed by its name alone, and reset", async () => {
    const before = entryOf(await inForce(), "US.calls.sevenInSeven");
    const five = { rule_id: "freq.7in7", entry_id: "US.calls.sevenInSeven" };
    await change({ ...five, change: "set", value: { max: 5 } });
    expect(entryOf(await inForce(), "US.calls.sevenInSeven")).toEqual({
      ...(before as object),
      value: { ...(before as { value: object }).value, max: 5 },
    });
    await change({ ...five, change: "reset" });
    expect(entryOf(await inForce(), "US.calls.sevenInSeven")).toEqual(before);
  });

  test("a cap of days becomes one of hours", async () => {
    const cap = { rule_id: "freq.7in7", entry_id: "US.calls.sevenInSeven" };
    await change({ ...cap, change: "set", value: { hours: 24 } });
    const value = { max: 7, hours: 24, channels: ["voice"], per: "debt" };
    expect(entryOf(await inForce(), "US.calls.sevenInSeven")).toMatchObject({ value });
    expect((await inForce()).unreadable).toEqual([]);
  });

  test("a row of a state is added, ends, and is removed", async () => {
    await change(NEVADA);
    expect(entryOf(await inForce(), "NV.calls")).toMatchObject({
      jurisdiction: "NV",
      from: null,
      until: null,
      binds: ["creditor", "servicerPreDefault", "debtCollector"],
    });
    await change({ ...NEVADA, from_day: "2031-01-01", until_day: "2031-12-31" });
    expect(entryOf(await inForce(), "NV.calls")).toMatchObject({ from: 22_280, until: 22_644 });
    await change({ ...NEVADA, from_day: "-infinity", until_day: "infinity" });
    expect(entryOf(await inForce(), "NV.calls")).toMatchObject({ from: null, until: null });
    await change({ change: "reset", rule_id: "freq.state", entry_id: "NV.calls" });
    expect(entryOf(await inForce(), "NV.calls")).toBeUndefined();
  });

  test("it says who, when, why and what was before", async () => {
    await change({ change: "off", rule_id: "freq.burst", reason: "counsel, 3 March" });
    await change({ change: "stricter", rule_id: "freq.burst", outcome: "hold" });
    await actingAs(db, "operator:kim", (transaction) =>
      sql`insert into tidings.guard_policy_changes (change, rule_id, reason, changed_by, changed_at, version, was)
        values ('on', 'freq.burst', 'over', 'sam', '2020-01-01', 99, '{}')`.execute(transaction),
    );
    const { changes } = await loadPolicyRecord(db);
    expect(changes).toMatchObject([
      { version: 1, reason: "counsel, 3 March", was: { change: "on" } },
      { version: 2, was: { change: "off", version: 1 } },
      {
        version: 3,
        changedBy: "operator:kim",
        was: { change: "stricter", outcome: "hold", version: 2 },
      },
    ]);
    expect(Math.abs((changes[2]?.changedAt.getTime() ?? 0) - Date.now())).toBeLessThan(3_600_000);
  });

  test("nothing of it is changed or deleted", async () => {
    await change(NEVADA);
    for (const statement of [
      "update tidings.guard_policy_changes set reason = 'other'",
      "delete from tidings.guard_policy_changes",
      "truncate tidings.guard_policy_changes",
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({
        constraint: "guard_policy_changes_are_history",
      });
  });
});

describe("a change of a time to come", () => {
  const inAnHour = new Date(Date.now() + 3_600_000);
  const later = new Date(inAnHour.getTime() + 1);

  test("is in force from then on, also if the subject changes meanwhile", async () => {
    await change({ change: "off", rule_id: "freq.burst", effective_from: inAnHour });
    await change({ change: "stricter", rule_id: "freq.burst", outcome: "hold" });
    expect((await inForce()).policy.off.has("freq.burst")).toBe(false);
    expect((await inForce()).policy.stricter.get("freq.burst")).toBe("hold");
    expect((await inForce(later)).policy.off.has("freq.burst")).toBe(true);
    const { rows } = await pool.query(
      "select version, change from tidings.guard_policy_at($1::timestamptz)",
      [later],
    );
    expect(rows).toEqual([{ version: "1", change: "off" }]);
  });

  test("is not of a time past", async () => {
    const past = { change: "off", rule_id: "freq.burst", effective_from: "2020-01-01" };
    await expect(change(past)).rejects.toMatchObject({
      constraint: "guard_policy_changes_are_not_backdated",
      hint: expect.stringContaining("a time to come"),
    });
  });
});

test("the policy of a time past is read back, in SQL and by a judgement's version", async () => {
  const before = await nextMoment();
  await change({ change: "off", rule_id: "freq.burst" });
  const between = await nextMoment();
  await change({ change: "on", rule_id: "freq.burst" });
  await change({ change: "off", rule_id: "time.window" });
  const record = await loadPolicyRecord(db);
  const off = ({ policy }: PolicyInForce): string[] => [...policy.off];
  expect(off(policyAt(record, before))).toEqual([]);
  expect(off(policyAt(record, between))).toEqual(["freq.burst"]);
  expect(off(policyAt(record, await nextMoment()))).toEqual(["time.window"]);
  expect(off(policyNow(record, new Date(), 1))).toEqual(["freq.burst"]);
  const atThat = "select rule_id from tidings.guard_policy_at($1::timestamptz)";
  expect((await pool.query(atThat, [between])).rows).toEqual([{ rule_id: "freq.burst" }]);
  const now = "select rule_id from tidings.guard_policy";
  expect((await pool.query(now)).rows).toEqual([{ rule_id: "time.window" }]);
});

describe("a contradiction is refused with a hint", () => {
  const set = { ...NEVADA };
  const window = { ...NEVADA, rule_id: "time.state", entry_id: "NV.window", rule: "window" };
  test.each<[string, Row, string]>([
    ["guard_rule_id_is_known", { change: "off", rule_id: "freq.bursts" }, "`tidings rules`"],
    ["guard_change_is_known", { change: "disable", rule_id: "freq.burst" }, "off, on"],
    ["guard_provision_is_known", { ...set, rule: "limit" }, "window, cap"],
    [
      "guard_stricter_is_known",
      { change: "stricter", rule_id: "freq.burst", outcome: "wait" },
      "hold or refuse",
    ],
    ["guard_policy_changes_say_why", { change: "off", rule_id: "freq.burst", reason: " " }, "why"],
    [
      "guard_policy_changes_computing_rules_stay_on",
      { change: "off", rule_id: "freq.exclusions" },
      "entries",
    ],
    [
      "guard_policy_changes_stricter_say_how",
      { change: "stricter", rule_id: "freq.burst" },
      "hold or refuse",
    ],
    [
      "guard_policy_changes_only_entries_have_values",
      { change: "off", rule_id: "freq.burst", jurisdiction: "NV" },
      "set",
    ],
    [
      "guard_policy_changes_value_has_members_of_its_kind",
      { ...set, value: { most: 3 } },
      "max, days",
    ],
    [
      "guard_policy_changes_value_counts_in_whole_numbers",
      { ...set, value: { max: 1.5 } },
      '"max": 3',
    ],
    [
      "guard_policy_changes_value_counts_in_whole_numbers",
      { ...set, value: { days: 0 } },
      '"days": 3',
    ],
    [
      "guard_policy_changes_value_has_known_channels",
      { ...set, value: { channels: ["sms"] } },
      '"text"',
    ],
    [
      "guard_policy_changes_cap_has_days_or_hours",
      { ...set, value: { days: 7, hours: 24 } },
      "either",
    ],
    [
      "guard_policy_changes_value_has_times_of_day",
      { ...window, value: { from: "8:00" } },
      "08:00",
    ],
    [
      "guard_policy_changes_window_begins_before_it_ends",
      { ...window, value: { from: "20:00", to: "08:00" } },
      "08:00",
    ],
    [
      "guard_policy_changes_jurisdiction_is_a_state",
      { ...set, jurisdiction: "Nevada" },
      "two letters",
    ],
  ])("%s: %j", async (constraint, row, hint) => {
    await expect(change(row)).rejects.toMatchObject({
      constraint,
      hint: expect.stringContaining(hint),
    });
  });

  test("an entry keeps its rule", async () => {
    await change(NEVADA);
    await expect(change({ ...NEVADA, rule_id: "time.state" })).rejects.toMatchObject({
      constraint: "guard_policy_changes_entries_keep_their_rule",
      hint: expect.stringContaining("freq.state"),
    });
  });
});

describe("a contradiction that only the reader finds", () => {
  test.each<[string, Row, string]>([
    [
      "a window that ends before the built-in start",
      {
        change: "set",
        rule_id: "time.window",
        entry_id: "US.window.other",
        value: { to: "07:00" },
      },
      "value",
    ],
    ["an entry that is added without its source", { ...NEVADA, source: undefined }, "source"],
    ["an entry of a rule that does not look at it", { ...NEVADA, rule_id: "freq.burst" }, "rule"],
    [
      "the built-in entry of another rule",
      { change: "set", rule_id: "freq.state", entry_id: "US.window.other" },
      "rule_id",
    ],
    [
      "a condition that is not known",
      { ...NEVADA, conditions: { daysLate: 3 } },
      "conditions.daysLate",
    ],
  ])("%s is named and leaves the other changes in force", async (_, row, field) => {
    await change({ change: "off", rule_id: "freq.burst" });
    await change(row);
    const { policy, unreadable } = await inForce();
    expect([...policy.off]).toEqual(["freq.burst"]);
    expect(unreadable).toEqual([
      expect.objectContaining({ version: 2, errors: [expect.objectContaining({ field })] }),
    ]);
    await change({ change: "reset", rule_id: row["rule_id"], entry_id: row["entry_id"] });
    expect((await inForce()).unreadable).toEqual([]);
  });
});

describe("a reader", () => {
  test("reads the changes again only for a new version", async () => {
    const readPolicy = createPolicyReader();
    const first = await readPolicy(db);
    expect(await readPolicy(db)).toBe(first);
    await change({ change: "off", rule_id: "freq.burst" });
    const second = await readPolicy(db);
    expect(second).toMatchObject({ version: 1, changes: [{ ruleId: "freq.burst" }] });
    expect(await readPolicy(db)).toBe(second);
    expect(policyNow(second, new Date())).toBe(policyNow(second, new Date()));
  });

  test("misses no change, because changes are committed in the order of their versions", async () => {
    const readPolicy = createPolicyReader();
    const insert = (rule: string): string =>
      `insert into tidings.guard_policy_changes (change, rule_id, reason) values ('off', '${rule}', 'r')`;
    const first = await pool.connect();
    let second: Promise<unknown> = Promise.resolve();
    try {
      await first.query("begin");
      await first.query(insert("freq.burst"));
      second = pool.query(insert("time.window"));
      await untilWaitingForLock(pool, { words: "guard_policy_changes" });
      expect(await readPolicy(db)).toMatchObject({ version: 0 });
      await first.query("commit");
    } finally {
      first.release();
    }
    await second;
    const { changes } = await readPolicy(db);
    expect(changes.map(({ version, ruleId }) => [version, ruleId])).toEqual([
      [1, "freq.burst"],
      [2, "time.window"],
    ]);
  });
});

describe("a role with every privilege on the tables", () => {
  const writer = useRole(database, "writer");

  test("may not change the policy without the right to it", async () => {
    await pool.query(`
      grant usage on schema tidings to ${writer.name};
      grant all on all tables in schema tidings to ${writer.name};
      grant execute on function tidings.right_to_send(), tidings.right_to_operate() to ${writer.name}`);
    const off = `insert into tidings.guard_policy_changes (change, rule_id, reason) values ('off', 'freq.burst', 'r')`;
    await writer.run((client) =>
      expect(client.query(off)).rejects.toMatchObject({
        code: "42501",
        constraint: "guard_policy_changes_are_made_by_operators",
      }),
    );
    await pool.query(`grant execute on function tidings.right_to_set_policy() to ${writer.name}`);
    await writer.run((client) => client.query(off));
    expect(await loadPolicyRecord(db)).toMatchObject({ changes: [{ changedBy: writer.name }] });
  });
});
