import type { Finding } from "../../domain/template/finding.ts";
import { type Brand, DEFAULT_BRAND } from "../../domain/template/brand.ts";
import { brandPartials } from "./brand-partials.ts";
import { assemble } from "./assemble-template.ts";
import type { Partials } from "./insertion-points.ts";
import type { File } from "./fragments.ts";
import type { PartName, Parts } from "../language/parts.ts";

/** The parts of a template with their partials inlined. They may be stored if there are no findings. */
export interface AssembledParts {
  readonly sources: Parts;
  readonly findings: readonly Finding[];
  /** The partials that were inlined, in the order of their names. */
  readonly partials: readonly File[];
  /** Maps a finding of the checks to the file and line that the author wrote. */
  readonly trace: (finding: Finding) => Finding;
}

/** The language and theme for which partials are chosen. */
export interface Purpose {
  /** Null if it is not known: then the partials of any language are taken, to check with. */
  readonly language: string | null;
  readonly theme: string | null;
}

/** Inlines the partials of each part. The files of the parts are named `subject.hbs`, `html.hbs` and `text.hbs`. */
export function assembleParts(
  parts: Parts,
  partials: readonly File[],
  { brand = DEFAULT_BRAND, ...purpose }: Purpose & { readonly brand?: Brand },
): AssembledParts {
  // a partial of the author's with the same name takes precedence, because it comes later
  const all = [...brandPartials(brand, purpose), ...partials];
  const put = (part: PartName, text: string | null) =>
    text === null
      ? null
      : assemble({ name: `${part}.hbs`, text }, choosePartials(all, part, purpose));
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
    partials: [...new Set(Object.values(made).flatMap((each) => each?.partials ?? []))].toSorted(
      (one, other) => (one.name < other.name ? -1 : 1),
    ),
    trace: (finding) => {
      const part = made[finding.file as PartName];
      return part === null || part === undefined
        ? finding
        : { ...finding, ...part.originOf(finding) };
    },
  };
}

const PARTS: readonly string[] = ["subject", "html", "text"] satisfies PartName[];

/**
 * Chooses the partials for a part. A file name has the partial's name and its purpose, such as
 * `footer.opsCollDebt.es.html.hbs`. A partial for the theme takes precedence over one for the language.
 */
export function choosePartials(
  files: readonly File[],
  part: PartName,
  { language, theme }: Purpose,
): Partials {
  const worth = new Map([
    [part as string | null, 1],
    [language?.replace(/-.*/, "") ?? null, 2],
    [language, 4],
    [theme, 8],
  ]);
  const fits = (purpose: string): boolean =>
    worth.has(purpose) || (language === null && !PARTS.includes(purpose));
  const named = files.map((file) => {
    const [name = "", ...madeFor] = file.name.replace(/\.hbs$/, "").split(".");
    const sum = madeFor.reduce((total, purpose) => total + (worth.get(purpose) ?? 0), 0);
    return { name, file, fits: madeFor.every(fits), worth: sum };
  });
  const best = named.filter((one) => one.fits).toSorted((one, other) => one.worth - other.worth);
  const fitting = new Map(best.map(({ name, file }) => [name, file]));
  const others = named.filter(({ name }) => !fitting.has(name));
  const elsewhere = [...Map.groupBy(others, ({ name }) => name)].map(
    ([name, ones]) => [name, ones.map(({ file }) => file.name)] as const,
  );
  return { fitting, elsewhere: new Map(elsewhere) };
}
