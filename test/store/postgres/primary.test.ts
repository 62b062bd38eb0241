import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openPool } from "../../../src/store/postgres/db.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../../src/store/postgres/embedded-postgres.ts";
import { openBareClient } from "../../../src/store/postgres/pooler.ts";
import { outageCode } from "../../../src/store/postgres/retry.ts";
import { startPair, urlOfAll, type Pair } from "../../standby.ts";

const dir = mkdtempSync(join(tmpdir(), "tidings-primary-"));
let pair: Pair;
let old: EmbeddedPostgres | undefined;

beforeAll(async () => {
  pair = await startPair(dir);
});
afterAll(async () => {
  await pair.primary.stop();
  await pair.standby.stop();
  await old?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const open = (url: string, mayBeStandby = false): ReturnType<typeof openPool> =>
  openPool({ url, actor: "test", max: 1, onLost: () => {}, mayBeStandby });

/** The folder of the server that answers. */
async function folderOf(pool: ReturnType<typeof openPool>): Promise<string | undefined> {
  const { rows } = await pool.query<{ data_directory: string }>("show data_directory");
  return rows[0]?.data_directory.split("/").at(-1);
}

test("a pool and a bare client connect to the primary, in any order of the hosts", async () => {
  for (const url of [pair.url, urlOfAll(pair.standby, pair.primary)]) {
    const pool = open(url);
    expect(await folderOf(pool)).toBe("primary");
    await pool.end();
    const client = await openBareClient(url);
    expect((await client.query("show data_directory")).rows).toEqual([
      { data_directory: join(dir, "primary") },
    ]);
    await client.end();
  }
});

test("a pool that writes refuses a standby, as an outage, and a pool that reads accepts it", async () => {
  const writer = open(pair.standby.url);
  const met = await writer.query("select 1").catch((error: unknown) => error);
  expect(outageCode(met)).toBe("25006");
  await writer.end();
  const reader = open(pair.standby.url, true);
  expect(await folderOf(reader)).toBe("standby");
  await reader.end();
});

test("after a promotion the pool continues with the new primary, also if the old one is started again", async () => {
  const pool = open(pair.url);
  expect(await folderOf(pool)).toBe("primary");
  process.kill(pair.primary.pid, "SIGKILL");
  await expect.poll(() => pool.query("select 1").then(() => "", outageCode)).toBe("25006");
  const standby = open(pair.standby.url, true);
  await standby.query("select pg_promote()");
  await standby.end();
  await expect.poll(() => folderOf(pool).catch(outageCode)).toBe("standby");
  old = await startEmbeddedPostgres(join(dir, "primary"));
  const later = open(pair.url);
  expect(await folderOf(later)).toBe("standby");
  await later.end();
  await pool.end();
});

test("the error of the first host is thrown if none answers", async () => {
  const nowhere = urlOfAll(pair.primary, pair.standby).replaceAll("tidings-", "nowhere-");
  const pool = open(nowhere);
  expect(await pool.query("select 1").catch(outageCode)).toBe("ENOENT");
  await pool.end();
});
