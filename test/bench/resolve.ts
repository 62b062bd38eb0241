import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createDb } from "../../src/store/postgres/db.ts";
import { listLatencies } from "../../src/store/operate/overview.ts";
import { spawnDaemon } from "../daemon-process.ts";
import { compare, median, printLine, shareOf } from "./compare.ts";
import { measure, type Run } from "./meter.ts";
import { insertPortfolio, type BenchResult, type Scene } from "./scene.ts";

const CHANGES = shareOf(100_000);
/** The interval between single changes while a bulk is resolved (ms). */
const SINGLE_EVERY_MS = 250;
const DEADLINE_MS = 120_000;

/** The results of the bulks of a bench in addition to their rate. */
interface Seen {
  readonly grownMb: number[];
  readonly singlesMs: number[];
  bulks: number;
}

/**
 * One bulk of case changes, from the insert to the last interaction; the other side is a plain insert of the same
 * interactions.
 */
export async function benchResolve(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, CHANGES);
  await scene.pool.query("create table public.plain (like tidings.interactions including all)");
  const daemon = spawnDaemon({
    DATABASE_URL: scene.url,
    DATA_DIR: join(scene.dir, "daemon"),
  });
  await daemon.waitFor("daemon.started");
  const seen: Seen = { grownMb: [], singlesMs: [], bulks: 0 };
  try {
    const comparison = await compare({
      name: "resolve",
      ours: () => resolveBulk(scene, daemon.child.pid ?? 0, seen),
      others: {
        "insert ... select of the same rows into a table like interactions": () =>
          insertPlainly(scene, seen.bulks),
      },
    });
    return [comparison, sideEffects(seen)];
  } finally {
    daemon.child.kill("SIGTERM");
    await daemon.ended;
  }
}

async function resolveBulk(scene: Scene, daemonPid: number, seen: Seen): Promise<Run> {
  const { pool } = scene;
  seen.bulks += 1;
  const since = new Date();
  await pool.query("checkpoint");
  const memory = watchMemory(daemonPid);
  const singles = insertSingles(scene, seen.bulks);
  const run = await measure({
    count: CHANGES,
    pid: daemonPid,
    postgres: scene,
    work: async () => {
      await insertBulk(scene, seen.bulks);
      await waitUntilResolved(scene);
    },
  });
  await singles.stop();
  seen.grownMb.push(await memory.stop());
  seen.singlesMs.push(...(await listLatencies(createDb(pool), since)));
  await expectAll(scene, seen.bulks);
  return run;
}

async function insertBulk({ pool }: Scene, bulk: number): Promise<void> {
  const began = performance.now();
  await pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status, fields, supercase_bulk_operation_id)
     select $1 || '-' || n, 'disaster', 'BO-' || n, array['LN-' || n], 'initiated', '{"declaration": "4834", "county": "Franklin"}', $1
     from generate_series(1, ${CHANGES}) n`,
    [`BULK-${bulk}`],
  );
  printLine(`  inserted after ${Math.round(performance.now() - began)} ms`);
}

async function waitUntilResolved({ pool }: Scene): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (Date.now() < end) {
    const { rowCount } = await pool.query(
      "select from tidings.resolve_queue where priority > 0 limit 1",
    );
    if (rowCount === 0) return;
    // each read of the queue uses some of the measured time
    await sleep(50);
  }
  throw new Error("the bulk was not resolved in time");
}

async function expectAll({ pool }: Scene, bulk: number): Promise<void> {
  const { rows } = await pool.query<{ count: number }>(
    "select count(*)::int as count from tidings.interactions where supercase_bulk_operation_id = $1",
    [`BULK-${bulk}`],
  );
  if (rows[0]?.count !== CHANGES) throw new Error(`${rows[0]?.count} interactions were written`);
}

interface Stoppable<Result> {
  stop(): Promise<Result>;
}

/** Single changes whose notices are due at once, one after the other. */
function insertSingles({ pool }: Scene, bulk: number): Stoppable<void> {
  const stopped = new AbortController();
  const loop = async (): Promise<void> => {
    for (let n = 1; !stopped.signal.aborted; n += 1) {
      await sleep(SINGLE_EVERY_MS, undefined, { signal: stopped.signal }).catch(() => {});
      await pool.query(
        `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
         values ($1, 'dispute', 'BO-1', '{LN-1}', 'initiated')`,
        [`SINGLE-${bulk}-${n}`],
      );
    }
    await sleep(1_000);
  };
  const done = loop();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

/** Measures the growth of a process's memory, in megabytes. */
function watchMemory(pid: number): Stoppable<number> {
  const before = residentMb(pid);
  let highest = 0;
  const look = async (): Promise<void> => {
    highest = Math.max(highest, await residentMb(pid));
  };
  const timer = setInterval(() => void look(), 50);
  return {
    async stop() {
      clearInterval(timer);
      return highest - (await before);
    },
  };
}

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}

function sideEffects({ grownMb, singlesMs }: Seen): BenchResult {
  return {
    name: "resolve: meanwhile",
    memoryGrownMb: grownMb.map(Math.round),
    singles: singlesMs.length,
    singleMedianMs: Math.round(median(singlesMs)),
    singleLongestMs: Math.round(Math.max(...singlesMs)),
  };
}

/** The rows that the previous bulk wrote, from a table without indexes. */
async function insertPlainly(scene: Scene, bulk: number): Promise<Run> {
  const { pool } = scene;
  const { rows } = await pool.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
     where attrelid = 'tidings.interactions'::regclass and attnum > 0 and not attisdropped and attgenerated = ''`,
  );
  const columns = rows[0]?.columns ?? "";
  await pool.query(
    `create table public.source as select ${columns} from tidings.interactions where supercase_bulk_operation_id = $1`.replace(
      "$1",
      `'BULK-${bulk}'`,
    ),
  );
  await pool.query("checkpoint");
  const run = await measure({
    count: CHANGES,
    postgres: scene,
    work: () =>
      pool.query(
        `insert into public.plain (${columns}) overriding system value select ${columns} from public.source`,
      ),
  });
  await pool.query("drop table public.source");
  return run;
}
