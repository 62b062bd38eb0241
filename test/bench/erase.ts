import type { Deps } from "../../src/deps.ts";
import { createEraser } from "../../src/record/retention.ts";
import { eraseOnRequest } from "../../src/store/operate/erasing.ts";
import { depsOn } from "../deps.ts";
import { compare, RUNS, shareOf } from "./compare.ts";
import { emailAtOnce } from "./deliver.ts";
import { loadHistory, NOTICES_A_BORROWER } from "./history.ts";
import { measure, type Run } from "./meter.ts";
import { deliverAll, makeDue } from "./notices.ts";
import { type BenchResult, insertPortfolio, type Scene } from "./scene.ts";

/** The number of notices that one turn erases. */
const ERASED = shareOf(5_000);
const DELIVERED = shareOf(10_000);
/** Half of the history is older than a year, so a daemon has enough to erase in each turn of delivering. */
const HISTORY = 2 * (2 * ERASED + 4 * DELIVERED) * (RUNS + 1);
const BATCH = 100;
/** An hour at which a daemon erases, in the zone of the tests. */
const NIGHT = new Date("2031-01-15T02:00:00-05:00");

/**
 * Measures erasing in batches, as a daemon does, against one notice at a time, and how much erasing slows delivery: one side delivers
 * while a daemon erases, the other only delivers.
 */
export async function benchErase(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, Math.ceil(HISTORY / NOTICES_A_BORROWER));
  await loadHistory(scene, HISTORY);
  const deps = depsOn(scene, { channels: { email: emailAtOnce() } });
  let erased = 0;
  const erase = (size: number): Promise<Run> => {
    const ids = Array.from({ length: ERASED }, (_, at) => String(erased + at + 1));
    erased += ERASED;
    const work = async (): Promise<void> => {
      for (let from = 0; from < ids.length; from += size)
        await eraseOnRequest(scene.db, "interactions", ids.slice(from, from + size), "bench");
    };
    return measure({ count: ERASED, postgres: scene, work });
  };
  let turn = 0;
  const deliver = async (): Promise<Run> => {
    const notices = { name: `ERASE-${(turn += 1)}`, channel: "email", count: DELIVERED } as const;
    return await deliverAll(scene, deps, await makeDue(scene, deps, notices));
  };
  const compared = await compare({
    name: "erase",
    ours: () => erase(BATCH),
    others: { "one notice at a time": () => erase(1) },
  });
  await scene.pool.query(
    "insert into tidings.retention_classes (record_class, years, reason) values ('content', 1, 'bench')",
  );
  return [
    compared,
    await compare({
      name: "erase: deliver while a daemon erases",
      ours: () => whileErasing(deps, deliver),
      others: { "without erasing": deliver },
    }),
  ];
}

/** Does the work while a daemon erases as at night. */
async function whileErasing(deps: Deps, work: () => Promise<Run>): Promise<Run> {
  const stopping = new AbortController();
  const night = { clock: () => NIGHT, emit: () => {}, stopping: stopping.signal };
  const erasing = createEraser({ ...deps, ...night })();
  const run = await work();
  stopping.abort();
  await erasing;
  return run;
}
