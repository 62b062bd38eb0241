import type { AttemptOutcome, Withheld } from "./domain/interaction.ts";
import type { Emit } from "./domain/events.ts";

/** Emits the event of an interaction that was withheld. */
export function emitWithheld(
  emit: Emit,
  { interactionId, ruleId, short, status, until }: Withheld,
): void {
  if (status === "scheduled")
    return emit("interaction.postponed", {
      interactionId,
      ruleId,
      until: until?.toISOString() ?? "",
    });
  const event = status === "canceled" ? "interaction.canceled" : "interaction.refused";
  return emit(event, { interactionId, ruleId, why: short });
}

/** Emits the event of a finished call to a provider. */
export function emitOutcome(emit: Emit, outcome: AttemptOutcome): void {
  const { interactionId, evidence, status, short, dueAt, nextAttemptAt } = outcome;
  const { provider, durationMs } = evidence;
  const code = evidence.enhancedCode ?? evidence.code ?? "none";
  if (status === "failed")
    return emit("interaction.failed", {
      interactionId,
      provider,
      code,
      why: short ?? "",
      nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    });
  if (status === "scheduled" && short !== null)
    return emit("interaction.postponed", {
      interactionId,
      ruleId: "provider.misconfigured",
      until: dueAt?.toISOString() ?? "",
    });
  if (status === "scheduled")
    return emit("interaction.rateLimited", {
      interactionId,
      provider,
      until: dueAt?.toISOString() ?? "",
    });
  if (short !== null) return emit("outcome.leftUnknown", { interactionId, provider, code });
  return emit("interaction.accepted", { interactionId, provider, durationMs });
}
