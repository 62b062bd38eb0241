import type { AuditTotals } from "../../record/audit.ts";
import type { Gap } from "../../domain/audit/audit.ts";
import { aligned, counted, page, wrapped } from "../cli/layout.ts";
import type { ShowMoment } from "../cli/moment.ts";
import { classInWords } from "../cli/retention-words.ts";
import type { ClassState } from "../../store/operate/retention.ts";
import type { Print } from "../cli/print.ts";

/** The result of an audit. */
export interface AuditReport extends AuditTotals {
  /** Null if all changes until the end are in the period. */
  readonly from: Date | null;
  readonly until: Date;
  /** The number of all gaps. */
  readonly gaps: number;
  readonly listed: readonly Gap[];
  /** The classes of the record, with what is older or younger than they say; null for a case, and for a role that may not read contents. */
  readonly retention: readonly ClassState[] | null;
}

const HEAD = ["gap", "change", "case", "type", "interaction", "what"];

/** The report for people. */
export function auditPage(report: AuditReport, show: ShowMoment): string {
  const { listed, gaps } = report;
  const lines = wrapped(summaryOf(report, show));
  const kept = retentionLines(report, show);
  if (gaps === 0) return page([...lines, "Nothing is missing, and nothing is extra.", ...kept]);
  const rows = listed.map((one) => [
    one.kind,
    one.caseChangeId,
    one.caseId,
    one.notificationTypeId === null ? "-" : String(one.notificationTypeId),
    one.interactionId ?? "-",
    one.long,
  ]);
  const rest =
    gaps > listed.length ? [`The first ${counted(listed.length, "gap")} are listed.`] : [];
  const advice = wrapped(
    "`tidings explain --change ID` shows what is on record about a change. docs/operations.md says what to do about each gap.",
  );
  return page([
    ...lines,
    `${counted(gaps, "gap")}:`,
    "",
    ...aligned([HEAD, ...rows]),
    "",
    ...rest,
    ...advice,
    ...kept,
  ]);
}

const retentionLines = ({ retention }: AuditReport, show: ShowMoment): string[] =>
  retention === null
    ? []
    : ["", "Retention", ...retention.flatMap((one) => wrapped(classInWords(one, show), "  "))];

function summaryOf(report: AuditReport, show: ShowMoment): string {
  const { changes, waiting, expected, takenFromRecord, from, until } = report;
  const erased =
    takenFromRecord === 0
      ? ""
      : ` The fields of ${counted(takenFromRecord, "change")} are erased, so the verdicts on record were taken and not recomputed.`;
  const queued =
    waiting === 0
      ? ""
      : ` ${waiting.toLocaleString("en-US")} of them still ${waiting === 1 ? "waits" : "wait"} in a queue.`;
  return `${counted(changes, "change")} arrived ${from === null ? "" : `from ${show(from)} `}until ${show(until)} and should have caused ${counted(expected, "notice")}.${queued}${erased}`;
}

/** A long audit shows its progress on a terminal in steps of this many changes. */
const STEP = 10_000;

/** Returns a listener that shows progress on a terminal, and does nothing elsewhere. */
export function createProgress(
  print: Print,
  isTerminal: boolean,
): (sofar: AuditTotals, all: number) => void {
  let shown = 0;
  return ({ changes: done }, all) => {
    if (!isTerminal || done - shown < STEP) return;
    shown = done;
    print(`${counted(done, "change")} of ${all.toLocaleString("en-US")}`);
  };
}
