import { fileFinding, type Finding } from "../../domain/template/finding.ts";
import type { Template } from "../../domain/template/template.ts";
import { htmlFaults } from "./check-html.ts";
import { renderingFindings, sampleFindings, type Samples } from "./check-samples.ts";
import { remarksOn } from "./check-variables.ts";
import { FORMS, type PartName, presentParts } from "../language/parts.ts";
import { parse, positionAt } from "../language/syntax.ts";

/** Nearly all phones show three segments as one message. Some mobile carriers drop longer ones. */
const SEGMENT_BUDGET = 3;

/** Gmail cuts off a message after 102 KB. A part of this length is usually a mistake, such as an inlined picture. */
const LONGEST_PART = 100_000;

/**
 * Returns every finding that prevents publication. Findings name the part or the sample. Samples are rendered only if the
 * parts have no findings, so that one fault is not listed twice.
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
  const { needs, takes } = FORMS[channel];
  const present = presentParts(template);
  const missing = needs.filter(
    (part) => !present.some(([name, source]) => name === part && source.trim() !== ""),
  );
  const strange = present.flatMap(([part]) => ([...needs, ...takes].includes(part) ? [] : [part]));
  return [
    ...missing.map((part) => fileFinding(part, `A template for ${channel} needs a ${part} part.`)),
    ...strange.map((part) => fileFinding(part, `A template for ${channel} has no ${part} part.`)),
  ];
}

function sourceFindings(file: PartName, source: string): readonly Finding[] {
  if (source.length > LONGEST_PART)
    return [
      fileFinding(
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
