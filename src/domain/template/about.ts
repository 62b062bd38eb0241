import { z } from "zod";
import { CHANNELS, THEMES } from "../vocabulary.ts";

/** The content of `template.json`. */
export const templateAbout = z.strictObject({
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
});
export type TemplateAbout = z.infer<typeof templateAbout>;

/** A valid folder name: not a number, and valid in any file system. */
export const SLUG = /^[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*$/;
