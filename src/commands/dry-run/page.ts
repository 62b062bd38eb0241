import type { InteractionId } from "../../domain/ids.ts";
import type { Forecast, ForecastChange, ForecastNotice } from "../../decide/dry-run/forecast.ts";
import type { Explanation } from "../../decide/resolve/schedule.ts";
import { dueInWords } from "../cli/due-words.ts";
import { templateInWords } from "../cli/template-words.ts";
import { momentsIn, type ShowMoment } from "../cli/moment.ts";
import { aligned, counted, page, wrapped } from "../cli/layout.ts";
import type { DryRun } from "./run.ts";

const LABELS = {
  sends: "SENDS",
  waits: "WAITS",
  fails: "FAILS",
  cancels: "CANCELS",
  silent: "silent",
} as const satisfies Record<Forecast["kind"], string>;
const KINDS = Object.keys(LABELS) as readonly Forecast["kind"][];

const INDENT = "    ";

/** Renders a dry run as plain text: each change with its notices, then totals by notification type. */
export function dryRunPage(run: DryRun): string {
  const show = momentsIn(run.zone);
  const { length } = run.changes;
  const judged = length < run.total ? `the first ${length.toLocaleString("en-US")} of ` : "";
  const head = [
    `Dry run of ${judged}${counted(run.total, "case change")}, ${show(run.now)}`,
    "Judged on the current data. Nothing is written and nothing is sent.",
  ];
  const changes = run.changes.flatMap((change) => ["", ...changeLines(change, run, show)]);
  const sums = sumLines(run.changes);
  return page([...head, ...changes, "", ...sums]);
}

function changeLines(forecast: ForecastChange, run: DryRun, show: ShowMoment): string[] {
  const { label, change } = forecast.arrival;
  const outcome = change.outcome === null ? "" : ` ${change.outcome}`;
  const title = `${label}: ${change.caseId} (${change.caseTypeId}) of ${change.borrowerId}, ${change.status}${outcome}, ${show(change.changedAt)}`;
  if (forecast.nothing !== null) return [title, ...wrapped(`nothing: ${forecast.nothing}`, "  ")];
  const notices = forecast.notices.toSorted(
    (one, other) => KINDS.indexOf(one.forecast.kind) - KINDS.indexOf(other.forecast.kind),
  );
  return [
    title,
    ...notices.flatMap((notice) =>
      noticeLines(notice, run.onRecord.get(`${change.id}:${notice.type.id}`), show),
    ),
  ];
}

function noticeLines(
  { type, name, template, forecast }: ForecastNotice,
  interactionId: InteractionId | undefined,
  show: ShowMoment,
): string[] {
  const to = forecast.kind === "sends" ? ` to contact ${forecast.contactId}` : "";
  const title = `  ${LABELS[forecast.kind]} type ${type.id} version ${type.version} "${name}" by ${type.channel}${to}`;
  const sentences = [...sentencesOf(forecast, show), ...templateInWords(template)];
  if (interactionId !== undefined)
    sentences.push(`Already on record, as interaction ${interactionId}.`);
  return [title, ...sentences.flatMap((sentence) => wrapped(sentence, INDENT))];
}

function sentencesOf(forecast: Forecast, show: ShowMoment): string[] {
  if (forecast.kind === "silent") return [forecast.long];
  if (forecast.kind === "fails" || forecast.kind === "cancels") {
    const due = forecast.dueAt === null ? [] : [`due ${show(forecast.dueAt)}`];
    return [...due, `${forecast.short}: ${forecast.long}`];
  }
  const due = `due ${dueInWords(forecast.explanation as Explanation)}`;
  if (forecast.kind === "sends") return [due];
  return [due, `until ${show(forecast.until)}: ${forecast.short}. ${forecast.long}`];
}

function sumLines(changes: readonly ForecastChange[]): string[] {
  const notices = changes.flatMap((change) => change.notices);
  const byType = Map.groupBy(notices, ({ type, name }) => `type ${type.id} "${name}"`);
  const rows = [...byType].map(([title, all]) => [
    title,
    ...KINDS.map((kind) => String(all.filter(({ forecast }) => forecast.kind === kind).length)),
  ]);
  const nothing = changes.filter((change) => change.nothing !== null).length;
  const table = aligned([["in all", ...KINDS], ...rows]);
  return nothing === 0
    ? table
    : [...table, `${counted(nothing, "change")} caused nothing with any type`];
}

/** Renders a dry run as one JSON document, times in UTC. */
export function dryRunJson({ changes, total, onRecord, now }: DryRun): string {
  const document = {
    now,
    total,
    changes: changes.map(({ arrival: { label, change }, nothing, notices }) => ({
      label,
      caseId: change.caseId,
      caseTypeId: change.caseTypeId,
      borrowerId: change.borrowerId,
      status: change.status,
      outcome: change.outcome,
      changedAt: change.changedAt,
      nothing,
      notices: notices.map(({ type, name, template, forecast }) => ({
        notificationTypeId: type.id,
        version: type.version,
        name,
        channel: type.channel,
        templateId: template?.templateId ?? type.templateId,
        templateVersion: template?.templateVersion ?? null,
        templateExplanation: template?.templateExplanation ?? null,
        ...forecast,
        interactionId: onRecord.get(`${change.id}:${type.id}`) ?? null,
      })),
    })),
  };
  return JSON.stringify(document, null, 2);
}
