import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { cancel } from "../../src/commands/cancel.ts";
import type { Command } from "../../src/commands/cli/command.ts";
import { EXIT_OF_FAULT } from "../../src/commands/cli/exit-codes.ts";
import { dryRun } from "../../src/commands/dry-run/dry-run.ts";
import { explain } from "../../src/commands/explain/explain.ts";
import { find } from "../../src/commands/find/find.ts";
import { keys } from "../../src/commands/keys.ts";
import { migrate } from "../../src/commands/migrate.ts";
import { pause, resume } from "../../src/commands/pause.ts";
import { preview } from "../../src/commands/preview/preview.ts";
import { reseal } from "../../src/commands/reseal.ts";
import { retry } from "../../src/commands/retry.ts";
import { rules } from "../../src/commands/rules/rules.ts";
import { settle } from "../../src/commands/settle.ts";
import { show } from "../../src/commands/show/show.ts";
import { status } from "../../src/commands/status/status.ts";
import { templates } from "../../src/commands/templates/group.ts";
import { Fault } from "../../src/domain/fault.ts";
import { rolesSql } from "../../src/store/rights/roles.ts";
import { useDatabase } from "../database.ts";
import { insertInteraction, insertLogged } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { useRole, type TestRole } from "../roles.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const stranger = useRole(database, "stranger");
const reader = useRole(database, "reader");
const daemon = useRole(database, "daemon");
const dir = mkdtempSync(join(tmpdir(), "tidings-privileges-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const changes = join(dir, "changes.jsonl");

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertInteraction(pool, { status: "scheduled" });
  await insertInteraction(pool, { status: "failed" });
  await insertInteraction(pool, { status: "attempted", statusDetails: "emailOutcomeUnknown" });
  await insertLogged(pool, { content: { transcript: "Hello" } });
  await pool.query(rolesSql({ reader: reader.name, daemon: daemon.name }));
  writeFileSync(
    changes,
    '{"case_id": "CS-2", "case_type_id": "bankruptcy", "borrower_id": "BO-1", "status": "initiated"}\n',
  );
});

const SLUG = "bankruptcy-dismissed.email.en";

/** A call of each command that uses the database, and how it ends for a reader: an exit code, or the object it may not use. */
const CALLS: readonly (readonly [
  command: Command,
  words: readonly string[],
  forReader: number | RegExp,
])[] = [
  [status, [], /permission denied for/],
  [find, ["--borrower", "BO-1"], 0],
  [explain, ["1"], /table/],
  [show, ["4"], /table interactions/],
  [cancel, ["1", "--reason", "r"], /table interactions/],
  [cancel, ["--borrower", "BO-1", "--reason", "r", "--yes"], /table interactions/],
  [retry, ["2"], /function/],
  [settle, ["3", "--as", "delivered"], /table interactions/],
  [pause, ["channel", "email", "--reason", "r"], /table pauses/],
  [resume, ["channel", "email"], /table/],
  [keys, ["list"], /table api_keys/],
  [keys, ["create", "portal", "--scopes", "all"], /table api_keys/],
  [keys, ["revoke", "portal"], /table api_keys/],
  [templates, ["list"], 0],
  [templates, ["push", `templates/${SLUG}`], /table templates/],
  [templates, ["publish", SLUG], 3],
  [templates, ["show", SLUG], 3],
  [templates, ["diff", SLUG], 3],
  [preview, [SLUG], 3],
  [dryRun, ["--file", changes], 0],
  [reseal, [], /table interactions/],
];

/** The exit code of a call and its last words, as the process ends with them. */
async function endOf(role: TestRole, command: Command, words: readonly string[]) {
  vi.stubEnv("CONTENT_KEY", Buffer.alloc(32).toString("base64"));
  try {
    const { code, output } = await runOn(role, command, ...words);
    return { code, said: output };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { code: EXIT_OF_FAULT[error.code], said: error.message };
  }
}

const TITLED = CALLS.map(
  ([command, words, forReader]) =>
    [[command.name, ...words].join(" "), command, words, forReader] as const,
);

describe.each(TITLED)("%s", (_, command, words, forReader) => {
  test("names the missing privilege to a role without rights", async () => {
    expect(await endOf(stranger, command, words)).toEqual({
      code: 4,
      said: expect.stringMatching(
        /^PRIVILEGE_MISSING: permission denied for schema tidings; .*`tidings roles`/,
      ) as string,
    });
  });

  test("ends with an exit code for a reader", async () => {
    const { code, said } = await endOf(reader, command, words);
    if (typeof forReader === "number") return expect(code, said).toBe(forReader);
    expect(said).toMatch(/^PRIVILEGE_MISSING: /);
    expect(said).toMatch(forReader);
    expect(code).toBe(4);
  });
});

test("migrate names what a role without rights lacks", async () => {
  for (const role of [stranger, reader])
    expect(await endOf(role, migrate, [])).toMatchObject({
      code: 5,
      said: expect.stringMatching(/^DATABASE_UNSUITABLE: .*`tidings roles/) as string,
    });
});

test("a daemon's role is refused by name when it changes the policy", async () => {
  expect(await endOf(daemon, rules, ["off", "freq.burst", "--reason", "r"])).toEqual({
    code: 4,
    said: expect.stringMatching(
      /^PRIVILEGE_MISSING: role daemon_\w+ may not change the policy; `tidings roles`/,
    ) as string,
  });
});

test("a role that may not connect is refused by name", async () => {
  const name = new URL(database.url).pathname.slice(1);
  await pool.query(`revoke connect on database ${name} from public`);
  expect(await endOf(stranger, find, ["--borrower", "BO-1"])).toEqual({
    code: 4,
    said: expect.stringContaining(`permission denied for database "${name}"`) as string,
  });
});
