import type { FactSheet } from "../domain/fact-sheet.ts";
import type { Verdict } from "../domain/verdict.ts";
import { chooseContact } from "./choose-contact.ts";
import { stillHolds } from "./match.ts";

/** Whether this interaction may leave now, to whom, and if not, why. `now` is the moment it would leave. */
export function judge(facts: FactSheet, now: Date): Verdict {
  if (facts.latestAt !== null && now > facts.latestAt)
    return {
      kind: "refuse",
      status: "failed",
      reason: {
        ruleId: "schedule.expired",
        short: "Too late to send",
        long: `It had to leave by ${facts.latestAt.toISOString()}: decide whether the borrower must be told in another way.`,
      },
    };
  const { notificationType: type } = facts;
  if (type.whenCaseMoves === "cancel" && !stillHolds(type, facts.case, facts.case.fields))
    return {
      kind: "refuse",
      status: "canceled",
      reason: {
        ruleId: "case.moved",
        short: "Case has moved on",
        long: `The case no longer holds what version ${type.version} of notification type ${type.id} waits for; it says to cancel then.`,
      },
    };
  const choice = chooseContact(facts.channel, facts.contacts);
  if (choice.kind === "chosen") return { kind: "send", contact: choice.contact };
  const { short, long } = choice;
  return { kind: "refuse", status: "failed", reason: { ruleId: "contact.none", short, long } };
}
