import { z } from "zod";
import { count, date, flag, listOf, objectError, state } from "./fields.ts";

const limits = z.strictObject(
  {
    electronicPer7Days: z
      .strictObject({ light: count, normal: count, heavy: count }, objectError)
      .default({ light: 2, normal: 4, heavy: 6 }),
    textsPerDay: count.default(1),
    burst: z
      .union(
        [z.literal("off"), z.strictObject({ minGapMinutes: count, maxPerDay: count }, objectError)],
        { error: "must be off, or minGapMinutes with maxPerDay" },
      )
      .default({ minGapMinutes: 120, maxPerDay: 2 }),
    marginMinutes: z
      .strictObject({ voice: count, text: count }, objectError)
      .default({ voice: 10, text: 2 })
      .describe("no start within so many minutes of the end of the window"),
    segments: count.default(3),
    attorneySilentDays: count.default(30),
    rndMaxAgeDays: count
      .min(1, { error: "must be at least 1" })
      .optional()
      .describe("hold a text or autodialed call when consent and check are older; absent: off"),
  },
  objectError,
);

const switches = z.strictObject(
  {
    regF: flag.default(true).describe("apply Regulation F also where we are no debt collector"),
    textProcedure60: flag
      .default(false)
      .describe("apply the 60-day text procedure also where we are no debt collector"),
    revokeAll: flag
      .default(true)
      .describe("one revocation stops all programmes before revokeAllFrom"),
    ceaseCoversAllLoans: flag
      .default(false)
      .describe("hold messages about other loans after a cease request"),
    esignRecorded: flag
      .default(true)
      .describe("false: the lender records no E-SIGN consents at all, so esign.required is silent"),
  },
  objectError,
);

export const lender = z.strictObject(
  {
    switches: switches.prefault({}),
    revokeAllFrom: date
      .optional()
      .describe("from this day on one revocation stops all programmes; absent: as the policy says"),
    licensedAgencyIn: listOf(state)
      .default([])
      .describe("states where we hold a collection agency licence"),
    limits: limits.prefault({}),
  },
  objectError,
);
