import { globSync } from "node:fs";
import { resolve } from "node:path";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { amend } from "../../src/commands/amend.ts";
import { cancel } from "../../src/commands/cancel.ts";
import { COMMAND_NAMES, loadCommand } from "../../src/commands/catalog.ts";
import type { Command } from "../../src/commands/cli/command.ts";
import { inbox } from "../../src/commands/inbox.ts";
import { keys } from "../../src/commands/keys.ts";
import { legalHold } from "../../src/commands/legal-hold.ts";
import { retention } from "../../src/commands/retention.ts";
import { health } from "../../src/commands/health.ts";
import { refuse, release } from "../../src/commands/held.ts";
import { migrate } from "../../src/commands/migrate.ts";
import { pause, resume } from "../../src/commands/pause.ts";
import { receipts } from "../../src/commands/receipts/receipts.ts";
import { reinstate } from "../../src/commands/reinstate.ts";
import { rules } from "../../src/commands/rules/rules.ts";
import { repair } from "../../src/commands/audit/repair.ts";
import { reseal } from "../../src/commands/reseal.ts";
import { retry } from "../../src/commands/retry.ts";
import { settle } from "../../src/commands/settle.ts";
import { version } from "../../src/commands/version.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { insertInteraction } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;

/** The commands without --json, with the reason. */
const WITHOUT: Readonly<Record<string, string>> = {
  start: "it runs until it is stopped, and its log lines are JSON",
  demo: "it is for people",
  help: "it is for people",
  openapi: "its output is a JSON document",
  judge: "its output is JSON",
  roles: "its output is SQL",
  preview: "it shows a message",
  templates: "each of its verbs has its own options",
  "templates diff": "it shows a difference of texts",
  "templates gallery": "it writes a page",
  "templates new": "it writes files",
  "templates publish": "for authors; `templates list --json` has the result",
  "templates push": "for authors; `templates list --json` has the result",
};

const isCommand = (value: unknown): value is Command =>
  typeof value === "object" && value !== null && "help" in value && "summary" in value;

/** Every command, also the verbs of the group of templates. */
async function loadAll(): Promise<Command[]> {
  const commands = await Promise.all(COMMAND_NAMES.map((name) => loadCommand(name)));
  const verbs = await Promise.all(
    globSync("src/commands/templates/*.ts").map(
      async (path) => (await import(resolve(path))) as Readonly<Record<string, unknown>>,
    ),
  );
  const all = [...commands, ...verbs.flatMap((module) => Object.values(module))];
  return all.filter(isCommand);
}

test("every command has --json, except those that are listed with a reason", async () => {
  const names = (await loadAll())
    .filter(({ help }) => !help.includes("--json"))
    .map(({ name }) => name);
  expect([...new Set(names)].toSorted()).toEqual(Object.keys(WITHOUT).toSorted());
});

beforeAll(() => insertLender(pool));

async function document(
  command: Command,
  ...words: readonly string[]
): Promise<{ code: number; document: unknown }> {
  const { code, output } = await runOn(database, command, ...words, "--json");
  return { code, document: JSON.parse(output) as unknown };
}
const because = ["--reason", "The borrower called"];

