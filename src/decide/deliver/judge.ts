import type { DeliveryRuleId } from "../../domain/delivery-rules.ts";
import type { FactSheet } from "../../domain/deliver/fact-sheet.ts";
import type { Lender } from "../../domain/lender.ts";
import type { Verdict } from "../../domain/deliver/verdict.ts";
import { isAllowed } from "./allow-recipient.ts";
import { chooseAnswered, chooseContact, type Choice, takeContact } from "./choose-contact.ts";
import { purposeOf } from "./purpose.ts";
import { stillHolds } from "../resolve/match.ts";

/** The conditions that apply to every interaction at the moment of sending. */
export interface Moment {
  readonly now: Date;
  /** Null: no limit. */
  readonly recipientsAllowed: readonly string[] | null;
  /** True if there is a key to seal sensitive content. */
  readonly canSeal: boolean;
  readonly lender: Pick<Lender, "country">;
}

/** A verdict that does not let an interaction go. */
export type Stop = Exclude<Verdict, { kind: "send" }>;

/** A paused interaction is judged again at this interval (ms), and at once when the pause ends. */
const PAUSE_MS = 300_000;
/** A daemon with a content key retries after this wait (ms) if another daemon had none. */
const KEYLESS_MS = 60_000;

/** Decides whether an interaction may be sent now and to whom, or why not. */
export function judge(facts: FactSheet, moment: Moment): Verdict {
  const stopped =
    expired(facts, moment.now) ??
    exhausted(facts) ??
    moved(facts) ??
    paused(facts, moment.now) ??
    keyless(facts, moment);
  if (stopped) return stopped;
  const choice = contactFor(facts, moment);
  if (choice.kind === "none" && choice.untilRead) return untilRead(choice.long, moment.now);
  if (choice.kind === "none" && facts.redirectedTo !== null) return leftToPerson(choice.long);
  if (choice.kind === "none") return refuse("failed", "contact.none", choice.short, choice.long);
  if (isAllowed(choice.to, moment.recipientsAllowed))
    return { kind: "send", contact: choice.contact, to: choice.to, passedOver: choice.passedOver };
  const { id } = choice.contact;
  return refuse(
    "canceled",
    "recipients.notAllowed",
    "Recipient not allowed",
    `RECIPIENTS_ALLOWED does not name the value of contact ${id}: nothing is sent to it from this installation.`,
  );
}

function contactFor(facts: FactSheet, { lender: { country } }: Moment): Choice {
  const { channel, contacts, redirectedTo, reply } = facts;
  if (reply !== null) return chooseAnswered(reply, contacts, country);
  return redirectedTo === null
    ? chooseContact(channel, contacts, country, purposeOf(facts))
    : takeContact(redirectedTo, facts, country);
}

/** A redirect names one contact. Another one might be the person to whom a rule does not let it go. */
const leftToPerson = (why: string): Stop => ({
  kind: "hold",
  reason: {
    ruleId: "redirect.contactUnusable",
    short: "Contact of the redirect unusable",
    long: `${why} Correct it, then release the notice; or send it by hand, and refuse it here.`,
  },
});

function expired({ latestAt }: FactSheet, now: Date): Stop | undefined {
  if (latestAt === null || now <= latestAt) return undefined;
  return refuse(
    "failed",
    "schedule.expired",
    "Too late to send",
    `It had to leave by ${latestAt.toISOString()}: decide whether the borrower must be informed in another way.`,
  );
}

/** Each wait between two claims is at most a quarter of an hour, so this many claims take about a day. */
const MOST_CLAIMS = 100;

/**
 * Limits the provider calls of one attempt, whatever their cause: rate limits, our own faults, or messages that were
 * never accepted.
 */
function exhausted({ claims }: FactSheet): Stop | undefined {
  if (claims < MOST_CLAIMS) return undefined;
  return refuse(
    "failed",
    "claims.exhausted",
    "Tried too often",
    `The provider was called ${claims} times and neither accepted nor refused it: correct what its answers name, then send the notice again.`,
  );
}

function moved({ notificationType: type, caseNow }: FactSheet): Stop | undefined {
  if (type === null || caseNow === null) return undefined;
  const { status, outcome, fields } = caseNow;
  if (type.whenCaseMoves === "send" || stillHolds(type, { status, outcome }, fields))
    return undefined;
  return refuse(
    "canceled",
    "case.moved",
    "Case has moved on",
    `The case no longer holds what version ${type.version} of notification type ${type.id} waits for, which says to cancel then.`,
  );
}

function paused({ pausedBecause, pausedUntil }: FactSheet, now: Date): Stop | undefined {
  if (pausedBecause === null || (pausedUntil !== null && pausedUntil <= now)) return undefined;
  const next = now.getTime() + PAUSE_MS;
  const until = new Date(Math.min(next, pausedUntil?.getTime() ?? next));
  const end = pausedUntil === null ? "" : `, at the latest at ${pausedUntil.toISOString()}`;
  const long = `A pause holds it: ${pausedBecause}. It is judged again when the pause ends${end}.`;
  return { kind: "wait", until, reason: { ruleId: "pause.open", short: "Paused", long } };
}

/** A missing key delays a notice and does not cancel it. Sensitive content is never stored in the clear. */
function keyless({ sensitive }: FactSheet, { now, canSeal }: Moment): Stop | undefined {
  if (!sensitive || canSeal) return undefined;
  const until = new Date(now.getTime() + KEYLESS_MS);
  const long = "Its content must be sealed and there is no key: set CONTENT_KEY and start again.";
  return {
    kind: "wait",
    until,
    reason: { ruleId: "content.noKey", short: "No content key", long },
  };
}

/** A refusal that a person may still find in a reply delays a notice and does not cancel it. */
function untilRead(why: string, now: Date): Stop {
  const long = `${why} `.concat("Read it: `tidings inbox` lists what waits.");
  const until = new Date(now.getTime() + PAUSE_MS);
  return { kind: "wait", until, reason: { ruleId: "reply.unread", short: "Reply not read", long } };
}

const refuse = (
  status: "failed" | "canceled",
  ruleId: DeliveryRuleId,
  short: string,
  long: string,
): Stop => ({
  kind: "refuse",
  status,
  reason: { ruleId, short, long },
});
