import type { FactsInput } from "../guard/facts.ts";
import type { BorrowerId, CaseChangeId, InteractionId } from "../ids.ts";
import type { Channel, Theme } from "../vocabulary.ts";

/** The result of a message, or the result that it would have had. */
export const FATES = [
  "sent",
  "delayed",
  "redirected",
  "held",
  "refused",
  "canceled",
  "notPlanned",
] as const;
export type Fate = (typeof FATES)[number];

/** A fate with the rule that caused it; null if none did. */
export interface FateByRule {
  readonly fate: Fate;
  readonly ruleId: string | null;
}

/** A message of the past, or one that another version of its type would have planned. */
export interface Replayed {
  /** Null if it was not planned. */
  readonly interactionId: InteractionId | null;
  readonly caseChangeId: CaseChangeId | null;
  readonly borrowerId: BorrowerId;
  readonly channel: Channel;
  readonly theme: Theme | null;
  readonly isTransactional: boolean | null;
  readonly loanIds: readonly string[];
  /** Null if none was chosen. */
  readonly contactId: string | null;
  /** The facts that its template version states about it. */
  readonly fromTemplate: Partial<FactsInput["message"]>;
  /** The moment at which it was due, or at which it was made. */
  readonly at: Date;
  readonly latestAt: Date | null;
  readonly done: FateByRule;
}

/** Its fate now, with a sentence without personal data; null if there is nothing to say. */
export interface Outcome extends FateByRule {
  readonly long: string | null;
}

/** A message with what was done and what would be. */
export interface Compared {
  readonly replayed: Replayed;
  readonly would: Outcome;
}
