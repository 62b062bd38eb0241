import type { LanguageReason, TemplateExplanation } from "../../domain/template-choice.ts";

const WHY: Readonly<Record<LanguageReason, string>> = {
  borrowerLanguage: "the borrower's language",
  relatedLanguage: "the template nearest to the borrower's language",
  lenderLanguage: "the lender's language, because there is no active template in the borrower's",
  namedTemplate:
    "the template that the notification type names, because there is no active one in the borrower's language or the lender's",
};

/** Returns the sentence that says which template was chosen and why; none if there is no template. */
export function templateInWords(
  chosen: {
    readonly templateId: number | null;
    readonly templateVersion: number | null;
    readonly templateExplanation: TemplateExplanation | null;
  } | null,
): string[] {
  if (chosen === null || chosen.templateId === null || chosen.templateVersion === null) return [];
  const version = `Template ${chosen.templateId}, version ${chosen.templateVersion}`;
  if (chosen.templateExplanation === null) return [`${version}.`];
  const { borrowerLanguage, language, why } = chosen.templateExplanation;
  return [`${version}, in ${language}: ${WHY[why]} (${borrowerLanguage}).`];
}
