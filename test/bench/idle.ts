import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listLatencies } from "../../src/store/operate/overview.ts";
import { createDb } from "../../src/store/postgres/db.ts";
import { spawnDaemon } from "../daemon-process.ts";
import { median, shareOf } from "./compare.ts";
import { insertPortfolio, type BenchResult, type Scene } from "./scene.ts";

const CHANGES = shareOf(200);
/** The interval between two changes (ms): long enough that the daemon is idle again. */
const EVERY_MS = 100;
const DEADLINE_MS = 60_000;

/** The time from the insert of a single change to the call of the provider, on an idle daemon. */
export async function benchIdle(scene: Scene): Promise<readonly BenchResult[]> {
  const { pool, url, dir } = scene;
  await insertPortfolio(scene, 1);
  const daemon = spawnDaemon({ DATABASE_URL: url, DATA_DIR: join(dir, "daemon") });
  await daemon.waitFor("daemon.started");
  const since = new Date();
  try {
    for (let n = 1; n <= CHANGES; n += 1) {
      await pool.query(
        `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
         values ($1, 'emailOnly', 'BO-1', '{LN-1}', 'initiated')`,
        [`IDLE-${n}`],
      );
      await sleep(EVERY_MS);
    }
    return [resultOf(await waitForAll(scene, since))];
  } finally {
    daemon.child.kill("SIGTERM");
    await daemon.ended;
  }
}

async function waitForAll({ pool }: Scene, since: Date): Promise<number[]> {
  const db = createDb(pool);
  const end = Date.now() + DEADLINE_MS;
  while (Date.now() < end) {
    const latencies = await listLatencies(db, since);
    if (latencies.length === CHANGES) return latencies;
    await sleep(100);
  }
  throw new Error("single changes were not sent in time");
}

function resultOf(latencies: readonly number[]): BenchResult {
  const sorted = latencies.toSorted((one, other) => one - other);
  const short = (ms: number): number => Number(ms.toFixed(1));
  return {
    name: "idle: from the insert of a single change to the call of the provider",
    changes: sorted.length,
    medianMs: short(median(sorted)),
    p95Ms: short(sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN),
    longestMs: short(sorted.at(-1) ?? Number.NaN),
  };
}
