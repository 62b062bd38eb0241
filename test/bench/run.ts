import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { createPreparedDb, openPool } from "../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../src/store/postgres/embedded-postgres.ts";
import { migrate } from "../../src/store/postgres/migrate.ts";
import { printLine, SHARE } from "./compare.ts";
import { benchDeliver } from "./deliver.ts";
import { benchHttp } from "./http.ts";
import { benchIdle } from "./idle.ts";
import { benchJudge } from "./judge.ts";
import { machineFacts } from "./meter.ts";
import { benchReceipts } from "./receipts.ts";
import { benchRender } from "./render.ts";
import { benchResolve } from "./resolve.ts";
import type { Bench, BenchResult } from "./scene.ts";
import { benchSimulate } from "./simulate.ts";
import { benchSmtp } from "./smtp.ts";
import { benchTwilio } from "./twilio.ts";

/** Uses a new Postgres, started as the daemon starts it, which waits for the disk at every commit. */
const onPostgres = (bench: Bench) => async (): Promise<readonly BenchResult[]> => {
  const dir = await mkdtemp(join(tmpdir(), "tidings-bench-"));
  const postgres = await startEmbeddedPostgres(join(dir, "postgres"));
  const session = { url: postgres.url, actor: "bench", max: 20, onLost: () => {} };
  const pool = openPool(session);
  const daemonPool = openPool({ ...session, prepared: true });
  const db = createPreparedDb(daemonPool);
  try {
    await migrate(pool, readConfig({}).migration);
    return await bench({ url: postgres.url, pool, db, postgresPid: postgres.pid, dir });
  } finally {
    await Promise.all([pool.end(), daemonPool.end()]);
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

const BENCHES: Readonly<Record<string, () => Promise<readonly BenchResult[]>>> = {
  resolve: onPostgres(benchResolve),
  deliver: onPostgres(benchDeliver),
  smtp: onPostgres(benchSmtp),
  twilio: onPostgres(benchTwilio),
  idle: onPostgres(benchIdle),
  receipts: onPostgres(benchReceipts),
  http: onPostgres(benchHttp),
  simulate: onPostgres(benchSimulate),
  render: benchRender,
  judge: benchJudge,
};

/** One bench that fails does not lose the figures of the others. */
async function runBench(name: string): Promise<readonly BenchResult[]> {
  try {
    return (await BENCHES[name]?.()) ?? [];
  } catch (error) {
    process.exitCode = 1;
    return [{ name, failed: String(error) }];
  }
}

async function runAll(names: readonly string[]): Promise<void> {
  const startedAt = new Date();
  const machine = machineFacts();
  const results: BenchResult[] = [];
  for (const name of names) results.push(...(await runBench(name)));
  const times = { startedAt, endedAt: new Date() };
  const document = { ...times, share: SHARE, machine, results };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !(name in BENCHES));
if (unknown.length === 0) await runAll(names.length === 0 ? Object.keys(BENCHES) : names);
else {
  printLine(`npm run bench -- NAME, where NAME is one of ${Object.keys(BENCHES).join(", ")}`);
  process.exitCode = 1;
}
