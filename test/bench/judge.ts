import { judgeFacts } from "../../src/decide/guard/judge.ts";
import { builtInPolicy } from "../../src/decide/guard/policy/policy.ts";
import { type FactsInput, readFacts } from "../../src/domain/guard/facts.ts";
import { DAY_MS, HOUR_MS } from "../../src/domain/values/durations.ts";
import { type Instant, writeInstant } from "../../src/domain/guard/moments.ts";
import { compare, shareOf } from "./compare.ts";
import { measure, type Run } from "./meter.ts";
import type { BenchResult } from "./scene.ts";

const NOW: Instant = Date.UTC(2026, 10, 20, 16, 30);
const HISTORY = 30;
const VERDICTS = shareOf(20_000);

/** A collection email to a borrower with a month of calls, texts and emails, on several days each. */
function sheetOf(
  collectionsIntensity: "light" | "normal" | "heavy",
  channel: "email" | "text" | "voice",
): FactsInput {
  const kinds = [
    { channel: "voice", contactId: "CT-MOBILE", statusDetails: "voiceNoAnswer" },
    { channel: "email", contactId: "CT-EMAIL", statusDetails: "emailSent" },
    { channel: "text", contactId: "CT-MOBILE", statusDetails: "textDelivered" },
  ] as const;
  const history = Array.from({ length: HISTORY }, (_, index) => ({
    ...(kinds[index % kinds.length] ?? kinds[0]),
    id: `IN-${index}`,
    at: writeInstant(NOW - (index + 1) * DAY_MS + (index % 5) * HOUR_MS),
    status: "succeeded" as const,
    loanIds: ["L1"],
  }));
  return {
    message: {
      channel,
      theme: "opsCollDebt",
      contactId: channel === "email" ? "CT-EMAIL" : "CT-MOBILE",
      loanIds: ["L1"],
      asksForMoney: true,
    },
    borrower: { collectionsIntensity },
    contacts: {
      "CT-MOBILE": {
        contactType: "phone",
        value: "+16145550123",
        lineType: "mobile",
        receiveTextMessages: true,
        receiveTextMessagesLastConsentAt: "2026-11-15T15:00:00Z",
      },
      "CT-EMAIL": {
        contactType: "email",
        value: "jo@mail.example",
        usedByBorrowerAt: "2026-02-02T15:00:00Z",
      },
      "CT-HOME": {
        contactType: "address",
        label: "home",
        address: { state: "OH", postalCode: "43215" },
      },
    },
    loans: {
      L1: {
        daysPastDue: 60,
        initialCommunicationAt: "2026-02-01T15:00:00Z",
        validationPeriodEndsOn: "2026-03-16",
      },
    },
    history,
    rendered: { optOutMethods: ["replyStop"], demandsPayment: true, characters: 140 },
  };
}

const SHEETS = (["light", "normal", "heavy"] as const).flatMap((intensity) =>
  (["email", "text", "voice"] as const).map((channel) => sheetOf(intensity, channel)),
);

/** Verdicts per second on one core, with a history of 30 interactions; the other side only reads the same sheets. */
export async function benchJudge(): Promise<readonly BenchResult[]> {
  const policy = builtInPolicy();
  const facts = SHEETS.map((sheet) => {
    const read = readFacts(sheet);
    if (read.kind === "invalid") throw new Error(JSON.stringify(read.errors));
    return read.facts;
  });
  const outcomes = Object.groupBy(facts, (sheet) => judgeFacts(sheet, policy, NOW).verdict.outcome);
  const result = await compare({
    name: "judge",
    ours: () => repeat(facts, (sheet) => judgeFacts(sheet, policy, NOW)),
    others: { "readFacts: validating the same fact sheets": () => repeat(SHEETS, readFacts) },
  });
  const mix = Object.fromEntries(
    Object.entries(outcomes).map(([outcome, list]) => [outcome, list.length]),
  );
  return [{ ...result, history: HISTORY, mix }];
}

function repeat<Sheet>(sheets: readonly Sheet[], work: (sheet: Sheet) => unknown): Promise<Run> {
  const rounds = Math.ceil(VERDICTS / sheets.length);
  return measure({
    count: rounds * sheets.length,
    work: async () => {
      for (let round = 0; round < rounds; round += 1) for (const sheet of sheets) work(sheet);
    },
  });
}
