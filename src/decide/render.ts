import Handlebars from "handlebars";
import type { Rendered, Template } from "../domain/template.ts";

/** What a template made of a context, or why it made nothing: never a notice with a blank in it. */
export type Rendering =
  | { readonly kind: "rendered"; readonly parts: Rendered }
  | { readonly kind: "faulty"; readonly short: string; readonly long: string };

type Part = (context: object) => string;
interface Compiled {
  readonly subject: Part | null;
  readonly html: Part | null;
  readonly text: Part | null;
}

const RUNTIME = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
const compiled = new WeakMap<Template, Compiled>();

function compilePart(source: string | null, noEscape: boolean): Part | null {
  if (source === null) return null;
  const run = Handlebars.compile(source, { strict: true, noEscape });
  return (context) => run(context, RUNTIME);
}

function compile(template: Template): Compiled {
  const known = compiled.get(template);
  if (known) return known;
  const parts: Compiled = {
    subject: compilePart(template.subjectTemplate, true),
    html: compilePart(template.htmlTemplate, false),
    text: compilePart(template.textTemplate, true),
  };
  compiled.set(template, parts);
  return parts;
}

/** Renders every part of a published version. A value that is absent makes it faulty. */
export function render(template: Template, context: object): Rendering {
  try {
    const { subject, html, text } = compile(template);
    return {
      kind: "rendered",
      parts: {
        subject: subject && subject(context).replaceAll(/\s+/g, " ").trim(),
        html: html && html(context),
        text: text && text(context),
      },
    };
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n", 1)[0] : "it cannot be read";
    return {
      kind: "faulty",
      short: "Template fault",
      long: `Version ${template.version} of template ${template.id} could not be rendered: ${why}. Supply the value or publish a mended version.`,
    };
  }
}
