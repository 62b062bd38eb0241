import type { Finding } from "../../domain/template/finding.ts";
import { Misfit } from "./value-reader.ts";
import type { Reader } from "../language/locale.ts";
import type { PartName } from "../language/parts.ts";
import { parse, positionOf } from "../language/syntax.ts";
import { writerOf } from "./writer.ts";
import { isAbsent } from "../language/write-text.ts";

/** What a part knows beside its context. */
export interface Surroundings {
  /** Of the template; `{{@language}}` for the lang attribute. */
  readonly language: string;
  readonly reader: Reader;
}
export type Part = (context: object, surroundings: Surroundings) => string;

/** Why a part cannot be rendered. The finding names variables and never holds a value. */
export class TemplateFault extends Error {
  readonly finding: Finding;

  constructor(finding: Finding) {
    super(finding.message);
    this.finding = finding;
  }
}

const START = { line: 1, column: 1 };

/** Compiles one part; html escapes every value. Throws a TemplateFault, as the part it returns does. */
export function compilePart(file: PartName, source: string): Part {
  const parsed = parse(source);
  if (parsed.kind === "broken")
    throw new TemplateFault({ file, ...parsed.at, message: parsed.message });
  const write = located(file, () => writerOf(parsed.program, { source, html: file === "html" }));
  return (context, { language, reader }) => {
    const data = { root: context, language };
    const written = located(file, () => write({ frames: [context], named: {}, data, reader }));
    if (isAbsent(written))
      throw new TemplateFault({ file, ...START, message: "Nothing is left of this part." });
    return written;
  };
}

/** The words of any other error may repeat a value, and are not passed on. */
function located<Made>(file: PartName, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof Misfit)
      throw new TemplateFault({ file, ...positionOf(error), message: error.message });
    throw new TemplateFault({ file, ...START, message: "This part cannot be rendered." });
  }
}
