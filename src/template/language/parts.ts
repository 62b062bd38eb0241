import type { Rendered, Template } from "../../domain/template/template.ts";
import type { Channel } from "../../domain/vocabulary.ts";

/** subject, html or text. */
export type PartName = keyof Rendered;
export type Parts = Readonly<Record<PartName, string | null>>;

/** What each channel's templates are made of. */
export const PARTS: Readonly<
  Record<Channel, { readonly needs: readonly PartName[]; readonly takes: readonly PartName[] }>
> = {
  // Without a text part a filter takes an email for spam, and some readers cannot read it at all.
  email: { needs: ["subject", "text"], takes: ["html"] },
  text: { needs: ["text"], takes: [] },
  chat: { needs: ["text"], takes: [] },
  voice: { needs: ["text"], takes: [] },
  gui: { needs: ["html"], takes: ["text"] },
  document: { needs: ["html"], takes: ["text"] },
  mail: { needs: ["html"], takes: ["text"] },
  fax: { needs: ["html"], takes: ["text"] },
};

/** The sources of a template by part. */
export function sourcesOf({ subjectTemplate, htmlTemplate, textTemplate }: Template): Parts {
  return { subject: subjectTemplate, html: htmlTemplate, text: textTemplate };
}

/** The parts a template has, each with its source. */
export function presentParts(template: Template): readonly (readonly [PartName, string])[] {
  const sources = sourcesOf(template);
  return (["subject", "html", "text"] as const).flatMap((part) => {
    const source = sources[part];
    return source === null ? [] : [[part, source] as const];
  });
}
