import type { Contact } from "../../domain/deliver/contact.ts";
import type { AnsweredReply, FactSheet } from "../../domain/deliver/fact-sheet.ts";
import {
  type PassedOver,
  passedOverInWords,
  type PassOverReason,
} from "../../domain/passed-over.ts";
import { CONTACT_STATUSES, type Channel } from "../../domain/vocabulary.ts";
import type { ChannelRules } from "./channels/rules.ts";
import { rulesOf } from "./channels/table.ts";
import { type Purpose, purposeOf } from "./purpose.ts";

/** The chosen contact, or the reason why there is none. */
export type Choice =
  | {
      readonly kind: "chosen";
      readonly contact: Contact;
      /** The address or number of the recipient, in the form that providers accept. */
      readonly to: string;
      /** The contacts that come before it in the order of preference. */
      readonly passedOver: readonly PassedOver[];
    }
  | {
      readonly kind: "none";
      readonly short: string;
      readonly long: string;
      /** True if there may be one as soon as a person has read a reply. */
      readonly untilRead: boolean;
    };

const byPreference = (one: Contact, other: Contact): number =>
  CONTACT_STATUSES.indexOf(one.status) - CONTACT_STATUSES.indexOf(other.status) ||
  one.id.localeCompare(other.id);

/** The purpose for checks that are about no message in particular. */
const ANY_PURPOSE: Purpose = { isCollection: false, isMarketing: false };

/**
 * Chooses among a borrower's contacts for one channel, by the platform's rule for notices: the borrower's own valid
 * contact, primary before secondary before additional. The first of them with a usable value is chosen.
 */
export function chooseContact(
  channel: Channel,
  contacts: readonly Contact[],
  homeCountry: string,
  purpose: Purpose = ANY_PURPOSE,
): Choice {
  const rules = rulesOf(channel);
  if (rules === undefined) return notCarried(channel);
  const candidates = contacts
    .filter((contact) => contact.contactType === rules.contactType)
    .toSorted(byPreference);
  const passedOver: PassedOver[] = [];
  for (const contact of candidates) {
    const to = rules.recipientOf(contact.value ?? "", homeCountry);
    const why =
      (contact.affiliation === "self" ? objectionTo(contact, rules) : "notOwn") ??
      optOutOf(contact, rules, purpose);
    if (why === null && to !== null) return { kind: "chosen", contact, to, passedOver };
    passedOver.push({ contactId: contact.id, why: why ?? "valueUnusable" });
  }
  return noContact(channel, rules, passedOver);
}

/**
 * Takes the contact to which a redirect sends a notice, and no other. It may be that of another person, such as the borrower's
 * attorney.
 */
export function takeContact(
  contactId: string,
  {
    channel,
    contacts,
    ...facts
  }: Pick<FactSheet, "channel" | "contacts" | "theme" | "isTransactional">,
  homeCountry: string,
): Choice {
  const rules = rulesOf(channel);
  if (rules === undefined) return notCarried(channel);
  const contact = contacts.find(({ id }) => id === contactId);
  if (contact === undefined) return unusable(`The borrower has no contact ${contactId}.`);
  if (contact.contactType !== rules.contactType)
    return unusable(
      `Contact ${contactId} is of the type ${contact.contactType}, not one for ${channel}.`,
    );
  const to = rules.recipientOf(contact.value ?? "", homeCountry);
  const why = objectionTo(contact, rules) ?? optOutOf(contact, rules, purposeOf(facts));
  if (why === null && to !== null) return { kind: "chosen", contact, to, passedOver: [] };
  return {
    ...unusable(passedOverInWords({ contactId: contact.id, why: why ?? "valueUnusable" })),
    untilRead: why === "replyUnread",
  };
}

const unusable = (long: string): Extract<Choice, { kind: "none" }> => ({
  kind: "none",
  untilRead: false,
  short: "Contact unusable",
  long,
});

const notCarried = (channel: Channel): Choice => ({
  kind: "none",
  untilRead: false,
  short: "Channel not carried",
  long: `No rule chooses a contact for ${channel}; send it by email or text.`,
});

/**
 * Chooses the contact whose opt-out is confirmed. The contact takes no more texts, but the confirmation is still permitted. There is
 * none if the contact was changed or archived since, if its number is known to be wrong, or if the borrower has opted in again.
 */
export function chooseAnswered(
  reply: AnsweredReply,
  contacts: readonly Contact[],
  homeCountry: string,
): Choice {
  const contact = contacts.find(({ id }) => id === reply.contactId);
  const to = rulesOf("text")?.recipientOf(reply.value, homeCountry) ?? null;
  const isSame = contact?.value === reply.value && contact.status !== "archived" && contact.valid;
  if (contact !== undefined && to !== null && isSame && contact.optedOutAt !== null)
    return { kind: "chosen", contact, to, passedOver: [] };
  return {
    kind: "none",
    untilRead: false,
    short: "No eligible contact",
    long: `Contact ${reply.contactId}, from which the opt-out came, has changed or was opted in again since: it is not confirmed.`,
  };
}

function objectionTo(contact: Contact, rules: ChannelRules): PassOverReason | null {
  if (contact.status === "archived") return "archived";
  return contact.valid ? rules.objectionTo(contact) : "notValid";
}

/** Returns the objection by an opt-out. 12 CFR 1006.14(h)(1) closes an address for messages about collection. */
function optOutOf(
  { optedOutAt, marketingOptedOutAt, replyUnread }: Contact,
  { optOutIsTotal }: ChannelRules,
  { isCollection, isMarketing }: Purpose,
): PassOverReason | null {
  const mayBeClosed = isCollection || isMarketing || optOutIsTotal;
  const isClosed =
    (optedOutAt !== null && mayBeClosed) || (marketingOptedOutAt !== null && isMarketing);
  if (isClosed) return "optedOut";
  return replyUnread && mayBeClosed ? "replyUnread" : null;
}

/** More contacts than a person reads one by one. */
const MOST_NAMED = 5;

function noContact(
  channel: Channel,
  rules: ChannelRules,
  passedOver: readonly PassedOver[],
): Choice {
  const isUnusable = passedOver.some(({ why }) => why === "valueUnusable");
  const first = isUnusable
    ? `No contact has a value that ${channel} can be sent to. Write ${rules.form}.`
    : `The borrower has no contact for ${channel}: add ${rules.wantedContact}.`;
  const named = passedOver.slice(0, MOST_NAMED).map(passedOverInWords);
  return {
    kind: "none",
    untilRead: passedOver.some(({ why }) => why === "replyUnread"),
    short: isUnusable ? "Contact unusable" : "No eligible contact",
    long: [first, ...named].join(" "),
  };
}
