import type { CaseOf, GuardCase, Message } from "../../../domain/guard/facts.ts";
import type { Scene } from "./scene.ts";

/** The cases of a type that have an effect on this message. A case without a list of loans is about all of them. */
export function casesOf<Type extends GuardCase["caseType"]>(
  { facts, message }: Scene,
  caseType: Type,
): readonly CaseOf<Type>[] {
  return facts.cases.filter(
    (one): one is CaseOf<Type> =>
      one.caseType === caseType && hasEffect(one) && concerns(one, message),
  );
}

/** False for a case that was canceled, denied or found false. The fields of a completed case still count. */
export function hasEffect({ status, outcome }: GuardCase): boolean {
  if (status === "canceled") return false;
  return status !== "completed" || (outcome !== "falsePositive" && outcome !== "denied");
}

/** A message about no loan in particular concerns all of them. */
export function concerns({ loanIds }: GuardCase, message: Message): boolean {
  if (loanIds === undefined || message.loanIds.length === 0) return true;
  return loanIds.some((id) => message.loanIds.includes(id));
}

/** The name of a case in the facts. */
export const caseFact = ({ caseId, caseType }: GuardCase): string => `cases.${caseId ?? caseType}`;
