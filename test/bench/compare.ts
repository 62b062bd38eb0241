/** Two ways to do the same work. Each resolves to its rate per second. */
export interface Sides {
  readonly name: string;
  /** The name of the other side, in a few words. */
  readonly baseline: string;
  readonly ours: () => Promise<number>;
  readonly theirs: () => Promise<number>;
}

/** The result of a bench, one JSON line per case. */
export interface Comparison {
  readonly name: string;
  readonly perSecond: number;
  readonly baseline: string;
  readonly baselinePerSecond: number;
  readonly ratio: number;
  readonly runs: number;
}

/** The part of its usual work that a bench does. A test runs a small part to see that the bench still works. */
const SHARE = Number(process.env["BENCH_SHARE"] ?? 1);
const RUNS = SHARE < 1 ? 1 : 5;

/** Returns the share to do of a number of things. */
export const shareOf = (count: number): number => Math.max(1, Math.round(count * SHARE));

/** Progress goes to standard error, because standard output is for the results. */
export const printLine = (line: string): void => void process.stderr.write(`${line}\n`);

export const report = (line: object): void =>
  void process.stdout.write(`${JSON.stringify(line)}\n`);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = sorted.slice(
    sorted.length % 2 === 0 ? middle - 1 : middle,
  );
  return sorted.length % 2 === 0 ? (below + above) / 2 : below;
}

/**
 * Runs the two sides alternately, so that other load of the machine affects both. The first run of each only warms up.
 * The ratio is that of the medians.
 */
export async function compare(sides: Sides, runs = RUNS): Promise<Comparison> {
  const rates = { ours: [] as number[], theirs: [] as number[] };
  const turns = Array.from({ length: runs + 1 }, (_, run) => run);
  for (const [run, side] of turns.flatMap(
    (turn) =>
      [
        [turn, "ours"],
        [turn, "theirs"],
      ] as const,
  )) {
    const rate = await sides[side]();
    printLine(`${sides.name} ${side} ${run === 0 ? "warming up" : run}: ${Math.round(rate)}/s`);
    if (run > 0) rates[side].push(rate);
  }
  const [ours, theirs] = [median(rates.ours), median(rates.theirs)];
  const { name, baseline } = sides;
  return {
    name,
    perSecond: Math.round(ours),
    baseline,
    baselinePerSecond: Math.round(theirs),
    ratio: Number((ours / theirs).toFixed(3)),
    runs,
  };
}

/** The rate per second since `began` (`performance.now()`). */
export const rateSince = (began: number, count: number): number =>
  count / ((performance.now() - began) / 1_000);
