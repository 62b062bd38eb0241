import { type GuardQuestion, messageFactsOf } from "../../domain/guard/question.ts";
import { NO_TEMPLATE_FACTS } from "../../domain/template/template.ts";
import type { Lender } from "../../domain/lender.ts";
import { renderedFactsOf } from "./channels/rendered-facts.ts";
import type { Ready } from "./prepare.ts";

/** Asks the guard about a message that is ready to be sent. */
export function guardQuestionOf(ready: Ready, lender: Lender): GuardQuestion {
  const { facts, template, claim, message } = ready;
  const { interactionId, channel, theme, isTransactional, borrower, loans, latestAt, reply } =
    facts;
  return {
    key: interactionId,
    interactionId,
    borrowerId: borrower.id,
    rendered: renderedFactsOf({ message, template, facts, lender }),
    message: {
      ...messageFactsOf({ ...NO_TEMPLATE_FACTS, ...template }),
      channel,
      theme,
      isTransactional: isTransactional ?? true,
      contactId: claim.contactId,
      loanIds: loans.map(({ id }) => id),
      ...(reply !== null && { replyToInboundId: reply.id }),
      ...(latestAt !== null && { scheduledAtTo: latestAt.toISOString() }),
    },
  };
}
