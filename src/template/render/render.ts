import { IANAZone } from "luxon";
import type { Finding } from "../../domain/template/finding.ts";
import type { Rendered, Template } from "../../domain/template/template.ts";
import type { TemplateContext } from "../../domain/template/context.ts";
import { compilePart, type Part, type Surroundings, TemplateFault } from "./compile.ts";
import { cached, localeOf } from "../language/locale.ts";
import { foldToGsm7 } from "../language/segments.ts";
import { type PartName, sourcesOf } from "../language/parts.ts";

/** What a template made of a context, or why it made nothing: never a notice with a blank in it. */
export type Rendering =
  | { readonly kind: "rendered"; readonly parts: Rendered }
  | {
      readonly kind: "faulty";
      readonly short: string;
      /** Names variables, never what they hold. */
      readonly long: string;
      readonly finding: Finding;
    };

type Compiled = Readonly<Record<PartName, Part | null>>;

/** A published version never changes, and the store hands out one object for each. */
const compiled = new WeakMap<Template, Compiled>();

/**
 * Renders every part of a version. A required value that is absent, null or blank makes it faulty. Html is escaped;
 * subject and text are written as they are, the subject in one line, a text message in GSM-7 where it can be.
 */
export function render(template: Template, context: object): Rendering {
  try {
    const surroundings = surroundingsOf(template, context);
    const { subject, html, text } = compile(template);
    return {
      kind: "rendered",
      parts: {
        subject: subject && oneLine(subject(context, surroundings)),
        html: html && html(context, surroundings),
        text: text && finished(text(context, surroundings), template),
      },
    };
  } catch (error) {
    if (error instanceof TemplateFault) return faulty(template, error.finding);
    throw error;
  }
}

function compile(template: Template): Compiled {
  const known = compiled.get(template);
  if (known !== undefined) return known;
  const { subject, html, text } = sourcesOf(template);
  const parts: Compiled = {
    subject: subject === null ? null : compilePart("subject", subject),
    html: html === null ? null : compilePart("html", html),
    text: text === null ? null : compilePart("text", text),
  };
  compiled.set(template, parts);
  return parts;
}

function surroundingsOf(
  { language }: Template,
  { borrower, lender }: Partial<TemplateContext>,
): Surroundings {
  const locale = localeOf(language, borrower?.language ?? language);
  const zones = [borrower?.timeZone ?? "", lender?.timeZone ?? ""];
  return { language, reader: { locale, zone: zones.find(isKnownZone) ?? "UTC" } };
}

const zoneChecks = cached((zone) => IANAZone.isValidZone(zone));
/** Postgres may know a zone that Node does not. Such a zone counts as none. */
const isKnownZone = (zone: string): boolean => zone !== "" && zoneChecks(zone, "");

/** Controls would break a header, and turning the reading direction would let a subject say something else. */
function oneLine(subject: string): string {
  return subject
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, "")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

/** Branches that were not taken leave empty lines behind. */
function finished(text: string, { channel }: Template): string {
  const tidy = text.replaceAll(/\n{3,}/g, "\n\n").trim();
  return channel === "text" ? foldToGsm7(tidy) : tidy;
}

function faulty({ id, version }: Template, finding: Finding): Rendering {
  return {
    kind: "faulty",
    short: "Template fault",
    long: `Version ${version} of template ${id} was not rendered (${finding.file}, line ${finding.line}): ${finding.message} Supply the value or publish a mended version.`,
    finding,
  };
}
