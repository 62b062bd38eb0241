import type { Attempt } from "../../domain/chain.ts";
import type { OnUnknown } from "../../domain/vocabulary.ts";

/**
 * What happens next to a chain, by where its last attempt stands.
 * - due, overdue: it leaves when it falls due; it should have left
 * - underWay: a daemon has claimed it, and writes the provider's answer down
 * - ask, resend, hold: nobody knows whether it was taken, and the provider is asked, or it is sent again, or a person decides
 * - handedOver: the provider has it, and may still say what became of it
 * - delivered, failed, withdrawn: nothing follows by itself
 * - notOurs: others have logged it; Tidings neither sends nor moves it
 */
export type NextStep =
  | "due"
  | "overdue"
  | "underWay"
  | "ask"
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

/** `earlier` are the attempts of the chain before the last. */
export function nextStep(
  last: Ended,
  earlier: readonly Pick<Attempt, "channel" | "statusDetails">[],
  onUnknown: OnUnknown,
  now: Date,
): NextStep {
  if (last.origin === "logged") return "notOurs";
  switch (last.status) {
    case "scheduled":
      return last.dueAt !== null && last.dueAt < now ? "overdue" : "due";
    case "inProgress":
      return "underWay";
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

const isUnknown = ({
  channel,
  statusDetails,
}: Pick<Attempt, "channel" | "statusDetails">): boolean =>
  statusDetails === `${channel}OutcomeUnknown`;

/** As `settleUnknown` decides when its time comes: a text's provider can be asked, an email is sent once more at the most. */
function settling(
  { channel, latestAt }: Ended,
  unknownBefore: boolean,
  onUnknown: OnUnknown,
  now: Date,
): NextStep {
  if (channel === "text") return "ask";
  const tooLate = latestAt !== null && now > latestAt;
  return unknownBefore || tooLate ? "hold" : onUnknown;
}
