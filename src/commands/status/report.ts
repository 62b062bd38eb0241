import type { ChannelCondition, ChannelState } from "../../domain/channel-state.ts";
import type { InteractionId } from "../../domain/ids.ts";
import { CHANNELS, type Channel } from "../../domain/vocabulary.ts";
import { WORKER_TIMEOUT_MS } from "../../domain/worker.ts";
import type { OverdueCount } from "../../store/operate/backlog.ts";
import type { ListedPause } from "../../store/operate/status-counts.ts";
import type { HeldCount } from "../../store/guard/holds.ts";
import type { ListedWorker } from "../../store/queue/workers.ts";
import { counted } from "../cli/layout.ts";
import { showDuration } from "../cli/moment.ts";
import type { Overview } from "./overview.ts";
import { DAY_MS } from "../../domain/values/durations.ts";

/** A notice that is due for this long and not sent needs a person (ms). */
export const OVERDUE_MS = 900_000;
/** A pause that has held a notice for this long may be forgotten (ms). */
export const FORGOTTEN_MS = DAY_MS;
/** More overdue notices than this are a bulk, for which a rate says how long it takes. */
const BULK = 20;

/** Overdue notices together. */
export interface Waiting {
  readonly interactions: number;
  /** The moment at which the oldest was due; null if there is none. */
  readonly oldestDueAt: Date | null;
  readonly oldestMs: number;
  readonly oldestInteractionId: InteractionId | null;
}

/** A channel as all live daemons see it together. */
export interface ChannelReport {
  readonly channel: Channel;
  readonly provider: string | null;
  /** The worst state among the live daemons; noDaemon if none of them carries the channel. */
  readonly condition: ChannelCondition | "noDaemon";
  readonly since: string | null;
  readonly why: string | null;
  readonly words: string | null;
  readonly failures: number;
  /** The live daemons that carry the channel, and those of them that are in the same condition. */
  readonly daemons: number;
  readonly affected: number;
  readonly inProgress: number;
  /** Overdue notices that no pause holds. */
  readonly waiting: Waiting;
  /** Overdue notices that a pause holds. */
  readonly paused: number;
  readonly nextAttempts: number;
  readonly nextAttemptAt: Date | null;
  /** Calls that were answered in the last minute. */
  readonly perMinute: number;
  /** Those of them that did not accept the message. */
  readonly notAcceptedPerMinute: number;
  /** The time that the waiting notices take at this rate (ms); null without a bulk or a rate. */
  readonly timeLeftMs: number | null;
}

export type PauseReport = ListedPause & { readonly holds: Waiting };
export type DaemonReport = Pick<ListedWorker, "id" | "host" | "pid" | "startedAt" | "silentMs"> & {
  readonly isAlive: boolean;
};

/** The state of the installation, and what a person must look at. */
export interface StatusReport extends Pick<
  Overview,
  | "unresolved"
  | "later"
  | "unknown"
  | "held"
  | "replies"
  | "undelivered"
  | "receiptsNotApplied"
  | "jobs"
  | "lastAudit"
> {
  /** In a few words each; empty if nothing needs a person. */
  readonly needsPerson: readonly string[];
  readonly daemons: readonly DaemonReport[];
  readonly channels: readonly ChannelReport[];
  readonly pauses: readonly PauseReport[];
  readonly overdue: Waiting & { readonly paused: number };
}

/** Joins the counts to a report and decides what needs a person. */
export function reportOf(overview: Overview): StatusReport {
  const { unresolved, later, unknown, held, replies, undelivered, jobs, lastAudit } = overview;
  const { pauses, overdue, receiptsNotApplied } = overview;
  const isPaused = (one: OverdueCount): boolean => pauses.some((pause) => holds(pause, one));
  const report = {
    daemons: overview.workers.map(daemonOf),
    channels: CHANNELS.flatMap((channel) => channelOf(channel, overview, isPaused)),
    pauses: pauses.map((pause) => ({
      ...pause,
      holds: together(overdue.filter((one) => holds(pause, one))),
    })),
    overdue: { ...together(overdue), paused: together(overdue.filter(isPaused)).interactions },
    unresolved,
    later,
    unknown,
    held,
    replies,
    undelivered,
    receiptsNotApplied,
    jobs,
    lastAudit,
  };
  const free = together(overdue.filter((one) => !isPaused(one)));
  return { needsPerson: needsOf(report, free), ...report };
}

const isAlive = ({ silentMs }: Pick<ListedWorker, "silentMs">): boolean =>
  silentMs < WORKER_TIMEOUT_MS;

const daemonOf = ({ id, host, pid, startedAt, silentMs }: ListedWorker): DaemonReport => ({
  id,
  host,
  pid,
  startedAt,
  silentMs,
  isAlive: isAlive({ silentMs }),
});

function holds({ scope, channel, notificationTypeId }: ListedPause, one: OverdueCount): boolean {
  if (scope === "everything") return true;
  return scope === "channel"
    ? one.channel === channel
    : one.notificationTypeId === notificationTypeId;
}

function together(counts: readonly OverdueCount[]): Waiting {
  const [oldest] = counts.toSorted((a, b) => b.oldestMs - a.oldestMs);
  return {
    interactions: sumOf(counts, (one) => one.interactions),
    oldestDueAt: oldest?.oldestDueAt ?? null,
    oldestMs: oldest?.oldestMs ?? 0,
    oldestInteractionId: oldest?.oldestInteractionId ?? null,
  };
}

