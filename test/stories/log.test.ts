import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";

const { url, pool } = useDatabase();
const dir = mkdtempSync(join(tmpdir(), "tidings-log-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const COUNT = 1_500;

test("a log reader that stalls stops nothing, and once it reads again it has every line, whole and in order", async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const child = spawn(process.execPath, [MAIN, "start"], {
    env: { PATH: process.env["PATH"], DATABASE_URL: url, DATA_DIR: dir, LOG_LEVEL: "debug" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  await insertChanges(
    pool,
    Array.from({ length: COUNT }, (_, n) => ({
      caseId: `L${n}`,
      status: "initiated",
      at: "2026-01-05T15:00:00Z",
    })),
  );
  const countSent = async (): Promise<number> => {
    const sent = "select from tidings.interactions where status_details = 'emailSent'";
    return (await pool.query(sent)).rowCount ?? 0;
  };
  await expect.poll(countSent).toBe(COUNT);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  await expect.poll(() => lines.at(-1)).toContain('"event"');
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
  const events = lines.map((line) => (JSON.parse(line) as { event: string }).event);
  expect(events[0]).toBe("daemon.configured");
  expect(events.at(-1)).toBe("daemon.stopped");
  expect(events.filter((event) => event === "interaction.accepted")).toHaveLength(COUNT);
  expect(events).not.toContain("logLines.dropped");
});

test("a log reader that never reads does not keep the process from ending", async () => {
  const child = spawn(process.execPath, [MAIN, "start"], {
    env: { PATH: process.env["PATH"], DATABASE_URL: url, DATA_DIR: dir, LOG_LEVEL: "debug" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const isListed = async (): Promise<number> =>
    (await pool.query("select from tidings.workers where queue_pool <> ''")).rowCount ?? 0;
  await expect.poll(isListed).toBe(1);
  child.kill("SIGTERM");
  expect(await ended).toEqual([0, null]);
});
