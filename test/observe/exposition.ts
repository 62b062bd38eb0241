/** One sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A scrape that follows the text format of Prometheus. */
export interface Scrape {
  readonly samples: readonly Sample[];
  /** The type of each metric family. */
  readonly types: ReadonlyMap<string, string>;
}

const COMMENT = /^# (HELP|TYPE) ([a-z_]+) (.+)$/u;
const SAMPLE = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/u;
const LABEL = /([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)/gu;

/** Parses the text format 0.0.4. Throws for a line that is not of the format, and for a sample without HELP and TYPE before it. */
export function parseExposition(text: string): Scrape {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const helped = new Set<string>();
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const [, kind, family = "", words = ""] = COMMENT.exec(line) ?? [];
    if (kind === "HELP") helped.add(family);
    else if (kind === "TYPE") types.set(family, words);
    else samples.push(parseSample(line));
  }
  for (const { name } of samples) {
    const family = types.has(name) ? name : name.replace(/_(?:bucket|sum|count)$/u, "");
    if (!types.has(family) || !helped.has(family)) throw new Error(`no HELP and TYPE of ${name}`);
  }
  return { samples, types };
}

function parseSample(line: string): Sample {
  const [, name = "", inBraces = "", number = ""] = SAMPLE.exec(line) ?? [];
  const value = number === "+Inf" ? Infinity : Number(number);
  if (name === "" || Number.isNaN(value)) throw new Error(`not a sample: ${line}`);
  const pairs = [...inBraces.matchAll(LABEL)];
  if (pairs.map(([pair]) => pair).join("") !== inBraces) throw new Error(`not labels: ${line}`);
  return {
    name,
    labels: Object.fromEntries(pairs.map(([, label = "", text = ""]) => [label, text])),
    value,
  };
}
