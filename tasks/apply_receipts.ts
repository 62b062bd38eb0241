import type { RecordedAnswer } from "../src/decide/receipts/acceptance.ts";
import { reconcile, type Reconciled } from "../src/decide/receipts/reconcile.ts";
import { RECEIPT_TABLES } from "../src/decide/receipts/tables/by-channel.ts";
import type { NextTry } from "../src/decide/receipts/next-try.ts";
import type { InteractionId, ReceiptId } from "../src/domain/ids.ts";
import type { ContactEventKind, ReceiptOddity } from "../src/domain/vocabulary.ts";
import {
  type InteractionFinding,
  noteFindings,
  withdrawFindings,
} from "../src/store/deliver/contact-findings.ts";
import { type NextAttempt, planNextAttempts } from "../src/store/deliver/next-attempts.ts";
import type { Db } from "../src/store/postgres/db.ts";
import { moveByReceipts, noteOddities, type NotedOddity } from "../src/store/receipts/moves.ts";
import {
  postponeReceipts,
  unqueueReceipts,
  type QueuedReceipt,
} from "../src/store/receipts/receipt-queue.ts";
import {
  loadMessages,
  lockInteractions,
  matchReceipts,
  noteMatches,
  type MatchedReceipt,
  type MessageRow,
  type StoredReceipt,
} from "../src/store/receipts/reported-messages.ts";

/** A message whose receipts were applied, and what they changed. */
export interface AppliedMessage {
  readonly message: MessageRow;
  readonly result: Reconciled<StoredReceipt>;
  /** The number of its receipts that arrived now. */
  readonly arrived: number;
}

/** The results of some queued receipts. */
export interface AppliedReceipts {
  readonly applied: readonly AppliedMessage[];
  /** The receipts that are put aside, because no message of ours is known for them. */
  readonly putAside: readonly NotedOddity[];
  /** The receipts that are tried again later. */
  readonly postponed: number;
}

/**
 * match -> lock -> load -> reconcile -> record: applies receipts that the transaction has claimed. Their changes and their done-marks
 * are committed together.
 */
export async function applyReceipts(
  transaction: Db,
  queued: readonly QueuedReceipt[],
): Promise<AppliedReceipts> {
  const ids = queued.map((one) => one.receiptId);
  const matched = await matchReceipts(transaction, ids);
  const sorted = sortOut(matched);
  const locked = await lockInteractions(transaction, [...new Set(sorted.ready.map(idOf))]);
  const free = sorted.ready.filter((one) => locked.has(idOf(one)));
  await noteMatches(
    transaction,
    free
      .filter((one) => !one.isNoted)
      .map((one) => ({ receiptId: one.receiptId, interactionId: idOf(one) })),
  );
  const messages = await loadMessages(transaction, [...locked], ids);
  const applied = messages.flatMap(reconcileMessage);
  await record(transaction, applied, sorted.putAside);
  const done = new Set([
    ...applied.flatMap(receiptsOf),
    ...sorted.putAside.map((one) => one.receiptId),
  ]);
  const later = ids.filter((id) => !done.has(id));
  await unqueueReceipts(
    transaction,
    ids.filter((id) => done.has(id)),
  );
  await postponeReceipts(
    transaction,
    later.map((receiptId) => ({ receiptId, code: null })),
  );
  return { applied, putAside: sorted.putAside, postponed: later.length };
}

const idOf = ({ interactionId }: MatchedReceipt): InteractionId => interactionId ?? NONE;
const NONE = "0" as InteractionId;

/**
 * The time that a receipt waits for its message (ms). A callback may arrive while the call is still running, before the answer to the
 * call is recorded.
 */
const WAITS_FOR_MESSAGE_MS = 600_000;

interface Sorted {
  readonly ready: readonly MatchedReceipt[];
  readonly putAside: readonly NotedOddity[];
}

/** A receipt whose message is not known waits. If its message does not become known in time, the receipt is put aside. */
function sortOut(matched: readonly MatchedReceipt[]): Sorted {
  const ready = matched.filter((one) => one.interactionId !== null && !isWaiting(one));
  const isOther = (one: MatchedReceipt): boolean => one.isOfOtherMessage;
  const lost = matched.filter(
    (one) => isWaiting(one) && one.status !== "inProgress" && one.ageMs > WAITS_FOR_MESSAGE_MS,
  );
  const noted = (reason: ReceiptOddity) => (one: MatchedReceipt) => ({
    receiptId: one.receiptId,
    reason,
  });
  return {
    ready: ready.filter((one) => !isOther(one)),
    putAside: [
      ...ready.filter(isOther).map(noted("otherMessage")),
      ...lost.map(noted("noMessage")),
    ],
  };
}

const isWaiting = ({ interactionId, status, wasCalled }: MatchedReceipt): boolean =>
  interactionId === null || status === "inProgress" || !wasCalled;

