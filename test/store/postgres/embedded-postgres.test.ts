import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
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
  const statement = before.query("select count(*) from generate_series(1, 6000000)");
  const watcher = open(killed);
  const active =
    "select from pg_stat_activity where query like 'select count%' and state = 'active'";
  await expect.poll(async () => (await watcher.query(active)).rowCount).toBe(1);
  await watcher.end();
  process.kill(killed.pid, "SIGKILL");
  const next = await startEmbeddedPostgres(join(dir, "postgres"));
  expect(next.adopted).toBe(false);
  await statement;
  const after = open(next);
  expect((await after.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await Promise.all([before.end(), after.end()]);
  await next.stop();
  await rm(dir, { recursive: true, force: true });
});

test("a pid file whose pid belongs to another process by now is not taken for a server", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tidings-recycled-"));
  const data = join(dir, "postgres");
  const first = await startEmbeddedPostgres(data);
  const pidFile = await readFile(join(data, "postmaster.pid"), "utf8");
  await first.stop();
  const other = spawn("sleep", ["60"]);
  await writeFile(join(data, "postmaster.pid"), pidFile.replace(/^\d+/, String(other.pid)));
  const next = startEmbeddedPostgres(data);
  // Postgres itself refuses to start next to that process, so it starts when the process has ended
  await expect
    .poll(() => readFile(join(data, "server.log"), "utf8"))
    .toContain('lock file "postmaster.pid" already exists');
  other.kill();
  await once(other, "exit");
  const second = await next;
  expect(second.adopted).toBe(false);
  expect(second.pid).not.toBe(other.pid);
  await second.stop();
  await rm(dir, { recursive: true, force: true });
});

test("of two that start at once one starts the server and the other adopts it", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tidings-at-once-"));
  const data = join(dir, "postgres");
  await (await startEmbeddedPostgres(data)).stop();
  const both = await Promise.all([startEmbeddedPostgres(data), startEmbeddedPostgres(data)]);
  expect(new Set(both.map(({ adopted }) => adopted))).toEqual(new Set([false, true]));
  expect(both[0].pid).toBe(both[1].pid);
  await both.find(({ adopted }) => !adopted)?.stop();
  await rm(dir, { recursive: true, force: true });
});

test("without setpriv a watcher stops the server when its starter is killed", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tidings-watched-"));
  const bin = join(dir, "bin");
  await mkdir(bin);
  for (const name of ["sh", "true", "unshare"])
    await symlink(execFileSync("which", [name], { encoding: "utf8" }).trim(), join(bin, name));
  const launcher = new URL("../../../src/store/postgres/embedded-postgres.ts", import.meta.url)
    .href;
  const script = `const { startEmbeddedPostgres: start } = await import("${launcher}");
    console.log((await start(${JSON.stringify(join(dir, "postgres"))})).pid); setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", script], {
    env: { PATH: bin },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [pid] = (await once(starter.stdout, "data")) as [Buffer];
  const isAlive = (): boolean => {
    try {
      return process.kill(Number(pid.toString()), 0);
    } catch {
      return false;
    }
  };
  expect(isAlive()).toBe(true);
  starter.kill("SIGKILL");
  await expect.poll(isAlive).toBe(false);
  await rm(dir, { recursive: true, force: true });
});

test("a socket directory that somebody else has made is refused by name", async () => {
  const dir = await mkdtemp(join(tmpdir(), "tidings-taken-"));
  const data = join(dir, "postgres");
  const hash = createHash("sha256").update(data).digest("hex").slice(0, 12);
  const taken = join(tmpdir(), `tidings-${hash}`);
  await symlink(dir, taken);
  await expect(startEmbeddedPostgres(data)).rejects.toThrow(
    `EMBEDDED_POSTGRES_UNAVAILABLE: ${taken} is not a directory of this user: remove it, or set another DATA_DIR`,
  );
  await rm(taken);
  await rm(dir, { recursive: true, force: true });
});
