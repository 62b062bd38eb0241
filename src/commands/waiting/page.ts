import type { OpenWait, WaitCount } from "../../store/operate/waiting.ts";
import { aligned, counted, page, wrapped } from "../cli/layout.ts";
import type { ShowMoment } from "../cli/moment.ts";
import { AWAITED, OWNERS, waitInWords } from "../cli/wait-words.ts";

/** The waits: their numbers by reason, and some of them in full. */
export interface WaitingReport {
  readonly counts: readonly WaitCount[];
  readonly listed: readonly OpenWait[];
}

/** The report for people. */
export function waitingPage({ counts, listed }: WaitingReport, show: ShowMoment): string {
  if (counts.length === 0) return "Nothing waits.";
  const rows = counts.map((one) => [
    one.reason,
    one.waits.toLocaleString("en-US"),
    one.late === 0 ? "-" : `${one.late.toLocaleString("en-US")} LATE`,
    OWNERS[one.owner],
    show(one.oldestSince),
    show(one.nextUntil),
  ]);
  const sections = listed.flatMap((one) => [
    "",
    nameOf(one),
    ...wrapped(waitInWords(one, show), "  "),
  ]);
  return page([
    ...aligned([
      ["waits for", "number", "late", "owner", "the oldest since", "the next until"],
      ...rows,
    ]),
    "",
    ...counts.map(({ reason }) => `${reason}: ${AWAITED[reason]}`),
    ...(listed.length === 0 ? [] : ["", `${counted(listed.length, "row")} of them:`]),
    ...sections,
  ]);
}

function nameOf({
  interactionId,
  caseChangeId,
  channel,
  notificationTypeId,
  caseId,
  ruleId,
}: OpenWait): string {
  const parts = [
    interactionId === null ? `Case change ${caseChangeId}` : `Interaction ${interactionId}`,
    channel,
    notificationTypeId === null ? null : `type ${notificationTypeId}`,
    caseId === null ? null : `case ${caseId}`,
    ruleId === null ? null : `rule ${ruleId}`,
  ];
  return parts.filter((part) => part !== null).join(", ");
}
