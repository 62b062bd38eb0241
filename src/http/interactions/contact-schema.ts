import { z } from "@hono/zod-openapi";
import { CONTACT_TYPES } from "../../domain/vocabulary.ts";

const ADDRESS = {
  addressLine1: { description: "Street and number.", example: "1 Example Street" },
  addressLine2: { description: "What goes below it.", example: "Apt 4" },
  city: { description: "City or town.", example: "Springfield" },
  countyOrRegion: { description: "County or region.", example: "Clark" },
  state: { description: "State, as two letters.", example: "OH" },
  postalCode: { description: "Postal code.", example: "45501" },
  country: { description: "Country.", example: "US" },
  POBox: { description: "Post-office box, in place of a street.", example: "PO Box 12" },
} as const;

const WORDS = {
  externalId: { description: "The lender's own id of the contact.", example: "crm-7781" },
  contactType: {
    description:
      "phone: a number, in `value`. email: an address, in `value`. address: a postal one, in `address`.",
    example: "phone",
  },
  label: { description: "What it is used as.", example: "personal" },
  affiliation: { description: "Whose it is, seen from the borrower.", example: "self" },
  name: { description: "Who is reached there.", example: "Pat Example" },
  value: { description: "The number or address itself.", example: "+16145550101" },
  valid: { description: "False once it is known to lead nowhere.", example: true },
  verified: { description: "Whether the borrower confirmed it.", example: false },
  receiveTextMessages: {
    description: "Whether the borrower takes texts there.",
    example: false,
  },
  authorizedThirdParty: {
    description: "Whether it is somebody the borrower lets us speak to.",
    example: false,
  },
  powerOfAttorney: {
    description: "Whether it is somebody who may act for the borrower.",
    example: false,
  },
  lastKnownConnectionDate: {
    description: "The last day on which the number is known to have worked.",
    example: "2031-02-11",
  },
} as const;

const text = z.string().nullable();
const yesNo = z.boolean().nullable();

const AddressAnswer = z
  .strictObject({
    object: z.literal("address").openapi({ description: "Says what this is." }),
    addressLine1: text.openapi(ADDRESS.addressLine1),
    addressLine2: text.openapi(ADDRESS.addressLine2),
    city: text.openapi(ADDRESS.city),
    countyOrRegion: text.openapi(ADDRESS.countyOrRegion),
    state: text.openapi(ADDRESS.state),
    postalCode: text.openapi(ADDRESS.postalCode),
    country: text.openapi(ADDRESS.country),
    POBox: text.openapi(ADDRESS.POBox),
  })
  .nullable()
  .openapi({ description: "Of a contact that is a postal address." });

const PhoneDisconnectionAnswer = z
  .strictObject({
    lastKnownConnectionDate: text.openapi(WORDS.lastKnownConnectionDate),
    lastDisconnectCheckDate: text.openapi({
      description: "The day on which this was last looked into.",
      example: "2031-03-01",
    }),
    disconnectionStatus: text.openapi({
      description: "`disconnected` once the number is known to be off.",
      example: "disconnected",
    }),
  })
  .nullable()
  .openapi({ description: "Of a phone number whose line was looked into." });

/** A contact as an interaction answers with it: every key is there, and what is not known is null. */
export const ContactAnswer = z
  .strictObject({
    object: z.literal("contactDetails").openapi({ description: "Says what this is." }),
    externalId: text.openapi(WORDS.externalId),
    contactType: z.enum(CONTACT_TYPES).nullable().openapi(WORDS.contactType),
    label: text.openapi(WORDS.label),
    affiliation: text.openapi(WORDS.affiliation),
    name: text.openapi(WORDS.name),
    value: text.openapi(WORDS.value),
    address: AddressAnswer,
    valid: yesNo.openapi(WORDS.valid),
    verified: yesNo.openapi(WORDS.verified),
    receiveTextMessages: yesNo.openapi(WORDS.receiveTextMessages),
    authorizedThirdParty: yesNo.openapi(WORDS.authorizedThirdParty),
    powerOfAttorney: yesNo.openapi(WORDS.powerOfAttorney),
    receiveTextMessagesLastConsentAt: text.openapi({
      description: "When the borrower last agreed to texts.",
      example: "2031-01-15T09:30:00Z",
    }),
    phoneDisconnectionDetails: PhoneDisconnectionAnswer,
  })
  .nullable()
  .openapi({ description: "The contact as it was when it was used." });

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullable().default(null);

const AddressBody = z.strictObject({
  addressLine1: optional(z.string()).openapi(ADDRESS.addressLine1),
  addressLine2: optional(z.string()).openapi(ADDRESS.addressLine2),
  city: optional(z.string()).openapi(ADDRESS.city),
  countyOrRegion: optional(z.string()).openapi(ADDRESS.countyOrRegion),
  state: optional(z.string()).openapi(ADDRESS.state),
  postalCode: optional(z.string()).openapi(ADDRESS.postalCode),
  country: optional(z.string()).openapi(ADDRESS.country),
  POBox: optional(z.string()).openapi(ADDRESS.POBox),
});

/** A contact as somebody who logs an interaction tells of it. */
export const ContactBody = z
  .strictObject({
    externalId: optional(z.string().min(1)).openapi(WORDS.externalId),
    contactType: z.enum(CONTACT_TYPES).openapi(WORDS.contactType),
    label: optional(z.string()).openapi(WORDS.label),
    affiliation: optional(z.string()).openapi(WORDS.affiliation),
    name: optional(z.string()).openapi(WORDS.name),
    value: optional(z.string()).openapi(WORDS.value),
    address: optional(AddressBody).openapi({
      description: "Of a contact that is a postal address.",
    }),
    valid: z.boolean().default(true).openapi(WORDS.valid),
    verified: z.boolean().default(false).openapi(WORDS.verified),
    receiveTextMessages: z.boolean().default(false).openapi(WORDS.receiveTextMessages),
    authorizedThirdParty: z.boolean().default(false).openapi(WORDS.authorizedThirdParty),
    powerOfAttorney: z.boolean().default(false).openapi(WORDS.powerOfAttorney),
    phoneDisconnectionDetails: optional(
      z.strictObject({
        lastKnownConnectionDate: optional(z.iso.date()).openapi(WORDS.lastKnownConnectionDate),
      }),
    ).openapi({ description: "Of a phone number whose line was looked into." }),
  })
  .openapi({
    description:
      "The contact that was used. Where it is one of the borrower's, it is that one; otherwise it is kept with the interaction and creates nothing.",
  });