describe("a command that acts prints one document", () => {
  test.each<[string, Command, object, readonly string[]]>([
    ["cancel", cancel, {}, because],
    ["retry", retry, { status: "failed" }, []],
    [
      "settle",
      settle,
      { status: "attempted", statusDetails: "emailOutcomeUnknown" },
      ["--as", "taken"],
    ],
  ])("%s", async (_name, command, fields, words) => {
    const id = await insertInteraction(pool, fields);
    const shown = await document(command, "--borrower", "BO-1", ...words);
    expect(shown).toMatchObject({ code: 4, document: { isConfirmed: false } });
    expect(shown.document).toMatchObject({ counts: [{ channel: "email", interactions: 1 }] });
    const done = await document(command, id, ...words);
    expect(done).toMatchObject({ code: 0, document: { isConfirmed: true } });
    expect(done.document).toMatchObject({ interactionIds: [expect.stringMatching(/^\d+$/)] });
    const again = await document(command, id, ...words);
    expect(again).toMatchObject({ code: 4, document: { interactionIds: [] } });
  });

  test("reinstate", async () => {
    const id = await insertInteraction(pool, { caseId: "JSON-reinstate" });
    await runOn(database, cancel, id, ...because);
    expect(await document(reinstate, id, ...because)).toMatchObject({
      code: 0,
      document: { isConfirmed: true, interactionIds: [expect.stringMatching(/^\d+$/)] },
    });
  });

  test.each([
    ["release", release],
    ["refuse", refuse],
  ])("%s", async (_name, command) => {
    const id = await insertInteraction(pool);
    expect(await document(command, id, ...because)).toEqual({
      code: 4,
      document: { isConfirmed: true, interactionIds: [] },
    });
  });

  test("pause and resume", async () => {
    const fax = { scope: "channel", channel: "fax" };
    expect(await document(pause, "channel", "fax", ...because)).toMatchObject({
      code: 0,
      document: { ...fax, isChanged: true, pause: { reason: "The borrower called" } },
    });
    expect(await document(pause, "channel", "fax", ...because)).toMatchObject({
      code: 4,
      document: { isChanged: false },
    });
    expect(await document(resume, "channel", "fax")).toMatchObject({
      code: 0,
      document: { ...fax, wasOpen: true, released: 0 },
    });
  });

  test("amend, also when the database refuses it", async () => {
    const sent = await insertInteraction(pool, { status: "attempted", statusDetails: "emailSent" });
    const words = ["--kind", "lostByCarrier", "--as", "notDelivered", ...because];
    const evidence = ["--evidence", "Letter 7"];
    expect(await document(amend, sent, ...words, ...evidence)).toMatchObject({
      code: 0,
      document: { interactionId: sent, status: "failed" },
    });
    expect(await document(amend, sent, ...words, ...evidence)).toMatchObject({
      code: 4,
      document: { amendmentId: null, rule: "amendments_change_the_outcome" },
    });
  });

  test("keys, also when nothing is changed", async () => {
    const create = ["create", "portal", "--scopes", "interaction:read"];
    expect(await document(keys, ...create)).toEqual({
      code: 0,
      document: {
        name: "portal",
        isCreated: true,
        key: expect.stringMatching(/^tdg_/) as string,
        scopes: ["interaction:read"],
      },
    });
    expect(await document(keys, ...create)).toEqual({
      code: 4,
      document: { name: "portal", isCreated: false },
    });
    for (const [isRevoked, code] of [
      [true, 0],
      [false, 3],
    ])
      expect(await document(keys, "revoke", "portal")).toEqual({
        code,
        document: { name: "portal", isRevoked },
      });
  });

  test("inbox", async () => {
    expect(await document(inbox, "999", ...because)).toEqual({
      code: 3,
      document: { interactionId: "999", isHandled: false, optedOut: null },
    });
  });

  test("rules", async () => {
    expect(await document(rules, "off", "freq.burst", ...because)).toMatchObject({
      code: 0,
      document: { change: "off", ruleId: "freq.burst", entryId: null, effectiveFrom: null },
    });
  });

  test("repair, with the gaps of each kind", async () => {
    await insertType(pool, { id: 1 });
    await rewriteRecord(
      pool,
      "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('CS-1', 'bankruptcy', 'BO-1', 'initiated')",
    );
    await pool.query("delete from tidings.missed_changes");
    expect(await document(repair, "--case", "CS-1")).toEqual({
      code: 4,
      document: { isConfirmed: false, gaps: { changeNotTakenIn: 1 }, repairable: 1, ordered: 0 },
    });
    expect(await document(repair, "--case", "CS-1", "--yes", ...because)).toMatchObject({
      code: 0,
      document: { isConfirmed: true, repairable: 1, ordered: 1 },
    });
  });
});

describe("a command that looks prints one document", () => {
  test("receipts replay", async () => {
    expect(await document(receipts, "replay", "--from", "1d", "--to", "0min")).toEqual({
      code: 0,
      document: { messages: 0, receipts: 0, differences: [] },
    });
  });

  test("health, version and migrate", async () => {
    expect(await document(health)).toEqual({ code: 1, document: { isAlive: false } });
    expect(await document(version)).toMatchObject({ document: { node: process.version } });
    expect(await document(migrate)).toEqual({ code: 0, document: { applied: [] } });
  });

  test("reseal, with its progress on standard error", async () => {
    vi.stubEnv("CONTENT_KEY", Buffer.alloc(32, 1).toString("base64"));
    expect(await document(reseal)).toMatchObject({ code: 0, document: { before: [], left: [] } });
  });
});

describe("legal holds and the years of a class", () => {
  test("a legal hold that begins, that is there already, and that ends", async () => {
    const of = ["--borrower", "BO-1", ...because];
    const held = { borrower: "BO-1", isHeld: true };
    expect(await document(legalHold, ...of)).toEqual({
      code: 0,
      document: { ...held, isChanged: true },
    });
    expect(await document(legalHold, ...of)).toEqual({
      code: 4,
      document: { ...held, isChanged: false },
    });
    expect(await document(legalHold, ...of, "--end")).toEqual({
      code: 0,
      document: { ...held, isHeld: false, isChanged: true },
    });
  });

  test("years that the database refuses, with the rule", async () => {
    const shown = await document(retention, "--class", "metadata", "--years", "3", ...because);
    expect(shown).toMatchObject({
      code: 4,
      document: { rule: "retention_classes_content_goes_first" },
    });
  });
});
