import { readdirSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, release, totalmem } from "node:os";
import type { Pool } from "pg";

/** The costs of one thing that a side has done, as the median of its runs. Null where the system does not report it. */
export interface Costs {
  /** CPU time of the Node process that does the work (µs). */
  readonly nodeUs: number | null;
  /** CPU time of all processes of Postgres, with those that write in the background (µs). */
  readonly postgresUs: number | null;
  readonly walBytes: number | null;
}

/** One run of a side. */
export interface Run extends Costs {
  readonly perSecond: number;
}

/** A Postgres whose costs are measured. */
export interface Metered {
  readonly pool: Pool;
  readonly postgresPid: number;
}

/** A measured part of a run. */
export interface Work {
  /** The number of things that it does. */
  readonly count: number;
  /** The Node process that does the work; this one if not given. */
  readonly pid?: number;
  /** Undefined for work without a database. */
  readonly postgres?: Metered | undefined;
  readonly work: () => Promise<unknown>;
}

/** Does the work and measures it: its rate, and its costs for each thing. */
export async function measure({ count, pid = process.pid, postgres, work }: Work): Promise<Run> {
  const before = await readCosts(pid, postgres);
  const began = performance.now();
  await work();
  const tookMs = performance.now() - began;
  const after = await readCosts(pid, postgres);
  const each = (name: keyof Costs): number | null => {
    const [from, to] = [before[name], after[name]];
    return from === null || to === null ? null : (to - from) / count;
  };
  return {
    perSecond: count / (tookMs / 1_000),
    nodeUs: each("nodeUs"),
    postgresUs: each("postgresUs"),
    walBytes: each("walBytes"),
  };
}

async function readCosts(pid: number, postgres: Metered | undefined): Promise<Costs> {
  const nodeUs = cpuOf(pid)?.ownUs ?? null;
  if (postgres === undefined) return { nodeUs, postgresUs: null, walBytes: null };
  const postgresUs = cpuOfPostgres(postgres.postgresPid);
  const { rows } = await postgres.pool.query<{ bytes: string }>(
    "select pg_current_wal_insert_lsn() - '0/0' as bytes",
  );
  return { nodeUs, postgresUs, walBytes: Number(rows[0]?.bytes) };
}

/** A clock tick of /proc/PID/stat: Linux reports hundredths of a second on every architecture. */
const TICK_US = 10_000;

interface Cpu {
  readonly parent: number;
  readonly ownUs: number;
  /** CPU time of children that have ended. */
  readonly endedUs: number;
}

/** Reads /proc/PID/stat. Undefined if there is no such process, or no such file on this system. */
function cpuOf(pid: number): Cpu | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  // the name of the program is in brackets and may contain spaces
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = (place: number): number => Number(fields[place]) * TICK_US;
  return {
    parent: Number(fields[1]),
    ownUs: ticks(11) + ticks(12),
    endedUs: ticks(13) + ticks(14),
  };
}

/** The CPU time of a Postgres: of the postmaster, its children, and those of its children that have ended. */
function cpuOfPostgres(postmaster: number): number | null {
  const own = cpuOf(postmaster);
  if (own === undefined) return null;
  const children = readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && cpuOf(pid)?.parent === postmaster);
  return children.reduce((sum, pid) => sum + preciseCpuOf(pid), own.ownUs + own.endedUs);
}

/** A backend has one thread, whose CPU time the scheduler counts in nanoseconds. */
function preciseCpuOf(pid: number): number {
  const [ns] = readText(`/proc/${pid}/schedstat`)?.split(" ") ?? [];
  return ns === undefined ? (cpuOf(pid)?.ownUs ?? 0) : Number(ns) / 1_000;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** The facts of this machine that a reader needs to judge the figures. */
export const machineFacts = (): object => ({
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  memoryMb: Math.round(totalmem() / 1_048_576),
  system: `${process.platform} ${release()} ${process.arch}`,
  node: process.version,
  // more than the number of cores: other work runs at the same time
  loadAverage: loadavg().map((load) => Number(load.toFixed(2))),
});