/** Returns nothing while a call is in progress, which may have begun since the receipts were matched: they wait for its answer. */
function reconcileMessage(message: MessageRow): AppliedMessage[] {
  const { channel, status, statusDetails, attempt, latestAt, receipts } = message;
  const table = RECEIPT_TABLES[channel];
  const answer = answerOf(message);
  if (table === undefined || status === "inProgress" || answer === null) return [];
  const arrived = receipts.filter((one) => !one.isApplied);
  const result = reconcile(table, {
    channel,
    status,
    statusDetails,
    answer,
    isEndedUnsent: message.isEndedUnsent,
    wasWithdrawn: message.wasWithdrawn,
    known: receipts.filter((one) => one.isApplied),
    arrived,
    context: { attempt, latestAt, softFailures: message.softFailures },
  });
  return [{ message, result, arrived: arrived.length }];
}

/** The answer to the last call that has one on record. A call without one was scheduled again: its outcome counts as unknown. */
function answerOf({ channel, claimedAt, ...message }: MessageRow): RecordedAnswer | null {
  const { answerStatus: status, answerDetails: statusDetails, answerCode, answeredAt } = message;
  if (status !== null && answeredAt !== null)
    return { status, statusDetails, code: answerCode, at: answeredAt };
  if (claimedAt === null) return null;
  const unknown = `${channel}OutcomeUnknown` as const;
  return { status: "attempted", statusDetails: unknown, code: null, at: claimedAt };
}

const receiptsOf = ({ message }: AppliedMessage): ReceiptId[] =>
  message.receipts.map((one) => one.receiptId);

async function record(
  transaction: Db,
  applied: readonly AppliedMessage[],
  putAside: readonly NotedOddity[],
): Promise<void> {
  const odd = applied.flatMap(({ result }) =>
    result.oddities.map(({ receipt, reason }) => ({ receiptId: receipt.receiptId, reason })),
  );
  await moveByReceipts(transaction, applied.flatMap(moveOf));
  await planNextAttempts(transaction, applied.flatMap(nextAttemptOf));
  await noteOddities(transaction, applied.flatMap(receiptsOf), [...odd, ...putAside]);
  // last, because the first event of a contact makes other writers of events wait until the commit
  await withdrawFindings(transaction, applied.flatMap(withdrawnOf));
  await noteFindings(transaction, applied.flatMap(findingsOf));
}

function moveOf({ message: { interactionId, receipts }, result: { move } }: AppliedMessage) {
  if (move === null) return [];
  const { decidedBy, ...rest } = move;
  const { providerMessageId, rawStatus, code, qualifier } = decidedBy;
  const receipt = receipts.find((one) => one === decidedBy);
  const evidence = {
    provider: "receipt",
    code: code ?? rawStatus,
    // entry_times reads the times of this receipt; a recorded answer may decide too, and has no receipt
    ...(receipt !== undefined && { receiptId: receipt.receiptId }),
    ...(qualifier !== null && { text: qualifier }),
  };
  return [{ interactionId, ...rest, messageId: providerMessageId || null, evidence }];
}

/** The wait for the repair of our own fault (ms). */
const REPAIR_MS = 3_600_000;

function nextAttemptOf({ message, result: { next, move } }: AppliedMessage): NextAttempt[] {
  if (move === null || message.wasWithdrawn) return [];
  const { interactionId } = message;
  const dueAt = dueOf(next, move.decidedBy.receivedAt);
  return dueAt === null ? [] : [{ interactionId, dueAt }];
}

function dueOf(next: NextTry, failedAt: Date): Date | null {
  if (next.kind === "none") return null;
  if (next.kind !== "afterFix") return next.notBefore;
  return next.isDueAgain ? new Date(failedAt.getTime() + REPAIR_MS) : null;
}

/** Returns the findings about the contact that follow from the receipts and are not on record yet. */
function findingsOf({ message, result: { contact } }: AppliedMessage): InteractionFinding[] {
  const { interactionId, findings } = message;
  return contact
    .filter(({ kind }) => !findings.includes(kind))
    .map(({ kind }) => ({ interactionId, finding: kind }));
}

/** The findings that come from a person or name a fact. No later receipt makes them wrong. */
const LASTING: ReadonlySet<ContactEventKind> = new Set(["optedOut", "leakReview", "newAddress"]);

/** Returns the findings on record about the contact that no longer follow from the receipts. */
function withdrawnOf({ message, result: { contact } }: AppliedMessage): InteractionFinding[] {
  const { interactionId, findings } = message;
  const held = new Set<ContactEventKind>(contact.map(({ kind }) => kind));
  return findings
    .filter((kind) => !held.has(kind) && !LASTING.has(kind))
    .map((finding) => ({ interactionId, finding }));
}
