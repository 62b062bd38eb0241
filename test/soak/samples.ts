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
  /** The interactions on record. */
  readonly interactions: number;
}

type Figure = "rssMb" | "heapMb" | "loopDelayMs" | "singleMs" | "listMs";

/** A figure grows if its last part is more than `factor` times and `least` above its first part. */
const LIMITS: Readonly<Record<Figure, { readonly factor: number; readonly least: number }>> = {
  rssMb: { factor: 1.3, least: 50 },
  heapMb: { factor: 1.5, least: 30 },
  loopDelayMs: { factor: 2, least: 50 },
  singleMs: { factor: 2, least: 100 },
  listMs: { factor: 2, least: 50 },
};

export interface Growth {
  readonly figure: Figure;
  readonly first: number;
  readonly last: number;
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
  return (Object.keys(LIMITS) as Figure[]).map((figure) => {
    const of = (part: readonly Sample[]): number =>
      Number(median(part.map((sample) => sample[figure])).toFixed(1));
    const [first, last] = [of(warm.slice(0, third)), of(warm.slice(-third))];
    const { factor, least } = LIMITS[figure];
    return { figure, first, last, grows: last > first * factor && last - first > least };
  });
}
