import type { BorrowerId, InteractionId } from "../ids.ts";
import type { FactsInput } from "./facts.ts";

/** A message that the guard is to judge, before the facts about its borrower are loaded. */
export interface GuardQuestion {
  /** The name under which the answer is returned, unique in a batch. */
  readonly key: string;
  readonly borrowerId: BorrowerId;
  /** The interaction of the message, which its history leaves out; null if there is none yet. */
  readonly interactionId: InteractionId | null;
  readonly message: FactsInput["message"];
  /** Absent while nothing is rendered. */
  readonly rendered?: NonNullable<FactsInput["rendered"]>;
}

/** The moment of a judgement, and the data that no borrower's row contains. */
export interface GuardMoment {
  readonly at: Date;
  /** The lender's country, for phone numbers without one (ISO 3166-1, such as US). */
  readonly country: string;
  /** The switches and limits of the lender; absent: their defaults. */
  readonly lender?: FactsInput["lender"];
}
