import type { Finding } from "../../domain/template/finding.ts";
import { TemplateError } from "./value-reader.ts";
import type { Locale } from "../language/locale.ts";
import type { PartName } from "../language/parts.ts";
import { parse, positionOf } from "../language/syntax.ts";
import { writerOf } from "./writer.ts";
import { isAbsent } from "../language/write-text.ts";

/** The values that a part uses in addition to its context. */
export interface RenderEnvironment {
  /** The language of the template; `{{@language}}` writes it into the lang attribute. */
  readonly language: string;
  readonly locale: Locale;
}
export type Part = (context: object, environment: RenderEnvironment) => string;

/** A part cannot be rendered. The finding names variables and never contains a value. */
export class TemplateFault extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

const START = { line: 1, column: 1 };
export const EMPTY_PART = "This part is empty after rendering.";

/**
 * Compiles one part. In html every value is escaped. Throws TemplateFault, and so does the returned function. With `report`
 * the errors of tags and blocks are reported instead.
 */
export function compilePart(
  file: PartName,
  source: string,
  report?: (error: TemplateError) => void,
): Part {
  const parsed = parse(source);
  if (parsed.kind === "broken")
    throw new TemplateFault({ file, ...parsed.at, message: parsed.message });
  const target = { source, html: file === "html", ...(report && { report }) };
  const write = located(file, () => writerOf(parsed.program, target));
  return (context, { language, locale }) => {
    const data = { root: context, language };
    const written = located(file, () => write({ contexts: [context], named: {}, data, locale }));
    if (isAbsent(written)) throw new TemplateFault({ file, ...START, message: EMPTY_PART });
    return written;
  };
}

/** Renders one part as far as it can be, and returns every error in it. */
export function tryPart(
  file: PartName,
  source: string,
  { context, environment }: { readonly context: object; readonly environment: RenderEnvironment },
): { readonly written: string | null; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const report = (error: TemplateError): void =>
    void findings.push({ file, ...positionOf(error), message: error.message });
  try {
    const written = compilePart(file, source, report)(context, environment);
    return { written: findings.length === 0 ? written : null, findings };
  } catch (error) {
    if (!(error instanceof TemplateFault)) throw error;
    return { written: null, findings: findings.length === 0 ? [error.finding] : findings };
  }
}

/** Replaces every other error, because its message could contain a value. */
function located<Made>(file: PartName, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof TemplateError)
      throw new TemplateFault({ file, ...positionOf(error), message: error.message });
    throw new TemplateFault({ file, ...START, message: "This part cannot be rendered." });
  }
}
