import type { Finding } from "../../domain/template/finding.ts";
import type { Template } from "../../domain/template/template.ts";
import { htmlFaults } from "./check-html.ts";
import { renderingFindings, sampleFindings, type Samples } from "./check-samples.ts";
import { remarksOn } from "./check-variables.ts";
import { type PartName, PARTS, presentParts } from "../language/parts.ts";
import { parse, positionAt } from "../language/syntax.ts";

/** Three parts of a text message arrive as one nearly everywhere; beyond that carriers begin to drop them. */
const SEGMENT_BUDGET = 3;

/** Gmail shows the first 102 KB of a message; a part this long is a slip, such as a picture written into the html. */
const LONGEST_PART = 100_000;

/**
 * Everything wrong with a template, all at once; nothing when it may be published. Findings name the part or the
 * sample. Samples are rendered when the parts themselves are in order: what one fault causes is not listed twice.
 */
export function checkTemplate(
  template: Template,
  samples: Samples,
  segmentBudget: number = SEGMENT_BUDGET,
): readonly Finding[] {
  const own = [
    ...partFindings(template),
    ...presentParts(template).flatMap(([part, source]) => sourceFindings(part, source)),
  ];
  const ofSamples = sampleFindings(samples);
  const ofRendering =
    own.length + ofSamples.length > 0 ? [] : renderingFindings(template, samples, segmentBudget);
  return [...own, ...ofSamples, ...ofRendering];
}

function partFindings(template: Template): readonly Finding[] {
  const { channel } = template;
  const { needs, takes } = PARTS[channel];
  const present = presentParts(template);
  const missing = needs.filter(
    (part) => !present.some(([name, source]) => name === part && source.trim() !== ""),
  );
  const strange = present.flatMap(([part]) => ([...needs, ...takes].includes(part) ? [] : [part]));
  return [
    ...missing.map((part) => atStart(part, `A template for ${channel} needs a ${part} part.`)),
    ...strange.map((part) => atStart(part, `A template for ${channel} has no ${part} part.`)),
  ];
}

const atStart = (file: string, message: string): Finding => ({ file, line: 1, column: 1, message });

function sourceFindings(file: PartName, source: string): readonly Finding[] {
  if (source.length > LONGEST_PART)
    return [
      atStart(
        file,
        `A part has at most ${LONGEST_PART} characters: mail programs cut off the rest.`,
      ),
    ];
  const parsed = parse(source);
  if (parsed.kind === "broken") return [{ file, ...parsed.at, message: parsed.message }];
  const remarks = [...remarksOn(parsed.program)].filter((remark) => remark.kind === "fault");
  const faults = [...remarks, ...(file === "html" ? htmlFaults(parsed.program) : [])];
  const found = faults.map(({ at, message }) => ({ file, ...at, message }));
  return [...found, ...(file === "subject" ? lineFindings(source) : [])].toSorted(
    (one, other) => one.line - other.line || one.column - other.column,
  );
}

function lineFindings(subject: string): readonly Finding[] {
  const lineBreak = subject.trimEnd().indexOf("\n");
  if (lineBreak < 0) return [];
  return [
    { file: "subject", ...positionAt(subject, lineBreak), message: "A subject has one line." },
  ];
}
