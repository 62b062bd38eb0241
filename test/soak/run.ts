import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { generateKey } from "../../src/api-key.ts";
import { insertApiKey } from "../../src/store/api/api-keys.ts";
import { median, printLine } from "../bench/compare.ts";
import { measure } from "../bench/meter.ts";
import { insertPortfolio, type Scene } from "../bench/scene.ts";
import { spawnDaemon } from "../daemon-process.ts";
import { type Growth, growthOf, type Probe, type Sample } from "./samples.ts";

export interface SoakResult {
  readonly seconds: number;
  readonly samples: readonly Sample[];
  readonly growth: readonly Growth[];
  /** The number of inserts and lists that failed. */
  readonly failed: number;
}

const BORROWERS = 1_000;
const MOST_PARTS = 30;
const SHORTEST_PART_SECONDS = 3;
const SINGLE_EVERY_MS = 500;
const LIST_EVERY_MS = 500;
const BULK_EVERY_MS = 10_000;
const BULK = 200;

/** Runs a daemon under mixed load on a growing database, and samples it in up to thirty parts. Rejects if the daemon ends before. */
export async function soak(scene: Scene, seconds: number): Promise<SoakResult> {
  const { url, dir, db } = scene;
  await insertPortfolio(scene, BORROWERS);
  const probeFile = join(dir, "probe");
  const daemon = spawnDaemon({
    DATABASE_URL: url,
    DATA_DIR: join(dir, "daemon"),
    HTTP_PORT: "0",
    API_PER_SECOND: "1000",
    NODE_OPTIONS: `--import=${new URL("probe.ts", import.meta.url).pathname}`,
    SOAK_PROBE: probeFile,
  });
  const { port } = await daemon.waitFor("http.opened");
  const { key, prefix, hash } = generateKey();
  await insertApiKey(db, { name: "soak", prefix, hash, scopes: ["interaction:read"] });
  const load = startLoad(scene, { port: Number(port), key });
  const died = daemon.ended.then(() => Promise.reject(new Error("the daemon has ended")));
  const { listsMs } = load;
  const sampling = takeSamples(scene, { seconds, probeFile, listsMs, pid: daemon.child.pid ?? 0 });
  try {
    const samples = await Promise.race([sampling, died]);
    return { seconds, samples, growth: growthOf(samples), failed: load.failed() };
  } finally {
    await load.stop();
    died.catch(() => {});
    daemon.child.kill("SIGTERM");
    await daemon.ended;
  }
}

interface Load {
  /** The times of the lists (ms) since they were taken last. */
  readonly listsMs: number[];
  /** The number of inserts and lists that failed. */
  readonly failed: () => number;
  stop(): Promise<void>;
}

interface Api {
  readonly port: number;
  readonly key: string;
}

/** Single changes, bulks and reads, each in its own loop. */
function startLoad({ pool }: Scene, { port, key }: Api): Load {
  const stopped = new AbortController();
  const listsMs: number[] = [];
  let failed = 0;
  const every = (ms: number, run: (turn: number) => Promise<unknown>): Promise<void> =>
    repeat(ms, stopped.signal, (turn) => run(turn).catch(() => (failed += 1)));
  const insert = (name: string, caseType: string, count: number): Promise<unknown> =>
    pool.query(
      `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
       select $1 || '-' || n, $2, 'BO-' || b, array['LN-' || b], 'initiated'
       from generate_series(1, ${count}) n cross join lateral (select 1 + (n + floor(random() * ${BORROWERS}))::int % ${BORROWERS} as b) x`,
      [name, caseType],
    );
  const loops = [
    every(SINGLE_EVERY_MS, (turn) => insert(`SINGLE-${turn}`, "dispute", 1)),
    every(BULK_EVERY_MS, (turn) => insert(`BULK-${turn}`, "emailOnly", BULK)),
    every(LIST_EVERY_MS, async (turn) => {
      const began = performance.now();
      const url = `http://127.0.0.1:${port}/people/BO-${1 + (turn % BORROWERS)}/interactions`;
      await (await fetch(url, { headers: { "X-API-KEY": key } })).text();
      listsMs.push(performance.now() - began);
    }),
  ];
  return {
    listsMs,
    failed: () => failed,
    async stop() {
      stopped.abort();
      await Promise.allSettled(loops);
    },
  };
}

