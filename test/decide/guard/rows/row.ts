import type { RuleId } from "../../../../src/domain/guard/rule-ids.ts";
import type { VerdictOutcome } from "../../../../src/domain/vocabulary.ts";
import { type Expected, type Json, type JsonObject, mergePatch } from "../question.ts";

/** The expected result of one rule for one fact sheet. */
export interface RuleRow {
  readonly title: string;
  readonly given: JsonObject;
  readonly says: VerdictOutcome;
  /** The whole verdict, where it is not simply that of the rule. */
  readonly verdict: Partial<Expected>;
}

export type RuleRows = Readonly<Partial<Record<RuleId, readonly RuleRow[]>>>;

/** Several patches on the facts, later ones over earlier ones. `now` is next to the facts. */
export function given(...patches: readonly JsonObject[]): JsonObject {
  const { now, ...facts } = patches.reduce<JsonObject>(
    (all, patch) => overlaid(all, patch) as JsonObject,
    {},
  );
  return { ...(now !== undefined && { now }), facts };
}

/** As a merge patch, but with null kept: the row itself is a patch on the baseline. */
function overlaid(target: Json | undefined, patch: Json): Json {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const before = (
    typeof target === "object" && target !== null && !Array.isArray(target) ? target : {}
  ) as JsonObject;
  const merged: Record<string, Json> = { ...before };
  for (const [name, value] of Object.entries(patch)) merged[name] = overlaid(before[name], value);
  return merged;
}

/** The rule allows, and so does the verdict. */
export const opens = (
  title: string,
  patches: readonly JsonObject[],
  verdict: Partial<Expected> = { outcome: "allow" },
): RuleRow => ({ title, given: given(...patches), says: "allow", verdict });

/** The rule stops the message, and decides unless the verdict says otherwise. */
export const stops = (
  says: VerdictOutcome,
  title: string,
  patches: readonly JsonObject[],
  verdict: Partial<Expected> = {},
): RuleRow => ({ title, given: given(...patches), says, verdict });

export { mergePatch };

// patches that many rows share

export const toEmail = { message: { channel: "email", contactId: "CT-EMAIL" } };
export const toText = { message: { channel: "text", contactId: "CT-MOBILE" } };
export const toMail = { message: { channel: "mail", contactId: "CT-HOME" } };
export const servicing = {
  message: { theme: "opsServicing", asksForMoney: false },
  rendered: { demandsPayment: false },
};
export const current = { loans: { L1: { daysPastDue: 0 } } };
export const marketing = {
  message: { theme: null, isTransactional: false, asksForMoney: false },
  rendered: { demandsPayment: false, mentionsDebt: false },
  loans: { L1: { daysPastDue: 0 } },
};
export const codes = {
  message: { theme: "opsAccountCredentials", asksForMoney: false },
  rendered: { demandsPayment: false, mentionsDebt: false },
};
export const byCollector = {
  loans: { L1: { collectorRole: "debtCollector" } },
  rendered: { miniMiranda: "subsequent" },
};
export const noRegF = { lender: { switches: { regF: false } } };
export const unrendered = { rendered: null };
export const at = (now: string): JsonObject => ({ now });
export const message = (members: JsonObject): JsonObject => ({ message: members });
export const rendered = (members: JsonObject): JsonObject => ({ rendered: members });
export const mobile = (members: JsonObject): JsonObject => ({ contacts: { "CT-MOBILE": members } });
export const email = (members: JsonObject): JsonObject => ({ contacts: { "CT-EMAIL": members } });
export const address = (members: JsonObject): JsonObject => ({ contacts: { "CT-HOME": members } });
export const loan = (members: JsonObject): JsonObject => ({ loans: { L1: members } });
export const limits = (members: JsonObject): JsonObject => ({ lender: { limits: members } });
export const switches = (members: JsonObject): JsonObject => ({ lender: { switches: members } });
export const consent = (name: string, members: JsonObject = {}): JsonObject => ({
  consents: { [name]: { value: "consented", ...members } },
});

