import type { Facts, HistoryItem, ReadFacts, WholeFacts } from "../../domain/guard/facts.ts";
import type { GuardQuestion } from "../../domain/guard/question.ts";
import type { GuardVerdict } from "../../domain/guard/verdict.ts";
import type { Compared, Fate, Outcome, Replayed } from "../../domain/simulate/replay.ts";
import { withValidationPeriods } from "../guard/duties.ts";
import { judgeFacts } from "../guard/judge.ts";
import type { Policy } from "../guard/policy/policy.ts";
import { DAY_MS } from "../../domain/values/durations.ts";

/** The state of a replay. Later messages are judged on it, and not on the real messages. */
export interface Course {
  /** The messages that were replayed; they count as they were judged, and not as they are on record. */
  readonly replayed: Set<string>;
  /** The messages that would have been sent, by borrower. */
  readonly sent: Map<string, HistoryItem[]>;
}

/** Creates the state of a replay in which no message has been judged. */
export const createCourse = (): Course => ({ replayed: new Set(), sent: new Map() });

/** A message to be judged, with its facts at the time when it was due. */
export interface ToReplay {
  readonly replayed: Replayed;
  readonly question: GuardQuestion;
  readonly read: ReadFacts;
}

/** Asks the guard about a message of the past. */
export function questionOf(replayed: Replayed, contactId: string, key: string): GuardQuestion {
  const { interactionId, borrowerId, channel, theme, isTransactional, loanIds, latestAt } =
    replayed;
  return {
    key,
    borrowerId,
    interactionId,
    message: {
      ...replayed.fromTemplate,
      channel,
      theme,
      isTransactional: isTransactional ?? true,
      contactId,
      loanIds: [...loanIds],
      ...(latestAt !== null && { scheduledAtTo: latestAt.toISOString() }),
    },
  };
}

const HISTORY_MS = 31 * DAY_MS;

/** Judges messages in order of time under a policy, and adds them to the course. */
export function replay(batch: readonly ToReplay[], policy: Policy, course: Course): Compared[] {
  const inTime = batch.toSorted(
    (one, other) => one.replayed.at.getTime() - other.replayed.at.getTime(),
  );
  return inTime.map(({ replayed, read }) => {
    const at = replayed.at.getTime();
    if (replayed.interactionId !== null) course.replayed.add(replayed.interactionId);
    if (read.kind === "invalid") {
      const faults = read.errors.map(({ field, message }) => `${field} ${message}`);
      const long = `The facts cannot be read: ${faults.join("; ")}.`;
      return { replayed, would: { fate: "held", ruleId: "facts.invalid", long } };
    }
    const history = historyIn(course, replayed, read.facts, at);
    const facts = withValidationPeriods(
      { ...knownBy(read, at), facts: { ...read.facts, history } },
      policy,
    );
    const { verdict } = judgeFacts(facts, policy, at);
    addToCourse(course, replayed, facts, verdict);
    return { replayed, would: outcomeOf(verdict) };
  });
}

/** The facts are loaded for many messages at once, so a notice may have been sent after this one. */
const knownBy = (read: WholeFacts, at: number): WholeFacts => ({
  ...read,
  validationNotices: (read.validationNotices ?? []).filter(({ sentAt }) => sentAt <= at),
});

function historyIn(
  { replayed, sent }: Course,
  { borrowerId }: Replayed,
  { history }: Facts,
  at: number,
): readonly HistoryItem[] {
  const others = history.filter(({ id }) => id === undefined || !replayed.has(id));
  const before = sent.get(borrowerId) ?? [];
  return [...others, ...before.filter((item) => item.at > at - HISTORY_MS)];
}

/** A message that waits counts at the end of its wait. */
function addToCourse(
  { sent }: Course,
  { borrowerId, interactionId, at }: Replayed,
  { message }: Facts,
  verdict: GuardVerdict,
): void {
  if (verdict.outcome !== "allow" && verdict.outcome !== "wait") return;
  const { channel, contactId, loanIds, theme, kind } = message;
  const isLater = verdict.outcome === "wait" && verdict.until !== undefined;
  const item: HistoryItem = {
    id: `simulated:${interactionId ?? "new"}`,
    channel,
    direction: "outbound",
    at: isLater ? (verdict.until ?? at.getTime()) : at.getTime(),
    status: isLater ? "scheduled" : "attempted",
    contactId,
    loanIds,
    kind,
    isPrerecorded: false,
    ...(theme !== null && { theme }),
  };
  sent.set(borrowerId, [...(sent.get(borrowerId) ?? []), item]);
}

const FATE_OF: Readonly<Record<GuardVerdict["outcome"], Fate>> = {
  allow: "sent",
  wait: "delayed",
  redirect: "redirected",
  hold: "held",
  refuse: "refused",
};

function outcomeOf(verdict: GuardVerdict): Outcome {
  const fate = FATE_OF[verdict.outcome];
  if (verdict.outcome === "allow") return { fate, ruleId: null, long: null };
  return { fate, ruleId: verdict.ruleId ?? null, long: verdict.long ?? null };
}
