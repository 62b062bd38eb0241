import { fileFinding, type Finding } from "../../domain/template/finding.ts";
import type { Template, TemplateFacts } from "../../domain/template/template.ts";
import { htmlFaults } from "./check-html.ts";
import { renderingFindings, sampleFindings, type Samples } from "./check-samples.ts";
import { type Remark, remarksOn } from "./check-variables.ts";
import { type JsonDocument, storedDocument } from "./json-document.ts";
import { FORMS, type PartName, presentParts } from "../language/parts.ts";
import { recover } from "../language/recover.ts";
import { parse, positionAt } from "../language/syntax.ts";

/** Nearly all phones show three segments as one message. Some mobile carriers drop longer ones. */
const SEGMENT_BUDGET = 3;

/** Gmail cuts off a message after 102 KB. A part of this length is usually a mistake, such as an inlined picture. */
const LONGEST_PART = 100_000;

/** A template with the purpose of its messages, where it is known. */
type Checked = Template & Partial<Pick<TemplateFacts, "kind">>;

/** Returns every finding that prevents publication. Findings name the part or the sample. */
export function checkTemplate(
  template: Checked,
  samples: Samples,
  segmentBudget: number = SEGMENT_BUDGET,
): readonly Finding[] {
  const documents = Object.entries(samples).map(([name, value]) => storedDocument(name, value));
  const known = partFindings(template);
  return [...known, ...contentFindings(template, documents, { known, segmentBudget })];
}

interface ContentTerms {
  /** The findings so far. Nothing is reported again at their places. */
  readonly known: readonly Finding[];
  readonly segmentBudget?: number;
}

/**
 * Returns every finding in the parts and the samples. Parts with errors are rendered as far as they can be read, so that one
 * look finds all that can be known.
 */
export function contentFindings(
  template: Checked,
  samples: readonly JsonDocument[],
  { known, segmentBudget = SEGMENT_BUDGET }: ContentTerms,
): readonly Finding[] {
  const own = presentParts(template).flatMap(([part, source]) =>
    sourceFindings(part, source, template),
  );
  const trial = { template: readableParts(template), known: [...known, ...own], segmentBudget };
  return [...own, ...sampleFindings(samples), ...renderingFindings(trial, samples)];
}

/** The template as far as its parts can be read. */
function readableParts(template: Template): Template {
  const readable = (source: string | null): string | null => {
    if (source === null || source.length > LONGEST_PART) return null;
    return recover(source).text;
  };
  return {
    ...template,
    subjectTemplate: readable(template.subjectTemplate),
    htmlTemplate: readable(template.htmlTemplate),
    textTemplate: readable(template.textTemplate),
  };
}

/** Returns the findings about the parts that a template for its channel has and needs. */
export function partFindings(template: Template): readonly Finding[] {
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

function sourceFindings(
  file: PartName,
  source: string,
  { kind }: Pick<Checked, "kind">,
): readonly Finding[] {
  if (source.length > LONGEST_PART)
    return [
      fileFinding(
        file,
        `A part has at most ${LONGEST_PART} characters: mail programs cut off the rest.`,
      ),
    ];
  const recovered = recover(source);
  const parsed = parse(recovered.text);
  const program = parsed.kind === "parsed" ? parsed.program : undefined;
  const remarks = [...remarksOn(program)].flatMap((remark) => faultOf(remark, kind));
  const inHtml = program !== undefined && file === "html" ? htmlFaults(program) : [];
  const faults = [...recovered.faults, ...remarks, ...inHtml];
  const found = faults.map(({ at, message }) => ({ file, ...at, message }));
  return [...found, ...(file === "subject" ? lineFindings(source) : [])].toSorted(
    (one, other) => one.line - other.line || one.column - other.column,
  );
}

type Fault = Extract<Remark, { kind: "fault" }>;

/** A confirmation answers a reply, so these are never there, and the text would fail when it is sent. */
const ABSENT_OF_CONFIRMATION: ReadonlySet<string> = new Set([
  "case",
  "loan",
  "loans",
  "notificationType",
]);

function faultOf(remark: Remark, kind: Checked["kind"]): Fault[] {
  if (remark.kind === "fault") return [remark];
  const [root = ""] = remark.variable.split(/[.[]/u);
  if (kind !== "optOutConfirmation" || !ABSENT_OF_CONFIRMATION.has(root)) return [];
  const message = `A confirmation of an opt-out answers a reply and has no ${root}. Leave ${remark.variable} out.`;
  return [{ kind: "fault", at: remark.at, message }];
}

function lineFindings(subject: string): readonly Finding[] {
  const lineBreak = subject.trimEnd().indexOf("\n");
  if (lineBreak < 0) return [];
  return [
    { file: "subject", ...positionAt(subject, lineBreak), message: "A subject has one line." },
  ];
}
