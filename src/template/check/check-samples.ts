import { fileFinding, type Finding } from "../../domain/template/finding.ts";
import type { Rendered, Template } from "../../domain/template/template.ts";
import { templateContext } from "../../domain/template/context.ts";
import { render } from "../render/render.ts";
import { FORMS } from "../language/parts.ts";
import { segmentsOf } from "../language/segments.ts";

/** Sample contexts (see `templateContext`) by file name. */
export type Samples = Readonly<Record<string, unknown>>;

const SUBJECT_LIMIT = 200;
const LONGEST = "the longest values of all samples";

/** Returns the findings about the samples themselves. */
export function sampleFindings(samples: Samples): readonly Finding[] {
  const names = Object.keys(samples);
  if (names.length === 0)
    return [
      fileFinding("sample.json", "There is no sample. A template cannot be checked without one."),
    ];
  return names.flatMap((name) => {
    const { error } = templateContext.safeParse(samples[name]);
    return (error?.issues ?? []).map(({ path, message }) =>
      fileFinding(name, `${path.join(".") || "The sample"}: ${message}.`),
    );
  });
}

/** Renders each sample, and once more with the longest value of every variable, and returns the findings. */
export function renderingFindings(
  template: Template,
  samples: Samples,
  segmentBudget: number,
): readonly Finding[] {
  const contexts = Object.entries(samples);
  const longest = contexts.map(([, context]) => context).reduce(longer, undefined);
  const all = contexts.length > 1 ? [...contexts, [LONGEST, longest] as const] : contexts;
  return all.flatMap(([name, context]) => {
    const rendering = render(template, context as object);
    const findings =
      rendering.kind === "faulty"
        ? [rendering.finding]
        : limitFindings(template, rendering.parts, segmentBudget);
    return findings.map((finding) => ({ ...finding, message: `With ${name}: ${finding.message}` }));
  });
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
  if (!FORMS[channel].inSegments) return findings;
  const { segments, encoding, units } = segmentsOf(text ?? "");
  if (segments > segmentBudget)
    findings.push(
      fileFinding(
        "text",
        `The text takes ${segments} segments (${units} units of ${encoding}), more than ${segmentBudget}.`,
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
