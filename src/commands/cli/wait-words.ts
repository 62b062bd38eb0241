import type { OpenWait } from "../../store/operate/waiting.ts";
import type { WaitEnd, WaitOwner, WaitReason } from "../../domain/vocabulary.ts";
import { showDuration, type ShowMoment } from "./moment.ts";

/** The words after "waits for". */
export const AWAITED: Readonly<Record<WaitReason, string>> = {
  intake: "being taken in",
  intakeRefused: "a correction of what a rule refuses",
  resolving: "being matched with the notification types",
  resolvingFailed: "a correction of the row that cannot be resolved",
  dueTime: "its due time",
  nextAttempt: "the time of its next attempt",
  turn: "its turn",
  daemon: "a daemon: none is alive",
  pause: "the end of a pause",
  rule: "a rule of the guard to allow it",
  contentKey: "a content key",
  providerAccess: "access to the provider, which refuses our account, sender or settings",
  channelProvider: "a provider for its channel",
  unreadReply: "a reply to be read that may be an opt-out",
  decision: "a decision to release or refuse it",
  answer: "the provider's answer",
  recovery: "another daemon to take over from a dead one",
  lookup: "its unknown outcome to be looked up",
  settlement: "its unknown outcome to be settled",
  receipt: "a receipt",
  recipientServer: "the recipient's server, which has put it off",
  report: "the report of the system that logged it",
  reading: "a person to read this reply",
  nothing: "NOTHING",
};

export const OWNERS: Readonly<Record<WaitOwner, string>> = {
  tidings: "Tidings",
  provider: "the provider",
  recipient: "the recipient",
  person: "a person",
  coreSystem: "the core system",
};

/** The words after "then". */
export const ENDS: Readonly<Record<WaitEnd, string>> = {
  takenIn: "it is taken in",
  triedAgain: "it is tried again",
  resolved: "it is resolved",
  judged: "it is judged again, and sent if that is allowed",
  outcomeUnknown: "its outcome counts as unknown",
  lookedUp: "it is looked up again",
  noReceipt: "Tidings waits no longer for a receipt",
  expires: "it is too late to send it, and it fails",
  staysOpen: "nothing happens by itself",
};

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** Returns a wait in words: its reason, its begin, its owner, the end of its term, and the next step. */
export function waitInWords(
  { reason, owner, since, until, lateMs, nextStep }: OpenWait,
  show: ShowMoment,
): string {
  if (reason === "nothing")
    return `It has waited since ${show(since)} for NOTHING: no job and no person will continue it. \`tidings audit\` shows why, and \`tidings repair\` queues it again.`;
  const late = lateMs > 0 ? `, which was ${showDuration(lateMs)} ago` : "";
  return `It has waited since ${show(since)} for ${AWAITED[reason]}. ${capital(OWNERS[owner])} must act by ${show(until)}${late}; then ${ENDS[nextStep]}.`;
}