const sumOf = <One>(all: readonly One[], numberOf: (one: One) => number): number =>
  all.reduce((sum, one) => sum + numberOf(one), 0);

/** The report on a channel; none if no daemon and no notice has to do with it. */
function channelOf(
  channel: Channel,
  { workers, carried, overdue, nextAttempts, inProgress }: Overview,
  isPaused: (one: OverdueCount) => boolean,
): ChannelReport[] {
  const states = workers
    .filter(isAlive)
    .flatMap((worker) => worker.channels.filter((one) => one.channel === channel));
  const own = overdue.filter((one) => one.channel === channel);
  const provider = carried.find((one) => one.channel === channel)?.provider ?? null;
  const next = nextAttempts.find((one) => one.channel === channel);
  const busy = inProgress.find((one) => one.channel === channel);
  if (provider === null && states.length + own.length === 0 && next === undefined) return [];
  const waiting = together(own.filter((one) => !isPaused(one)));
  const condition = conditionOf(states);
  const perMinute = sumOf(states, ({ lastMinute }) => lastMinute.answered);
  const report = {
    channel,
    provider,
    ...condition,
    waiting,
    perMinute,
    notAcceptedPerMinute: perMinute - sumOf(states, ({ lastMinute }) => lastMinute.accepted),
    daemons: states.length,
    inProgress: busy?.interactions ?? 0,
    paused: together(own.filter(isPaused)).interactions,
    nextAttempts: next?.interactions ?? 0,
    nextAttemptAt: next?.firstDueAt ?? null,
  };
  return [{ ...report, timeLeftMs: timeLeft(report) }];
}

type Condition = Pick<
  ChannelReport,
  "condition" | "since" | "why" | "words" | "failures" | "affected"
>;

/** The worst condition, since it began in the first daemon, in the words that the provider used last. */
function conditionOf(states: readonly ChannelState[]): Condition {
  const worst = (["stopped", "failing", "works"] as const).find((condition) =>
    states.some((one) => one.condition === condition),
  );
  const alike = states
    .filter(({ condition }) => condition === worst)
    .toSorted((a, b) => (a.since ?? "").localeCompare(b.since ?? ""));
  const last = alike.at(-1);
  return {
    condition: worst ?? "noDaemon",
    since: alike[0]?.since ?? null,
    why: last?.why ?? null,
    words: last?.words ?? null,
    failures: sumOf(alike, (one) => one.failures),
    affected: alike.length,
  };
}

function timeLeft({
  condition,
  waiting: { interactions },
  perMinute,
}: Pick<ChannelReport, "condition" | "waiting" | "perMinute">): number | null {
  if (condition !== "works" || interactions <= BULK || perMinute === 0) return null;
  return (interactions / perMinute) * 60_000;
}

function needsOf(report: Omit<StatusReport, "needsPerson">, free: Waiting): string[] {
  const { daemons, channels, pauses, unresolved, unknown, held, jobs, lastAudit } = report;
  const { replies, undelivered, receiptsNotApplied } = report;
  const unsettled = sumOf(unknown, (one) => one.held);
  const givenUp = sumOf(jobs, (one) => one.givenUp);
  const isRunning = daemons.some((one) => one.isAlive);
  return [
    isRunning ? undefined : "no daemon is alive",
    ...(isRunning ? channels.map(needOfChannel) : []),
    unresolved.isStuck ? "case changes are not resolved" : undefined,
    free.oldestMs >= OVERDUE_MS
      ? `${counted(free.interactions, "notice")} overdue, the oldest by ${showDuration(free.oldestMs)}`
      : undefined,
    ...pauses.map(needOfPause),
    unsettled > 0 ? `${counted(unsettled, "unknown outcome")} to settle` : undefined,
    held.interactions > 0 ? needOfHeld(held) : undefined,
    replies.replies > 0 ? `${replyCount(replies)} to read` : undefined,
    undelivered.notices > 0
      ? `${counted(undelivered.notices, "required notice")} not delivered`
      : undefined,
    receiptsNotApplied > 0
      ? `${counted(receiptsNotApplied, "receipt")} that cannot be applied`
      : undefined,
    givenUp > 0 ? `${counted(givenUp, "job")} given up by the queue` : undefined,
    lastAudit !== null && lastAudit.gaps > 0
      ? `the audit of ${lastAudit.day} found ${counted(lastAudit.gaps, "gap")}`
      : undefined,
  ].filter((need) => need !== undefined);
}

function needOfHeld({ interactions, nearDeadline }: HeldCount): string {
  const near = nearDeadline === 0 ? "" : `, ${nearDeadline} of them near or past the latest time`;
  return `${counted(interactions, "held notice")} to release or refuse${near}`;
}

/** `1 reply`, `2 replies`. */
export const replyCount = ({ replies }: Overview["replies"]): string =>
  replies === 1 ? "1 reply" : `${replies.toLocaleString("en-US")} replies`;

function needOfChannel({ channel, condition, waiting }: ChannelReport): string | undefined {
  if (condition === "stopped") return `${channel} has stopped`;
  if (condition === "failing") return `${channel} fails`;
  return condition === "noDaemon" && waiting.interactions > 0
    ? `no daemon sends ${channel}`
    : undefined;
}

/** A pause that ends by itself is not forgotten. */
const needOfPause = ({ what, endsAt, holds: { interactions, oldestMs } }: PauseReport) =>
  endsAt === null && oldestMs >= FORGOTTEN_MS
    ? `the pause of ${what} holds ${counted(interactions, "notice")}, the oldest for ${showDuration(oldestMs)}`
    : undefined;
