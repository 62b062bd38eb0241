import { z } from "zod";
import { CASE_STATUSES, CONTACT_TYPES, OUTCOMES } from "../vocabulary.ts";

const openRecord = (meaning: string) => z.record(z.string(), z.unknown()).describe(meaning);

const lender = z
  .strictObject({
    name: z.string().describe("The lender's name, as borrowers know it"),
    postalAddress: z.string().describe("Where letters reach the lender, in one line"),
    phone: z.string().describe("The number borrowers call; write it with `phone`"),
    website: z.string().describe("Where borrowers sign in; write it with `url`"),
    timeZone: z.string().describe("IANA name of the lender's time zone"),
  })
  .describe("Who the notice comes from");

const borrower = z
  .strictObject({
    id: z.string().describe("The core system's id"),
    externalId: z.string().nullable().describe("The lender's own id"),
    displayId: z.string().nullable().describe("The id borrowers see"),
    borrowerType: z.string().describe("person or business"),
    status: z.string().describe("active or inactive"),
    name: openRecord("As the lender keeps it: firstName, lastName, or legalName of a business"),
    language: z.string().describe("BCP 47, such as en or es-MX"),
    timeZone: z
      .string()
      .nullable()
      .describe("IANA name; the lender's is used where it is not known"),
    metaData: openRecord("The lender's own keys"),
  })
  .describe("Who the notice is for");

const loan = z.strictObject({
  id: z.string().describe("The core system's id"),
  externalId: z.string().nullable().describe("The lender's own id"),
  displayId: z.string().nullable().describe("The number borrowers see"),
  loanTypeId: z.string().nullable().describe("The core system's id of the kind of loan"),
  data: openRecord("The data of the core system about the loan"),
});

const caseOfBorrower = z
  .strictObject({
    id: z.string().describe("The core system's id; what borrowers refer to"),
    typeId: z.string().describe("Such as identityTheft"),
    typeName: z.string().describe("Such as Identity theft"),
    status: z.enum(CASE_STATUSES).describe("A word of ours, not for borrowers to read"),
    outcome: z.enum(OUTCOMES).nullable().describe("A word of ours, not for borrowers to read"),
    fields: openRecord("The fields of the case, as its type has them"),
  })
  .describe("The case after the change that fired");

const contact = z
  .strictObject({
    id: z.string().describe("The core system's id"),
    contactType: z.enum(CONTACT_TYPES).describe("phone, email or address"),
    label: z.string().nullable().describe("personal, work, home or military"),
    name: z.string().nullable().describe("Who is reached there"),
    value: z.string().nullable().describe("The address or number itself"),
  })
  .describe("Where the notice goes");

/**
 * The variables that a template may use. The publishing checks and the documentation read this declaration. Below an open
 * record any name is allowed, because the lender defines it.
 */
export const templateContext = z.strictObject({
  lender,
  borrower,
  loan: loan.optional().describe("The first of the case's loans; absent when it has none"),
  loans: z.array(loan).describe("All loans of the case"),
  case: caseOfBorrower,
  contact,
  notificationType: z
    .strictObject({
      id: z.number().describe("Its number"),
      name: z.string().describe("Its name, for the lender's own people"),
    })
    .describe("The notification type that made the notice"),
  optOutUrl: z
    .string()
    .optional()
    .describe(
      "Page where the recipient opts out this address; write it with `url` inside `{{#if optOutUrl}}`, because it is absent without HTTP_PUBLIC_URL",
    ),
  now: z.iso.datetime().describe("The moment of rendering; write it with `date`"),
});

export type TemplateContext = z.infer<typeof templateContext>;

/** The part of a JSON schema that templates need. */
export interface Shape {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly additionalProperties?: boolean | Shape;
  readonly anyOf?: readonly Shape[];
}

/** The context as a JSON schema. */
export const CONTEXT_SHAPE = z.toJSONSchema(templateContext) as Shape;