const HOMES = {
  MA: { state: "MA", postalCode: "02108", countyFips: "25025" },
  DC: { state: "DC", postalCode: "20001", countyFips: "11001" },
  NYC: { state: "NY", postalCode: "10002", countyFips: "36061" },
  NY: { state: "NY", postalCode: "12207", countyFips: "36001" },
  FL: { state: "FL", postalCode: "33130", countyFips: "12086", zones: ["America/New_York"] },
  WV: { state: "WV", postalCode: "25301", countyFips: "54039" },
  WA: { state: "WA", postalCode: "98101", countyFips: "53033" },
  OR: { state: "OR", postalCode: "97201", countyFips: "41051", zones: ["America/Los_Angeles"] },
  OK: { state: "OK", postalCode: "73102", countyFips: "40109" },
  TX: { state: "TX", postalCode: "77002", countyFips: "48201", zones: ["America/Chicago"] },
  CA: { state: "CA", postalCode: "90012", countyFips: "06037" },
} as const;
export const livesIn = (place: keyof typeof HOMES): JsonObject => ({
  contacts: { "CT-HOME": { address: { city: "Town", ...HOMES[place] } } },
});

/** A contact in addition to those of the baseline. */
export const also = (id: string, members: JsonObject): JsonObject => ({
  contacts: { [id]: { status: "additional", valid: true, ...members } },
});
export const person = (affiliation: string, more: JsonObject = {}): JsonObject =>
  mobile({ affiliation, ...more });

const when = (day: string): string => (day.includes("T") ? day : `2026-11-${day}T15:00:00Z`);

/** An unanswered call, on a day of November 2026 or at an instant. */
export const call = (day: string, more: JsonObject = {}): JsonObject => ({
  channel: "voice",
  direction: "outbound",
  at: when(day),
  status: "attempted",
  statusDetails: "voiceNoAnswer",
  contactId: "CT-MOBILE",
  loanIds: ["L1"],
  ...more,
});
export const talk = (day: string, more: JsonObject = {}): JsonObject =>
  call(day, { status: "succeeded", statusDetails: "voiceSpokeWithFirstParty", ...more });
export const text = (day: string, more: JsonObject = {}): JsonObject =>
  call(day, { channel: "text", status: "succeeded", statusDetails: "textDelivered", ...more });
export const mail = (day: string, more: JsonObject = {}): JsonObject =>
  call(day, {
    channel: "mail",
    status: "attempted",
    statusDetails: "mailSent",
    contactId: "CT-HOME",
    ...more,
  });
export const sentEmail = (day: string, more: JsonObject = {}): JsonObject =>
  call(day, { channel: "email", statusDetails: "emailSent", contactId: "CT-EMAIL", ...more });
export const history = (...items: readonly JsonObject[]): JsonObject => ({
  history: items.map((item, index) => ({ id: `IN-${101 + index}`, ...item })),
});
export const noBurst = limits({ burst: "off" });

export const said = (words: string, more: JsonObject = {}): JsonObject => ({
  id: "IN-1",
  channel: "text",
  contactId: "CT-MOBILE",
  receivedAt: "2026-11-19T15:00:00Z",
  text: words,
  ...more,
});
export const inbound = (...items: readonly JsonObject[]): JsonObject => ({
  inbound: items.map((item, index) => ({
    ...item,
    id: item["id"] === "IN-1" ? `IN-${index + 1}` : (item["id"] ?? `IN-${index + 1}`),
  })),
});
/** A case in progress about the loan of the baseline; `loanIds: null` makes it one about all loans. */
export function kase(caseType: string, fields: Json = {}, more: JsonObject = {}): JsonObject {
  const all = { caseId: "CS-1", caseType, status: "processing", loanIds: ["L1"], fields, ...more };
  return { cases: [Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null))] };
}
/** A second loan like the first. */
export const secondLoan = (members: JsonObject = {}): JsonObject => ({
  loans: {
    L2: {
      collectorRole: "creditor",
      daysPastDue: 60,
      productType: "personal",
      initialCommunicationAt: "2026-02-01T15:00:00Z",
      validationPeriodEndsOn: "2026-03-16",
      ...members,
    },
  },
});

/** A do-not-interact entry for everything, up to and including a day. */
export const closedTo = (endDate: string): JsonObject => ({
  preferences: { doNotInteract: [{ channels: ["all"], themes: ["all"], endDate }] },
});
