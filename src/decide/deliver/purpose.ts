import type { FactSheet } from "../../domain/deliver/fact-sheet.ts";
import { classOfTheme, isCollection } from "../guard/scene/content-class.ts";

/** The purposes of a message that decide from what a borrower has opted out. */
export interface Purpose {
  /** It is about the collection of a debt: 12 CFR 1006.14(h). */
  readonly isCollection: boolean;
  /** It is advertising: 16 CFR 316. */
  readonly isMarketing: boolean;
}

/** Returns the purposes of a message. */
export const purposeOf = ({
  theme,
  isTransactional,
}: Pick<FactSheet, "theme" | "isTransactional">): Purpose => ({
  isCollection: theme !== null && isCollection(new Set([classOfTheme(theme)])),
  isMarketing: isTransactional === false,
});
