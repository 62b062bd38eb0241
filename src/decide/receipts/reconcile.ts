import type { RuleId } from "../../domain/guard/rule-ids.ts";
import type { ProviderReceipt } from "../../domain/receipts/provider-receipt.ts";
import { stageOf } from "../../domain/receipts/stages.ts";
import { isOutcomeUnknown } from "../../domain/status-details.ts";
import type { Channel, InteractionStatus } from "../../domain/vocabulary.ts";
import { applyReceipts, type ReceiptAlert, type ReceiptContext } from "./apply-receipts.ts";
import { acceptedAs, type RecordedAnswer } from "./acceptance.ts";
import type { OddityReason } from "./fit.ts";
import type { NextTry } from "./next-try.ts";
import type { ContactEffect, Progress, ReceiptTable } from "./table.ts";

/** A message of ours, its recorded answer, and its receipts. */
export interface ReportedMessage<Receipt extends ProviderReceipt = ProviderReceipt> {
  readonly channel: Channel;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  readonly answer: RecordedAnswer;
  /** True if it was ended in the belief that it was not sent: withdrawn, failed by a rule or a person, or given up after lookups. */
  readonly isEndedUnsent: boolean;
  /** True if it was withdrawn, or failed by a rule or a person, at some time after its call. */
  readonly wasWithdrawn: boolean;
  /** The receipts that were applied before. */
  readonly known: readonly Receipt[];
  readonly arrived: readonly Receipt[];
  readonly context: ReceiptContext;
}

/** The new status of an interaction, and why. */
export interface Move {
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  readonly ruleId: RuleId | null;
  readonly short: string | null;
  readonly long: string | null;
  /** The receipt that decided it. */
  readonly decidedBy: ProviderReceipt;
}

/** Everything that the receipts of a message mean for the record. */
export interface Reconciled<Receipt extends ProviderReceipt = ProviderReceipt> {
  /** Null if the interaction stays as it is. */
  readonly move: Move | null;
  /** All effects on the contact that hold now. */
  readonly contact: readonly ContactEffect[];
  readonly next: NextTry;
  /** The unexpected events that the receipts have just caused, for a person. */
  readonly alerts: readonly ReceiptAlert[];
  readonly oddities: readonly { readonly receipt: Receipt; readonly reason: OddityReason }[];
}

/** Decides what receipts change. Receipts that were applied before do not change it again. */
export function reconcile<Receipt extends ProviderReceipt>(
  table: ReceiptTable,
  message: ReportedMessage<Receipt>,
): Reconciled<Receipt> {
  const { answer, known, arrived, context } = message;
  const accepted = acceptedAs(table, answer);
  const state = { acceptedAs: accepted, receipts: known };
  const { before, after } = applyReceipts(table, state, arrived, context);
  const move = moveOf(message, before.progress, after);
  return {
    move,
    contact: after.contact,
    next: move === null ? { kind: "none" } : after.next,
    alerts: move === null ? [] : after.alerts,
    oddities: after.oddities
      .filter(({ receipt }) => receipt !== accepted)
      // the receipts that went in come out as they are
      .map(({ receipt, reason }) => ({ receipt: receipt as Receipt, reason })),
  };
}

const CANCELED = {
  short: "Canceled at the provider",
  long: "The provider canceled the message before it was sent. Retry it if it is still needed.",
};

/** True if a call of unknown outcome is on record, and then that it was not sent. */
const isTakenAsUnsent = ({ status, isEndedUnsent }: ReportedMessage): boolean =>
  status === "scheduled" || isEndedUnsent;

const SENT: ReadonlySet<InteractionStatus> = new Set(["attempted", "succeeded"]);

const NOT_READ = {
  short: "Outcome unknown",
  long: "The provider has reported about the message in words that Tidings does not know, so it has the message. Check what became of it there, then settle it.",
};

/** A provider that reports about a message has accepted it. A person decides if no receipt says what became of it. */
const heldBy = (receipt: ProviderReceipt | undefined, unknown: Progress): Move | null =>
  receipt === undefined ? null : { ...unknown, ruleId: null, ...NOT_READ, decidedBy: receipt };

type Read = ReturnType<typeof applyReceipts>["after"];

function moveOf(message: ReportedMessage, before: Progress | null, after: Read): Move | null {
  const { progress, decidedBy, ruleId, short, long } = after;
  if (progress === null || decidedBy === null) return null;
  const target = asSent(progress);
  if (target.status === message.status && target.statusDetails === message.statusDetails)
    return null;
  const isUnread = isOutcomeUnknown(target.statusDetails);
  if (message.isEndedUnsent && !mayUndoEnd(message, target, isUnread)) return null;
  if (isTakenAsUnsent(message) && isUnread) return heldBy(message.arrived[0], target);
  if (!mayReplace(message, before, target)) return null;
  const why = target.status === "canceled" ? CANCELED : { short, long };
  return { ...target, ruleId, ...why, decidedBy };
}

/**
 * Only the news that it was sent undoes a withdrawal, or a failure by a rule or a person. One that was given up after lookups has failed
 * by an assumption, so all that its provider says of it counts.
 */
function mayUndoEnd(
  { wasWithdrawn }: ReportedMessage,
  target: Progress,
  isUnread: boolean,
): boolean {
  if (SENT.has(target.status) && !isUnread) return true;
  return !wasWithdrawn && target.status !== "canceled";
}

/** Returns the progress of a sent message. One that the provider keeps for later counts as attempted: the status `scheduled` would send it a second time. */
const asSent = ({ status, statusDetails }: Progress): Progress => ({
  status: status === "scheduled" || status === "inProgress" ? "attempted" : status,
  statusDetails,
});

/** Another record, such as a report of the core system, is replaced only by a receipt of a later stage. */
function mayReplace(message: ReportedMessage, before: Progress | null, target: Progress): boolean {
  const { channel, status, statusDetails } = message;
  if (isTakenAsUnsent(message)) return true;
  if (isOutcomeUnknown(statusDetails) || statusDetails?.endsWith("NoReceipt") === true) return true;
  const isOfReceipts = before?.status === status && before.statusDetails === statusDetails;
  if (isOfReceipts) return true;
  const [now = 0] = stageOf(channel, statusDetails) ?? [];
  const [then = 0] = stageOf(channel, target.statusDetails) ?? [];
  return then > now;
}
