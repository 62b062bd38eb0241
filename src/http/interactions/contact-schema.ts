import { z } from "@hono/zod-openapi";
import { CONTACT_TYPES } from "../../domain/vocabulary.ts";

const ADDRESS = {
  addressLine1: { description: "Street and number.", example: "1 Example Street" },
  addressLine2: { description: "The second line, below street and number.", example: "Apt 4" },
  city: { description: "City or town.", example: "Springfield" },
  countyOrRegion: { description: "County or region.", example: "Clark" },
  state: { description: "State, as two letters.", example: "OH" },
  postalCode: { description: "Postal code.", example: "45501" },
  country: { description: "Country.", example: "US" },
  POBox: { description: "Post-office box, instead of a street.", example: "PO Box 12" },
} as const;

const DESCRIPTIONS = {
  externalId: { description: "The lender's own id of the contact.", example: "crm-7781" },
  contactType: {
    description:
      "phone: the number is in `value`. email: the address is in `value`. address: the postal address is in `address`.",
    example: "phone",
  },
  label: { description: "The use of the contact.", example: "personal" },
  affiliation: {
    description: "Whose contact it is, in relation to the borrower.",
    example: "self",
  },
  name: { description: "The name of the person who is reached there.", example: "Pat Example" },
  value: { description: "The phone number or email address.", example: "+16145550101" },
  valid: { description: "False once the contact is known not to work.", example: true },
  verified: { description: "Whether the borrower confirmed it.", example: false },
  receiveTextMessages: {
    description: "Whether the borrower agreed to receive texts there.",
    example: false,
  },
  authorizedThirdParty: {
    description: "Whether the borrower authorized the lender to speak with this person.",
    example: false,
  },
  powerOfAttorney: {
    description: "Whether this person has power of attorney for the borrower.",
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
    object: z.literal("address").openapi({ description: "The type of the object." }),
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
  .openapi({ description: "The postal address; null for other contacts." });

const PhoneDisconnectionAnswer = z
  .strictObject({
    lastKnownConnectionDate: text.openapi(DESCRIPTIONS.lastKnownConnectionDate),
    lastDisconnectCheckDate: text.openapi({
      description: "The last day on which the line was checked.",
      example: "2031-03-01",
    }),
    disconnectionStatus: text.openapi({
      description: "`disconnected` once the number is known to be out of service.",
      example: "disconnected",
    }),
  })
  .nullable()
  .openapi({ description: "Results of checks of a phone number's line." });

/** The contact of an interaction in a response. Every key is present; unknown values are null. */
export const ContactAnswer = z
  .strictObject({
    object: z.literal("contactDetails").openapi({ description: "The type of the object." }),
    externalId: text.openapi(DESCRIPTIONS.externalId),
    contactType: z.enum(CONTACT_TYPES).nullable().openapi(DESCRIPTIONS.contactType),
    label: text.openapi(DESCRIPTIONS.label),
    affiliation: text.openapi(DESCRIPTIONS.affiliation),
    name: text.openapi(DESCRIPTIONS.name),
    value: text.openapi(DESCRIPTIONS.value),
    address: AddressAnswer,
    valid: yesNo.openapi(DESCRIPTIONS.valid),
    verified: yesNo.openapi(DESCRIPTIONS.verified),
    receiveTextMessages: yesNo.openapi(DESCRIPTIONS.receiveTextMessages),
    authorizedThirdParty: yesNo.openapi(DESCRIPTIONS.authorizedThirdParty),
    powerOfAttorney: yesNo.openapi(DESCRIPTIONS.powerOfAttorney),
    receiveTextMessagesLastConsentAt: text.openapi({
      description: "When the borrower last agreed to receive texts.",
      example: "2031-01-15T09:30:00Z",
    }),
    phoneDisconnectionDetails: PhoneDisconnectionAnswer,
  })
  .nullable()
  .openapi({ description: "The contact at the time it was used." });

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

/** The contact in a request. */
export const ContactBody = z
  .strictObject({
    externalId: optional(z.string().min(1)).openapi(DESCRIPTIONS.externalId),
    contactType: z.enum(CONTACT_TYPES).openapi(DESCRIPTIONS.contactType),
    label: optional(z.string()).openapi(DESCRIPTIONS.label),
    affiliation: optional(z.string()).openapi(DESCRIPTIONS.affiliation),
    name: optional(z.string()).openapi(DESCRIPTIONS.name),
    value: optional(z.string()).openapi(DESCRIPTIONS.value),
    address: optional(AddressBody).openapi({
      description: "The postal address; null for other contacts.",
    }),
    valid: z.boolean().default(true).openapi(DESCRIPTIONS.valid),
    verified: z.boolean().default(false).openapi(DESCRIPTIONS.verified),
    receiveTextMessages: z.boolean().default(false).openapi(DESCRIPTIONS.receiveTextMessages),
    authorizedThirdParty: z.boolean().default(false).openapi(DESCRIPTIONS.authorizedThirdParty),
    powerOfAttorney: z.boolean().default(false).openapi(DESCRIPTIONS.powerOfAttorney),
    phoneDisconnectionDetails: optional(
      z.strictObject({
        lastKnownConnectionDate: optional(z.iso.date()).openapi(
          DESCRIPTIONS.lastKnownConnectionDate,
        ),
      }),
    ).openapi({ description: "Results of checks of a phone number's line." }),
  })
  .openapi({
    description:
      "The contact that was used. If it matches a contact of the borrower, the interaction refers to that contact. Otherwise the details are stored with the interaction, and no contact is created.",
  });
