import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { expect, test } from "vitest";
import { openPool } from "../../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../../src/store/postgres/embedded-postgres.ts";

test("a server killed in the middle of a statement is followed by another once the statement has ended", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tidings-killed-"));
  const killed = await startEmbeddedPostgres(join(dir, "postgres"));
  const open = ({ url }: { url: string }): Pool =>
    openPool({ url, actor: "test", max: 1, onLost: () => {} });
  const before = open(killed);
  const statement = before.query("select count(*) from generate_series(1, 15000000)");
  await sleep(300);
  process.kill(killed.pid, "SIGKILL");
  const next = await startEmbeddedPostgres(join(dir, "postgres"));
  expect(next.adopted).toBe(false);
  await statement;
  const after = open(next);
  expect((await after.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await Promise.all([before.end(), after.end()]);
  await next.stop();
  await rm(dir, { recursive: true, force: true });
}, 60_000);
