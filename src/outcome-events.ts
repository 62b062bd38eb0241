import type { Redirect } from "./domain/deliver/redirect.ts";
import type { InteractionId } from "./domain/ids.ts";
import type { AttemptOutcome, Withheld } from "./domain/interaction.ts";
import type { Emit } from "./domain/events.ts";
import type { Channel } from "./domain/vocabulary.ts";

const WITHHELD = {
  scheduled: "interaction.held",
  canceled: "interaction.canceled",
  failed: "interaction.refused",
} as const;

/** Emits the event of an interaction that was withheld permanently, or until a person decides. */
export function emitWithheld(
  emit: Emit,
  { interactionId, ruleId, short, status }: Omit<Withheld, "until">,
): void {
  emit(WITHHELD[status], { interactionId, ruleId, why: short });
}

/** Emits the event of a notice that goes to another contact. */
export const emitRedirected = (
  emit: Emit,
  {
    interactionId,
    ruleId,
    nextInteractionId,
    channel,
    toContactId: contactId,
  }: Pick<Redirect, "interactionId" | "ruleId" | "channel" | "toContactId"> & {
    readonly nextInteractionId: InteractionId;
  },
): void =>
  emit("interaction.redirected", { interactionId, ruleId, nextInteractionId, channel, contactId });

/** The message of a finished call to a provider. */
export interface CalledFor {
  readonly channel: Channel;
  readonly dueAt: Date;
}

/** Emits the event of a finished call to a provider. A call that shows a fault of ours is not an attempt and has none. */
export function emitOutcome(
  emit: Emit,
  { channel, dueAt: wasDueAt }: CalledFor,
  outcome: AttemptOutcome,
): void {
  const { interactionId, evidence, status, short, dueAt, nextAttemptAt, startedAt } = outcome;
  const { provider, durationMs } = evidence;
  const about = { interactionId, channel, provider, durationMs };
  const statusDetails = outcome.statusDetails ?? "none";
  const code = evidence.enhancedCode ?? evidence.code ?? "none";
  if (status === "failed")
    return emit("interaction.failed", {
      ...about,
      statusDetails,
      code,
      why: short ?? "",
      nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    });
  if (status === "scheduled")
    return emit("interaction.rateLimited", { ...about, until: dueAt?.toISOString() ?? "" });
  if (short !== null) return emit("outcome.leftUnknown", { ...about, code });
  const dueToSentMs = Math.max(0, startedAt.getTime() - wasDueAt.getTime());
  emit("interaction.accepted", { ...about, statusDetails, dueToSentMs });
}
