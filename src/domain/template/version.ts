import type { Template, TemplateFacts } from "./template.ts";
import type { Theme, VersionStatus } from "../vocabulary.ts";

/** The content of a template version. The content hash covers all of it. */
export interface TemplateContent extends Omit<Template, "id" | "version">, TemplateFacts {
  /** A name for the lender's staff. */
  readonly name: string;
  /** A theme of the platform; it is copied to the interaction. */
  readonly subject: string | null;
  readonly theme: Theme | null;
  /** True if its notices are sealed at rest. */
  readonly sensitive: boolean;
}

/** Sample contexts by file name. */
export type Samples = Readonly<Record<string, unknown>>;

/**
 * The files from which the parts were put together, by name: those of the folder, and its partials with `partials/` before
 * their name. They are for people; what is sent is made from the parts.
 */
export type Sources = Readonly<Record<string, string>>;

const FILES = ["subject.hbs", "html.hbs", "text.hbs"];

/** Orders the names of sources: subject, html, text, and then the partials. */
export const inReadingOrder = (names: Iterable<string>): readonly string[] =>
  [...new Set(names)].toSorted().toSorted((one, other) => placeOf(one) - placeOf(other));

const placeOf = (name: string): number =>
  FILES.includes(name) ? FILES.indexOf(name) : FILES.length;

/** A draft read from a folder. */
export interface TemplateDraft {
  /** The name of the folder. */
  readonly slug: string;
  readonly content: TemplateContent;
  readonly samples: Samples;
  readonly sources: Sources;
}

/** A stored template version. */
export interface TemplateVersion extends TemplateContent, Template {
  /** Null for a version without a folder. */
  readonly slug: string | null;
  readonly status: VersionStatus;
  readonly samples: Samples;
  /** Null for a version that was written by SQL. */
  readonly sources: Sources | null;
  /** A SHA-256 in hex. */
  readonly contentHash: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** The time of the last edit of a draft. */
  readonly updatedAt: Date | null;
  readonly publishedAt: Date | null;
  readonly publishedBy: string | null;
  readonly deprecatedAt: Date | null;
}

/** A template is named by its id or by its folder. */
export type TemplateName =
  | { readonly kind: "id"; readonly id: number }
  | { readonly kind: "slug"; readonly slug: string };
