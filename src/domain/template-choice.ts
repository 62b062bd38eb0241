/** An active template version that may be sent for a notification type. */
export interface TemplateOption {
  readonly id: number;
  readonly version: number;
  /** A BCP 47 tag. */
  readonly language: string;
  readonly subject: string | null;
  readonly sensitive: boolean;
  /** False if its author declares that it is advertising. */
  readonly isTransactional: boolean;
}

/**
 * The reason why a template was chosen: it is in the borrower's language; in another region of that language; in one of the
 * lender's languages; or it is the one that the notification type names.
 */
export type LanguageReason =
  | "borrowerLanguage"
  | "relatedLanguage"
  | "lenderLanguage"
  | "namedTemplate";

/** The record of the choice of a notice's template. */
export interface TemplateExplanation {
  /** The borrower's language when the case change was resolved. */
  readonly borrowerLanguage: string;
  /** The language of the chosen template. */
  readonly language: string;
  readonly why: LanguageReason;
}
