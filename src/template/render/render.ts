import { IANAZone } from "luxon";
import type { Finding } from "../../domain/template/finding.ts";
import type { Rendered, Template } from "../../domain/template/template.ts";
import type { TemplateContext } from "../../domain/template/context.ts";
import { compilePart, type Part, type RenderEnvironment, TemplateFault } from "./compile.ts";
import { cached, localeTagOf } from "../language/locale.ts";
import { foldToGsm7 } from "../language/segments.ts";
import { FORMS, type PartName, sourcesOf } from "../language/parts.ts";

/** The result of rendering: all parts, or the reason why there are none. */
export type Rendering =
  | { readonly kind: "rendered"; readonly parts: Rendered }
  | {
      readonly kind: "faulty";
      readonly short: string;
      /** The message names variables and never contains a value. */
      readonly long: string;
      readonly finding: Finding;
    };

type Compiled = Readonly<Record<PartName, Part | null>>;

/** A published version never changes, and the store returns one object for each. */
const compiled = new WeakMap<Template, Compiled>();

/**
 * Renders every part of a version. The result is faulty if a required value is absent, null or blank. In html, values are
 * escaped. The subject is written in one line, and a text message in GSM-7 if possible.
 */
export function render(template: Template, context: object): Rendering {
  try {
    const environment = environmentOf(template, context);
    const { subject, html, text } = compile(template);
    return {
      kind: "rendered",
      parts: {
        subject: subject && oneLine(subject(context, environment)),
        html: html && html(context, environment),
        text: text && finished(text(context, environment), template),
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

function environmentOf(
  { language }: Template,
  { borrower, lender }: Partial<TemplateContext>,
): RenderEnvironment {
  const tag = localeTagOf(language, borrower?.language ?? language);
  const zones = [borrower?.timeZone ?? "", lender?.timeZone ?? ""];
  return { language, locale: { tag, zone: zones.find(isKnownZone) ?? "UTC" } };
}

const zoneChecks = cached((zone) => IANAZone.isValidZone(zone));
/** Postgres may know a zone that Node does not know. Such a zone counts as absent. */
const isKnownZone = (zone: string): boolean => zone !== "" && zoneChecks(zone, "");

/** Removes control characters, which break a header, and bidirectional marks, which can disguise a subject. */
function oneLine(subject: string): string {
  return subject
    .replaceAll(/[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g, "")
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .trim();
}

/** Removes the empty lines that branches leave when they are not taken. */
function finished(text: string, { channel }: Template): string {
  const tidy = text.replaceAll(/\n{3,}/g, "\n\n").trim();
  return FORMS[channel].inSegments ? foldToGsm7(tidy) : tidy;
}

function faulty({ id, version }: Template, finding: Finding): Rendering {
  return {
    kind: "faulty",
    short: "Template fault",
    long: `Version ${version} of template ${id} was not rendered (${finding.file}, line ${finding.line}): ${finding.message} Supply the value or publish a corrected version.`,
    finding,
  };
}
