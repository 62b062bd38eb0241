import type { Costs, Run } from "./meter.ts";

/** Several ways to do the same work. Each resolves to its rate and costs. */
export interface Sides {
  readonly name: string;
  readonly ours: () => Promise<Run>;
  /** The other ways, by a name of a few words. */
  readonly others: Readonly<Record<string, () => Promise<Run>>>;
}

/** The medians of the runs of one side. */
export interface Figures extends Costs {
  readonly perSecond: number;
}

export interface Compared extends Figures {
  readonly name: string;
  /** The rate of ours divided by the rate of this side. */
  readonly ratio: number;
  /** The lowest and the highest ratio of two runs that followed each other: far apart on a machine with other work. */
  readonly ratios: readonly [number, number];
}

/** The result of a bench. */
export interface Comparison {
  readonly name: string;
  readonly runs: number;
  readonly ours: Figures;
  readonly others: readonly Compared[];
}

/** The part of its usual work that a bench does. A test runs a small part to see that the bench still works. */
export const SHARE = Number(process.env["BENCH_SHARE"] ?? 1);
export const RUNS = Number(process.env["BENCH_RUNS"] ?? (SHARE < 0.1 ? 1 : 5));

/** Returns the share to do of a number of things. */
export const shareOf = (count: number): number => Math.max(1, Math.round(count * SHARE));

/** Progress goes to standard error, because standard output is for the results. */
export const printLine = (line: string): void => void process.stderr.write(`${line}\n`);

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = sorted.length >> 1;
  const [below = Number.NaN, above = Number.NaN] = sorted.slice(
    sorted.length % 2 === 0 ? middle - 1 : middle,
  );
  return sorted.length % 2 === 0 ? (below + above) / 2 : below;
}

/**
 * Runs the sides in turn, so that other load of the machine affects all of them. The first run of each
 * only warms up. Rates and costs are medians, and a ratio is that of two medians.
 */
export async function compare({ name, ours, others }: Sides, runs = RUNS): Promise<Comparison> {
  const sides = [{ side: "ours", run: ours, done: [] as Run[] }].concat(
    Object.entries(others).map(([side, run]) => ({ side, run, done: [] })),
  );
  for (const [turn, { side, run, done }] of turnsOf(sides, runs)) {
    const figures = await run();
    printLine(`${name}, ${side}, ${turn === 0 ? "warming up" : turn}: ${written(figures)}`);
    if (turn > 0) done.push(figures);
  }
  const [mine, ...rest] = sides;
  const done = mine?.done ?? [];
  return {
    name,
    runs,
    ours: figuresOf(done),
    others: rest.map((other) => ({
      name: other.side,
      ...figuresOf(other.done),
      ...ratiosOf(done, other.done),
    })),
  };
}

/** Every side once in each turn. */
const turnsOf = <Side>(sides: readonly Side[], runs: number): [turn: number, side: Side][] =>
  Array.from({ length: runs + 1 }, (_, turn) => turn).flatMap((turn) =>
    sides.map((side): [number, Side] => [turn, side]),
  );

const written = ({ perSecond, nodeUs, postgresUs, walBytes }: Run): string =>
  `${Math.round(perSecond)}/s, ${round(nodeUs)} µs Node, ${round(postgresUs)} µs Postgres, ${round(walBytes)} B WAL`;

const round = (value: number | null): number | null =>
  value === null ? null : Number(value.toPrecision(4));

function figuresOf(runs: readonly Run[]): Figures {
  const medianOf = (name: keyof Costs): number | null => {
    const known = runs.flatMap((run) => run[name] ?? []);
    return known.length === 0 ? null : round(median(known));
  };
  return {
    perSecond: Math.round(median(runs.map(({ perSecond }) => perSecond))),
    nodeUs: medianOf("nodeUs"),
    postgresUs: medianOf("postgresUs"),
    walBytes: medianOf("walBytes"),
  };
}

function ratiosOf(ours: readonly Run[], other: readonly Run[]): Pick<Compared, "ratio" | "ratios"> {
  const rates = (runs: readonly Run[]): number[] => runs.map(({ perSecond }) => perSecond);
  const each = rates(ours).map((rate, turn) => rate / (other[turn]?.perSecond ?? Number.NaN));
  const short = (ratio: number): number => Number(ratio.toFixed(3));
  return {
    ratio: short(median(rates(ours)) / median(rates(other))),
    ratios: [short(Math.min(...each)), short(Math.max(...each))],
  };
}
