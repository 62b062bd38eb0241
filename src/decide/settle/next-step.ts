import { rulesOf } from "../deliver/channels/table.ts";
import type { Attempt } from "../../domain/deliver/chain.ts";
import { isOutcomeUnknown } from "../../domain/status-details.ts";
import type { OnUnknown } from "../../domain/vocabulary.ts";

/**
 * The next step of a chain, by the status of its last attempt.
 * - due, overdue: it is sent when it is due, or should have been sent
 * - held: the guard leaves it to a person
 * - inProgress: a daemon has claimed it and records the provider's answer
 * - lookUp, resend, hold: the outcome is unknown; the message is looked up at the provider, or it is sent again, or a person decides
 * - handedOver: the provider has it and may still send a receipt
 * - delivered, failed, withdrawn: nothing follows automatically
 * - notOurs: it was logged by another system; Tidings neither sends nor changes it
 */
export type NextStep =
  | "due"
  | "overdue"
  | "held"
  | "inProgress"
  | "lookUp"
  | "resend"
  | "hold"
  | "handedOver"
  | "delivered"
  | "failed"
  | "withdrawn"
  | "notOurs";

type Ended = Pick<
  Attempt,
  "origin" | "channel" | "status" | "statusDetails" | "dueAt" | "latestAt"
>;

/** Decides the next step. `earlier` are the attempts before the last one. */
export function nextStep(
  last: Ended,
  earlier: readonly Pick<Attempt, "channel" | "statusDetails">[],
  onUnknown: OnUnknown,
  now: Date,
): NextStep {
  if (last.origin === "logged") return "notOurs";
  switch (last.status) {
    case "scheduled":
      if (last.dueAt === null) return "held";
      return last.dueAt < now ? "overdue" : "due";
    case "inProgress":
      return "inProgress";
    case "attempted":
      return isUnknown(last)
        ? settling(last, earlier.some(isUnknown), onUnknown, now)
        : "handedOver";
    case "succeeded":
      return "delivered";
    case "failed":
      return "failed";
    case "canceled":
      return "withdrawn";
  }
}

const isUnknown = ({ statusDetails }: Pick<Attempt, "statusDetails">): boolean =>
  isOutcomeUnknown(statusDetails);

/** Predicts the decision of `settleUnknown`: a text is looked up at the provider, and an email is sent once more at most. */
function settling(
  { channel, latestAt }: Ended,
  unknownBefore: boolean,
  onUnknown: OnUnknown,
  now: Date,
): NextStep {
  if (rulesOf(channel)?.hasLookup === true) return "lookUp";
  const tooLate = latestAt !== null && now > latestAt;
  return unknownBefore || tooLate ? "hold" : onUnknown;
}
