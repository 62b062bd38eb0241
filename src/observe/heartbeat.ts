import { setTimeout as sleep } from "node:timers/promises";
import type { Emit } from "../domain/events.ts";
import type { ChannelWork, Pace } from "../domain/heartbeat.ts";
import { CHANNELS, type Channel } from "../domain/vocabulary.ts";
import type { AttemptWindow } from "./attempt-window.ts";
import type { ReadConditions } from "./metrics.ts";
import type { ReadWork, WorkReader } from "./work-reader.ts";

export interface HeartbeatOptions {
  readonly emit: Emit;
  readonly version: string;
  readonly everyMs: number;
  readonly readWork: WorkReader;
  readonly readConditions: ReadConditions;
  readonly attempts: AttemptWindow;
}

/**
 * Writes a line with the state of the work at regular intervals, and one for each channel. A database that does not answer leaves its fields null and stops
 * nothing. Also reports the first and the last line of a channel's pause.
 */
export function startHeartbeat(options: HeartbeatOptions): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const pauses = createPauseReports(options.emit);
  let began = performance.now();
  const beat = async (): Promise<void> => {
    const read = await options.readWork();
    const now = performance.now();
    report(options, read, (now - began) / 1_000);
    began = now;
    if (read !== undefined) pauses.note(read.work.pausedChannels);
  };
  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      await beat();
      await sleep(options.everyMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const done = loop();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

function report(options: HeartbeatOptions, read: ReadWork | undefined, seconds: number): void {
  const pace = options.attempts.take(seconds);
  reportTotals(options, read, pace);
  const conditions = options.readConditions();
  for (const channel of CHANNELS) {
    const work = read?.work.channels[channel];
    const ofChannel = pace.channels[channel];
    if (work === undefined && ofChannel === undefined && !(channel in conditions)) continue;
    options.emit("channel.reported", {
      channel,
      condition: conditions[channel] ?? "works",
      paused: read?.work.pausedChannels.includes(channel) ?? null,
      ...(work ?? UNREAD),
      ...(ofChannel ?? NO_PACE),
    });
  }
}

function reportTotals(
  { emit, version }: HeartbeatOptions,
  read: ReadWork | undefined,
  { attemptsPerSecond, failedByReason }: Pace,
): void {
  const common = { version, databaseRead: read !== undefined, attemptsPerSecond, failedByReason };
  if (read === undefined)
    return emit("heartbeat.reported", {
      ...common,
      ...UNREAD,
      ...UNREAD_TOTALS,
      databaseRoundTripMs: null,
    });
  const { channels, pausedChannels: _paused, ...totals } = read.work;
  const works = Object.values(channels);
  const total = (field: keyof ChannelWork): number =>
    works.reduce((sum, work) => sum + work[field], 0);
  emit("heartbeat.reported", {
    ...common,
    due: total("due"),
    oldestDueSeconds: Math.max(0, ...works.map((work) => work.oldestDueSeconds)),
    inProgress: total("inProgress"),
    unknownOutcomes: total("unknownOutcomes"),
    heldForPerson: total("heldForPerson"),
    ...totals,
    databaseRoundTripMs: read.roundTripMs,
  });
}

const NO_PACE = { attemptsPerSecond: 0, latencyP50Ms: null, latencyP95Ms: null };
const UNREAD = {
  due: null,
  oldestDueSeconds: null,
  inProgress: null,
  unknownOutcomes: null,
  heldForPerson: null,
};
const UNREAD_TOTALS = {
  unresolvedChanges: null,
  oldestUnresolvedSeconds: null,
  receiptsWaiting: null,
  oldestReceiptSeconds: null,
  openOddities: null,
  unreadReplies: null,
  oldestReplySeconds: null,
  undeliveredNotices: null,
  jobsDue: null,
  jobsRunning: null,
  jobsGivenUp: null,
  heldNotices: null,
  oldestHeldSeconds: null,
  heldNearDeadline: null,
  openPauses: null,
  oldestPauseSeconds: null,
  workers: null,
};

interface PauseReports {
  note(paused: readonly Channel[]): void;
}

/** Reports once when a channel is paused and once when it no longer is. */
function createPauseReports(emit: Emit): PauseReports {
  let before = new Map<Channel, number>();
  return {
    note(paused) {
      const now = performance.now();
      for (const channel of paused) if (!before.has(channel)) emit("channel.paused", { channel });
      for (const [channel, since] of before)
        if (!paused.includes(channel))
          emit("channel.released", { channel, pausedForMs: Math.round(now - since) });
      before = new Map(paused.map((channel) => [channel, before.get(channel) ?? now]));
    },
  };
}
