import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { simulate } from "../../src/commands/simulate/simulate.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { insertInteraction, insertLogged } from "../interactions.ts";
import { applyHours, insertChanges, insertLender, insertType } from "../lender.ts";
import { useRole } from "../roles.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const dir = mkdtempSync(join(tmpdir(), "tidings-simulate-"));
const PERIOD = ["--from", "2026-03-03", "--to", "2026-03-03"];

const ids: Record<string, string> = {};

/** A text that the core system sent at a local hour of New York on 3 March 2026. */
const sentText = (hour: number, theme = "opsServicing"): Promise<string> =>
  insertLogged(pool, {
    channel: "text",
    direction: "outbound",
    theme,
    personId: "BO-1",
    contactId: "CT-PHONE",
    loanIds: ["LN-1"],
    startedAt: new Date(Date.UTC(2026, 2, 3, hour + 5)),
  });

beforeAll(async () => {
  await insertLender(pool);
  await applyHours(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 1, version: 2, status: "draft", onStatus: "processing" });
  ids["night"] = await sentText(3);
  ids["noon"] = await sentText(12);
  ids["debt"] = await sentText(13, "opsCollDebt");
  ids["debtAgain"] = await sentText(14, "opsCollDebt");
  const [initiated = "", processing = ""] = await insertChanges(pool, [
    { caseId: "CS-1", status: "initiated", at: "2026-03-03T15:00:00Z" },
    { caseId: "CS-2", status: "processing", at: "2026-03-03T16:00:00Z" },
  ]);
  ids["processing"] = processing;
  ids["email"] = await insertInteraction(pool, {
    status: "attempted",
    caseId: "CS-1",
    caseChangeId: initiated,
    theme: "opsServicing",
    contactId: "CT-EMAIL",
    scheduledAtFrom: "2026-03-03T15:00:00Z",
    startedAt: "2026-03-03T15:00:01Z",
  });
  ids["refused"] = await insertInteraction(pool, {
    status: "failed",
    caseId: "CS-1",
    caseChangeId: initiated,
    notificationTypeId: 2,
    complianceGuardRuleId: "contact.none",
    scheduledAtFrom: "2026-03-03T15:00:00Z",
    startedAt: null,
  });
  // the lender and the changes arrived at that time
  for (const table of ["borrowers", "contacts", "loans"])
    await rewriteRecord(pool, `update tidings.${table} set created_at = '2026-01-01'`);
  await rewriteRecord(pool, "update tidings.case_changes set received_at = changed_at");
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Shown {
  readonly changes: number;
  readonly messages: number;
  readonly same: number;
  readonly factsLaterByMinutes: number;
  readonly fates: Readonly<Record<string, { readonly done: number; readonly would: number }>>;
  readonly rules: readonly object[];
  readonly differences: readonly { readonly examples: readonly object[] }[];
}

async function shown(...words: readonly string[]): Promise<Shown> {
  const { code, output } = await runOn(database, simulate, ...PERIOD, ...words, "--json");
  expect(code).toBe(0);
  return JSON.parse(output) as Shown;
}

function file(name: string, content: unknown): string {
  const path = join(dir, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("the messages of a period", () => {
  test("are judged under the policy in force, each when it was due", async () => {
    const result = await shown();
    expect(result).toMatchObject({ changes: 2, messages: 6, same: 2, factsLaterByMinutes: 0 });
    expect(result.fates).toEqual({
      sent: { done: 5, would: 3 },
      delayed: { done: 0, would: 3 },
      refused: { done: 1, would: 0 },
    });
    expect(result.rules).toEqual(
      expect.arrayContaining([
        { fate: "delayed", ruleId: "time.window", done: 0, would: 1 },
        { fate: "delayed", ruleId: "freq.cumulative", done: 0, would: 2 },
        { fate: "refused", ruleId: "contact.none", done: 1, would: 0 },
      ]),
    );
    const examples = result.differences.flatMap((one) => one.examples);
    expect(examples).toContainEqual({
      interactionId: ids["night"],
      caseChangeId: null,
      channel: "text",
      at: "2026-03-03T08:00:00.000Z",
      long: expect.stringContaining("It is not between 08:00 and 21:00"),
    });
    expect(examples).toContainEqual(expect.objectContaining({ interactionId: ids["debtAgain"] }));
  });

  test("are judged under further changes of the policy", async () => {
    const path = file("policy.json", {
      off: ["time.window"],
      stricter: { "freq.cumulative": "refuse" },
      entries: [{ id: "US.longestText", value: { max: 160 } }],
    });
    const { fates } = await shown("--policy", path);
    expect(fates).toMatchObject({ sent: { would: 4 }, refused: { would: 2 } });
  });

  test("are judged under the changes in force, which a plan can take back", async () => {
    await pool.query(
      "insert into tidings.guard_policy_changes (change, rule_id, reason) values ('off', 'time.window', 'r')",
    );
    expect((await shown()).fates["delayed"]).toEqual({ done: 0, would: 2 });
    const path = file("again.json", { on: ["time.window"] });
    expect((await shown("--policy", path)).fates["delayed"]).toEqual({ done: 0, would: 3 });
    await pool.query(
      "insert into tidings.guard_policy_changes (change, rule_id, reason) values ('on', 'time.window', 'r')",
    );
  });

  test("are summarised on a page with the first differences", async () => {
    const { output } = await runOn(database, simulate, ...PERIOD);
    expect(output).toContain("2 case changes, 6 messages, 2 as it was done");
    expect(output).toMatch(/^sent +5 +3$/mu);
    expect(output).toMatch(/^time\.window +delayed +0 +1$/mu);
    expect(output).toContain("1: sent, would be delayed (time.window)");
    expect(output.replaceAll(/\s+/gu, " ")).toContain(
      `interaction ${ids["night"] ?? ""}, text, Tue 2026-03-03 03:00 EST: It is not between`,
    );
    expect(output).not.toMatch(/pat@example|6145550101|Pat/u);
  });

  test("of another period are left out", async () => {
    const period = ["--from", "2026-03-04", "--to", "2026-03-05"];
    const { code, output } = await runOn(database, simulate, ...period, "--json");
    expect(JSON.parse(output)).toMatchObject({ changes: 0, messages: 0, differences: [] });
    expect(code).toBe(3);
    const page = await runOn(database, simulate, ...period);
    expect(page).toMatchObject({ code: 3 });
    expect(page.output).toContain("Nothing is on record in this period.");
  });

  test("of the future cannot be replayed", async () => {
    await expect(
      runOn(database, simulate, "--from", "9998-01-01", "--to", "9998-01-02"),
    ).rejects.toThrow("--from must be a time that has passed");
  });
});

test("another version of a type plans its messages, and leaves out those of the present one", async () => {
  const result = await shown("--type", "1@2");
  expect(result.fates).toEqual({
    sent: { done: 1, would: 1 },
    notPlanned: { done: 1, would: 1 },
  });
  expect(result.differences.flatMap((one) => one.examples)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ interactionId: null, caseChangeId: ids["processing"] }),
      expect.objectContaining({
        interactionId: ids["email"],
        long: expect.stringContaining("processing"),
      }),
    ]),
  );
});

