import { explainResolution, type TypeVerdict } from "../../decide/resolve/explain-resolution.ts";
import type {
  CausedNotice,
  ResolvedChange,
  TypeHistory,
} from "../../domain/resolve/case-history.ts";
import { counted, page, wrapped } from "../cli/layout.ts";
import { momentsIn, type ShowMoment } from "../cli/moment.ts";
import { stateInWords } from "./sentences.ts";

/** Case changes with the types that they were matched with. */
export interface ExplainedChanges {
  readonly changes: readonly ResolvedChange[];
  /** The number of changes without the limit. */
  readonly total: number;
  readonly history: TypeHistory;
}

const INDENT = "    ";

const LABELS: Readonly<Record<TypeVerdict["verdict"], string>> = {
  fires: "FIRED",
  triggerDoesNotHold: "silent",
  triggerHeldBefore: "silent",
  conditionNotMet: "silent",
  laterChangeJudged: "silent",
  notConsidered: "not considered",
};

/** Renders changes as plain text: the verdict on each notification type, and the notices that follow from them. */
export function changesPage(explained: ExplainedChanges, zone: string): string {
  const { changes, total, history } = explained;
  const show = momentsIn(zone, "seconds");
  const head =
    changes.length < total
      ? [`The newest ${changes.length} of ${counted(total, "change")} of the case`, ""]
      : [];
  const sections = changes.flatMap((one, at) => [
    ...(at === 0 ? [] : [""]),
    ...changeLines(one, history, show),
  ]);
  return page([...head, ...sections]);
}

function changeLines(one: ResolvedChange, history: TypeHistory, show: ShowMoment): string[] {
  const { change, borrowerId } = one;
  const before =
    change.before === null ? "its first known state" : `before, ${stateInWords(change.before)}`;
  return [
    `Change ${change.id} of case ${change.caseId} (${change.caseTypeId}) of borrower ${borrowerId}`,
    ...wrapped(`${show(change.changedAt)}: ${stateInWords(change)}; ${before}.`, "  "),
    ...wrapped(resolvedInWords(one, show), "  "),
    ...erasedLines(one, show),
    ...explainResolution(one, history).flatMap((verdict) => verdictLines(verdict, one.notices)),
  ];
}

const erasedLines = ({ erased }: ResolvedChange, show: ShowMoment): string[] =>
  erased === null
    ? []
    : wrapped(
        `${erased.by} erased its fields on ${show(erased.at)}: ${erased.reason} The verdicts are those on record.`,
        "  ",
      );

function resolvedInWords(
  { change, fires, resolution, waiting }: ResolvedChange,
  show: ShowMoment,
): string {
  const arrived = `It arrived on ${show(change.receivedAt)}`;
  if (!fires)
    return `${arrived}. It only makes its case known (fires is false), so nothing is sent.`;
  if (resolution !== null) {
    const { resolvedAt, resolvedBy, verdicts } = resolution;
    const considered = Object.values(verdicts).flat().length;
    const none =
      considered === 0 ? ": no active notification type was linked to its case type" : "";
    return `${arrived} and was resolved by ${resolvedBy} on ${show(resolvedAt)}${none}.`;
  }
  const failedBy = waiting?.failedBy ?? null;
  if (failedBy === null)
    return `${arrived} and is not resolved yet. \`tidings status\` shows whether a daemon is alive.`;
  return `${arrived} and is not resolved: it failed ${counted(waiting?.attempts ?? 0, "time")}, the last time by ${failedBy}. It is tried again.`;
}

function verdictLines(verdict: TypeVerdict, notices: readonly CausedNotice[]): string[] {
  const { notificationTypeId: id, version, name, long } = verdict;
  const versioned = version === null ? `type ${id}` : `type ${id} version ${version}`;
  const named = name === null ? versioned : `${versioned} "${name}"`;
  return [
    `  ${LABELS[verdict.verdict]}: ${named}`,
    ...(long === null ? [] : wrapped(long, INDENT)),
    ...(verdict.verdict === "fires" ? wrapped(noticeInWords(id, notices), INDENT) : []),
  ];
}

function noticeInWords(typeId: number, notices: readonly CausedNotice[]): string {
  const notice = notices.find((one) => one.notificationTypeId === typeId);
  if (notice === undefined) return "Its interaction is not on record.";
  const { interactionId, lastInteractionId: last, status, statusDetails } = notice;
  const chain = last === interactionId ? "" : `, last attempt ${last}`;
  return `Interaction ${interactionId}${chain}: ${[status, statusDetails].filter(Boolean).join(" ")}.`;
}

/** Returns changes as data, times in UTC, without the fields of the case, which may be personal. */
export function changesJson({ changes, total, history }: ExplainedChanges): string {
  const document = {
    total,
    changes: changes.map(({ change, fires, resolution, waiting, notices, borrowerId, erased }) => ({
      caseChangeId: change.id,
      caseId: change.caseId,
      caseTypeId: change.caseTypeId,
      borrowerId,
      status: change.status,
      outcome: change.outcome,
      before: change.before,
      changedAt: change.changedAt,
      receivedAt: change.receivedAt,
      fires,
      resolvedAt: resolution?.resolvedAt ?? null,
      resolvedBy: resolution?.resolvedBy ?? null,
      waiting,
      erased,
      types: explainResolution({ change, resolution }, history).map((verdict) => ({
        ...verdict,
        interactionId:
          notices.find((one) => one.notificationTypeId === verdict.notificationTypeId)
            ?.interactionId ?? null,
      })),
    })),
  };
  return JSON.stringify(document, null, 2);
}
