import type { Part } from "../../domain/guard/fact-parts.ts";
import type { HistoryItem } from "../../domain/guard/facts.ts";
import type { GuardQuestion } from "../../domain/guard/question.ts";
import type { InteractionRow } from "./interactions.ts";
import { withoutUnknown } from "./known-values.ts";

/** The contact of an interaction that has none yet. Rules take an unknown contact for the borrower's. */
export const NOT_CHOSEN = "not chosen";

/** An interaction of the borrower, as it is loaded and as a fact sheet has it. */
export interface ReadInteraction {
  readonly row: InteractionRow;
  readonly part: Part<HistoryItem>;
}

/**
 * Returns the history of a question: every other interaction, except the notices of Tidings that are planned to leave after it. Two
 * planned notices that each reserved a place against the other would both wait without end.
 */
export function historyOf(
  { interactionId }: GuardQuestion,
  interactions: readonly ReadInteraction[],
): Part<HistoryItem>[] {
  const own = interactions.find(({ row }) => row.id === interactionId)?.row;
  return interactions
    .filter(({ row }) => row !== own && !(own !== undefined && isPlannedAfter(row, own)))
    .map(({ part }) => part);
}

function isPlannedAfter(row: InteractionRow, own: InteractionRow): boolean {
  if (row.origin !== "tidings" || row.status !== "scheduled") return false;
  return row.at > own.at || (row.at === own.at && isHigher(row.id, own.id));
}

/** Compares ids as numbers. A batch of a borrower with thousands of planned notices compares millions of them. */
const isHigher = (one: string, other: string): boolean =>
  one.length === other.length ? one > other : one.length > other.length;

/** Writes an interaction as the history of a fact sheet has it. */
export function itemOf(row: InteractionRow): object {
  const { id, channel, direction, status, statusDetails, contactId, loanIds, theme, kind } = row;
  return withoutUnknown({
    id,
    channel,
    direction,
    status,
    statusDetails,
    contactId: contactId ?? NOT_CHOSEN,
    loanIds,
    theme,
    kind,
    at: new Date(row.at).toISOString(),
    replyToInboundId: row.replyToInboundId,
  });
}

/** Writes the messages and calls of the borrower, which are the inbound interactions. */
export function inboundOf(inbound: readonly InteractionRow[]): object[] {
  return inbound.map(({ id, channel, at, contactId, words, reading, providerReplied }) =>
    withoutUnknown({
      id,
      channel,
      receivedAt: new Date(at).toISOString(),
      contactId,
      text: words === "" ? null : words,
      reading,
      providerAutoReplied: providerReplied,
    }),
  );
}

/** True for a communication from the borrower to the lender. */
export const isInbound = ({ direction }: InteractionRow): boolean => direction === "inbound";

/** Returns the time of the last inbound interaction from a contact; null if there is none. */
export function lastInboundFrom(contact: string, inbound: readonly InteractionRow[]): Date | null {
  const times = inbound.filter((row) => row.contactId === contact).map(({ at }) => at);
  return times.length === 0 ? null : new Date(times.reduce((one, other) => Math.max(one, other)));
}
