import type { Facts, HistoryItem, InboundItem } from "../../../domain/guard/facts.ts";
import type { Day } from "../../../domain/guard/moments.ts";
import type { StatusDetails } from "../../../domain/status-details.ts";
import type { ZoneClock } from "../time/zone-clock.ts";
import { isReserved } from "./known.ts";

/** One item of the history with the data that counts need. */
export interface PastContact {
  readonly item: HistoryItem;
  /** Its name in the facts, such as `history.IN-101`. */
  readonly fact: string;
  /** The local day of the contact, by each clock of the scene. */
  readonly days: readonly Day[];
  readonly person: string;
}

/** The borrower has many contacts in the history and counts as one person. */
export const BORROWER = "borrower";
export const SPOUSE = "spouse";

/** Returns the other interactions of the borrower, each with its local day by every clock. */
export function pastOf(facts: Facts, clocks: readonly ZoneClock[]): readonly PastContact[] {
  return facts.history.map((item, index) => ({
    item,
    fact: `history.${item.id ?? index}`,
    days: clocks.map((clock) => clock.dayAt(item.at)),
    person: personOf(facts, item.contactId),
  }));
}

/**
 * Third persons have no id, so each of their contacts counts as one person. An unknown contact counts as the
 * borrower's.
 */
export function personOf({ contacts }: Facts, contactId: string): string {
  const affiliation = contacts[contactId]?.affiliation ?? "self";
  if (affiliation === "self") return BORROWER;
  return affiliation === SPOUSE ? SPOUSE : contactId;
}

/** Student loans under one account number are one debt. */
export function debtOf({ loans }: Facts, loanId: string): string {
  const loan = loans[loanId];
  return loan?.productType === "student" ? (loan.accountNumber ?? loanId) : loanId;
}

/** Returns the number under which a loan is counted: student loans under one number are one debt. */
export function accountOf({ loans }: Facts, loanId: string): string {
  return loans[loanId]?.accountNumber ?? loanId;
}

/** The loans of a past contact: those that were discussed, otherwise those to which it was booked. */
export const loanIdsOf = ({ loanIds, discussedLoanIds }: HistoryItem): readonly string[] =>
  discussedLoanIds ?? loanIds;

/** Details of calls that were not connected, or reached a number that is not the person's. */
const NOT_CONNECTED: ReadonlySet<string> = new Set<StatusDetails>([
  "voiceBusy",
  "voiceDisconnectedNumber",
  "voiceWrongNumber",
]);
/** A failed call was never placed, unless it is known to have rung. */
const RANG: ReadonlySet<string> = new Set<StatusDetails>([
  "voiceNoAnswer",
  "voiceHungUp",
  "voiceLeftVoicemail",
  "voiceMachineNoMessage",
  "voiceSpokeWithFirstParty",
  "voiceSpokeWithThirdParty",
  "voiceLeftMessageWithThirdParty",
]);

/** True if an outbound contact was made or is planned. A failed or canceled one reached no one. */
export function wasMade({ direction, status }: HistoryItem): boolean {
  return direction === "outbound" && status !== "failed" && status !== "canceled";
}

/**
 * True if an item is a call that counts (12 CFR 1006.14(b)(3)(ii)-(iii)). A call that was answered and dropped, that
 * rang unanswered or reached a machine counts. A call to a number since known to be another person's does not.
 */
export function isCountedCall({ contacts }: Facts, item: HistoryItem): boolean {
  const { channel, direction, status, statusDetails = "" } = item;
  if (channel !== "voice" || direction !== "outbound" || status === "canceled") return false;
  if (NOT_CONNECTED.has(statusDetails)) return false;
  if (contacts[item.contactId]?.wrongPartySince !== undefined) return false;
  return status !== "failed" || RANG.has(statusDetails);
}

/** True if an item counts as a contact through its channel. */
export function isCountedContact(facts: Facts, item: HistoryItem): boolean {
  return item.channel === "voice" ? isCountedCall(facts, item) : wasMade(item);
}

const SPOKEN_WITH_BORROWER: ReadonlySet<string> = new Set<StatusDetails>([
  "voiceSpokeWithFirstParty",
]);
/** Details of calls in which somebody was spoken with. */
export const SPOKEN: ReadonlySet<string> = new Set<StatusDetails>([
  "voiceSpokeWithFirstParty",
  "voiceSpokeWithThirdParty",
]);

/** True if it was a telephone conversation, in either direction. */
export function isConversation({ item, person }: PastContact): boolean {
  if (item.channel !== "voice") return false;
  const spoken = person === BORROWER ? SPOKEN_WITH_BORROWER : SPOKEN;
  return spoken.has(item.statusDetails ?? "");
}

/** The inbound message that the judged message answers; undefined if it answers none. */
export function answeredInbound({ message, inbound }: Facts): InboundItem | undefined {
  const { replyToInboundId } = message;
  if (replyToInboundId === undefined) return undefined;
  return inbound.find(({ id }) => id === replyToInboundId);
}

/** True if the judged message is the first answer to an inbound message, through the same channel. */
export function isFirstAnswer(facts: Facts): boolean {
  const asked = answeredInbound(facts);
  return asked?.channel === facts.message.channel && isUnanswered(facts, asked);
}

/** True if an inbound message has no answer yet, and none is planned. */
export function isUnanswered({ history }: Facts, { id }: InboundItem): boolean {
  return !history.some(
    (item) => item.replyToInboundId === id && (wasMade(item) || isReserved(item)),
  );
}
