import type { Locale } from "./locale.ts";
import { unknownDateTokens, writeDate } from "./write-date.ts";
import { writeMoney } from "./write-money.ts";
import { isAbsent, pluralForm, writeList, writePhone, writeText, writeUrl } from "./write-text.ts";

type Options = Readonly<Record<string, string | undefined>>;

/** A helper that templates may call, such as `{{date case.fields.filedOn "MMMM d, y"}}`. */
export interface Helper {
  readonly meaning: string;
  readonly example: string;
  /** The number of values it accepts. */
  readonly takes: readonly [least: number, most: number];
  readonly of: "text" | "list";
  readonly options?: readonly string[];
  /** Returns the error in its quoted pattern or options, or null. */
  readonly fault?: (pattern: string | undefined, options: Options) => string | null;
  readonly write: (values: readonly unknown[], options: Options, locale: Locale) => string;
}

const PLURAL_FORMS = ["zero", "one", "two", "few", "many", "other"];

export const HELPERS: ReadonlyMap<string, Helper> = new Map<string, Helper>([
  [
    "date",
    {
      meaning: "A day, or an instant by the borrower's clock, in the template's language",
      example: '{{date case.fields.filedOn}} or {{date now "MMMM d, y, h:mm a"}}',
      takes: [1, 2],
      of: "text",
      fault: (pattern = "") => {
        const unknown = unknownDateTokens(pattern);
        if (unknown.length === 0) return null;
        const meant = unknown.map((token) => token.toLowerCase());
        const hint = unknownDateTokens(meant.join(" ")).length === 0;
        return `date has no pattern ${unknown.join(", ")}.${hint ? ` Did you mean ${meant.join(", ")}?` : ""}`;
      },
      write: ([value, pattern], _, locale) =>
        writeDate(value, pattern as string | undefined, locale),
    },
  ],
  [
    "money",
    {
      meaning:
        "US dollars from a decimal string, or from a number of cents or dollars; never rounded",
      example: '{{money loan.data.balance}} or {{money loan.data.balanceCents unit="cents"}}',
      takes: [1, 1],
      of: "text",
      options: ["unit"],
      fault: (_, { unit = "cents" }) =>
        ["cents", "dollars"].includes(unit) ? null : 'unit can only be "cents" or "dollars".',
      write: ([value], { unit }, locale) => writeMoney(value, unit, locale),
    },
  ],
  [
    "phone",
    {
      meaning: "A phone number as people write it",
      example: "{{phone lender.phone}}",
      takes: [1, 1],
      of: "text",
      write: ([value]) => writePhone(value),
    },
  ],
  [
    "url",
    {
      meaning: "An http or https link; in html the only way to a link from a variable",
      example: '<a href="{{url lender.website}}">',
      takes: [1, 1],
      of: "text",
      write: ([value]) => writeUrl(value),
    },
  ],
  [
    "upperFirst",
    {
      meaning: "The same text beginning with a capital letter",
      example: "{{upperFirst case.typeName}}",
      takes: [1, 1],
      of: "text",
      write: ([value], _, { tag }) =>
        writeText(value).replace(/^\P{L}*\p{L}/u, (start) => start.toLocaleUpperCase(tag)),
    },
  ],
  [
    "list",
    {
      meaning: 'Texts joined as the language does: "a, b, and c", or with as="or": "a, b, or c"',
      example: '{{list case.fields.documents as="or"}}',
      takes: [1, 1],
      of: "list",
      options: ["as"],
      fault: (_, { as = "and" }) =>
        ["and", "or"].includes(as) ? null : 'as can only be "and" or "or".',
      write: ([values], { as }, locale) =>
        writeList(values, as === "or" ? "disjunction" : "conjunction", locale),
    },
  ],
  [
    "plural",
    {
      meaning: "The form of a noun that goes with a count",
      example: '{{case.fields.days}} {{plural case.fields.days one="day" other="days"}}',
      takes: [1, 1],
      of: "text",
      options: PLURAL_FORMS,
      fault: (_, { other }) => (other === undefined ? "plural needs the form other." : null),
      write: ([count], forms, locale) =>
        forms[pluralForm(count, locale)] ?? writeText(forms["other"]),
    },
  ],
  [
    "is",
    {
      meaning: "Holds in a condition if the value is one of the words",
      example: '{{#if (is loan.data.state "OH" "NY")}}…{{/if}}',
      takes: [2, 60],
      of: "text",
      write: ([value, ...words]) => (!isAbsent(value) && words.includes(value) ? "yes" : ""),
    },
  ],
  [
    "default",
    {
      meaning: "The first value, or the second where the first is absent",
      example: '{{default borrower.name.firstName "customer"}}',
      takes: [2, 2],
      of: "text",
      write: ([value, otherwise]) => writeText(isAbsent(value) ? otherwise : value),
    },
  ],
]);
