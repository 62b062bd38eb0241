import type { Expected, JsonObject } from "../question.ts";
import {
  address,
  also,
  at,
  byCollector,
  call,
  given,
  history,
  inbound,
  kase,
  livesIn,
  loan,
  marketing,
  message,
  mobile,
  noBurst,
  noRegF,
  rendered,
  said,
  secondLoan,
  servicing,
  talk,
  text,
  toEmail,
  toText,
} from "./row.ts";

/** A fact sheet at the edge of a rule, under the built-in policy. */
export interface BoundaryRow {
  readonly title: string;
  readonly given: JsonObject;
  readonly expected: Expected;
}

const NOW = "2026-11-20T16:30:00Z";
const ALLOWED = { outcome: "allow" };
const by = (outcome: string, ruleId: string): Expected => ({ outcome, ruleId });

const row = (
  title: string,
  expected: Expected,
  ...patches: readonly JsonObject[]
): BoundaryRow => ({ title, given: given(...patches), expected });

const home = (state: string, members: JsonObject = {}): JsonObject => ({
  contactType: "address",
  label: "home",
  affiliation: "self",
  address: { state },
  ...members,
});
/** In Massachusetts a third call in seven days waits; in Ohio it does not. */
const twoCalls = [noBurst, history(call("18"), call("19"))] as const;
const sevenCalls = history(...["14", "15", "16", "17", "18", "19", "19"].map((day) => call(day)));
const answer = talk("17", { replyToInboundId: "IN-9" });
const agreed = { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } };
const inWashington = [livesIn("DC"), mobile({ value: "+12025550123" }), noBurst] as const;

const sealed = (reading: string): JsonObject => {
  const { text: _, ...rest } = said("");
  return { ...rest, reading };
};

