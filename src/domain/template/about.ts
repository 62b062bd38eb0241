import { z } from "zod";
import { CHANNELS, MESSAGE_KINDS, TEMPLATE_STATEMENTS, THEMES } from "../vocabulary.ts";

const members = z.strictObject({
  name: z.string().trim().min(1).max(100),
  channel: z.enum(CHANNELS),
  language: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "must be such as en or es-MX"),
  subject: z
    .string()
    .regex(/^[a-z][A-Za-z0-9]*$/, "must be a word such as bankruptcyDismissed")
    .nullable()
    .default(null),
  theme: z.enum(THEMES).nullable().default(null),
  sensitive: z.boolean().default(false),
  kind: z.enum(MESSAGE_KINDS).nullable().default(null),
  asksForMoney: z.boolean().nullable().default(null),
  requiredByLaw: z.boolean().nullable().default(null),
  requiredMedium: z.enum(CHANNELS).nullable().default(null),
  programme: z.string().trim().min(1).max(100).nullable().default(null),
  declares: z.array(z.enum(TEMPLATE_STATEMENTS)).default([]),
});

/** The content of `template.json`. */
export const templateAbout = members
  .refine(
    ({ requiredByLaw, requiredMedium }) => requiredMedium === null || requiredByLaw === true,
    {
      path: ["requiredMedium"],
      message: "is set although requiredByLaw is not true",
    },
  )
  .refine(
    ({ declares, requiredByLaw, kind }) =>
      !declares.includes("advertising") ||
      (requiredByLaw !== true && kind !== "optOutConfirmation"),
    {
      path: ["declares"],
      message: "has advertising, and the template is required by law or confirms an opt-out",
    },
  );
/** The same with any of its members missing. */
export const partOfTemplateAbout = members.partial();
export type TemplateAbout = z.infer<typeof templateAbout>;

/** A valid folder name: not a number, and valid in any file system. */
export const SLUG = /^[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*$/;
