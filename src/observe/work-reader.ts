import { setTimeout as sleep } from "node:timers/promises";
import { HELD_WARNING_MS, WORKER_TIMEOUT_MS } from "../domain/worker.ts";
import type { ChannelWork, Work } from "../domain/heartbeat.ts";
import { CHANNELS, type Channel } from "../domain/vocabulary.ts";
import { countHeld } from "../store/guard/holds.ts";
import { countInProgress, countOverdue } from "../store/operate/backlog.ts";
import {
  countJobsByTask,
  countReplies,
  countUnknown,
  listOpenPauses,
} from "../store/operate/status-counts.ts";
import { countUndelivered } from "../store/operate/undelivered.ts";
import type { Db } from "../store/postgres/db.ts";
import { measureRoundTrip } from "../store/postgres/round-trip.ts";
import { listWorkers } from "../store/queue/workers.ts";
import { countReceipts } from "../store/receipts/receipt-queue.ts";
import { countUnresolved } from "../store/resolve/resolve-queue.ts";

/** The work as it was read, and the time that a statement took (ms). */
export interface ReadWork {
  readonly work: Work;
  readonly roundTripMs: number;
}

/** Reads the state of the work; undefined if the database does not answer in time. Never rejects. */
export type WorkReader = () => Promise<ReadWork | undefined>;

/** The times of a reader (ms). */
export interface ReaderTimes {
  /** Readers within this time share one read. */
  readonly maxAgeMs: number;
  /** A read that takes longer counts as unanswered. */
  readonly deadlineMs: number;
}

/**
 * Readers within `maxAgeMs` share one read, and those that come during a read share it, so that scraping cannot load the database.
 * The statements read what is not finished and never the history. A read that hangs is not repeated while it hangs.
 */
export function createWorkReader(
  db: Db,
  carried: readonly Channel[],
  { maxAgeMs, deadlineMs }: ReaderTimes,
): WorkReader {
  let reading: Promise<ReadWork | undefined> | undefined;
  let isRunning = false;
  let readAt = -Infinity;

  const read = async (): Promise<ReadWork | undefined> => {
    try {
      return { roundTripMs: await measureRoundTrip(db), work: await loadWork(db, carried) };
    } catch {
      return undefined;
    } finally {
      isRunning = false;
      readAt = performance.now();
    }
  };

  return async () => {
    if (!isRunning && performance.now() - readAt >= maxAgeMs) {
      isRunning = true;
      reading = read();
    }
    // the server's statement timeout does not help if the network loses its answer, so the client has a deadline too
    return await Promise.race([reading, sleep(deadlineMs, undefined, { ref: false })]);
  };
}

async function loadHolds(
  db: Db,
): Promise<Pick<Work, "heldNotices" | "oldestHeldSeconds" | "heldNearDeadline">> {
  const held = await countHeld(db, HELD_WARNING_MS);
  return {
    heldNotices: held.interactions,
    oldestHeldSeconds: seconds(held.oldestMs ?? 0),
    heldNearDeadline: held.nearDeadline,
  };
}

async function loadWork(db: Db, carried: readonly Channel[]): Promise<Work> {
  const overdue = await countOverdue(db);
  const inProgress = await countInProgress(db);
  const unknown = await countUnknown(db);
  const unresolved = await countUnresolved(db);
  const receipts = await countReceipts(db);
  const replies = await countReplies(db);
  const undelivered = await countUndelivered(db);
  const jobs = await countJobsByTask(db);
  const pauses = await listOpenPauses(db);
  const workers = await listWorkers(db);

  const workOf = (channel: Channel): ChannelWork => {
    const due = overdue.filter((one) => one.channel === channel);
    const outcomes = unknown.find((one) => one.channel === channel);
    return {
      due: total(due, ({ interactions }) => interactions),
      oldestDueSeconds: seconds(Math.max(0, ...due.map(({ oldestMs }) => oldestMs))),
      inProgress: inProgress.find((one) => one.channel === channel)?.interactions ?? 0,
      unknownOutcomes: outcomes?.interactions ?? 0,
      heldForPerson: outcomes?.held ?? 0,
    };
  };
  const busy = [...carried, ...[overdue, inProgress, unknown].flat().map((one) => one.channel)];
  const isPaused = (channel: Channel): boolean =>
    pauses.some((pause) => pause.scope === "everything" || pause.channel === channel);
  return {
    channels: Object.fromEntries([...new Set(busy)].map((name) => [name, workOf(name)])),
    unresolvedChanges: unresolved.caseChanges,
    oldestUnresolvedSeconds: seconds(unresolved.oldestMs),
    receiptsWaiting: receipts.waiting,
    oldestReceiptSeconds: seconds(receipts.oldestMs),
    openOddities: receipts.openOddities,
    unreadReplies: replies.replies,
    oldestReplySeconds: seconds(replies.oldestMs),
    undeliveredNotices: undelivered.notices,
    jobsDue: total(jobs, ({ due }) => due),
    jobsRunning: total(jobs, ({ running }) => running),
    jobsGivenUp: total(jobs, ({ givenUp }) => givenUp),
    ...(await loadHolds(db)),
    openPauses: pauses.length,
    oldestPauseSeconds: seconds(Math.max(0, ...pauses.map(({ pausedForMs }) => pausedForMs))),
    pausedChannels: CHANNELS.filter(isPaused),
    workers: workers.filter(({ silentMs }) => silentMs < WORKER_TIMEOUT_MS).length,
  };
}

const total = <Row>(rows: readonly Row[], count: (row: Row) => number): number =>
  rows.reduce((sum, row) => sum + count(row), 0);

const seconds = (ms: number): number => Math.round(ms / 100) / 10;
