import type { Rendered, Template } from "../../domain/template/template.ts";
import type { Channel } from "../../domain/vocabulary.ts";

/** The name of a part: subject, html or text. */
export type PartName = keyof Rendered;
export type Parts = Readonly<Record<PartName, string | null>>;

/** The parts of a template of a channel. */
export interface TemplateForm {
  readonly needs: readonly PartName[];
  /** The parts that it may also have. */
  readonly takes: readonly PartName[];
  /** True if the text is charged in segments, which are longer in GSM-7. */
  readonly inSegments?: true;
}

export const FORMS: Readonly<Record<Channel, TemplateForm>> = {
  // Spam filters distrust an email without a text part, and some mail programs cannot show it.
  email: { needs: ["subject", "text"], takes: ["html"] },
  text: { needs: ["text"], takes: [], inSegments: true },
  chat: { needs: ["text"], takes: [] },
  voice: { needs: ["text"], takes: [] },
  gui: { needs: ["html"], takes: ["text"] },
  document: { needs: ["html"], takes: ["text"] },
  mail: { needs: ["html"], takes: ["text"] },
  fax: { needs: ["html"], takes: ["text"] },
};

/** Returns the source of each part, or null where the template has none. */
export function sourcesOf({ subjectTemplate, htmlTemplate, textTemplate }: Template): Parts {
  return { subject: subjectTemplate, html: htmlTemplate, text: textTemplate };
}

/** Returns the parts that a template has, each with its source. */
export function presentParts(template: Template): readonly (readonly [PartName, string])[] {
  const sources = sourcesOf(template);
  return (["subject", "html", "text"] as const).flatMap((part) => {
    const source = sources[part];
    return source === null ? [] : [[part, source] as const];
  });
}
