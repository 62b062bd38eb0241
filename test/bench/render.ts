import Handlebars from "handlebars";
import { localeTagOf } from "../../src/template/language/locale.ts";
import { render } from "../../src/template/render/render.ts";
import { HELPERS } from "../../src/template/language/helpers.ts";
import type { Template } from "../../src/domain/template/template.ts";
import { readStarter } from "../template/starter-set.ts";
import { compare, shareOf } from "./compare.ts";
import { measure, type Run } from "./meter.ts";
import type { BenchResult } from "./scene.ts";

/** One page with dates, an amount, a panel and a button. */
const { template, sample } = readStarter("dispute-resolved.email.en");
const FIRST = shareOf(300);
const LATER = shareOf(10_000);
const HANDLEBARS = "handlebars alone: the same sources and helpers, no value required";

const plain = Handlebars.create();
for (const [name, word] of HELPERS)
  plain.registerHelper(name, (...given: unknown[]) => {
    const { hash, data } = given.pop() as Handlebars.HelperOptions;
    return word.write(given, hash, data.reader);
  });

type Write = (context: object) => unknown;

/** The same three parts with the same helpers, but without required values. */
function compilePlain({ subjectTemplate, htmlTemplate, textTemplate }: Template): Write {
  const parts = [
    plain.compile(subjectTemplate ?? "", { noEscape: true }),
    plain.compile(htmlTemplate ?? ""),
    plain.compile(textTemplate ?? "", { noEscape: true }),
  ];
  const reader = { locale: localeTagOf("en", "en"), zone: "America/Chicago" };
  return (context) => parts.map((part) => part(context, { data: { language: "en", reader } }));
}

const compileOurs = (version: Template): Write => {
  const fresh = { ...version };
  return (context) => render(fresh, context);
};

/** Compiles the subject, html and text of a one-page email and renders it once, then again. */
export async function benchRender(): Promise<readonly BenchResult[]> {
  const first = await compare({
    name: "render: first",
    ours: () => repeat(FIRST, () => compileOurs(template)(sample)),
    others: { [HANDLEBARS]: () => repeat(FIRST, () => compilePlain(template)(sample)) },
  });
  const [ours, theirs] = [compileOurs(template), compilePlain(template)];
  const later = await compare({
    name: "render: later",
    ours: () => repeat(LATER, () => ours(sample)),
    others: { [HANDLEBARS]: () => repeat(LATER, () => theirs(sample)) },
  });
  return [first, later];
}

const repeat = (count: number, work: () => unknown): Promise<Run> =>
  measure({
    count,
    work: async () => {
      for (let done = 0; done < count; done += 1) work();
    },
  });
