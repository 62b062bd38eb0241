import { spawn } from "node:child_process";
import { once } from "node:events";
import { beforeAll, expect, test, vi } from "vitest";
import { pause, resume } from "../../src/commands/pause.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { untilWaitingForLock, useDatabase } from "../database.ts";
import { insertInteractions } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { runOn } from "./run.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const database = useDatabase();
const { pool, url } = database;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

/** More than three batches */
const WAITING = 3_500;

/** Pauses type 1, behind which so many interactions wait. */
async function pauseMany(count: number): Promise<InteractionId[]> {
  await runOn(database, pause, "type", "1", "--reason", "a test");
  return insertInteractions(pool, count, {
    complianceGuardRuleId: "pause.open",
    failureDescriptionShort: "Paused",
    failureDescriptionLong: "Paused: a test.",
    scheduledAtFrom: new Date("2031-03-05T15:00:00Z"),
  });
}

async function releasedOf(ids: readonly InteractionId[]): Promise<number | null> {
  const { rowCount } = await pool.query(
    `select from tidings.interactions
     where id = any($1) and compliance_guard_rule_id is null and failure_description_short is null and scheduled_at_from <= now()`,
    [ids],
  );
  return rowCount;
}

async function queuedOf(ids: readonly InteractionId[]): Promise<number> {
  const { rows } = await pool.query<{ queued: number }>(
    `select count(distinct e.id)::int as queued
     from tidings_queue._private_jobs j, json_array_elements_text(j.payload->'interactionIds') e(id)
     where e.id = any($1)`,
    [ids],
  );
  return rows[0]?.queued ?? 0;
}

test("a release that is killed keeps what it committed, and the next one releases the rest", async () => {
  const ids = await pauseMany(WAITING);
  const holder = await pool.connect();
  await holder.query("begin");
  await holder.query("select from tidings.interactions where id = $1 for update", [ids[2_500]]);
  const { PATH = "" } = process.env;
  const env = { PATH, DATABASE_URL: url, USER: "kim" };
  const child = spawn(process.execPath, [MAIN, "resume", "type", "1"], { env, stdio: "ignore" });
  await untilWaitingForLock(pool);
  expect(await releasedOf(ids)).toBe(2_000);
  const ended = once(child, "close");
  child.kill("SIGKILL");
  await ended;
  // the statement that waited ends with its connection, or is committed
  await holder.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
  );
  await holder.query("rollback");
  holder.release();
  expect(await runOn(database, resume, "type", "1")).toEqual({
    code: 0,
    output:
      "type 1 was not paused; judged again: 1,500 interactions that still waited for an earlier pause.",
  });
  expect(await releasedOf(ids)).toBe(WAITING);
  expect(await queuedOf(ids)).toBe(WAITING);
  expect(await runOn(database, resume, "type", "1")).toMatchObject({ code: 4 });
});

test("progress goes to standard error", async () => {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  await pauseMany(1_200);
  const { code, output } = await runOn(database, resume, "type", "1");
  const lines = written.mock.calls.map(([line]) => String(line).trim());
  written.mockRestore();
  expect({ code, lines }).toEqual({
    code: 0,
    lines: ["1000 of 1,200 interactions done", "1200 of 1,200 interactions done"],
  });
  expect(output).toBe("Resumed type 1; judged again: 1,200 interactions that waited for it.");
});

test("what another pause holds too stays where it is", async () => {
  const ids = await pauseMany(2);
  await runOn(database, pause, "channel", "email", "--reason", "a test");
  expect((await runOn(database, resume, "type", "1")).output).toContain("0 interactions");
  expect(await releasedOf(ids)).toBe(0);
  expect((await runOn(database, resume, "channel", "email")).output).toContain("2 interactions");
  expect(await releasedOf(ids)).toBe(2);
});
