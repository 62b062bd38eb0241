import { fileFinding, type Finding } from "../../domain/template/finding.ts";
import type { Rendered, Template } from "../../domain/template/template.ts";
import { templateContext } from "../../domain/template/context.ts";
import { schemaIssues } from "../../domain/template/schema-issues.ts";
import { EXAMPLE_CONTEXT } from "../../domain/template/example-context.ts";
import { EMPTY_PART } from "../render/compile.ts";
import { tryRendering } from "../render/render.ts";
import { FORMS } from "../language/parts.ts";
import { explainUcs2, segmentsOf } from "../language/segments.ts";
import { type JsonDocument, schemaFindings } from "./json-document.ts";

/** Sample contexts (see `templateContext`) by file name. */
export type Samples = Readonly<Record<string, unknown>>;

const SUBJECT_LIMIT = 200;
const LONGEST = "the longest values of all samples";

/** Returns the findings about the samples themselves. */
export function sampleFindings(samples: readonly JsonDocument[]): readonly Finding[] {
  if (samples.length === 0)
    return [
      fileFinding(
        "sample.json",
        "There is no sample. Copy the sample.json of a template for the same channel: a template is checked with it.",
      ),
    ];
  return samples.flatMap((sample) =>
    sample.value === undefined
      ? []
      : schemaFindings(sample, schemaIssues(templateContext, sample.value)),
  );
}

/** The parts to render, and what was found in them already. */
interface Trial {
  readonly template: Template;
  readonly known: readonly Finding[];
  readonly segmentBudget: number;
}

/**
 * Renders each sample, and once more with the longest value of every variable, and returns the findings. A finding is not
 * repeated at a place of a finding without samples, and a finding of several samples is reported once.
 */
export function renderingFindings(
  { template, known, segmentBudget }: Trial,
  samples: readonly JsonDocument[],
): readonly Finding[] {
  const contexts = samples.flatMap(({ name, value, isWhole }) =>
    isRecord(value) ? [{ name, isWhole, context: completed(value) }] : [],
  );
  const longest = contexts.map(({ context }) => context as unknown).reduce(longer, undefined);
  const last = { name: LONGEST, isWhole: true, context: longest as object };
  const tried = [...contexts, ...(contexts.length > 1 ? [last] : [])].flatMap(
    ({ name, isWhole, context }) => {
      const { parts, findings } = tryRendering(template, context);
      const faults = findings.filter(({ message }) => isWhole || !message.endsWith(ABSENT));
      const all = [...faults, ...limitFindings(template, parts, segmentBudget)];
      return all.map((finding) => ({ name, finding }));
    },
  );
  const places = new Set(known.map(placeOf));
  const files = new Set(known.map(({ file }) => file));
  const isFresh = (finding: Finding): boolean =>
    !places.has(placeOf(finding)) && !(finding.message === EMPTY_PART && files.has(finding.file));
  const fresh = tried.filter(({ finding }) => isFresh(finding));
  const same = Map.groupBy(fresh, ({ finding }) => placeOf(finding) + finding.message);
  return [...same.values()].flatMap((ones) => sayWith(ones));
}

const placeOf = ({ file, line, column }: Finding): string => `${file}:${line}:${column} `;
const ABSENT = " is absent.";
const ADVICE = " Give it a value there, or write with if or default what stands there without it.";

function sayWith(
  found: readonly { readonly name: string; readonly finding: Finding }[],
): readonly Finding[] {
  const [first] = found;
  if (first === undefined) return [];
  const names = [...new Set(found.map(({ name }) => name))];
  const shown = names.length > 1 ? names.filter((name) => name !== LONGEST) : names;
  const { message } = first.finding;
  const advice = message.endsWith(ABSENT) ? ADVICE : "";
  return [{ ...first.finding, message: `With ${shown.join(" and ")}: ${message}${advice}` }];
}

/** The depth to which an incomplete sample is completed: each round adds the objects that the round before missed. */
const ROUNDS = 5;

/** Completes a sample that does not fit its schema from the example, so that the template is still checked. */
function completed(sample: Readonly<Record<string, unknown>>): object {
  const whole = structuredClone(sample);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const issue of templateContext.safeParse(whole).error?.issues ?? []) correct(whole, issue);
  return whole;
}

type ContextIssue = NonNullable<ReturnType<typeof templateContext.safeParse>["error"]>["issues"][0];

function correct(root: object, issue: ContextIssue): void {
  if (issue.code !== "unrecognized_keys") return put(root, issue.path);
  for (const key of issue.keys) Reflect.deleteProperty(parentIn(root, [...issue.path, key]), key);
}

const parentIn = (root: unknown, path: readonly PropertyKey[]): Record<PropertyKey, unknown> =>
  path.slice(0, -1).reduce((at, key) => (at as Record<PropertyKey, unknown>)[key], root) as Record<
    PropertyKey,
    unknown
  >;

function put(root: object, path: readonly PropertyKey[]): void {
  const example = path.map((key) => (typeof key === "number" ? 0 : key));
  const key = path.at(-1);
  if (key !== undefined)
    parentIn(root, path)[key] = structuredClone(
      parentIn(EXAMPLE_CONTEXT, example)[example.at(-1) ?? ""],
    );
}

function limitFindings(
  { channel }: Template,
  { subject, text }: Rendered,
  segmentBudget: number,
): readonly Finding[] {
  const findings: Finding[] = [];
  const length = Array.from(subject ?? "").length;
  if (length > SUBJECT_LIMIT)
    findings.push(
      fileFinding("subject", `The subject has ${length} characters, more than ${SUBJECT_LIMIT}.`),
    );
  if (!FORMS[channel].inSegments || text === null) return findings;
  const { segments, encoding, units } = segmentsOf(text);
  const cause = explainUcs2(text);
  if (segments > segmentBudget)
    findings.push(
      fileFinding(
        "text",
        `The text takes ${segments} segments (${units} units of ${encoding}), more than ${segmentBudget}.${cause === null ? "" : ` ${cause}`}`,
      ),
    );
  return findings;
}

function longer(one: unknown, other: unknown): unknown {
  if (isRecord(one) && isRecord(other)) {
    const keys = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return Object.fromEntries(keys.map((key) => [key, longer(one[key], other[key])]));
  }
  return sizeOf(other) > sizeOf(one) ? other : one;
}

function sizeOf(value: unknown): number {
  return value === undefined ? -1 : JSON.stringify(value).length;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
