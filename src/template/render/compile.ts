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

/** Compiles one part. In html every value is escaped. Throws TemplateFault, and so does the returned function. */
export function compilePart(file: PartName, source: string): Part {
  const parsed = parse(source);
  if (parsed.kind === "broken")
    throw new TemplateFault({ file, ...parsed.at, message: parsed.message });
  const write = located(file, () => writerOf(parsed.program, { source, html: file === "html" }));
  return (context, { language, locale }) => {
    const data = { root: context, language };
    const written = located(file, () => write({ contexts: [context], named: {}, data, locale }));
    if (isAbsent(written))
      throw new TemplateFault({ file, ...START, message: "This part is empty after rendering." });
    return written;
  };
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
