import { z } from "zod";
import {
  COLLECTIONS_INTENSITIES,
  CONTACT_LABELS,
  CONTACT_ORIGINS,
  CONTACT_STATUSES,
  CONTACT_TYPES,
  LINE_TYPES,
  REASSIGNED_NUMBER_RESULTS,
} from "../vocabulary.ts";
import {
  date,
  flag,
  instant,
  listOf,
  objectError,
  oneOf,
  state,
  text,
  timeZone,
} from "./fields.ts";

export const AFFILIATIONS = [
  "self",
  "spouse",
  "parent",
  "guardian",
  "executor",
  "attorney",
  "employer",
  "sibling",
  "other",
] as const;
const attorney = z.strictObject(
  {
    contactId: text.optional().describe("a key of contacts"),
    knownSince: instant.describe("since when we know of the attorney"),
    unresponsiveSince: instant
      .optional()
      .describe("date of the first unanswered letter to the attorney; absent: responsive"),
    consentedAt: instant.optional().describe("the attorney allowed direct contact"),
  },
  objectError,
);

export const borrower = z.strictObject(
  {
    toldTimeZone: timeZone
      .optional()
      .describe(
        "a zone that the borrower reported, never a computed one; replaces all other evidence",
      ),
    collectionsIntensity: oneOf(COLLECTIONS_INTENSITIES).default("normal"),
    isMinor: flag.default(false).describe("a parent then counts as the consumer"),
    establishedBusinessRelationship: flag.default(true).describe("for marketing calls and texts"),
    attorney: attorney.optional().describe("absent: not represented"),
  },
  objectError,
);

const address = z.strictObject(
  {
    state,
    postalCode: text.optional(),
    city: text.optional(),
    countyFips: z
      .string({ error: "must be text" })
      .regex(/^\d{5}$/, { error: "must be five digits" })
      .optional()
      .describe("from address validation; absent: the ZIP code decides the city"),
    zones: listOf(timeZone)
      .min(1, { error: "must not be empty" })
      .optional()
      .describe("zones of the ZIP code or county; absent: those of the whole state"),
  },
  objectError,
);

const origin = z.strictObject(
  {
    from: oneOf(CONTACT_ORIGINS),
    creditorNoticeSentAt: date.optional().describe("day of the creditor's opt-out notice"),
    creditorOptOutBy: date.optional().describe("last day to opt out given in that notice"),
    priorCollectors: listOf(
      z.strictObject(
        {
          qualified: flag.describe("had the address by one of the procedures"),
          used: flag.describe("used it for email about the debt"),
        },
        objectError,
      ),
    )
      .optional()
      .describe("oldest first; the last one is the immediately prior collector"),
  },
  objectError,
);

export const contact = z.strictObject(
  {
    contactType: oneOf(CONTACT_TYPES),
    value: text.optional().describe("E.164 phone number or email address; absent for an address"),
    address: address.optional(),
    label: oneOf(CONTACT_LABELS).default("personal"),
    affiliation: oneOf(AFFILIATIONS)
      .default("self")
      .describe("executor includes executor, administrator and personal representative"),
    status: oneOf(CONTACT_STATUSES).default("primary"),
    valid: flag.default(true),
    verified: flag.default(false),
    lineType: oneOf(LINE_TYPES).default("unknown").describe("phone only, from a line-type lookup"),
    receiveTextMessages: flag.default(false),
    receiveTextMessagesLastConsentAt: instant.optional().describe("given to us by the borrower"),
    authorizedThirdParty: flag.default(false),
    powerOfAttorney: flag.default(false),
    disconnectionStatus: oneOf(["disconnected", "connected"])
      .optional()
      .describe("absent: unknown"),
    rnd: z
      .strictObject(
        {
          result: oneOf(REASSIGNED_NUMBER_RESULTS),
          checkedAt: instant.describe("when asked"),
        },
        objectError,
      )
      .optional()
      .describe(
        "Reassigned Numbers Database; yes: disconnected since the consent or last contact; absent: never queried",
      ),
    optedOutAt: instant
      .optional()
      .describe("opt-out of this address or number, by any route but a text in inbound"),
    marketingOptedOutAt: instant.optional().describe("unsubscribed from marketing"),
    writtenMarketingConsentAt: instant.optional().describe("prior express written consent"),
    onNationalDncList: flag.default(false),
    leakedToThirdPartyAt: instant.optional().describe("a report that a third person reads it"),
    wrongPartySince: instant
      .optional()
      .describe("since when we know that the number is not the person's"),
    employerProvided: flag
      .default(false)
      .describe("the employer provided the address, by a report to us"),
    electronicConsentAt: instant
      .optional()
      .describe("direct consent to be written to at this address or number about the debt"),
    usedByBorrowerAt: instant
      .optional()
      .describe("last time the borrower wrote to us from it about the debt"),
    origin: origin.optional().describe("email only; absent: from the borrower"),
  },
  objectError,
);
