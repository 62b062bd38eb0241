import { beforeAll, describe, expect, test } from "vitest";
import { audit } from "../../src/commands/audit/audit.ts";
import { repair } from "../../src/commands/audit/repair.ts";
import { cancel } from "../../src/commands/cancel.ts";
import type { Command } from "../../src/commands/cli/command.ts";
import { dryRun } from "../../src/commands/dry-run/dry-run.ts";
import { evidence } from "../../src/commands/evidence/evidence.ts";
import { explain } from "../../src/commands/explain/explain.ts";
import { erase } from "../../src/commands/erase.ts";
import { find } from "../../src/commands/find/find.ts";
import { refuse } from "../../src/commands/held.ts";
import { inbox } from "../../src/commands/inbox.ts";
import { judge } from "../../src/commands/judge/judge.ts";
import { keys } from "../../src/commands/keys.ts";
import { legalHold } from "../../src/commands/legal-hold.ts";
import { outages } from "../../src/commands/outages.ts";
import { pause } from "../../src/commands/pause.ts";
import { preview } from "../../src/commands/preview/preview.ts";
import { receipts } from "../../src/commands/receipts/receipts.ts";
import { retention } from "../../src/commands/retention.ts";
import { rules } from "../../src/commands/rules/rules.ts";
import { show } from "../../src/commands/show/show.ts";
import { simulate } from "../../src/commands/simulate/simulate.ts";
import { templatesShow } from "../../src/commands/templates/show.ts";
import { waiting } from "../../src/commands/waiting/waiting.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender } from "../lender.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;

beforeAll(async () => {
  await insertLender(pool);
  await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
});

const REASON = ["--reason", "Lawsuit"];
const BY = ["--by", "pat"];

describe("a mistyped id is not answered with nothing", () => {
  test.each<[Command, readonly string[], string]>([
    [audit, ["--case", "CS-9"], "there is no case CS-9"],
    [repair, ["--case", "CS-9"], "there is no case CS-9"],
    [waiting, ["--case", "CS-1", "--case", "CS-9"], "there is no case CS-9"],
    [waiting, ["--borrower", "BO-9"], "there is no borrower BO-9"],
    [legalHold, ["--case", "CS-9", ...REASON], "there is no case CS-9"],
    [legalHold, ["--borrower", "BO-9", ...REASON], "there is no borrower BO-9"],
  ])("%o %j", async (command, words, message) => {
    await expect(runOn(database, command, ...words)).rejects.toThrow(`NOT_FOUND: ${message}`);
  });

  test("a case and a borrower on record are known", async () => {
    expect((await runOn(database, audit, "--case", "CS-1")).output).toContain("1 change");
    await runOn(database, waiting, "--case", "CS-1", "--borrower", "BO-1");
    expect((await runOn(database, legalHold, "--borrower", "BO-1", ...REASON)).code).toBe(0);
    expect((await runOn(database, legalHold, "--case", "CS-1", ...REASON)).code).toBe(0);
  });
});

