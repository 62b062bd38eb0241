import type {
  LanguageReason,
  TemplateExplanation,
  TemplateOption,
} from "../../domain/template-choice.ts";

/** The template of a notice, and why it is this one. */
export interface TemplateChoice {
  readonly template: TemplateOption;
  readonly explanation: TemplateExplanation;
}

/** The template that a notification type names, and those that may be sent in its place. */
export interface TemplateFamily {
  readonly templateId: number | null;
  readonly templates: readonly TemplateOption[];
}

/**
 * Chooses the template of a family for a borrower: one in the borrower's language, else one in the first of the lender's
 * languages that the family has, else the one that the type names. Undefined if none of these is active.
 */
export function chooseTemplate(
  { templateId, templates }: TemplateFamily,
  borrowerLanguage: string,
  lenderLanguages: readonly string[],
): TemplateChoice | undefined {
  const explained = (template: TemplateOption, why: LanguageReason): TemplateChoice => ({
    template,
    explanation: { borrowerLanguage, language: template.language, why },
  });
  const own = inLanguage(templates, borrowerLanguage);
  if (own !== undefined) {
    const isExact = own.language.toLowerCase() === borrowerLanguage.toLowerCase();
    return explained(own, isExact ? "borrowerLanguage" : "relatedLanguage");
  }
  for (const language of lenderLanguages) {
    const fallback = inLanguage(templates, language);
    if (fallback !== undefined) return explained(fallback, "lenderLanguage");
  }
  const named = templates.find(({ id }) => id === templateId);
  return named && explained(named, "namedTemplate");
}

/**
 * Looks a language up as RFC 4647 section 3.4 does: es-MX, then es. A family that has only another region of the language,
 * such as es-US, is still better understood than another language, so the first such region is the last choice.
 */
function inLanguage(
  templates: readonly TemplateOption[],
  language: string,
): TemplateOption | undefined {
  const ordered = templates.toSorted((one, other) => one.language.localeCompare(other.language));
  const subtags = language.toLowerCase().split("-");
  for (let length = subtags.length; length > 0; length -= 1) {
    const range = subtags.slice(0, length).join("-");
    const found = ordered.find((one) => one.language.toLowerCase() === range);
    if (found !== undefined) return found;
  }
  return ordered.find((one) => one.language.toLowerCase().startsWith(`${subtags[0] ?? ""}-`));
}
