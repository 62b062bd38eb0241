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
import { listWorkers } from "../store/queue/workers.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { WORKER_TIMEOUT_MS } from "../domain/worker.ts";
import { momentsIn, showDuration, type ShowMoment } from "./cli/moment.ts";
import { aligned, counted, page } from "./cli/layout.ts";
import { EXIT } from "./cli/exit-codes.ts";

/** Shows the daemons, the work done and the work that waits, on one screen. */
export const status = command({
  name: "status",
  summary: "show the daemons, what was sent and what waits",
  options: {},
  run: ({ print }) =>
    withDatabase("status", async (db, config) => {
      const show = momentsIn(config.lender.timeZone);
      const sections = [
        daemonLines(await listWorkers(db)),
        [
          ...pauseLines(await listOpenPauses(db), show),
          unresolvedLine(await countUnresolved(db)),
          overdueLine(await findOldestDue(db), show),
          unknownLine(await countUnknown(db)),
        ],
        jobLines(await countJobsByTask(db)),
        countLines(await countInteractions(db)),
      ];
      print(sections.map(page).join("\n\n"));
      return EXIT.done;
    }),
});

function daemonLines(
  workers: readonly { readonly id: string; readonly silentMs: number }[],
): string[] {
  const alive = workers.filter(({ silentMs }) => silentMs < WORKER_TIMEOUT_MS);
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

function overdueLine(oldest: Overdue | undefined, show: ShowMoment): string {
  if (oldest === undefined) return "Nothing is due and not sent.";
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