export const BOUNDARY_ROWS: readonly BoundaryRow[] = [
  // what happened at this very instant is known
  row("a refusal now", by("refuse", "medium.refused"), {
    preferences: { mediumRefusals: [{ medium: "voice", at: NOW }] },
  }),
  row("a consent to calls now", ALLOWED, noBurst, sevenCalls, {
    consents: { calls: [{ givenAt: NOW }] },
  }),
  row(
    "STOP now",
    by("refuse", "optout.revoked"),
    toText,
    inbound(said("STOP", { receivedAt: NOW })),
  ),
  row("an opt-out now", by("refuse", "optout.address"), toText, mobile({ optedOutAt: NOW })),
  row(
    "an attorney known now",
    { outcome: "redirect", ruleId: "party.attorney" },
    {
      borrower: { attorney: { knownSince: NOW } },
    },
  ),
  row(
    "a number reassigned by a check now",
    { outcome: "refuse", ruleId: "contact.reassigned" },
    toText,
    mobile({ rnd: { result: "yes", checkedAt: NOW } }),
  ),
  row(
    "a bankruptcy filed now",
    by("refuse", "bk.stay"),
    kase("bankruptcy", { chapter: 7, filedAt: NOW }),
  ),
  row(
    "a dispute received now",
    by("refuse", "dispute.open"),
    byCollector,
    loan({ validationPeriodEndsOn: "2026-12-20" }),
    kase("disputeOfDebt", { receivedAt: NOW }),
  ),
  row(
    "a request for the original creditor now",
    by("refuse", "origcred.open"),
    byCollector,
    loan({ validationPeriodEndsOn: "2026-12-20" }),
    kase("debtValidation", { originalCreditorRequestedAt: NOW }),
  ),
  row("a conversation now", by("wait", "freq.conversation7"), noBurst, history(talk(NOW))),
  row("a call now", by("wait", "freq.burst"), history(call(NOW))),
  row("the last instant of an inconvenient time has passed", ALLOWED, {
    preferences: { inconvenientTimes: [{ days: ["fri"], from: "10:30", to: "11:30" }] },
  }),
  row(
    "a text of 24 hours ago is no longer one of the last 24 hours",
    ALLOWED,
    marketing,
    toText,
    livesIn("FL"),
    mobile({ value: "+13055550123", writtenMarketingConsentAt: "2026-11-01T15:00:00Z" }),
    history(text("2026-11-19T16:30:00Z"), text("2026-11-19T18:00:00Z"), text("20")),
  ),
  row(
    "the last day of a law",
    by("wait", "time.state"),
    at("2025-05-16T02:00:00Z"),
    noRegF,
    toEmail,
    livesIn("FL"),
    mobile({ value: "+13055550123" }),
  ),

  row(
    "the first day of a law",
    by("wait", "freq.state"),
    at("2026-09-01T16:00:00Z"),
    noBurst,
    livesIn("NYC"),
    mobile({ value: "+12125550123" }),
    loan({ accelerated: true }),
    history(...["27", "28", "29"].map((day) => call(`2026-08-${day}T15:00:00Z`))),
  ),

  // whose law it is
  row("of an archived home", ALLOWED, ...twoCalls, also("A-2", home("MA", { status: "archived" }))),
  row(
    "of a spouse's home",
    ALLOWED,
    ...twoCalls,
    also("A-2", home("MA", { affiliation: "spouse", status: "primary" })),
  ),
  row(
    "of an address at work",
    ALLOWED,
    ...twoCalls,
    also("A-2", home("MA", { label: "work", status: "primary" })),
  ),
  row("of an additional home", ALLOWED, ...twoCalls, also("A-2", home("MA"))),
  row(
    "of an additional address where none is a home",
    ALLOWED,
    ...twoCalls,
    address({ label: "personal" }),
    also("A-2", home("MA", { label: "personal" })),
  ),
  row(
    "of the only home, which is additional",
    by("wait", "freq.state"),
    ...twoCalls,
    livesIn("MA"),
    address({ status: "additional" }),
  ),
  row("of an address without a place", ALLOWED, { contacts: { "CT-HOME": { address: null } } }),
  row(
    "a message about no loan is a creditor's that has not accelerated",
    ALLOWED,
    noBurst,
    livesIn("NYC"),
    mobile({ value: "+12125550123" }),
    message({ loanIds: [] }),
    history(call("17"), call("18"), call("19")),
  ),

  // counts of the District of Columbia
  row(
    "a call back that was asked for does not count",
    ALLOWED,
    ...inWashington,
    agreed,
    history(answer, call("18"), call("19"), call("19")),
  ),
  row(
    "an unanswered call back counts",
    { outcome: "wait", ruleId: "freq.state", until: "2026-11-25T13:00:00Z" },
    ...inWashington,
    agreed,
    history(answer, call("18", { replyToInboundId: "IN-8" }), call("18"), call("19"), call("19")),
  ),
  row(
    "calls about another account do not count",
    ALLOWED,
    ...inWashington,
    loan({ accountNumber: "A-1" }),
    secondLoan({ accountNumber: "A-2" }),
    history(...["16", "17", "18", "19"].map((day) => call(day, { loanIds: ["L2"] }))),
  ),
  row(
    "a conversation about another loan of the account counts",
    by("wait", "freq.state"),
    ...inWashington,
    loan({ accountNumber: "A-1" }),
    secondLoan({ accountNumber: "A-1" }),
    history(talk("17", { loanIds: ["L2"] })),
  ),

  // inbound messages with a stored reading
  row(
    "an automatic reply that says STOP is no opt-out",
    ALLOWED,
    toText,
    inbound(said("STOP", { reading: "automatic" })),
  ),
  row(
    "words that a person read as nothing",
    ALLOWED,
    toText,
    inbound(said("STOP", { reading: "none" })),
  ),
  row(
    "an opt-out whose words are sealed is certain",
    by("refuse", "optout.revoked"),
    toText,
    inbound(sealed("optOut")),
  ),
  row("an answer whose words are sealed is not unclear", ALLOWED, toText, inbound(sealed("optIn"))),
  row(
    "unclear words that are sealed wait for a person",
    by("hold", "optout.revoked"),
    toText,
    inbound(sealed("unclear")),
  ),
  row(
    "a text that is no opt-in does not undo a refusal by email",
    by("refuse", "optout.address"),
    toEmail,
    inbound(
      said("unsubscribe", { channel: "email", contactId: "CT-EMAIL" }),
      said("thank you", { contactId: "CT-EMAIL", receivedAt: "2026-11-19T16:00:00Z" }),
    ),
  ),
  row(
    "a servicing reminder asks for payment during a stay",
    by("refuse", "bk.stay"),
    servicing,
    rendered({ bankruptcyDisclaimer: true }),
    message({ kind: "reminder" }),
    kase("bankruptcy", { chapter: 7, filedAt: "2026-11-01T15:00:00Z" }),
  ),
  row(
    "a servicing message that asks for money does, too",
    by("refuse", "bk.stay"),
    servicing,
    rendered({ bankruptcyDisclaimer: true }),
    loan({ daysPastDue: 0 }),
    message({ asksForMoney: true }),
    kase("bankruptcy", { chapter: 7, filedAt: "2026-11-01T15:00:00Z" }),
  ),
  row(
    "a message about the debt that asks for no money collects, too",
    by("refuse", "bk.stay"),
    message({ asksForMoney: false }),
    kase("bankruptcy", { chapter: 7, filedAt: "2026-11-01T15:00:00Z" }),
  ),
];