describe("a role that may only read", () => {
  const reading = useRole(database, "reading");

  test("may simulate, because nothing is written", async () => {
    await pool.query(`
      grant usage on schema tidings to ${reading.name};
      grant select on all tables in schema tidings to ${reading.name};
      grant execute on all functions in schema tidings to ${reading.name}`);
    const { code } = await runOn({ url: reading.url }, simulate, ...PERIOD, "--type", "1@2");
    expect(code).toBe(0);
  });
});

test.each([
  [["--from", "2026-03-03"], "give --from and --to"],
  [["--from", "2026-03-05", "--to", "2026-03-03"], "--from must be before --to"],
  [[...PERIOD, "--type", "1"], "--type must be an id and a version, such as 16@3"],
  [[...PERIOD, "--type", "1@9"], "there is no notification type 1@9"],
  [[...PERIOD, "--policy", file("broken.json", "{")], "is no JSON"],
  [
    [...PERIOD, "--policy", file("wrong.json", { off: ["freq.bursts"], on: 1 })],
    "policy.off.0 must be one of",
  ],
  [
    [
      ...PERIOD,
      "--policy",
      file("entry.json", { entries: [{ id: "US.window.other", value: { to: "07:00" } }] }),
    ],
    "policy.entries.0.value must begin before it ends",
  ],
])("%j is refused", async (words, sentence) => {
  await expect(runOn(database, simulate, ...words)).rejects.toThrow(sentence);
});
