import type { Template } from "./template.ts";
import type { Theme, VersionStatus } from "../vocabulary.ts";

/** The content of a template version. The content hash covers all of it. */
export interface TemplateContent extends Omit<Template, "id" | "version"> {
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

/** A draft read from a folder. */
export interface TemplateDraft {
  /** The name of the folder. */
  readonly slug: string;
  readonly content: TemplateContent;
  readonly samples: Samples;
}

/** A stored template version. */
export interface TemplateVersion extends TemplateContent, Template {
  /** Null for a version without a folder. */
  readonly slug: string | null;
  readonly status: VersionStatus;
  readonly samples: Samples;
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
