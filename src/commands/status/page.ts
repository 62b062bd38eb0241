import type { JobCount, ReplyCount, UnknownCount } from "../../store/operate/status-counts.ts";
import type { LaterCount } from "../../store/operate/backlog.ts";
import type { UndeliveredCount } from "../../store/operate/undelivered.ts";
import type { HeldCount } from "../../store/guard/holds.ts";
import type { LastAudit } from "../../store/audit/daily-audits.ts";
import type { Unresolved } from "../../store/resolve/resolve-queue.ts";
import { aligned, counted, page } from "../cli/layout.ts";
import { showDuration, type ShowMoment } from "../cli/moment.ts";
import {
  type ChannelReport,
  type DaemonReport,
  type PauseReport,
  replyCount,
  type StatusReport,
  type Waiting,
} from "./report.ts";

/** Writes the report for one screen. */
export function statusPage(report: StatusReport, show: ShowMoment): string {
  const { needsPerson } = report;
  const sections = [
    daemonLines(report.daemons),
    report.channels.map((one) => channelLine(one, show)),
    [
      ...report.pauses.map((one) => pauseLine(one, show)),
      unresolvedLine(report.unresolved),
      overdueLine(report.overdue, show),
      laterLine(report.later, show),
      unknownLine(report.unknown),
      ...heldLines(report.held),
      ...replyLines(report.replies),
      ...undeliveredLines(report.undelivered),
      ...notAppliedLines(report.receiptsNotApplied),
      ...auditLines(report.lastAudit),
    ],
    jobLines(report.jobs),
    [needsPerson.length === 0 ? "Nothing needs a person." : needsLine(needsPerson)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map(page)
    .join("\n\n");
}

const needsLine = (needs: readonly string[]): string => `NEEDS A PERSON: ${needs.join("; ")}.`;

function daemonLines(daemons: readonly DaemonReport[]): string[] {
  const alive = daemons.filter((one) => one.isAlive);
  const title =
    alive.length === 0
      ? "No daemon is alive: nothing is sent until `tidings start` runs."
      : `${counted(alive.length, "daemon")} alive`;
  const rows = daemons.map(({ id, isAlive, silentMs }) => [
    `  ${id}`,
    isAlive
      ? `heartbeat ${showDuration(silentMs)} ago`
      : `NO HEARTBEAT for ${showDuration(silentMs)}`,
  ]);
  return [title, ...aligned(rows)];
}

function channelLine(report: ChannelReport, show: ShowMoment): string {
  const sentences = [
    `${report.channel}: ${conditionWords(report, show)}.`,
    behindIt(report),
    report.paused > 0 ? `A pause holds ${counted(report.paused, "notice")}.` : "",
    nextAttemptWords(report, show),
    report.inProgress > 0 ? `${counted(report.inProgress, "notice")} with the provider.` : "",
  ];
  return sentences.filter((sentence) => sentence !== "").join(" ");
}

function conditionWords(report: ChannelReport, show: ShowMoment): string {
  const { condition } = report;
  if (condition === "noDaemon") return "NOT SENT BY ANY LIVE DAEMON";
  if (condition === "works") return `works${lastMinuteWords(report)}`;
  const { since, affected, daemons, why, words, failures } = report;
  const from = since === null ? "" : ` since ${show(new Date(since))}`;
  const where = daemons > 1 ? ` at ${affected} of ${daemons} daemons` : "";
  const said = words === null ? (why ?? "no answer") : `${why ?? "no answer"} (${words})`;
  return condition === "stopped"
    ? `STOPPED${from}${where}: ${said}`
    : `FAILING${from}${where}, ${counted(failures, "attempt")} in a row: ${said}`;
}

function lastMinuteWords({ perMinute, notAcceptedPerMinute }: ChannelReport): string {
  if (perMinute === 0) return "";
  const failed = notAcceptedPerMinute === 0 ? "" : `, ${notAcceptedPerMinute} not accepted`;
  return `, ${counted(perMinute, "attempt")} in the last minute${failed}`;
}

/** The notices that wait for the channel, or for a slot of its provider. */
function behindIt({ condition, waiting, timeLeftMs }: ChannelReport): string {
  const { interactions, oldestMs } = waiting;
  if (interactions === 0) return condition === "stopped" ? "Nothing waits for it." : "";
  const left = timeLeftMs === null ? "" : `, about ${showDuration(timeLeftMs)} left at this rate`;
  return `${waitFor(interactions)}, the oldest for ${showDuration(oldestMs)}${left}.`;
}

const waitFor = (interactions: number): string =>
  `${counted(interactions, "notice")} ${interactions === 1 ? "waits" : "wait"}`;

function nextAttemptWords(
  { nextAttempts, nextAttemptAt }: ChannelReport,
  show: ShowMoment,
): string {
  if (nextAttemptAt === null) return "";
  return `${counted(nextAttempts, "next attempt")} planned, the first for ${show(nextAttemptAt)}.`;
}

function pauseLine(
  { what, reason, pausedAt, pausedBy, endsAt, holds }: PauseReport,
  show: ShowMoment,
): string {
  const backlog =
    holds.interactions === 0
      ? "holds no notice yet"
      : `holds ${counted(holds.interactions, "notice")}, the oldest for ${showDuration(holds.oldestMs)}`;
  const end = endsAt === null ? "" : ` until ${show(endsAt)}`;
  return `PAUSED: ${what}, since ${show(pausedAt)} by ${pausedBy}${end}, ${backlog}: ${reason}`;
}

function unresolvedLine({ caseChanges, failing, oldestMs, isStuck }: Unresolved): string {
  if (caseChanges === 0) return "Every case change is resolved.";
  const wait = `the oldest for ${showDuration(oldestMs)}`;
  const tried = failing === 0 ? "" : `; ${failing} failed and are tried again`;
  const line = `${counted(caseChanges, "case change")} not resolved yet, ${wait}${tried}.`;
  return isStuck ? `NOT RESOLVED: ${line} No daemon takes them.` : line;
}

function overdueLine(overdue: Waiting & { readonly paused: number }, show: ShowMoment): string {
  const { interactions, paused, oldestDueAt, oldestInteractionId, oldestMs } = overdue;
  if (oldestDueAt === null) return "Nothing is due and not sent.";
  const held = paused === 0 ? "" : `, ${paused.toLocaleString("en-US")} of them held by a pause`;
  return `${counted(interactions, "notice")} due and not sent${held}. The oldest is interaction ${oldestInteractionId}, due ${showDuration(oldestMs)} ago (${show(oldestDueAt)}).`;
}

function laterLine({ interactions, isMore, nextDueAt }: LaterCount, show: ShowMoment): string {
  if (nextDueAt === null) return "Nothing is planned for later.";
  const more = isMore ? "more than " : "";
  return `Planned for later: ${more}${counted(interactions, "attempt")}, the next for ${show(nextDueAt)}.`;
}

function unknownLine(counts: readonly UnknownCount[]): string {
  if (counts.length === 0) return "No outcome is unknown.";
  const parts = counts.map(
    ({ channel, interactions, firstInteractionId }) =>
      `${interactions} by ${channel} (from interaction ${firstInteractionId})`,
  );
  return `OUTCOME UNKNOWN: ${parts.join(", ")}.`;
}

function replyLines(count: ReplyCount): string[] {
  const { replies, oldestMs, suppressing } = count;
  if (replies === 0) return [];
  const stopped =
    suppressing === 0 ? "" : ` ${suppressing.toLocaleString("en-US")} may be an opt-out.`;
  return [
    `UNREAD: ${replyCount(count)}, the oldest for ${showDuration(oldestMs)}.${stopped} \`tidings inbox\` lists them.`,
  ];
}

function undeliveredLines({ notices, oldestMs }: UndeliveredCount): string[] {
  if (notices === 0) return [];
  const required = `${counted(notices, "notice")} that the law requires`;
  return [
    `NOT DELIVERED: ${required}, the oldest for ${showDuration(oldestMs)}. They count as not sent; \`tidings undelivered\` lists them.`,
  ];
}

function notAppliedLines(receipts: number): string[] {
  if (receipts === 0) return [];
  return [
    `NOT APPLIED: ${counted(receipts, "receipt")}, tried again each minute. The event receipt.notApplied names each with its error.`,
  ];
}

function heldLines({ interactions, oldestMs, nearDeadline }: HeldCount): string[] {
  if (interactions === 0) return [];
  const age = oldestMs === null ? "" : `, the oldest for ${showDuration(oldestMs)}`;
  const near = nearDeadline === 0 ? "" : ` ${nearDeadline} NEAR OR PAST THE LATEST TIME.`;
  return [`HELD: ${waitFor(interactions)} for a person${age}.${near} \`tidings held\` lists them.`];
}

function auditLines(audit: LastAudit | null): string[] {
  if (audit === null) return [];
  const { day, changes, gaps } = audit;
  const found =
    gaps === 0
      ? "no gap"
      : `${counted(gaps, "GAP")}: \`tidings audit\` lists them, and docs/operations.md says what to do`;
  return [`Audit of ${day}: ${counted(changes, "case change")}, ${found}.`];
}

function jobLines(jobs: readonly JobCount[]): string[] {
  if (jobs.length === 0) return ["No job waits."];
  const rows = jobs.map(({ task, ...counts }) => [
    task,
    ...[counts.due, counts.running, counts.later, counts.givenUp].map(String),
  ]);
  return aligned([["jobs", "due", "running", "later", "given up"], ...rows]);
}
