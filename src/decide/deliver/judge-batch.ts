import type { Facts, HistoryItem, ReadFacts } from "../../domain/guard/facts.ts";
import type { FieldError } from "../../domain/guard/fields.ts";
import type { Instant } from "../../domain/guard/moments.ts";
import type { Judgement } from "../../domain/guard/verdict.ts";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import { judgeFacts } from "../guard/judge.ts";
import type { Policy } from "../guard/policy/policy.ts";

/** An interaction to be judged at the moment of sending, with its facts as they were just loaded. */
export interface ToJudge {
  readonly interactionId: InteractionId;
  readonly borrowerId: BorrowerId;
  readonly read: ReadFacts;
  /** The rules whose holds a person has released. */
  readonly released?: ReadonlySet<string>;
}

/** The judgement of one interaction, or why there is none. */
export type Judged = { readonly interactionId: InteractionId } & (
  | { readonly kind: "judged"; readonly facts: Facts; readonly judgement: Judgement }
  | { readonly kind: "invalid"; readonly errors: readonly FieldError[] }
  | { readonly kind: "failed" }
);

/**
 * Judges a batch, the notices of each borrower in the given order. One that may be sent counts for those that follow, as in progress.
 * One that is not judged yet does not count for those before it, so two notices of a borrower never wait for each other.
 */
export function judgeBatch(batch: readonly ToJudge[], policy: Policy, now: Instant): Judged[] {
  const byBorrower = Map.groupBy(batch, ({ borrowerId }) => borrowerId);
  return [...byBorrower.values()].flatMap((notices) => judgeInTurn(notices, policy, now));
}

function judgeInTurn(notices: readonly ToJudge[], policy: Policy, now: Instant): Judged[] {
  const inBatch = new Set<string>(notices.map(({ interactionId }) => interactionId));
  const allowed: HistoryItem[] = [];
  return notices.map((one) => {
    const { interactionId, read } = one;
    if (read.kind === "invalid") return { interactionId, kind: "invalid", errors: read.errors };
    const history = historyInTurn(read.facts.history, inBatch, allowed).map((item) =>
      begunBy(item, now),
    );
    const facts = { ...read.facts, history };
    const judged = judgeOne(interactionId, facts, forOne(policy, one), now);
    if (judged.kind === "judged" && judged.judgement.verdict.outcome === "allow")
      allowed.push(inProgress(interactionId, facts, now));
    return judged;
  });
}

/**
 * An interaction on record has begun, also if the machine that dated it has a fast clock. With its own date it would count as not known
 * yet, and its place in a limit would be used twice.
 */
const begunBy = (item: HistoryItem, now: Instant): HistoryItem =>
  item.at > now && item.status !== "scheduled" ? { ...item, at: now } : item;

/**
 * Replaces the notices of the batch that are still planned by those that may be sent. One that another daemon has claimed or sent
 * meanwhile stays as it is.
 */
function historyInTurn(
  history: readonly HistoryItem[],
  inBatch: ReadonlySet<string>,
  allowed: readonly HistoryItem[],
): readonly HistoryItem[] {
  const others = history.filter(
    ({ id, status }) => id === undefined || status !== "scheduled" || !inBatch.has(id),
  );
  const known = new Set(others.map(({ id }) => id));
  return [...others, ...allowed.filter(({ id }) => !known.has(id))];
}

const forOne = (policy: Policy, { released }: ToJudge): Policy =>
  released === undefined ? policy : { ...policy, released };

function judgeOne(
  interactionId: InteractionId,
  facts: Facts,
  policy: Policy,
  now: Instant,
): Judged {
  try {
    return { interactionId, kind: "judged", facts, judgement: judgeFacts(facts, policy, now) };
  } catch {
    // a fault that one sheet causes must not stop the notices of others
    return { interactionId, kind: "failed" };
  }
}

function inProgress(id: InteractionId, { message }: Facts, now: Instant): HistoryItem {
  const { channel, contactId, loanIds, theme, kind, replyToInboundId, isPrerecorded } = message;
  return {
    id,
    channel,
    direction: "outbound",
    at: now,
    status: "inProgress",
    contactId,
    loanIds,
    kind,
    isPrerecorded,
    ...(theme !== null && { theme }),
    ...(replyToInboundId !== undefined && { replyToInboundId }),
  };
}