describe("an option without what it is about is not ignored", () => {
  test.each<[Command, readonly string[], string]>([
    [legalHold, REASON, "--reason needs --borrower or --case"],
    [legalHold, ["--end"], "--end needs --borrower or --case"],
    [retention, REASON, "--reason needs --class and --years"],
    [inbox, ["--opt-out"], "--opt-out needs the id of the reply"],
    [rules, ["--value", "{}"], "--value needs one of off, "],
    [rules, ["show", "freq.burst", ...REASON], "--reason needs one of off, "],
    [keys, ["list", "--scopes", "all"], "--scopes needs create NAME"],
    [keys, ["revoke", "portal", "--days", "3"], "--days needs create NAME"],
    [keys, ["list", ...BY], "--by needs create NAME or revoke NAME"],
    [inbox, BY, "--by needs the id of the reply"],
    [legalHold, BY, "--by needs --borrower or --case"],
    [retention, BY, "--by needs --class and --years"],
    [rules, BY, "--by needs one of off, "],
    [rules, ["off", "freq.burst", "--value", "{}", ...REASON], "--value needs set ENTRY_ID"],
    [rules, ["off", "freq.burst", "--at", "2031-03-03"], "--at needs `rules` without a change"],
    [rules, ["show", "freq.burst", "--markdown"], "--markdown needs `rules` without a verb"],
    [rules, ["--markdown", "--json"], "--json needs `rules` without --markdown"],
    [evidence, ["--case", "CS-1", "--key", "key.pem"], "--key needs --verify"],
    [evidence, ["--case", "CS-1", "--out", "pack", ...BY], "--by needs --reveal"],
    [evidence, ["--verify", "pack", "--out", "x"], "--out needs --case, --borrower or --inter"],
    [evidence, ["--case", "CS-1", "--verify", "pack"], "give one of --case, --borrower, "],
    [show, ["1", ...BY], "--by needs --reveal"],
    [preview, ["dispute.en", ...BY], "--by needs --send-to"],
    [outages, ["--limit", "3"], "--limit needs --late"],
    [explain, ["1", "--limit", "3"], "--limit needs --case or --borrower"],
    [dryRun, ["--change", "1", "--limit", "3"], "--limit needs --since or --file"],
    [judge, ["--schema", "--all"], "--all needs --facts"],
    [judge, ["--schema", "--facts", "-"], "--schema needs `judge` without --facts"],
    [templatesShow, ["1", "--json", "--assembled"], "--assembled needs `templates show` without"],
  ])("%o %j", async (command, words, message) => {
    await expect(runOn(database, command, ...words)).rejects.toThrow(
      `ARGUMENTS_INVALID: ${message}`,
    );
  });
});

test.each<[Command, readonly string[]]>([
  [cancel, ["--case", "CS-1"]],
  [erase, ["--borrower", "BO-1", "--yes"]],
  [inbox, ["1"]],
  [legalHold, ["--case", "CS-1"]],
  [pause, ["everything"]],
  [refuse, ["--case", "CS-1"]],
  [repair, ["--case", "CS-1", "--yes"]],
  [retention, ["--class", "content", "--years", "7"]],
  [rules, ["off", "freq.burst"]],
])("a reason that is too long is refused as it is: %o", async (command, words) => {
  const long = ["--reason", "x".repeat(1_001)];
  await expect(runOn(database, command, ...words, ...long)).rejects.toThrow(
    "ARGUMENTS_INVALID: --reason has 1,001 characters: use at most 1,000",
  );
});

test("the last day of the calendar is refused by its name", async () => {
  await expect(runOn(database, find, "--until", "9999-12-31")).rejects.toThrow(
    'or 7d, not "9999-12-31"',
  );
});

describe("a period without a moment is not answered with nothing", () => {
  const [LATE, EARLY] = ["2031-03-04T00:00:00Z", "2031-03-03T00:00:00Z"];
  test.each<[Command, readonly string[], string]>([
    [audit, ["--from", LATE, "--until", EARLY], "--from must be before --until"],
    [audit, ["--from", "2999-01-01"], "--from must be before --until"],
    [repair, ["--from", LATE, "--until", EARLY], "--from must be before --until"],
    [outages, ["--from", LATE, "--until", EARLY], "--from must be before --until"],
    [outages, ["--late", "--from", LATE, "--until", LATE], "--from must be before --until"],
    [receipts, ["replay", "--from", LATE, "--to", EARLY], "--from must be before --to"],
    [simulate, ["--from", LATE, "--to", EARLY], "--from must be before --to"],
    [find, ["--since", LATE, "--until", EARLY], "--since must be before --until"],
    [find, ["--due-since", LATE, "--due-until", EARLY], "--due-since must be before --due-until"],
  ])("%o %j", async (command, words, message) => {
    await expect(runOn(database, command, ...words)).rejects.toThrow(
      `ARGUMENTS_INVALID: ${message}`,
    );
  });
});
