import { INTERACTION_STATUSES } from "../domain/vocabulary.ts";
import {
  countInteractions,
  countJobsByTask,
  countUnknown,
  findOldestDue,
  listOpenPauses,
  type StatusCount,
  type UnknownCount,
  type JobCount,
  type OpenPause,
  type Overdue,
} from "../store/operate/status-counts.ts";
import { countUnresolved, type Unresolved } from "../store/resolve/resolve-queue.ts";
import { type ListedWorker, listWorkers } from "../store/queue/workers.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { WORKER_TIMEOUT_MS } from "../domain/worker.ts";
import { momentsIn, showDuration, type ShowMoment } from "./cli/moment.ts";
import { aligned, counted, page } from "./cli/layout.ts";
import { EXIT } from "./cli/exit-codes.ts";
import type { Db } from "../store/postgres/db.ts";

/** A notice that is due for this long and not sent needs a person (ms). */
const OVERDUE_MS = 900_000;

/**
 * Shows the daemons, the work done and the work that waits, on one screen. The exit code is `checkFailed` while something needs
 * a person.
 */
export const status = command({
  name: "status",
  summary: "show the daemons, what was sent, what waits and what needs a person",
  takes: "[--json]",
  details: `The exit code is 1 while something needs a person: no daemon is alive, case changes are not
resolved, a notice is overdue by ${showDuration(OVERDUE_MS)}, an outcome is left to a person, or the
queue has given a job up.`,
  options: { json: { type: "boolean", message: "as one JSON document" } },
  run: ({ options, print }) =>
    withDatabase("status", async (db, config) => {
      const overview = await loadOverview(db);
      const needs = needsOf(overview);
      print(
        options.json === true
          ? JSON.stringify({ needsPerson: needs, ...overview }, null, 2)
          : statusPage(overview, needs, momentsIn(config.lender.timeZone)),
      );
      return needs.length === 0 ? EXIT.done : EXIT.checkFailed;
    }),
});

interface Overview {
  readonly workers: readonly ListedWorker[];
  readonly pauses: readonly OpenPause[];
  readonly unresolved: Unresolved;
  readonly oldestDue: Overdue | null;
  readonly unknown: readonly UnknownCount[];
  readonly jobs: readonly JobCount[];
  readonly interactions: readonly StatusCount[];
}

const loadOverview = async (db: Db): Promise<Overview> => ({
  workers: await listWorkers(db),
  pauses: await listOpenPauses(db),
  unresolved: await countUnresolved(db),
  oldestDue: (await findOldestDue(db)) ?? null,
  unknown: await countUnknown(db),
  jobs: await countJobsByTask(db),
  interactions: await countInteractions(db),
});

const isAlive = ({ silentMs }: ListedWorker): boolean => silentMs < WORKER_TIMEOUT_MS;

/** What a person must look at, in a few words each. */
function needsOf({ workers, unresolved, oldestDue, unknown, jobs }: Overview): string[] {
  const held = unknown.reduce((sum, one) => sum + one.held, 0);
  const givenUp = jobs.reduce((sum, one) => sum + one.givenUp, 0);
  // a notice that a pause holds has a later due time, so it is never overdue
  const overdueMs = oldestDue?.overdueMs ?? 0;
  return [
    workers.some(isAlive) ? undefined : "no daemon is alive",
    unresolved.isStuck ? "case changes are not resolved" : undefined,
    overdueMs >= OVERDUE_MS ? `a notice is overdue by ${showDuration(overdueMs)}` : undefined,
    held > 0 ? `${counted(held, "unknown outcome")} to settle` : undefined,
    givenUp > 0 ? `${counted(givenUp, "job")} given up by the queue` : undefined,
  ].filter((need) => need !== undefined);
}

function statusPage(overview: Overview, needs: readonly string[], show: ShowMoment): string {
  const sections = [
    daemonLines(overview.workers),
    [
      ...pauseLines(overview.pauses, show),
      unresolvedLine(overview.unresolved),
      overdueLine(overview.oldestDue, show),
      unknownLine(overview.unknown),
    ],
    jobLines(overview.jobs),
    countLines(overview.interactions),
    needs.length === 0 ? ["Nothing needs a person."] : [`NEEDS A PERSON: ${needs.join("; ")}.`],
  ];
  return sections.map(page).join("\n\n");
}

function daemonLines(workers: readonly ListedWorker[]): string[] {
  const alive = workers.filter(isAlive);
  const title =
    alive.length === 0
      ? "No daemon is alive: nothing is sent until `tidings start` runs."
      : `${counted(alive.length, "daemon")} alive`;
  const rows = workers.map(({ id, silentMs }) => [
    `  ${id}`,
    `${silentMs < WORKER_TIMEOUT_MS ? "heartbeat" : "NO HEARTBEAT for"} ${showDuration(silentMs)}${silentMs < WORKER_TIMEOUT_MS ? " ago" : ""}`,
  ]);
  return [title, ...aligned(rows)];
}

function unresolvedLine({ caseChanges, failing, oldestMs, isStuck }: Unresolved): string {
  if (caseChanges === 0) return "Every case change is resolved.";
  const wait = `the oldest for ${showDuration(oldestMs)}`;
  const tried = failing === 0 ? "" : `; ${failing} failed and are tried again`;
  const line = `${counted(caseChanges, "case change")} not resolved yet, ${wait}${tried}.`;
  return isStuck ? `NOT RESOLVED: ${line} No daemon takes them.` : line;
}

function overdueLine(oldest: Overdue | null, show: ShowMoment): string {
  if (oldest === null) return "Nothing is due and not sent.";
  const { interactionId, dueAt, overdueMs } = oldest;
  return `Oldest due and not sent: interaction ${interactionId}, due ${showDuration(overdueMs)} ago (${show(dueAt)}).`;
}

function pauseLines(pauses: readonly OpenPause[], show: ShowMoment): string[] {
  return pauses.map(
    ({ what, reason, pausedAt, pausedBy }) =>
      `PAUSED: ${what}, since ${show(pausedAt)} by ${pausedBy}: ${reason}`,
  );
}

function unknownLine(counts: readonly UnknownCount[]): string {
  if (counts.length === 0) return "No outcome is unknown.";
  const parts = counts.map(
    ({ channel, interactions, firstInteractionId }) =>
      `${interactions} by ${channel} (from interaction ${firstInteractionId})`,
  );
  return `OUTCOME UNKNOWN: ${parts.join(", ")}.`;
}

function jobLines(jobs: readonly JobCount[]): string[] {
  if (jobs.length === 0) return ["No job waits."];
  const rows = jobs.map(({ task, ...counts }) => [
    task,
    ...[counts.due, counts.running, counts.later, counts.givenUp].map(String),
  ]);
  return aligned([["jobs", "due", "running", "later", "given up"], ...rows]);
}

function countLines(counts: readonly StatusCount[]): string[] {
  if (counts.length === 0) return ["No interaction is on record."];
  const rows = [...Map.groupBy(counts, ({ channel }) => channel)].map(([channel, ofChannel]) => [
    channel,
    ...INTERACTION_STATUSES.map((wanted) => {
      const alike = ofChannel.filter((one) => one.status === wanted);
      return String(alike.reduce((sum, one) => sum + one.interactions, 0));
    }),
  ]);
  return aligned([["interactions", ...INTERACTION_STATUSES], ...rows]);
}
