import type { Facts, HistoryItem } from "../../domain/guard/facts.ts";
import type { Instant } from "../../domain/guard/moments.ts";
import type { Policy } from "./policy/policy.ts";
import { isElectronic } from "./rules/frequency.ts";
import { BORROWER, personOf } from "./scene/history.ts";

/** Up to this number of interactions, a history costs less than the search for those that may be left out. */
const FEW = 50;

/**
 * Returns the interactions of a history that change no judgement, because later ones of the same kind fill every limit already. Of equal
 * messages to the borrower, those with the latest times are kept, as many as the highest limit allows. Counts look at the days before
 * an instant that is not earlier than `now`, so an interaction that is left out would be counted only where a limit is full without it. Calls,
 * answers, planned messages and messages to others stay: rules look at each of them.
 */
export function surplusOf(facts: Facts, policy: Policy, now: Instant): ReadonlySet<HistoryItem> {
  if (facts.history.length <= FEW) return new Set();
  const most = highestLimit(facts, policy);
  const alike = Map.groupBy(
    facts.history.filter((item) => isRepeatable(facts, item, now)),
    kindOf,
  );
  const surplus = [...alike.values()].flatMap((items) =>
    items.toSorted((one, other) => other.at - one.at).slice(most),
  );
  return new Set(surplus);
}

function isRepeatable(facts: Facts, item: HistoryItem, now: Instant): boolean {
  const { channel, direction, status, kind, at, contactId, replyToInboundId } = item;
  if (!isElectronic(channel) || direction !== "outbound" || kind !== "ordinary") return false;
  if (status === "scheduled" || replyToInboundId !== undefined || at > now) return false;
  return personOf(facts, contactId) === BORROWER;
}

/** Every member by which a rule can distinguish two messages at different times. */
const kindOf = ({ at: _at, id: _id, ...rest }: HistoryItem): string => JSON.stringify(rest);

function highestLimit({ lender }: Facts, { entries }: Policy): number {
  const caps = entries.flatMap((entry) =>
    entry.rule === "cap" && entry.value.channels.some(isElectronic) ? [entry.value.max] : [],
  );
  const { electronicPer7Days, textsPerDay } = lender.limits;
  return Math.max(1, textsPerDay, ...Object.values(electronicPer7Days), ...caps);
}
