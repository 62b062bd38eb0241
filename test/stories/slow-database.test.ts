import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { spawnDaemon } from "../daemon-process.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { openSlowProxy } from "../store/postgres-proxy.ts";

const { url, pool } = useDatabase();

test("a notice is sent although every answer of the database takes 600 ms", async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const dir = mkdtempSync(join(tmpdir(), "tidings-slow-"));
  const proxy = await openSlowProxy(url, { latencyMs: 600 });
  const daemon = spawnDaemon({ DATA_DIR: dir, DATABASE_URL: proxy.url });
  await daemon.waitFor("daemon.started");
  await insertChanges(pool, [{ caseId: "FAR", status: "initiated", at: "2026-01-05T15:00:00Z" }]);
  await daemon.waitFor("interaction.accepted");
  daemon.child.kill("SIGTERM");
  expect(await daemon.ended).toBe(0);
  const { rows } = await pool.query("select status, status_details from tidings.interactions");
  expect(rows).toEqual([{ status: "attempted", status_details: "emailSent" }]);
  await proxy.close();
  rmSync(dir, { recursive: true });
});
