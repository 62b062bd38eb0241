import type { Explanation } from "../../decide/resolve/schedule.ts";
import type { Attempt, Chain, PinnedType, RecordChange } from "../../domain/deliver/chain.ts";
import type { CaseChangeId } from "../../domain/ids.ts";
import { dueInWords } from "../cli/due-words.ts";
import { passedOverInWords } from "../../domain/passed-over.ts";
import { templateInWords } from "../cli/template-words.ts";
import type { ShowMoment } from "../cli/moment.ts";

/** Returns sentences that say which change caused the interaction, and why. */
export function whyInWords(
  { attempts, caseChange: change, type }: Chain,
  show: ShowMoment,
): string[] {
  const [first] = attempts;
  if (first.origin === "logged")
    return [
      "It was logged by another system. No notification type caused it, and Tidings never sends it.",
    ];
  if (first.replyId !== null)
    return [
      `It confirms the opt-out of interaction ${first.replyId}, to the number from which that came. One confirmation is permitted, within minutes: 47 CFR 64.1200(a)(12).`,
      ...templateInWords(first),
    ];
  if (change === null || type === null) return ["The case change that caused it is not on record."];
  const { before } = change;
  const was =
    before === null
      ? "the first known state of the case"
      : `before that it had ${stateInWords(before)}`;
  const version = `Version ${type.version} of notification type ${type.id} "${type.name}"`;
  return [
    `Change ${change.id} gave case ${change.caseId} (${change.caseTypeId}) ${stateInWords(change)} on ${show(change.changedAt)}, ${was}.`,
    `${version} waits for ${awaited(type)}: that held after the change and not before it${metConditions(type)}.`,
    ...templateInWords(first),
    factsInWords(change.id, attempts),
  ];
}

/** A notice states the facts of the change that fired it, also when a later change has moved the case on. */
function factsInWords(changeId: CaseChangeId, attempts: Chain["attempts"]): string {
  const newest = attempts.findLast((one) => one.newestCaseChangeId !== null)?.newestCaseChangeId;
  if (newest === undefined || newest === null)
    return `It states the facts of change ${changeId}, whatever changes of the case follow.`;
  if (newest === changeId)
    return `It states the facts of change ${changeId}, the newest one of the case when it was rendered.`;
  return `It states the facts of change ${changeId}, which fired it. When it was rendered, the newest change of the case was ${newest}, whose facts it does not state.`;
}

/** The status and outcome of a case. */
export const stateInWords = ({
  status,
  outcome,
}: {
  readonly status: string;
  readonly outcome: string | null;
}): string => (outcome === null ? `status ${status}` : `status ${status} and outcome ${outcome}`);

function awaited({ onStatus, onOutcome }: PinnedType): string {
  const words = [onStatus && `status ${onStatus}`, onOutcome && `outcome ${onOutcome}`];
  return words.filter((word) => word !== null).join(" and ");
}

function metConditions({ onCondition }: PinnedType): string {
  if (onCondition.length === 0) return "";
  const conditions = onCondition.map(({ fieldName, operator, value }) =>
    [fieldName, operator ?? "eq", value === undefined ? "" : JSON.stringify(value)]
      .join(" ")
      .trimEnd(),
  );
  return `, and the case's fields met ${conditions.join(" and ")}`;
}

/** Returns sentences about its due time, delays, and the times of later attempts. */
export function datesInWords({ attempts, changes }: Chain, show: ShowMoment): string[] {
  const [first, ...later] = attempts;
  const waits = changes.flatMap((change) => waitInWords(change, show));
  const sentences = [plannedInWords(first, show), ...waits, ...movedInWords(first, changes, show)];
  for (const [place, { attempt, id, dueAt }] of later.entries())
    if (dueAt !== null) {
      const why = attempts[place]?.short ?? "the one before";
      sentences.push(`Attempt ${attempt}, interaction ${id}, after "${why}": ${show(dueAt)}.`);
    }
  if (first.latestAt !== null) sentences.push(`It must leave by ${show(first.latestAt)}.`);
  return sentences;
}

function plannedInWords({ dueExplanation, dueAt, long }: Attempt, show: ShowMoment): string {
  if (dueExplanation !== null) return dueInWords(dueExplanation as Explanation);
  if (dueAt !== null) return `${show(dueAt)}.`;
  return long ?? "It has no date.";
}

/**
 * A rule or a busy provider can move the date. The explanation of the original date stays. If the end of a wait made the date, the
 * sentence about that end has it already.
 */
function movedInWords(
  { id, dueExplanation, dueAt }: Attempt,
  changes: readonly RecordChange[],
  show: ShowMoment,
): string[] {
  if (dueExplanation === null || dueAt === null) return [];
  const planned = Date.parse((dueExplanation as Explanation).dueAt);
  if (dueAt.getTime() === planned) return [];
  const waits = changes.flatMap(({ interactionId, wait }) =>
    interactionId === id && wait !== null ? [wait] : [],
  );
  const last = waits.at(-1);
  const isSaid = last?.long === null && sameMoment(last.until, dueAt);
  return isSaid ? [] : [`It is due on ${show(dueAt)}.`];
}

const sameMoment = (text: string | null, moment: Date): boolean =>
  text !== null && Date.parse(text) === moment.getTime();

/** The wait stays on record after it has ended. The next of these sentences, or the next transition, ends it. */
function waitInWords(
  { interactionId, changedAt, actor, wait }: RecordChange,
  show: ShowMoment,
): string[] {
  if (wait === null) return [];
  const { ruleId, long, until } = wait;
  if (long === null) {
    const due = until === null ? "" : `, and made it due on ${show(new Date(until))}`;
    return [`${actor} ended the wait of interaction ${interactionId} on ${show(changedAt)}${due}.`];
  }
  const rule = ruleId === null ? "The same rule" : `Rule ${ruleId}`;
  if (until === null)
    return [
      `${rule} held interaction ${interactionId} for a person on ${show(changedAt)}: ${long}`,
    ];
  return [
    `${rule} put interaction ${interactionId} off on ${show(changedAt)}, first until ${show(new Date(until))}: ${long}`,
  ];
}

/** Returns sentences with the contact id and the provider's message id of each attempt. */
export function contactsInWords(attempts: Chain["attempts"]): string[] {
  const [{ personId }] = attempts;
  const chosen = attempts.flatMap((one) => {
    if (one.contactId === null) return [];
    const kind = [one.contactType, one.contactLabel, one.contactStatus];
    const known = kind.filter((word) => word !== null).join(", ");
    const message =
      one.providerMessageId === null ? "" : `, message ${one.providerMessageId} of ${one.provider}`;
    return [
      `Attempt ${one.attempt}: contact ${one.contactId} (${known})${message}.`,
      ...(one.passedOver ?? []).map(passedOverInWords),
    ];
  });
  const none =
    attempts.at(-1)?.status === "scheduled"
      ? "The contact is chosen when it is sent."
      : "No contact was chosen.";
  return [`Borrower ${personId ?? "unknown"}.`, ...(chosen.length > 0 ? chosen : [none])];
}
