import type { Template } from "./template.ts";
import type { Theme, VersionStatus } from "../vocabulary.ts";

/** What a version of a template is, apart from where it is kept: all of this is in its content hash. */
export interface TemplateContent extends Omit<Template, "id" | "version"> {
  /** For the lender's own people. */
  readonly name: string;
  /** A word of the platform's, such as bankruptcyDismissed; goes on the interaction. */
  readonly subject: string | null;
  readonly theme: Theme | null;
  /** Its notices are sealed at rest. */
  readonly sensitive: boolean;
}

/** Contexts by the name of their file. */
export type Samples = Readonly<Record<string, unknown>>;

/** What a folder has to say. */
export interface TemplateDraft {
  /** The name of the folder. */
  readonly slug: string;
  readonly content: TemplateContent;
  readonly samples: Samples;
}

/** One stored version. */
export interface TemplateVersion extends TemplateContent, Template {
  /** Null for one that no folder is behind. */
  readonly slug: string | null;
  readonly status: VersionStatus;
  readonly samples: Samples;
  /** SHA-256 in hex. */
  readonly contentHash: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Of a draft that was edited. */
  readonly updatedAt: Date | null;
  readonly publishedAt: Date | null;
  readonly publishedBy: string | null;
  readonly deprecatedAt: Date | null;
}

/** A template is called by its number or by the name of its folder. */
export type TemplateName =
  | { readonly kind: "id"; readonly id: number }
  | { readonly kind: "slug"; readonly slug: string };
