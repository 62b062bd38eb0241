import { z } from "zod";
import {
  CHANNELS,
  CONSENT_VALUES,
  PLACES,
  PREFERENCE_SOURCES,
  THEMES,
  WEEKDAYS,
} from "../vocabulary.ts";
import { date, flag, ids, instant, listOf, objectError, oneOf, text, timeOfDay } from "./fields.ts";

const channel = oneOf(CHANNELS);

export const preferences = z.strictObject(
  {
    inconvenientTimes: listOf(
      z.strictObject(
        {
          days: listOf(oneOf(WEEKDAYS)).min(1, { error: "must not be empty" }),
          from: timeOfDay.optional().describe("local; absent: 00:00"),
          to: timeOfDay.optional().describe("local, exclusive; absent: end of day"),
          untilDate: date.optional().describe("last day it holds; absent: until withdrawn"),
          source: oneOf(PREFERENCE_SOURCES).default("borrower"),
        },
        objectError,
      ),
    ).default([]),
    inconvenientPlaces: listOf(oneOf(PLACES)).default([]),
    mediumRefusals: listOf(
      z.strictObject(
        {
          medium: channel,
          contactId: text.optional().describe("only this contact; absent: the whole medium"),
          at: instant,
        },
        objectError,
      ),
    ).default([]),
    doNotInteract: listOf(
      z.strictObject(
        {
          channels: listOf(oneOf(["all", "voice", "email", "fax", "text", "chat", "mail"])),
          themes: listOf(oneOf(["all", ...THEMES])).describe(
            "all leaves out opsAccountCredentials",
          ),
          endDate: date
            .optional()
            .describe("lasts to the end of that day, the borrower's time; absent: no end"),
        },
        objectError,
      ),
    ).default([]),
    sendRemindersWhenCurrent: flag.default(true),
  },
  objectError,
);

const consent = z.strictObject(
  {
    value: oneOf(CONSENT_VALUES),
    from: instant.optional().describe("holds from this instant; absent: always"),
    until: instant.optional().describe("holds until this instant, exclusive; absent: no end"),
  },
  objectError,
);

export const consents = z.strictObject(
  {
    electronicComms: consent.optional().describe("any electronic message; absent: consented"),
    esign: consent.optional().describe("shown electronically and not withdrawn; absent: revoked"),
    autodialedCalls: consent
      .optional()
      .describe("autodialed or prerecorded calls; absent: revoked"),
    contactPersonWork: consent.optional().describe("contact at work; absent: revoked"),
    contactPersonUnusualTime: consent
      .optional()
      .describe("contact outside 8 to 21 or at an inconvenient time; absent: revoked"),
    contactPersonRepByAttorney: consent
      .optional()
      .describe("direct contact although represented; absent: revoked"),
    calls: listOf(
      z.strictObject(
        {
          givenAt: instant.describe("directly to us"),
          from: date.optional().describe("first day agreed; absent: day of givenAt"),
          until: date
            .optional()
            .describe("last day agreed; absent: 7 days counting the day of givenAt"),
          loanIds: ids.optional().describe("absent: all"),
        },
        objectError,
      ),
    )
      .default([])
      .describe("prior consent to more calls; ends at the next conversation"),
  },
  objectError,
);
