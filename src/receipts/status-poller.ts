import type { Deps, StatusPolls } from "../deps.ts";
import type { ArrivedReceipt } from "../domain/receipts/arrived-receipt.ts";
import type { Outages } from "../store/postgres/outages.ts";
import { leasePolls, refreshPolls, schedulePolls, type Poll } from "../store/receipts/polls.ts";
import { keepReceipts } from "../store/receipts/receipts.ts";
import { startWorkLoop, type WorkLoop } from "../work-loop.ts";

/** The number of texts in one round. */
const MOST = 100;
/** A round ends earlier: a list and twenty requests, each within the deadline of a call. */
const LEASE_MS = 300_000;
/** The longest pause between two rounds (ms). */
const LONGEST_PAUSE_MS = 10_000;

/**
 * Looks up accepted texts at a provider that cannot call back, one call after the other, so that sending is not slowed down. A
 * status that it reads becomes a receipt. The times of the lookups are in the database, so they outlive the process and daemons
 * share them.
 */
export function startStatusPoller(deps: Deps, polls: StatusPolls, outages: Outages): WorkLoop {
  const pauseMs = Math.min(polls.waits[0] ?? 0, LONGEST_PAUSE_MS);
  return startWorkLoop({
    part: "polls",
    emit: deps.emit,
    outages,
    failurePause: { firstMs: pauseMs, longestMs: pauseMs },
    look: async () => {
      await pollOnce(deps, polls);
      return pauseMs;
    },
  });
}

/** One round: the texts that are due. Exported for tests. */
export async function pollOnce(deps: Deps, { waits, withinMs, read }: StatusPolls): Promise<void> {
  const { db, emit, clock } = deps;
  await refreshPolls(db, new Date(clock().getTime() - withinMs), waits[0] ?? 0);
  const due = await leasePolls(db, MOST, LEASE_MS);
  if (due.length === 0) return;
  const startedAt = performance.now();
  const found = await read(due);
  const byMessage = new Map(due.map((one) => [one.messageId, one]));
  await keepReceipts(
    db,
    found.flatMap(({ messageId, status, errorCode }) => {
      const poll = byMessage.get(messageId);
      return poll === undefined ? [] : [receiptOf(poll, status, errorCode)];
    }),
  );
  // after the receipts are durable: a daemon that dies in between asks again
  await schedulePolls(
    db,
    due.map(({ interactionId, polls }) => ({
      interactionId,
      waitMs: waits[polls + 1] ?? waits.at(-1) ?? 0,
    })),
  );
  emit("receipts.polled", {
    channel: "text",
    interactions: due.length,
    found: found.length,
    durationMs: Math.round(performance.now() - startedAt),
  });
}

const receiptOf = (poll: Poll, rawStatus: string, errorCode: number | null): ArrivedReceipt => ({
  provider: "twilio",
  providerMessageId: poll.messageId,
  interactionId: poll.interactionId,
  rawStatus,
  code: errorCode === null ? null : String(errorCode),
  qualifier: null,
  reportedAt: null,
  payload: null,
});
