import type { Sample } from "./exposition.ts";

// A tool of the tests. It evaluates the few forms that the alert rules use and refuses every other one:
// METRIC, METRIC{label="value"}, absent(METRIC), min(METRIC), max(METRIC), max by (label) (METRIC), each of them
// compared with a number, and one comparison `unless on (label)` another.

/** A metric with the labels that it must have. */
export interface Selector {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The labels by which an expression groups or joins. */
  readonly groupedBy: readonly string[];
}

export interface Result {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const SELECTOR = String.raw`([a-z_]+)(?:\{([^}]*)\})?`;
const TERM = new RegExp(
  String.raw`^(?:(absent|min|max)(?: by \(([a-z_]+)\) )?\(${SELECTOR}\)|${SELECTOR})(?: (>|<|==) ([\d.]+))?$`,
  "u",
);
const UNLESS = / unless on \(([a-z_]+)\) /u;

interface Term extends Selector {
  readonly how: string | undefined;
  readonly operator: string | undefined;
  readonly limit: number;
}

function parseTerm(text: string, joinedBy: readonly string[]): Term {
  const found = TERM.exec(text);
  if (found === null) throw new Error(`the tests cannot evaluate: ${text}`);
  const [, how, by, ofFunction, inFunction, alone, ofAlone, operator, limit] = found;
  const pairs = [...(inFunction ?? ofAlone ?? "").matchAll(/([a-z_]+)="([^"]*)"/gu)];
  return {
    how,
    metric: ofFunction ?? alone ?? "",
    labels: Object.fromEntries(pairs.map(([, label = "", value = ""]) => [label, value])),
    groupedBy: [...(by === undefined ? [] : [by]), ...joinedBy],
    operator,
    limit: Number(limit ?? Number.NaN),
  };
}

const parse = (expression: string): readonly [Term, ...Term[]] => {
  const [left = "", joinedBy, right] = expression.split(UNLESS);
  if (joinedBy === undefined || right === undefined) return [parseTerm(left, [])];
  return [parseTerm(left, [joinedBy]), parseTerm(right, [joinedBy])];
};

/** The metrics that an expression reads. */
export const selectorsOf = (expression: string): readonly Selector[] => parse(expression);

/** The series for which the expression holds, as Prometheus would report them. */
export function evaluate(expression: string, samples: readonly Sample[]): readonly Result[] {
  const [left, right] = parse(expression);
  const results = evaluateTerm(left, samples);
  if (right === undefined) return results;
  const [label = ""] = right.groupedBy.slice(-1);
  const excluded = new Set(evaluateTerm(right, samples).map(({ labels }) => labels[label]));
  return results.filter(({ labels }) => !excluded.has(labels[label]));
}

function evaluateTerm(term: Term, samples: readonly Sample[]): readonly Result[] {
  const chosen = samples.filter(
    ({ name, labels }) =>
      name === term.metric &&
      Object.entries(term.labels).every(([label, value]) => labels[label] === value),
  );
  if (term.how === "absent") return chosen.length === 0 ? [{ labels: {}, value: 1 }] : [];
  return aggregate(term, chosen).filter(({ value }) => compares(term, value));
}

function aggregate({ how, groupedBy }: Term, samples: readonly Sample[]): readonly Result[] {
  if (how === undefined) return samples;
  const [label] = groupedBy;
  const groups = Map.groupBy(samples, ({ labels }) => (label === undefined ? "" : labels[label]));
  return [...groups].map(([group, members]) => {
    const values = members.map(({ value }) => value);
    return {
      labels: label === undefined ? {} : { [label]: group ?? "" },
      value: how === "min" ? Math.min(...values) : Math.max(...values),
    };
  });
}

function compares({ operator, limit }: Term, value: number): boolean {
  if (operator === ">") return value > limit;
  if (operator === "<") return value < limit;
  if (operator === "==") return value === limit;
  throw new Error("an alert compares with a number");
}
