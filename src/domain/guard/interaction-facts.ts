import { z } from "zod";
import {
  CHANNELS,
  DIRECTIONS,
  INTERACTION_STATUSES,
  MESSAGE_KINDS,
  STORED_READINGS,
  THEMES,
} from "../vocabulary.ts";
import { flag, ids, instant, objectError, oneOf, text } from "./fields.ts";

const channel = oneOf(CHANNELS);
const theme = oneOf(THEMES);
const kind = oneOf(MESSAGE_KINDS);

export const message = z.strictObject(
  {
    channel,
    theme: theme.nullable().default(null).describe("null only for marketing"),
    kind: kind.default("ordinary").describe("the purpose, where the theme does not say it"),
    contactId: text.describe("a key of contacts"),
    loanIds: ids.describe("keys of loans"),
    isTransactional: flag.default(true).describe("false adds the marketing rules"),
    asksForMoney: flag
      .default(false)
      .describe("requests a payment; on a loan past due the message then counts as collection"),
    requiredByLaw: flag.default(false).describe("the law requires this message"),
    requiredMedium: channel
      .optional()
      .describe("the law requires it through this channel; absent: through any"),
    programme: text
      .default("default")
      .describe("messaging programme (sender or messaging service) of a text"),
    replyToInboundId: text
      .optional()
      .describe("id of the inbound message that this one answers; absent: unasked"),
    isAutodialed: flag.default(false).describe("voice only"),
    isPrerecorded: flag.default(false).describe("voice only: artificial or prerecorded voice"),
    isRinglessVoicemail: flag.default(false).describe("voice only; counts as a call"),
    answeredBy: oneOf(["human", "machine", "fax", "unknown"])
      .optional()
      .describe("voice only, when judged after pick-up; absent: before dialling"),
    caseStillMatches: flag
      .default(true)
      .describe("the case still satisfies the pinned version of the notification type"),
    scheduledAtTo: instant.optional().describe("never sent later; absent: no end"),
  },
  objectError,
);

export const historyItem = z.strictObject(
  {
    id: text.optional(),
    channel,
    direction: oneOf(DIRECTIONS).default("outbound"),
    at: instant.describe("started, or planned start while scheduled or inProgress"),
    status: oneOf(INTERACTION_STATUSES),
    statusDetails: text.optional(),
    contactId: text,
    loanIds: ids.describe("the loans to which the contact was booked"),
    discussedLoanIds: ids.optional().describe("the loans that were discussed; absent: loanIds"),
    theme: theme.optional(),
    kind: kind.default("ordinary"),
    replyToInboundId: text.optional(),
    isPrerecorded: flag.default(false),
  },
  objectError,
);

export const inboundItem = z.strictObject(
  {
    id: text,
    channel,
    receivedAt: instant,
    contactId: text.optional().describe("absent: unknown or portal"),
    text: text.optional().describe("the words of the message"),
    reading: oneOf(STORED_READINGS)
      .optional()
      .describe("how it was read when it came, or by a person; absent: the words are read"),
    programme: text.default("default").describe("programme of the number that was written to"),
    providerAutoReplied: flag
      .default(false)
      .describe("the provider has already sent its own confirmation"),
  },
  objectError,
);
