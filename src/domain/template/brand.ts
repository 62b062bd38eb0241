import { z } from "zod";
import { THEMES } from "../vocabulary.ts";

const color = z.string().regex(/^#[0-9a-fA-F]{6}$/, "must be a color such as #0b4f8a");
const words = z
  .string()
  .trim()
  .min(1)
  .max(1_000)
  .refine((text) => !text.includes("{{"), "must not contain {{");

const colors = z.strictObject({
  accent: color.default("#0b4f8a"),
  heading: color.default("#0b2f52"),
  button: color.default("#0b5cab"),
  buttonText: color.default("#ffffff"),
  dark: z
    .strictObject({
      accent: color.default("#6fb1f0"),
      heading: color.default("#f2f5f8"),
    })
    .prefault({}),
});

const footer = z.strictObject({
  /** By language; a template without its language in it does not get the footer. */
  text: z.record(z.string(), words),
  /** Undefined: every theme. */
  theme: z.enum(THEMES).optional(),
  /** The values of `stateVariable` for which it is shown. Undefined: all. */
  states: z.array(z.string().regex(/^[A-Za-z]{2}$/, "must be two letters such as OH")).optional(),
});

/** The content of `brand.json`. Members that it does not have are left out of the notices. */
export const brandFile = z.strictObject({
  /** These three replace the settings of the lender in the layout. */
  name: words.optional(),
  postalAddress: words.optional(),
  phone: words.optional(),
  logo: z
    .strictObject({
      url: z.string().regex(/^https:\/\/[^\s"<>{}]+$/, "must be an https address"),
      width: z.number().min(20).max(300),
    })
    .optional(),
  colors: colors.prefault({}),
  /** Lines such as `NMLS ID 12345`. */
  licenses: z.array(words).default([]),
  footers: z.array(footer).default([]),
  /** The variable with the state whose footers are shown, such as `loan.data.state`. */
  stateVariable: z
    .string()
    .regex(
      /^(borrower\.metaData|loan\.data|case\.fields)\.\w+$/,
      "must be a variable such as loan.data.state",
    )
    .optional(),
});
export type Brand = z.infer<typeof brandFile>;

/** The brand of templates without a brand file: the lender's settings and the colors of the starter set. */
export const DEFAULT_BRAND: Brand = brandFile.parse({});
