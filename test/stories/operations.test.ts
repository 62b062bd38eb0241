import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeClone } from "../clone.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { pathWithPsql } from "../own-postgres.ts";
import { openShell, type Shell } from "../shell.ts";
import { indentedBlocksOf } from "../page-blocks.ts";

const { pool, url } = useDatabase();
const dir = mkdtempSync(join(tmpdir(), "tidings-operations-"));
let shell: Shell;
let daemon: DaemonProcess | undefined;
beforeAll(() => {
  const clone = join(dir, "clone");
  makeClone(clone);
  shell = openShell(clone, { PATH: pathWithPsql(dir), HOME: dir, DATABASE_URL: url });
});
afterAll(async () => {
  daemon?.child.kill("SIGTERM");
  await daemon?.ended;
  await shell.end();
  rmSync(dir, { recursive: true, force: true });
});

const interactions = async (): Promise<unknown> => {
  const { rows } = await pool.query<{ row: unknown }>(
    `select channel || ' ' || status || coalesce(' ' || compliance_guard_rule_id, '') as row
     from tidings.interactions order by channel`,
  );
  return rows.map(({ row }) => row);
};

test("after a restore nothing is sent until an operator has canceled what had left already", async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, channel: "text" });
  await shell.run("alias tidings='npm run --silent tidings --'");
  const [pause = "", cancel = "", resume = ""] = indentedBlocksOf("docs/operations.md", "sh");

  await shell.run(pause);
  daemon = spawnDaemon({ DATABASE_URL: url, DATA_DIR: dir });
  await daemon.waitFor("daemon.started");
  await insertChanges(pool, [
    { caseId: "CS-1", status: "initiated", at: new Date().toISOString() },
  ]);
  await expect
    .poll(interactions)
    .toEqual(["email scheduled pause.open", "text scheduled pause.open"]);
  const { rows } = await pool.query("select min(id) > 1000000 as ahead from tidings.interactions");
  expect(rows).toEqual([{ ahead: true }]);

  expect(await shell.run(cancel)).toContain("Canceled 1 interaction");
  await shell.run(resume);
  await expect.poll(interactions).toEqual(["email canceled", "text attempted"]);
});
