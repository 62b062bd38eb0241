import { fileFinding, type Finding } from "../../domain/template/finding.ts";
import { NO_TEMPLATE_FACTS, type Template } from "../../domain/template/template.ts";
import { SLUG, templateAbout, type TemplateAbout } from "../../domain/template/about.ts";
import { type Brand, brandFile, DEFAULT_BRAND } from "../../domain/template/brand.ts";
import { schemaIssues } from "../../domain/template/schema-issues.ts";
import type { Sources, TemplateDraft } from "../../domain/template/version.ts";
import { type AssembledParts, assembleParts } from "./assemble-parts.ts";
import { brandFindings } from "../check/brand-findings.ts";
import { contentFindings, partFindings } from "../check/check-template.ts";
import { readJson, schemaFindings } from "../check/json-document.ts";
import type { File } from "./fragments.ts";
import type { Parts } from "../language/parts.ts";
import { positionAt } from "../language/syntax.ts";

/** A template as files: those of its folder, and the partials next to the folder. */
export interface Folder {
  readonly slug: string;
  readonly files: readonly File[];
  readonly partials: readonly File[];
  /** The brand file next to the folder, if there is one. */
  readonly brand?: File | undefined;
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

/** Reads a folder and finds all that can be known at once. Findings use the names of its files and partials. */
export function readFolder(folder: Folder): Reading {
  const about = readAbout(folder);
  const samples = folder.files.filter(({ name }) => isSample(name)).map(readJson);
  const branded = readBrand(folder.brand);
  const purpose = { ...about.known, brand: branded.brand };
  const assembled = assembleParts(partsOf(folder), folder.partials, purpose);
  const { trace } = assembled;
  const faults = [
    ...nameFindings(folder),
    ...[...folder.files, ...folder.partials].flatMap(textFindings),
    ...about.findings,
    ...branded.findings,
    ...samples.flatMap((sample) => sample.faults),
    ...assembled.findings,
  ];
  const content = contentOf(about.known, assembled);
  const template = { ...content, id: 0, version: 0 };
  const written = assembled.findings.length > 0 ? { sources: partsOf(folder) } : assembled;
  const form = { ...template, ...contentOf(about.known, written) };
  const known = about.isChannelKnown ? partFindings(form) : [];
  const places = new Set(faults.map(placeOf));
  const checked = assembled.findings.length > 0 ? withoutBlankParts(template) : template;
  const inContent = contentFindings(checked, samples, { known }).map(trace);
  const findings = [...known, ...inContent.filter((finding) => !places.has(placeOf(finding)))];
  if (faults.length > 0)
    return { kind: "unreadable", findings: distinct([...faults, ...findings]) };
  const values = samples.map(({ name, value }) => [name, value] as const);
  const draft = {
    slug: folder.slug,
    content,
    samples: Object.fromEntries(values),
    sources: sourcesOf(folder, assembled.partials),
  };
  return { kind: "read", draft, findings: distinct(findings), trace };
}

/** The brand, or the default one if its file has findings, so that the rest can be checked. */
function readBrand(file: File | undefined): { brand: Brand; findings: readonly Finding[] } {
  if (file === undefined) return { brand: DEFAULT_BRAND, findings: [] };
  const document = readJson(file);
  const findings = brandFindings(document);
  const { data = DEFAULT_BRAND } = brandFile.safeParse(document.value);
  return { brand: data, findings };
}

function sourcesOf({ files }: Folder, partials: readonly File[]): Sources {
  const own = files.filter(({ name }) => PART_FILES.includes(name));
  const inlined = partials.map(({ name, text }) => [`partials/${name}`, text] as const);
  return Object.fromEntries([...own.map(({ name, text }) => [name, text] as const), ...inlined]);
}

/** A part of which nothing could be inlined is not reported as empty in addition. */
function withoutBlankParts(template: Template): Template {
  const kept = (source: string | null): string | null => (source?.trim() === "" ? null : source);
  return {
    ...template,
    subjectTemplate: kept(template.subjectTemplate),
    htmlTemplate: kept(template.htmlTemplate),
    textTemplate: kept(template.textTemplate),
  };
}

/** A fault at a place explains what the checks find there. */
const placeOf = ({ file, line, column }: Finding): string => `${file}:${line}:${column}`;

/** A layout may use a missing slot twice, and partials of the html and of the text may be the same file. */
function distinct(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
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

/** The content of `template.json`, or the values that are assumed for it in order to check the rest. */
interface ReadAbout {
  readonly findings: readonly Finding[];
  readonly known: Omit<TemplateAbout, "language"> & { readonly language: string | null };
  readonly isChannelKnown: boolean;
}

function readAbout(folder: Folder): ReadAbout {
  const file = folder.files.find(({ name }) => name === ABOUT);
  const document = file && readJson(file);
  const findings =
    document === undefined
      ? [fileFinding(ABOUT, "The file is missing. It gives name, channel and language.")]
      : [
          ...document.faults,
          ...(document.value === undefined
            ? []
            : schemaFindings(document, schemaIssues(templateAbout, document.value))),
        ];
  const { data } = templateAbout.safeParse(document?.value);
  if (data !== undefined) return { findings, known: data, isChannelKnown: true };
  return { findings, ...assumed(folder, document?.value) };
}

/** Takes the valid members of an invalid `template.json`, and assumes the others from the names of the folder and its files. */
function assumed({ slug, files }: Folder, value: unknown): Omit<ReadAbout, "findings"> {
  const given = (typeof value === "object" ? value : null) as Record<string, unknown> | null;
  const channel = SHAPE.channel.safeParse(given?.["channel"]).data;
  const isEmail = files.some(({ name }) => name === "subject.hbs");
  const ofSlug = slug.includes(".") ? slug.split(".").at(-1) : undefined;
  const [language = null] = [given?.["language"], ofSlug].flatMap(
    (word) => SHAPE.language.safeParse(word).data ?? [],
  );
  return {
    known: {
      name: slug,
      channel: channel ?? (isEmail ? "email" : "text"),
      language,
      subject: null,
      theme: SHAPE.theme.safeParse(given?.["theme"]).data ?? null,
      sensitive: false,
      ...NO_TEMPLATE_FACTS,
      declares: [],
    },
    isChannelKnown: channel !== undefined,
  };
}
const SHAPE = templateAbout.shape;

function partsOf({ files }: Folder): Parts {
  const text = (name: string): string | null =>
    files.find((file) => file.name === name)?.text ?? null;
  return { subject: text("subject.hbs"), html: text("html.hbs"), text: text("text.hbs") };
}

function contentOf(
  about: ReadAbout["known"],
  { sources }: Pick<AssembledParts, "sources">,
): TemplateDraft["content"] {
  return {
    ...about,
    language: about.language ?? "en",
    subjectTemplate: sources.subject,
    htmlTemplate: sources.html,
    textTemplate: sources.text,
  };
}
