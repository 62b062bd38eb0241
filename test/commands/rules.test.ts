import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { rules } from "../../src/commands/rules/rules.ts";
import { loadPolicyRecord } from "../../src/store/guard/policy.ts";
import { useDatabase } from "../database.ts";
import { runOn } from "./run.ts";
import { RULE_IDS } from "../../src/domain/guard/rule-ids.ts";

const empty = mkdtempSync(join(tmpdir(), "tidings-rules-"));
afterAll(() => rmSync(empty, { recursive: true, force: true }));
beforeEach(() => {
  vi.stubEnv("DATABASE_URL", undefined);
  vi.stubEnv("DATA_DIR", empty);
});
afterEach(() => void vi.unstubAllEnvs());

async function run(...words: readonly string[]): Promise<string> {
  const lines: string[] = [];
  expect(await rules.run(words, (line) => void lines.push(line))).toBe(0);
  return lines.join("\n");
}

test("lists every rule with its number, state and source", async () => {
  const [title, ...lines] = (await run()).split("\n");
  expect(title).toMatch(/^no +rule +stops +parameters +changed +source$/);
  expect(lines.map((line) => line.trim().split(/ +/)[1])).toEqual([...RULE_IDS]);
  expect(lines[30]).toMatch(
    /^31 +freq\.7in7 +on +Seven calls in seven days +US +12 CFR 1006\.14\(b\)/,
  );
});

test("explains one rule with its condition, source and parameters", async () => {
  const page = await run("show", "freq.7in7");
  expect(page).toContain("31. freq.7in7: Seven calls in seven days (on, decides)");
  expect(page).toContain("US.calls.sevenInSeven: at most 7 in 7 days per debt, for voice");
  expect(page).toContain("12 CFR 1006.14(b)(2)(i)(A)");
});

test("an exception says what it lifts", async () => {
  expect(await run("show", "optout.confirm")).toContain("lifts\n  tcpa.consent, optout.revoked");
  expect(await run("show", "state.scope")).toContain("(on, sets what applies)");
  expect(await run("show", "furnish.first")).toContain("(on, counts or computes)");
});

test("both as JSON", async () => {
  const list = JSON.parse(await run("--json")) as { id: string }[];
  expect(list.map(({ id }) => id)).toEqual([...RULE_IDS]);
  expect(JSON.parse(await run("show", "time.window", "--json"))).toMatchObject({
    number: 27,
    id: "time.window",
    on: true,
    role: "decides",
    parameters: [{ id: "US.window.collection" }, { id: "US.window.other" }],
  });
});

test.each([
  [["show"], "give `rules show RULE_ID`"],
  [["show", "time.window", "x"], "give `rules show RULE_ID`"],
  [["off"], "give `rules off ID`"],
  [["--at", "2031-03-03"], "--at needs a database"],
  [["hide", "x"], "give `rules show RULE_ID`"],
  [["show", "time.travel"], "there is no rule time.travel; `tidings rules` lists them"],
])("%j is refused", async (words, sentence) => {
  await expect(rules.run(words, () => {})).rejects.toThrow(sentence);
});

describe("with a database", () => {
  const database = useDatabase();
  const because = ["--reason", "counsel, 3 March"];
  const onDatabase = async (...words: readonly string[]): Promise<string> => {
    const { code, output } = await runOn(database, rules, ...words);
    expect(code).toBe(0);
    return output;
  };
  const lineOf = async (id: string, ...words: readonly string[]): Promise<string> =>
    (await onDatabase(...words)).split("\n").find((line) => line.includes(` ${id} `)) ?? "";

  test("an operator switches a rule off, makes one stricter, changes a parameter, and takes all back", async () => {
    expect(await onDatabase("off", "freq.burst", ...because)).toBe(
      "freq.burst is off: change 1 of the policy.",
    );
    await onDatabase("stricter", "email.procedure", "refuse", ...because);
    const five = ["set", "US.calls.sevenInSeven", "--value", '{"max": 5}', ...because];
    expect(await onDatabase(...five)).toContain("US.calls.sevenInSeven is changed: change 3");
    expect(await lineOf("freq.burst")).toMatch(/freq\.burst +off .*operator:kim, \w{3} 20\d\d-/);
    expect(await lineOf("email.procedure")).toContain("stricter: refuse");
    const page = await onDatabase("show", "freq.7in7");
    expect(page).toContain("at most 5 in 7 days per debt");
    expect(page).toMatch(
      /3: set US\.calls\.sevenInSeven \{"value":\{"max":5\}\}, by\s+operator:kim/,
    );
    expect(page.replaceAll(/\s+/gu, " ")).toContain(
      "in force. Reason: counsel, 3 March. Before: as built in.",
    );
    await onDatabase("on", "freq.burst", ...because);
    await onDatabase("on", "email.procedure", ...because);
    await onDatabase("reset", "US.calls.sevenInSeven", ...because);
    expect(await lineOf("freq.burst")).not.toContain("operator:kim");
    expect(await onDatabase("show", "freq.7in7")).toContain("at most 7 in 7 days per debt");
    const { changes } = await loadPolicyRecord(database.db);
    expect(changes.map(({ change, changedBy }) => [change, changedBy])).toEqual(
      ["off", "stricter", "set", "on", "on", "reset"].map((verb) => [verb, "operator:kim"]),
    );
  });

  test("the policy of another time is shown", async () => {
    await onDatabase("off", "time.window", "--from", "12h", ...because);
    expect(await lineOf("time.window")).toMatch(/time\.window +on /);
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    expect(await lineOf("time.window", "--at", tomorrow)).toMatch(/time\.window +off /);
    expect(await lineOf("time.window", "--at", "2020-01-01")).toMatch(/time\.window +on /);
  });

  test("an entry that cannot be read is named", async () => {
    await database.pool.query(
      `insert into tidings.guard_policy_changes (change, rule_id, entry_id, value, reason)
       values ('set', 'time.window', 'US.window.other', '{"to": "07:00"}', 'r')`,
    );
    expect(await lineOf("time.window")).toContain("on, unreadable");
    expect(await onDatabase("show", "time.window")).toMatch(
      /cannot be read\n {2}change \d+: value must begin before it ends/,
    );
    const [shown] = JSON.parse(await onDatabase("--json")).filter(
      ({ id }: { id: string }) => id === "time.window",
    ) as [{ unreadable: unknown[] }];
    expect(shown.unreadable).toHaveLength(1);
  });

  test.each([
    [["off", "freq.exclusions", ...because], "freq.exclusions cannot be switched off"],
    [["off", "freq.bursts", ...because], "there is no rule freq.bursts"],
    [["off", "freq.burst"], "--reason is missing"],
    [["stricter", "freq.burst", ...because], "say how"],
    [["set", "NV.calls", "--value", "{}", ...because], "there is no entry NV.calls"],
    [["set", "US.longestWait", "--value", "[14]", ...because], "--value must be a JSON object"],
    [["set", "US.longestWait", ...because], "--value must be a JSON object"],
    [
      ["set", "US.longestWait", "--value", '{"days": "x"}', ...because],
      "value.days must be a whole number",
    ],
    [
      ["set", "US.window.other", "--value", '{"to": "07:00"}', ...because],
      "value must begin before it ends",
    ],
  ])("%j is refused, and nothing is recorded", async (words, sentence) => {
    const { version } = await loadPolicyRecord(database.db);
    await expect(runOn(database, rules, ...words)).rejects.toThrow(sentence);
    expect(await loadPolicyRecord(database.db)).toMatchObject({ version });
  });
});
