import type { Finding } from "../../domain/template/finding.ts";
import type { Rendered, Template } from "../../domain/template/template.ts";
import type { TemplateContext } from "../../domain/template/context.ts";
import {
  compilePart,
  type Part,
  type RenderEnvironment,
  TemplateFault,
  tryPart,
} from "./compile.ts";
import { isKnownZone, localeTagOf } from "../language/locale.ts";
import { foldToGsm7 } from "../language/segments.ts";
import { FORMS, type PartName, presentParts, sourcesOf } from "../language/parts.ts";

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
    const parts = {
      subject: subject && subject(context, environment),
      html: html && html(context, environment),
      text: text && text(context, environment),
    };
    return { kind: "rendered", parts: finishParts(parts, template) };
  } catch (error) {
    if (error instanceof TemplateFault) return faulty(template, error.finding);
    throw error;
  }
}

/** The result of a rendering for the checks: the parts without errors, and every error of the others. */
export interface Trial {
  readonly parts: Rendered;
  readonly findings: readonly Finding[];
}

/** Renders every part, and does not stop at the first error. It is for checks only: `render` renders the messages that are sent. */
export function tryRendering(template: Template, context: object): Trial {
  const environment = environmentOf(template, context);
  const tried = presentParts(template).map(
    ([part, source]) => [part, tryPart(part, source, { context, environment })] as const,
  );
  const none: Rendered = { subject: null, html: null, text: null };
  const parts = {
    ...none,
    ...Object.fromEntries(tried.map(([part, { written }]) => [part, written])),
  };
  return {
    parts: finishParts(parts, template),
    findings: tried.flatMap(([, { findings }]) => findings),
  };
}

const finishParts = ({ subject, html, text }: Rendered, template: Template): Rendered => ({
  subject: subject && oneLine(subject),
  html,
  text: text && finished(text, template),
});

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
