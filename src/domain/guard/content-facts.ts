import { z } from "zod";
import { count, flag, listOf, objectError, oneOf, text } from "./fields.ts";

export const rendered = z.strictObject(
  {
    optOutMethods: listOf(oneOf(["replyStop", "link", "writeUs", "callUs"])).default([]),
    miniMiranda: oneOf(["none", "initial", "subsequent"]).default("none"),
    timeBarredDisclosure: flag.default(false),
    bankruptcyDisclaimer: flag.default(false),
    demandsPayment: flag.default(false),
    urgentDemand: flag.default(false).describe("overshadows the right to dispute"),
    threatensSuit: flag.default(false),
    threatensRepossession: flag.default(false),
    mentionsDebt: flag.default(true),
    onlyConfirmsOptOut: flag.default(false),
    voicemail: oneOf(["limitedContent", "other"])
      .optional()
      .describe("the message that would be left on a machine; absent: none"),
    mailProduct: oneOf(["letter", "postcard"]).default("letter"),
    plainEnvelope: flag.default(true),
    modelForm: oneOf(["validationB1", "negativeReportB1", "negativeReportB2"]).optional(),
    itemizationMissing: listOf(text)
      .default([])
      .describe("itemization fields left blank in a validation notice"),
    characters: count.default(0),
    segments: count.default(1),
    hasPublicUrlShortener: flag.default(false),
    namesSender: flag.default(true),
    subjectIdentifiesDebt: flag
      .default(true)
      .describe("the subject names the current creditor and one more identifier"),
    postalAddress: flag.default(false),
    adLabel: flag.default(false),
    listUnsubscribe: text.optional().describe("value of the header"),
    listUnsubscribePost: text.optional().describe("value of the header"),
  },
  objectError,
);
