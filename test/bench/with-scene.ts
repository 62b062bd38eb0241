import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { createPreparedDb, openPool } from "../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../src/store/postgres/embedded-postgres.ts";
import { migrate } from "../../src/store/migrate/migrate.ts";
import type { Scene } from "./scene.ts";

/** Uses a new Postgres, started as the daemon starts it, which waits for the disk at every commit. */
export async function withScene<Result>(run: (scene: Scene) => Promise<Result>): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), "tidings-bench-"));
  const postgres = await startEmbeddedPostgres(join(dir, "postgres"));
  const session = { url: postgres.url, actor: "bench", max: 20, onLost: () => {} };
  const pool = openPool(session);
  const daemonPool = openPool({ ...session, prepared: true });
  const db = createPreparedDb(daemonPool);
  try {
    await migrate(pool, readConfig({}).migration);
    return await run({ url: postgres.url, pool, db, postgresPid: postgres.pid, dir });
  } finally {
    await Promise.all([pool.end(), daemonPool.end()]);
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}
