import type { BorrowerId, InteractionId } from "../ids.ts";
import type { TemplateFacts } from "../template/template.ts";
import type { FactsInput, Rendered } from "./facts.ts";

/** A message that the guard is to judge, before the facts about its borrower are loaded. */
export interface GuardQuestion {
  /** The name under which the answer is returned, unique in a batch. */
  readonly key: string;
  readonly borrowerId: BorrowerId;
  /** The interaction of the message, which its history leaves out; null if there is none yet. */
  readonly interactionId: InteractionId | null;
  readonly message: FactsInput["message"];
  /** Absent while nothing is rendered. */
  readonly rendered?: Rendered;
}

/** The moment of a judgement, and the country of the lender. */
export interface GuardMoment {
  readonly at: Date;
  /**
   * The facts that are loaded: those known now, or those that were known at `at`. A real send uses the facts known now, so
   * that a fact that arrives while the send waits for a lock still counts.
   */
  readonly known: "now" | "then";
  /** The lender's country, for phone numbers without one (ISO 3166-1, such as US). */
  readonly country: string;
}

/** Returns the members of a message that its template version knows. */
export function messageFactsOf(template: TemplateFacts): Partial<FactsInput["message"]> {
  const { kind, asksForMoney, requiredByLaw, requiredMedium, programme } = template;
  return {
    ...(kind !== null && { kind }),
    ...(asksForMoney !== null && { asksForMoney }),
    ...(requiredByLaw !== null && { requiredByLaw }),
    ...(requiredMedium !== null && { requiredMedium }),
    ...(programme !== null && { programme }),
  };
}
