import type { Settlement, Withheld } from "./domain/interaction.ts";
import type { Say } from "./domain/events.ts";

/** Says what judging held back. */
export function sayWithheld(
  say: Say,
  { interactionId, ruleId, short, status, until }: Withheld,
): void {
  const rule = ruleId ?? "none";
  if (status === "scheduled")
    return say("interaction.waiting", {
      interactionId,
      ruleId: rule,
      until: until?.toISOString() ?? "",
    });
  const event = status === "canceled" ? "interaction.canceled" : "interaction.refused";
  return say(event, { interactionId, ruleId: rule, why: short });
}

/** Says how a call to a provider ended. */
export function saySettled(say: Say, settlement: Settlement): void {
  const { interactionId, evidence, status, short, dueAt, nextAttemptAt } = settlement;
  const { provider, durationMs } = evidence;
  const code = evidence.enhancedCode ?? evidence.code ?? "none";
  if (status === "failed")
    return say("interaction.failed", {
      interactionId,
      provider,
      code,
      why: short ?? "",
      nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
    });
  if (status === "scheduled" && short !== null)
    return say("interaction.waiting", {
      interactionId,
      ruleId: "provider.misconfigured",
      until: dueAt?.toISOString() ?? "",
    });
  if (status === "scheduled")
    return say("interaction.limited", {
      interactionId,
      provider,
      until: dueAt?.toISOString() ?? "",
    });
  if (short !== null) return say("interaction.outcomeUnknown", { interactionId, provider, code });
  return say("interaction.accepted", { interactionId, provider, durationMs });
}
