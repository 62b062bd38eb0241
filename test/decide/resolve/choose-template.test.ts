import { expect, test } from "vitest";
import { chooseTemplate } from "../../../src/decide/resolve/choose-template.ts";
import type { LanguageReason, TemplateOption } from "../../../src/domain/template-choice.ts";

/** Template 1 is in the first of these languages, 2 in the second, and so on. */
const inLanguages = (...languages: readonly string[]): TemplateOption[] =>
  languages.map((language, at) => ({
    id: at + 1,
    version: 1,
    language,
    subject: null,
    sensitive: false,
    isTransactional: true,
  }));

type Row = readonly [
  borrower: string,
  lender: readonly string[],
  published: readonly string[],
  chosen: string,
  why: LanguageReason,
];

test.each<Row>([
  ["es", ["en"], ["en", "es"], "es", "borrowerLanguage"],
  ["en", ["en"], ["en", "es"], "en", "borrowerLanguage"],
  ["es-MX", ["en"], ["en", "es", "es-MX"], "es-MX", "borrowerLanguage"],
  // case does not distinguish tags (RFC 5646, section 2.1.1)
  ["es-mx", ["en"], ["en", "es-MX"], "es-MX", "borrowerLanguage"],
  ["es-MX", ["en"], ["en", "es"], "es", "relatedLanguage"],
  ["zh-Hant-TW", ["en"], ["en", "zh", "zh-Hant"], "zh-Hant", "relatedLanguage"],
  ["es", ["en"], ["en", "es-US", "es-MX"], "es-MX", "relatedLanguage"],
  ["es-AR", ["en"], ["en", "es-US"], "es-US", "relatedLanguage"],
  // est is Estonian and no kind of Spanish
  ["es", ["en"], ["en", "est"], "en", "lenderLanguage"],
  ["fr", ["en"], ["es", "en"], "en", "lenderLanguage"],
  ["fr", ["es", "en"], ["en", "es"], "es", "lenderLanguage"],
  ["fr", ["pt", "es"], ["en", "es-US"], "es-US", "lenderLanguage"],
  ["fr", ["pt"], ["en", "es"], "en", "namedTemplate"],
])(
  "a borrower of %s, a lender of %j and templates in %j",
  (borrower, lender, published, chosen, why) => {
    const family = { templateId: 1, templates: inLanguages(...published) };

    const choice = chooseTemplate(family, borrower, lender);

    expect(choice?.template).toMatchObject({ language: chosen });
    expect(choice?.explanation).toEqual({ borrowerLanguage: borrower, language: chosen, why });
  },
);

test("no template is chosen if only other languages are published", () => {
  const family = { templateId: 9, templates: inLanguages("zh", "vi") };

  expect(chooseTemplate(family, "es", ["en"])).toBeUndefined();
  expect(chooseTemplate({ templateId: 9, templates: [] }, "en", ["en"])).toBeUndefined();
});
