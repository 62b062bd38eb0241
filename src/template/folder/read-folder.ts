import { fileFinding, type Finding } from "../../domain/template/finding.ts";
import type { Template } from "../../domain/template/template.ts";
import { SLUG, templateAbout, type TemplateAbout } from "../../domain/template/about.ts";
import type { TemplateDraft } from "../../domain/template/version.ts";
import { type AssembledParts, assembleParts } from "./assemble-parts.ts";
import { checkTemplate } from "../check/check-template.ts";
import type { File } from "./fragments.ts";
import type { Parts } from "../language/parts.ts";
import { positionAt } from "../language/syntax.ts";

/** A template as files: those of its folder, and the partials next to the folder. */
export interface Folder {
  readonly slug: string;
  readonly files: readonly File[];
  readonly partials: readonly File[];
}

/** A draft with all findings that prevent its publication, or the reasons why the files make no draft. */
export type Reading =
  | {
      readonly kind: "read";
      readonly draft: TemplateDraft;
      readonly findings: readonly Finding[];
      /** Maps a finding in the assembled parts to the file that the author wrote. */
      readonly trace: AssembledParts["trace"];
    }
  | { readonly kind: "unreadable"; readonly findings: readonly Finding[] };

const ABOUT = "template.json";
const PART_FILES = ["subject.hbs", "html.hbs", "text.hbs"];
const isSample = (name: string): boolean => /^sample(\.[\w-]+)?\.json$/.test(name);

/** Reads a folder. Findings use the names of its files and partials. */
export function readFolder(folder: Folder): Reading {
  const about = readAbout(folder);
  const samples = folder.files.filter(({ name }) => isSample(name)).map(readJson);
  const faults = [
    ...nameFindings(folder),
    ...[...folder.files, ...folder.partials].flatMap(textFindings),
    ...("finding" in about ? about.finding : []),
    ...samples.flatMap((sample) => ("finding" in sample ? [sample.finding] : [])),
  ];
  if ("finding" in about) return { kind: "unreadable", findings: faults };
  const assembled = assembleParts(partsOf(folder), folder.partials, about);
  faults.push(...assembled.findings);
  if (faults.length > 0) return { kind: "unreadable", findings: faults };
  const draft = {
    slug: folder.slug,
    content: contentOf(about, assembled),
    samples: Object.fromEntries(
      samples.map((sample) => [sample.name, "value" in sample ? sample.value : null]),
    ),
  };
  const { trace } = assembled;
  const findings = checkTemplate(asTemplate(draft), draft.samples).map(trace);
  return { kind: "read", draft, findings, trace };
}

/** Returns a draft as a template that can be rendered. It has no id yet. */
export const asTemplate = ({ content }: TemplateDraft): Template & TemplateDraft["content"] => ({
  ...content,
  id: 0,
  version: 0,
});

function nameFindings({ slug, files }: Folder): readonly Finding[] {
  const strange = files.filter(({ name }) => name.endsWith(".hbs") && !PART_FILES.includes(name));
  const findings = strange.map(({ name }) =>
    fileFinding(name, `This is not a part of a template. The parts are ${PART_FILES.join(", ")}.`),
  );
  if (SLUG.test(slug) && slug.length <= 100) return findings;
  const message = `${slug} is not a valid template name. A folder name begins with a letter and has letters, digits and single . _ - only, at most 100 characters.`;
  return [fileFinding(ABOUT, message), ...findings];
}

/** Bytes that are not UTF-8 were read as U+FFFD. Postgres cannot store NUL. */
function textFindings({ name, text }: File): readonly Finding[] {
  const wrong = text.search(name.endsWith(".json") ? /\uFFFD|\0|\\u0000/ : /\uFFFD|\0/);
  if (wrong < 0) return [];
  const message = "This character cannot be stored. Save the file as UTF-8, without NUL.";
  return [{ file: name, ...positionAt(text, wrong), message }];
}

function readAbout({ files }: Folder): TemplateAbout | { readonly finding: readonly Finding[] } {
  const file = files.find(({ name }) => name === ABOUT);
  if (file === undefined)
    return {
      finding: [fileFinding(ABOUT, "The file is missing. It gives name, channel and language.")],
    };
  const json = readJson(file);
  if ("finding" in json) return { finding: [json.finding] };
  const { data, error } = templateAbout.safeParse(json.value);
  if (data !== undefined) return data;
  const finding = error.issues.map(({ path, message }) =>
    fileFinding(ABOUT, `${path.join(".") || "It"}: ${message}.`),
  );
  return { finding };
}

function readJson({ name, text }: File): {
  readonly name: string;
} & ({ readonly value: unknown } | { readonly finding: Finding }) {
  try {
    return { name, value: JSON.parse(text) as unknown };
  } catch (error) {
    const words = error instanceof Error ? error.message : "";
    const [, line = "1", column = "1"] = /line (\d+) column (\d+)/.exec(words) ?? [];
    const at = { line: Number(line), column: Number(column) };
    return { name, finding: { file: name, ...at, message: "This is not JSON." } };
  }
}

function partsOf({ files }: Folder): Parts {
  const text = (name: string): string | null =>
    files.find((file) => file.name === name)?.text ?? null;
  return { subject: text("subject.hbs"), html: text("html.hbs"), text: text("text.hbs") };
}

function contentOf(about: TemplateAbout, { sources }: AssembledParts): TemplateDraft["content"] {
  return {
    ...about,
    subjectTemplate: sources.subject,
    htmlTemplate: sources.html,
    textTemplate: sources.text,
  };
}
