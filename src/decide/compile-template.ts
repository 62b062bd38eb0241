import Handlebars from "handlebars";
import type { Finding } from "../domain/finding.ts";
import { GIVEN, insist, LISTED, Misfit, WRITTEN } from "./insist.ts";
import type { Reader } from "./reader.ts";
import type { PartName } from "./template-parts.ts";
import { parse, positionOf, textOf } from "./template-syntax.ts";
import { WORDS } from "./template-words.ts";
import { isAbsent, Unwritable, writeText } from "./write-text.ts";

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
    super(finding.says);
    this.finding = finding;
  }
}

const RUNTIME = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };
const KNOWN = {
  ...Object.fromEntries([GIVEN, LISTED, WRITTEN, ...WORDS.keys()].map((name) => [name, true])),
  log: false,
  lookup: false,
};
const START = { line: 1, column: 1 };
const handlebars = Handlebars.create();

register(WRITTEN, ([value]) => writeText(value));
register(GIVEN, ([value]) => {
  if (isAbsent(value)) throw new Unwritable("is absent");
  return value;
});
// Handlebars goes through a text as if it were empty.
register(LISTED, ([value]) => {
  if (!isAbsent(value) && !Array.isArray(value)) throw new Unwritable("is not a list");
  return value;
});
for (const [name, word] of WORDS)
  register(name, (values, { hash, data }) => word.write(values, hash, data.reader));

/** Compiles one part; html escapes every value. Throws a TemplateFault, as the part it returns does. */
export function compilePart(file: PartName, source: string): Part {
  const parsed = parse(source);
  if (parsed.kind === "broken") throw new TemplateFault({ file, ...parsed.at, says: parsed.says });
  const run = located(file, () =>
    handlebars.compile(insist(parsed.program, file === "html" ? "refused" : "allowed"), {
      noEscape: file !== "html",
      knownHelpers: KNOWN,
      knownHelpersOnly: true,
    }),
  );
  return (context, surroundings) => {
    const data = { ...surroundings, source };
    const written = located(file, () => run(context, { ...RUNTIME, data }));
    if (isAbsent(written))
      throw new TemplateFault({ file, ...START, says: "Nothing is left of this part." });
    return written;
  };
}

/** The words of any other error may repeat a value, and are not passed on. */
function located<Made>(file: PartName, make: () => Made): Made {
  try {
    return make();
  } catch (error) {
    if (error instanceof Misfit)
      throw new TemplateFault({ file, ...positionOf(error), says: error.message });
    throw new TemplateFault({ file, ...START, says: "This part cannot be rendered." });
  }
}

type HelperOptions = Handlebars.HelperOptions & { readonly loc: hbs.AST.SourceLocation };

function register(
  name: string,
  write: (values: readonly unknown[], options: HelperOptions) => unknown,
): void {
  handlebars.registerHelper(name, (...given: unknown[]) => {
    const options = given.pop() as HelperOptions;
    try {
      return write(given, options);
    } catch (error) {
      if (!(error instanceof Unwritable)) throw error;
      throw new Misfit(`${textOf(options, options.data.source)} ${error.message}.`, options.loc);
    }
  });
}