async function repeat(
  ms: number,
  signal: AbortSignal,
  run: (turn: number) => Promise<unknown>,
): Promise<void> {
  for (let turn = 1; !signal.aborted; turn += 1) {
    await run(turn);
    await sleep(ms, undefined, { signal }).catch(() => {});
  }
}

interface Sampling {
  readonly seconds: number;
  readonly probeFile: string;
  readonly listsMs: number[];
  /** Of the daemon. */
  readonly pid: number;
}

async function takeSamples(scene: Scene, sampling: Sampling): Promise<Sample[]> {
  const { seconds, probeFile, listsMs, pid } = sampling;
  const samples: Sample[] = [];
  let [probesTaken, before] = [0, await countInteractions(scene)];
  const parts = Math.min(MOST_PARTS, Math.floor(seconds / SHORTEST_PART_SECONDS));
  for (let part = 1; part <= parts; part += 1) {
    const since = new Date();
    const machine: number[] = [];
    const costs = await measure({
      count: 1,
      pid,
      postgres: scene,
      work: () => waitAndCompute((seconds * 1_000) / parts, machine),
    });
    const interactions = await countInteractions(scene);
    const each = (us: number | null): number | null =>
      us === null ? null : Math.round(us / Math.max(1, interactions - before));
    const probes = await readProbes(probeFile);
    const sample = {
      afterSeconds: Math.round((seconds * part) / parts),
      ...summaryOf(probes.slice(probesTaken)),
      singleMs: median(await listSingles(scene, since)),
      listMs: median(listsMs.splice(0)),
      nodeUs: each(costs.nodeUs),
      postgresUs: each(costs.postgresUs),
      machineMs: median(machine),
      interactions,
    };
    before = interactions;
    probesTaken = probes.length;
    samples.push(sample);
    printLine(JSON.stringify(sample));
  }
  return samples;
}

const COMPUTE_EVERY_MS = 500;
const STEPS = 5_000_000;

/** Waits for so long, and times a fixed computation again and again. */
async function waitAndCompute(ms: number, times: number[]): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    const began = performance.now();
    let sum = 0;
    for (let step = 0; step < STEPS; step += 1) sum = (sum + step * 7) % 1_000_003;
    times.push(performance.now() - began);
    await sleep(Math.min(COMPUTE_EVERY_MS, Math.max(0, end - performance.now())));
  }
}

/** The highest delay, the median of the whole memory, and the lowest heap, which is what a collection leaves. */
const summaryOf = (probes: readonly Probe[]): Probe => ({
  loopDelayMs: Math.max(...probes.map(({ loopDelayMs }) => loopDelayMs)),
  rssMb: median(probes.map(({ rssMb }) => rssMb)),
  heapMb: Math.min(...probes.map(({ heapMb }) => heapMb)),
});

async function readProbes(file: string): Promise<Probe[]> {
  const text = await readFile(file, "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Probe);
}

/** The time from the arrival of each single change to the call of the provider (ms). */
async function listSingles({ pool }: Scene, since: Date): Promise<number[]> {
  const { rows } = await pool.query<{ ms: number }>(
    `select (extract(epoch from i.started_at - c.received_at) * 1000)::float8 as ms
     from tidings.interactions i join tidings.case_changes c on c.id = i.case_change_id
     where c.case_id like 'SINGLE-%' and i.claimed_at >= $1 and i.attempt = 1`,
    [since],
  );
  return rows.map(({ ms }) => ms);
}

async function countInteractions({ pool }: Scene): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    "select count(*)::int as count from tidings.interactions",
  );
  return rows[0]?.count ?? 0;
}
