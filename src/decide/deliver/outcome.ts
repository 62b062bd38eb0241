import type { InteractionId } from "../../domain/ids.ts";
import type { AttemptOutcome } from "../../domain/interaction.ts";
import type { Blame, ProviderAnswer } from "../../domain/provider-answer.ts";
import type { Channel } from "../../domain/vocabulary.ts";

/** One finished call to a provider. */
export interface Attempt {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly attempt: number;
  /** The number of claims, including this one. */
  readonly claims: number;
  readonly latestAt: Date | null;
  readonly claimedAt: Date;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** The party at fault if the provider did not accept the message. */
  readonly blame: Blame;
}

/** The waits of a channel for answers that are not final (ms). */
export interface DeliveryPolicy {
  readonly retries: RetrySchedule;
  readonly settleWaits: readonly number[];
}

/** The wait before the second attempt, the third, and so on (ms). After its end no attempt follows. */
export type RetrySchedule = readonly number[];

/** The pause of a provider that asks us to slow down without naming a time (ms). */
const LIMITED_MS = 1_000;
const MISCONFIGURED_MS = 60_000;
/** The wait doubles each time, up to this (ms). */
const LONGEST_WAIT_MS = 900_000;

/**
 * Spreads a wait over a quarter of itself, so that attempts that failed together are not retried together. The spread
 * depends on the id, not on chance, so the same attempt always gets the same date. It is in whole seconds, so that
 * retries of one second share a job.
 */
function spread(waitMs: number, interactionId: InteractionId): number {
  const share = ((Number(interactionId) * 2_654_435_761) % 1_000) / 1_000;
  return Math.ceil((waitMs * (1 + share / 4)) / 1_000) * 1_000;
}

function nextAttemptAt(
  attempt: Attempt,
  retries: RetrySchedule,
  retryAfterMs: number | null,
): Date | null {
  const wait = retries[attempt.attempt - 1];
  if (wait === undefined) return null;
  const due =
    attempt.endedAt.getTime() + spread(Math.max(wait, retryAfterMs ?? 0), attempt.interactionId);
  if (attempt.latestAt !== null && due > attempt.latestAt.getTime()) return null;
  return new Date(due);
}

type Outcome = Omit<
  AttemptOutcome,
  "interactionId" | "claimedAt" | "startedAt" | "endedAt" | "evidence"
>;

const NOTHING: Outcome = {
  status: "attempted",
  statusDetails: null,
  short: null,
  long: null,
  providerMessageId: null,
  dueAt: null,
  settleAt: null,
  nextAttemptAt: null,
  finding: null,
};

/** Decides what follows from a provider's answer to an attempt. */
export function outcomeOf(
  attempt: Attempt,
  answer: ProviderAnswer,
  policy: DeliveryPolicy,
): AttemptOutcome {
  const { interactionId, claimedAt, startedAt, endedAt } = attempt;
  const call = { interactionId, claimedAt, startedAt, endedAt, evidence: answer.evidence };
  return { ...NOTHING, ...changesBy(attempt, answer, policy), ...call };
}

function changesBy(
  attempt: Attempt,
  answer: ProviderAnswer,
  { retries, settleWaits }: DeliveryPolicy,
): Partial<Outcome> {
  if (answer.kind === "accepted")
    return {
      status: answer.status,
      statusDetails: answer.statusDetails,
      providerMessageId: answer.messageId,
    };
  if (answer.kind === "unknown")
    return {
      statusDetails: `${attempt.channel}OutcomeUnknown`,
      short: "Outcome unknown",
      long: answer.long,
      settleAt: later(attempt, settleWaits[0] ?? 0),
    };
  if (answer.kind === "limited")
    return {
      status: "scheduled",
      dueAt: againAt(attempt, Math.max(answer.retryAfterMs ?? 0, backOff(LIMITED_MS, attempt))),
    };
  const { short, long } = answer;
  if (attempt.blame === "us" && (answer.kind === "misconfigured" || answer.kind === "refused"))
    return {
      status: "scheduled",
      dueAt: againAt(attempt, backOff(MISCONFIGURED_MS, attempt)),
      ...(answer.kind === "refused" ? refusedForAll(short) : { short, long }),
    };
  const refused: Partial<Outcome> = {
    status: "failed",
    statusDetails: answer.statusDetails,
    short,
    long,
    finding: "finding" in answer ? answer.finding : null,
    // the provider accepted the message before it failed, and its receipts will use this id
    providerMessageId: answer.evidence.messageId ?? null,
  };
  if (answer.kind === "refused") return refused;
  const retryAfterMs = "retryAfterMs" in answer ? answer.retryAfterMs : null;
  return { ...refused, nextAttemptAt: nextAttemptAt(attempt, retries, retryAfterMs) };
}

const refusedForAll = (short: string): Pick<Outcome, "short" | "long"> => ({
  short: "Refused for all recipients",
  long: `The provider refuses one recipient after the other (${short}), so the fault is ours and the channel is stopped. Check the account, the sender and the settings of the provider.`,
});

const backOff = (firstMs: number, { claims }: Attempt): number =>
  Math.min(firstMs * 2 ** (claims - 1), LONGEST_WAIT_MS);

const later = ({ endedAt }: Attempt, waitMs: number): Date => new Date(endedAt.getTime() + waitMs);

/** A retry after the latest time is moved to that time; it is then judged and fails. */
function againAt(attempt: Attempt, waitMs: number): Date {
  const due = later(attempt, waitMs);
  return attempt.latestAt !== null && due > attempt.latestAt ? attempt.latestAt : due;
}
