import type { Finding } from "../../domain/template/finding.ts";
import { assemble } from "./assemble-template.ts";
import type { Partials } from "./insertion-points.ts";
import type { File } from "./fragments.ts";
import type { PartName, Parts } from "../language/parts.ts";

/** A template's parts with their partials put in, ready to be checked and, without findings, to be stored. */
export interface AssembledParts {
  readonly sources: Parts;
  readonly findings: readonly Finding[];
  /** A finding of the checks, told by the file and line that was written. */
  readonly trace: (finding: Finding) => Finding;
}

/** What partials must be made for. */
interface Purpose {
  readonly language: string;
  readonly theme: string | null;
}

/** Puts the partials into each part; the files of the parts are named `subject.hbs`, `html.hbs` and `text.hbs`. */
export function assembleParts(
  parts: Parts,
  partials: readonly File[],
  purpose: Purpose,
): AssembledParts {
  const put = (part: PartName, text: string | null) =>
    text === null
      ? null
      : assemble({ name: `${part}.hbs`, text }, choosePartials(partials, part, purpose));
  const made = {
    subject: put("subject", parts.subject),
    html: put("html", parts.html),
    text: put("text", parts.text),
  };
  return {
    sources: {
      subject: made.subject?.source ?? null,
      html: made.html?.source ?? null,
      text: made.text?.source ?? null,
    },
    findings: Object.values(made).flatMap((each) => each?.findings ?? []),
    trace: (finding) => {
      const part = made[finding.file as PartName];
      return part === null || part === undefined
        ? finding
        : { ...finding, ...part.originOf(finding) };
    },
  };
}

/**
 * A partial's file is named after it and what it is made for, such as `footer.opsCollDebt.es.html.hbs`. Of those that
 * fit a part, one made for the theme wins over one made for the language.
 */
export function choosePartials(
  files: readonly File[],
  part: PartName,
  { language, theme }: Purpose,
): Partials {
  const worth = new Map([
    [part as string | null, 1],
    [language.replace(/-.*/, ""), 2],
    [language, 4],
    [theme, 8],
  ]);
  const fitting = files.flatMap((file) => {
    const [name = "", ...madeFor] = file.name.replace(/\.hbs$/, "").split(".");
    if (!madeFor.every((word) => worth.has(word))) return [];
    return [{ name, file, worth: madeFor.reduce((sum, word) => sum + (worth.get(word) ?? 0), 0) }];
  });
  const best = fitting.toSorted((one, other) => one.worth - other.worth);
  return new Map(best.map(({ name, file }) => [name, file]));
}
