import { isSendableChannel } from "../decide/deliver/channels/table.ts";
import { chooseContact } from "../decide/deliver/choose-contact.ts";
import { withValidationPeriods } from "../decide/guard/duties.ts";
import { judgeFacts } from "../decide/guard/judge.ts";
import { policyAt, policyNow } from "../decide/guard/policy/in-force.ts";
import { type WrittenVerdict, writeVerdict } from "../decide/guard/write-verdict.ts";
import type { FactsInput } from "../domain/guard/facts.ts";
import type { FieldError } from "../domain/guard/fields.ts";
import { type GuardMoment, messageFactsOf } from "../domain/guard/question.ts";
import type { BorrowerId } from "../domain/ids.ts";
import type { Channel, Theme } from "../domain/vocabulary.ts";
import { type ContactsAndLoans, loadContactsAndLoans, loadSubject } from "../store/guard/asked.ts";
import { loadGuardFacts } from "../store/guard/guard-facts.ts";
import { loadPolicyRecord } from "../store/guard/policy.ts";
import type { Db } from "../store/postgres/db.ts";

/** A communication that somebody considers. */
export interface Considered {
  readonly borrowerId: BorrowerId;
  readonly channel: Channel;
  /** Undefined: the contact that a notice would be sent to. */
  readonly contactId: string | undefined;
  /** The purpose: a theme, or the subject of a published template of the channel. Undefined: servicing. */
  readonly about: { readonly theme: Theme } | { readonly subject: string } | undefined;
  /** Undefined: every loan of the borrower, which is the strictest. */
  readonly loanIds: readonly string[] | undefined;
  readonly isTransactional: boolean;
}

/** The decision of the guard about a communication with a borrower. */
export interface Permission {
  readonly result: WrittenVerdict["outcome"];
  readonly until: string | null;
  readonly ruleId: string | null;
  readonly short: string | null;
  readonly long: string | null;
  readonly log: WrittenVerdict["log"];
  /** The contact that was judged; null if there is none. */
  readonly contactId: string | null;
  readonly requires: NonNullable<WrittenVerdict["requires"]>;
  readonly to: WrittenVerdict["to"] | null;
}

/** The permission, or the member of the question that names nothing. */
export type Answer =
  | { readonly kind: "answered"; readonly permission: Permission }
  | {
      readonly kind: "unknown";
      readonly what: "borrower" | "contact" | "subject" | "loan" | "channel";
    };

/**
 * Answers whether a borrower may be communicated with at a moment, through the facts, the policy and the rules of a real
 * send. A moment with `known: "then"` is judged by what was known and in force then.
 */
export async function canInteract(
  db: Db,
  considered: Considered,
  moment: GuardMoment,
): Promise<Answer> {
  const person = await loadContactsAndLoans(db, considered.borrowerId);
  if (person === undefined) return { kind: "unknown", what: "borrower" };
  const about = await loadAbout(db, considered);
  if (about === undefined) return { kind: "unknown", what: "subject" };
  const contact = contactFor(considered, person, moment.country);
  if ("what" in contact) return { kind: "unknown", what: contact.what };
  if ("permission" in contact) return { kind: "answered", permission: contact.permission };
  const { channel, isTransactional } = considered;
  const loanIds = [...new Set(considered.loanIds ?? person.loanIds)];
  const message = { ...about, channel, isTransactional, loanIds, contactId: contact.id };
  return await judge(db, considered.borrowerId, message, moment);
}

type Message = FactsInput["message"];

/** Undefined if no published template has the subject. */
async function loadAbout(
  db: Db,
  { about, channel }: Considered,
): Promise<Partial<Message> | undefined> {
  if (about === undefined) return { theme: "opsServicing" };
  if ("theme" in about) return { theme: about.theme };
  const known = await loadSubject(db, about.subject, channel);
  return known && { theme: known.theme, ...messageFactsOf(known) };
}

type Found =
  | { readonly id: string }
  | { readonly what: "contact" | "channel" }
  | { readonly permission: Permission };

function contactFor(
  { channel, contactId }: Considered,
  { contacts }: ContactsAndLoans,
  country: string,
): Found {
  if (contactId !== undefined)
    return contacts.some(({ id }) => id === contactId) ? { id: contactId } : { what: "contact" };
  const choice = chooseContact(channel, contacts, country);
  if (choice.kind === "chosen") return { id: choice.contact.id };
  if (!isSendableChannel(channel)) return { what: "channel" };
  return { permission: { ...NOTHING, ...choice, result: "refuse", ruleId: "contact.none" } };
}

const NOTHING = { until: null, log: [], contactId: null, requires: [], to: null } as const;

async function judge(
  db: Db,
  borrowerId: BorrowerId,
  message: Message,
  moment: GuardMoment,
): Promise<Answer> {
  const key = "considered";
  const question = { key, borrowerId, interactionId: null, message };
  const read = (await loadGuardFacts(db, [question], moment)).get(key);
  const record = await loadPolicyRecord(db);
  if (read?.kind !== "facts") return notLoaded(message, read?.errors ?? []);
  const { policy } =
    moment.known === "then" ? policyAt(record, moment.at) : policyNow(record, moment.at);
  const facts = withValidationPeriods(read, policy);
  const verdict = writeVerdict(judgeFacts(facts, policy, moment.at.getTime()));
  const { outcome: result, until = null, ruleId = null, short = null, long = null } = verdict;
  const { log, requires = [], to = null } = verdict;
  const { contactId } = message;
  return {
    kind: "answered",
    permission: { result, until, ruleId, short, long, log, contactId, requires, to },
  };
}

/** A message whose facts do not fit is held, as it would be if it were to be sent. */
function notLoaded({ contactId }: Message, errors: readonly FieldError[]): Answer {
  if (errors.some(({ field }) => field === "facts.message.loanIds"))
    return { kind: "unknown", what: "loan" };
  if (errors.some(({ field }) => field === "facts.message.contactId"))
    return { kind: "unknown", what: "contact" };
  if (errors.some(({ field }) => field === "facts.borrower"))
    return { kind: "unknown", what: "borrower" };
  const named = errors.map(({ field, message }) => `${field} ${message}.`);
  return {
    kind: "answered",
    permission: {
      ...NOTHING,
      contactId,
      result: "hold",
      ruleId: "facts.invalid",
      short: "Facts do not fit",
      long: `Correct the facts: ${named.join(" ")}`,
    },
  };
}
