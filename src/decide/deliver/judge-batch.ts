import type { Facts, HistoryItem, ReadFacts, WholeFacts } from "../../domain/guard/facts.ts";
import type { FieldError } from "../../domain/guard/fields.ts";
import type { Instant } from "../../domain/guard/moments.ts";
import type { Judgement } from "../../domain/guard/verdict.ts";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import { withValidationPeriods } from "../guard/duties.ts";
import { judgeFacts } from "../guard/judge.ts";
import type { Policy } from "../guard/policy/policy.ts";
import { surplusOf } from "../guard/surplus.ts";

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
  const surplus = surplusOfAll(notices, policy, now);
  const allowed = new Map<string, HistoryItem>();
  return notices.map((one) => {
    const { interactionId, read } = one;
    if (read.kind === "invalid") return { interactionId, kind: "invalid", errors: read.errors };
    const others = read.facts.history.filter(
      (item) => !surplus.has(item) && !(item.status === "scheduled" && inBatch.has(item.id ?? "")),
    );
    const history = [...others, ...missingIn(others, allowed)].map((item) => begunBy(item, now));
    const facts = { ...read.facts, history };
    const judged = judgeOne(interactionId, { ...read, facts }, forOne(policy, one), now);
    if (judged.kind === "judged" && judged.judgement.verdict.outcome === "allow")
      allowed.set(interactionId, inProgress(interactionId, facts, now));
    return judged;
  });
}

/**
 * An interaction on record has begun, also if the machine that dated it has a fast clock. With its own date it would count as not known
 * yet, and its place in a limit would be used twice.
 */
const begunBy = (item: HistoryItem, now: Instant): HistoryItem =>
  item.at > now && item.status !== "scheduled" ? { ...item, at: now } : item;

/** Returns the surplus of a borrower's history, which is the same for all notices of the batch. */
function surplusOfAll(
  notices: readonly ToJudge[],
  policy: Policy,
  now: Instant,
): ReadonlySet<HistoryItem> {
  const read = notices.find((one) => one.read.kind === "facts")?.read;
  return read?.kind === "facts" ? surplusOf(read.facts, policy, now) : new Set();
}

/** The notices of the batch that may be sent, but those that another daemon has claimed or sent meanwhile. */
function missingIn(
  history: readonly HistoryItem[],
  allowed: ReadonlyMap<string, HistoryItem>,
): readonly HistoryItem[] {
  if (allowed.size === 0) return [];
  const missing = new Map(allowed);
  for (const { id } of history) if (id !== undefined) missing.delete(id);
  return [...missing.values()];
}

const forOne = (policy: Policy, { released }: ToJudge): Policy =>
  released === undefined ? policy : { ...policy, released };

function judgeOne(
  interactionId: InteractionId,
  read: WholeFacts,
  policy: Policy,
  now: Instant,
): Judged {
  try {
    const facts = withValidationPeriods(read, policy);
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
