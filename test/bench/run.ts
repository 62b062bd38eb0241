import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readConfig } from "../../src/config.ts";
import { createPreparedDb, openPool } from "../../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../../src/store/postgres/embedded-postgres.ts";
import { migrate } from "../../src/store/postgres/migrate.ts";
import { printLine } from "./compare.ts";
import { benchDeliver } from "./deliver.ts";
import { benchHttp } from "./http.ts";
import { benchJudge } from "./judge.ts";
import { benchReceipts } from "./receipts.ts";
import { benchRender } from "./render.ts";
import { benchResolve } from "./resolve.ts";
import type { Bench } from "./scene.ts";
import { benchSimulate } from "./simulate.ts";
import { benchSmtp } from "./smtp.ts";
import { benchTwilio } from "./twilio.ts";

const BENCHES: Readonly<Record<string, Bench>> = {
  resolve: benchResolve,
  deliver: benchDeliver,
  smtp: benchSmtp,
  twilio: benchTwilio,
  http: benchHttp,
  simulate: benchSimulate,
  receipts: benchReceipts,
};

/** Uses a new Postgres, started as the daemon starts it, which waits for the disk at every commit. */
async function runBench(bench: Bench): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "tidings-bench-"));
  const postgres = await startEmbeddedPostgres(join(dir, "postgres"));
  const session = { url: postgres.url, actor: "bench", max: 20, onLost: () => {} };
  const pool = openPool(session);
  const daemonPool = openPool({ ...session, prepared: true });
  try {
    await migrate(pool, readConfig({}).migration);
    await bench({ url: postgres.url, pool, db: createPreparedDb(daemonPool), dir });
  } finally {
    await Promise.all([pool.end(), daemonPool.end()]);
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

const name = process.argv[2] ?? "";
const bench = BENCHES[name];
if (bench) await runBench(bench);
else if (name === "render") await benchRender();
else if (name === "judge") await benchJudge();
else {
  const names = ["render", "judge", ...Object.keys(BENCHES)];
  printLine(`npm run bench -- NAME, where NAME is one of ${names.join(", ")}`);
  process.exitCode = 1;
}
