import { median } from "../bench/compare.ts";

/** The figures that the daemon reports each second. */
export interface Probe {
  /** The 99th percentile of the delay of the event loop. */
  readonly loopDelayMs: number;
  readonly rssMb: number;
  readonly heapMb: number;
}

/** The figures of one part of a soak. */
export interface Sample extends Probe {
  readonly afterSeconds: number;
  /** From the insert of a single change to the call of the provider, the median. */
  readonly singleMs: number;
  /** The time of a borrower's list over REST, the median. */
  readonly listMs: number;
  /** CPU time of the daemon for each interaction of the part, with the lists (µs). Null where the system does not report it. */
  readonly nodeUs: number | null;
  /** The same of Postgres. */
  readonly postgresUs: number | null;
  /** The time of a fixed computation, which the other work on the machine prolongs, the median. */
  readonly machineMs: number;
  /** The interactions on record. */
  readonly interactions: number;
}

type Figure = "rssMb" | "heapMb" | "nodeUs" | "postgresUs" | "loopDelayMs" | "singleMs" | "listMs";

interface Limit {
  readonly factor: number;
  readonly least: number;
  /** True for a figure that other work on the machine prolongs. */
  readonly isTime?: boolean;
}

/**
 * A figure grows if its last part is more than `factor` times and `least` above its first part. A time may grow as much more as the
 * machine became slower. CPU times hardly depend on other work, so they show what the waiting for a loaded machine hides.
 */
const LIMITS: Readonly<Record<Figure, Limit>> = {
  rssMb: { factor: 1.3, least: 50 },
  heapMb: { factor: 1.5, least: 30 },
  nodeUs: { factor: 1.5, least: 200 },
  postgresUs: { factor: 1.5, least: 200 },
  loopDelayMs: { factor: 2, least: 50, isTime: true },
  singleMs: { factor: 2, least: 100, isTime: true },
  listMs: { factor: 2, least: 50, isTime: true },
};

export interface Growth {
  readonly figure: Figure;
  readonly first: number;
  readonly last: number;
  /** By how much more the figure may grow, because the machine became slower. */
  readonly allowance: number;
  readonly grows: boolean;
}

/** While a daemon warms up, its memory and its code grow: this part of the samples is left out. */
const WARM_UP = 0.25;

/**
 * Compares the first third of the samples after the warm-up with the last third, by their medians. Returns every figure; those that grow
 * fail the soak.
 */
export function growthOf(samples: readonly Sample[]): Growth[] {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP));
  const third = Math.max(1, Math.floor(warm.length / 3));
  const ends = [warm.slice(0, third), warm.slice(-third)] as const;
  const slower = (medianOf(ends[1], "machineMs") ?? 1) / (medianOf(ends[0], "machineMs") ?? 1);
  return (Object.keys(LIMITS) as Figure[]).flatMap((figure) => {
    const [first, last] = [medianOf(ends[0], figure), medianOf(ends[1], figure)];
    if (first === undefined || last === undefined) return [];
    const { factor, least, isTime = false } = LIMITS[figure];
    const allowance = isTime ? Math.max(1, Number(slower.toFixed(2))) : 1;
    const grows = last > first * factor * allowance && last - first > least * allowance;
    return [{ figure, first, last, allowance, grows }];
  });
}

/** Undefined if no sample has the figure. */
function medianOf(part: readonly Sample[], figure: Figure | "machineMs"): number | undefined {
  const values = part.map((sample) => sample[figure]).filter((value) => value !== null);
  return values.length === 0 ? undefined : Number(median(values).toFixed(1));
}
