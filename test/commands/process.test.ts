import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { COMMAND_NAMES } from "../../src/commands/catalog.ts";
import { readConfig } from "../../src/config.ts";
import { openPool } from "../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../src/store/postgres/embedded-postgres.ts";
import { migrate } from "../../src/store/migrate/migrate.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const database = useDatabase();
const { pool, url } = database;
const dir = mkdtempSync(join(tmpdir(), "tidings-process-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tidings …` as a process with these settings and no others of the shell. */
function tidings(
  words: readonly string[],
  settings: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const { PATH = "" } = process.env;
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { PATH, DATA_DIR: dir, ...settings };
  const child = execFile(process.execPath, [MAIN, ...words], { env }, (_error, stdout, stderr) =>
    resolve({ code: child.exitCode ?? -1, stdout, stderr }),
  );
  return promise;
}

describe("the commands as an operator runs them", () => {
  let interactionId = "";
  beforeAll(async () => {
    await insertLender(pool);
    await insertType(pool, { id: 1, delay: 5, unit: "businessDays" });
    await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
    await runDueJobs(database, depsOn(database));
    const { rows } = await pool.query<{ id: string }>("select id from tidings.interactions");
    interactionId = rows[0]?.id ?? "";
  });

  test("dry-run, explain, status, cancel, and cancel again", async () => {
    const settings = { DATABASE_URL: url, USER: "kim" };
    const path = join(dir, "changes.jsonl");
    writeFileSync(
      path,
      '{"case_id": "CS-2", "case_type_id": "bankruptcy", "borrower_id": "BO-1", "status": "initiated"}\n',
    );
    const rehearsed = await tidings(["dry-run", "--file", path], settings);
    expect(rehearsed).toMatchObject({ code: 0, stderr: "" });
    expect(rehearsed.stdout).toContain(
      'SENDS type 1 version 1 "Type 1" by email to contact CT-EMAIL',
    );

    const explained = await tidings(["explain", interactionId], settings);
    expect(explained).toMatchObject({ code: 0, stderr: "" });
    expect(explained.stdout).toContain(`Interaction ${interactionId} "Type 1" by email: scheduled`);

    const shown = await tidings(["status"], settings);
    expect(shown).toMatchObject({ code: 1, stderr: "" }); // no daemon is alive
    expect(shown.stdout).toMatch(/^Planned for later: 1 attempt, the next for /m);

    const words = ["cancel", "--case", "CS-1", "--yes", "--reason", "settled in court"];
    expect(await tidings(words, settings)).toEqual({
      code: 0,
      stdout: `Canceled 1 interaction: ${interactionId}.\n`,
      stderr: "",
    });
    expect(await tidings(words, settings)).toEqual({
      code: 3,
      stdout: "No scheduled interaction matches; nothing was canceled.\n",
      stderr: "",
    });
    const { rows } = await pool.query(
      "select moved_by from tidings.interaction_transitions where to_status = 'canceled'",
    );
    expect(rows).toEqual([{ moved_by: "operator:kim" }]);
  });

  test("status --watch shows a block every two seconds and ends at SIGINT with 0", async () => {
    const { PATH = "" } = process.env;
    const child = spawn(process.execPath, [MAIN, "status", "--watch"], {
      env: { PATH, DATABASE_URL: url },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.split("NEEDS A PERSON").length === 3) child.kill("SIGINT");
    });
    const [code] = (await once(child, "close")) as [number];
    expect(code).toBe(0);
    expect(output).toMatch(/^No daemon is alive[^]*alive\.\n\nNo daemon is alive[^]*alive\.\n\n$/);
  });

  test("a page whose reader closes the pipe early ends silently", async () => {
    const path = join(dir, "many.jsonl");
    const line = { case_type_id: "bankruptcy", borrower_id: "BO-1", status: "initiated" };
    const lines = Array.from({ length: 2_000 }, (_, n) =>
      JSON.stringify({ ...line, case_id: `M-${n}` }),
    );
    writeFileSync(path, lines.join("\n"));
    const { promise, resolve } = Promise.withResolvers<string>();
    const pipe = `"${process.execPath}" "${MAIN}" dry-run --file "${path}" --limit 2000 | head -1`;
    const { PATH = "" } = process.env;
    execFile("sh", ["-c", pipe], { env: { PATH, DATABASE_URL: url } }, (_error, stdout, stderr) =>
      resolve(stdout.split(",")[0] + stderr),
    );
    expect(await promise).toBe("Dry run of 2");
  });
});

describe("arguments", () => {
  test("help lists every command, and so does a call without arguments", async () => {
    const { code, stdout } = await tidings(["help"]);
    expect(code).toBe(0);
    const names = [...stdout.matchAll(/^ {2}tidings ([\w-]+) {2}/gm)].map((found) => found[1]);
    expect(names).toEqual(COMMAND_NAMES);
    expect((await tidings([])).stdout).toBe(stdout);
  });

  test("the version is that of the package", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
    for (const word of ["version", "--version", "-v"])
      expect(await tidings([word])).toMatchObject({
        code: 0,
        stdout: `tidings ${version}, on Node ${process.version}\n`,
      });
  });

  test("a command shows its usage, and reports unknown arguments", async () => {
    const page = await tidings(["status", "--help"]);
    expect(page).toMatchObject({ code: 0, stderr: "" });
    expect(page.stdout).toMatch(/^tidings status \[--json\] \[--watch\]\n/);
    expect(await tidings(["status", "--loud"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "ARGUMENTS_INVALID: Unknown option '--loud'; `tidings status --help` shows its usage\n",
    });
    expect(await tidings(["frobnicate"])).toEqual({
      code: 2,
      stdout: "",
      stderr: "COMMAND_UNKNOWN: frobnicate; `tidings help` lists the commands\n",
    });
    expect(await tidings(["statsu"])).toMatchObject({
      code: 2,
      stderr: "COMMAND_UNKNOWN: statsu; did you mean status? `tidings help` lists the commands\n",
    });
  });
});

describe("the demo", () => {
  test("reports in one line that its folder cannot be created", async () => {
    const file = join(dir, "a-file");
    writeFileSync(file, "");
    expect(await tidings(["demo"], { DATA_DIR: file })).toEqual({
      code: 2,
      stdout: "",
      stderr: `ARGUMENTS_INVALID: ${file}/demo cannot be made (ENOTDIR)\n`,
    });
  });
});

describe("the database", () => {
  test.each(["status", "migrate"])(
    "%s says in a line that it does not answer, and what to do",
    async (name) => {
      expect(await tidings([name], { DATABASE_URL: "postgres://tidings@127.0.0.1:1/x" })).toEqual({
        code: 5,
        stdout: "",
        stderr:
          "DATABASE_UNREACHABLE: connect ECONNREFUSED 127.0.0.1:1; check that it runs and that DATABASE_URL leads to it\n",
      });
    },
  );

  test("that is not migrated, that is not there: each is said in a line", async () => {
    const status = (DATABASE_URL: string) => tidings(["status"], { DATABASE_URL });
    const empty = await status(inject("adminUrl"));
    expect(empty.stderr).toMatch(
      /^SCHEMA_OUTDATED: it lacks 0001_vocabulary, .*; run `tidings migrate`, or restart the daemon if it is the embedded Postgres\n$/,
    );
    const missing = await tidings(["status"]);
    expect(missing.stderr).toMatch(
      /^CONFIG_INVALID: DATABASE_URL is not set, and there is no embedded Postgres in /,
    );
  });

  test.each(["status", "migrate"])(
    "that another version has migrated: `%s` says what to do",
    async (command) => {
      const renamed = "update tidings.kysely_migration set name = $2 where name = $1";
      await pool.query(renamed, ["0001_vocabulary", "0001_lender"]);
      const ended = await tidings([command], { DATABASE_URL: url });
      await pool.query(renamed, ["0001_lender", "0001_vocabulary"]);
      expect(ended).toMatchObject({ code: 5, stdout: "" });
      expect(ended.stderr).toMatch(
        /^MIGRATIONS_DIFFER: this version does not have 0001_lender; run the version .*, or use an empty database .*\n$/,
      );
    },
  );

  test("the embedded one is used where it runs, and started for the command's time where it does not", async () => {
    const directory = join(dir, "postgres");
    const postgres = await startEmbeddedPostgres(directory);
    const own = openPool({ url: postgres.url, actor: "test", max: 3, onLost: () => {} });
    await migrate(own, readConfig({}).migration);
    await own.end();
    expect(await tidings(["status"])).toMatchObject({ code: 1, stderr: "" });
    expect(existsSync(join(directory, "postmaster.pid"))).toBe(true);
    await postgres.stop();
    expect(await tidings(["status"])).toMatchObject({ code: 1, stderr: "" });
    expect(existsSync(join(directory, "postmaster.pid"))).toBe(false);
  });
});
