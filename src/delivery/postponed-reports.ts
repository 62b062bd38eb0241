import type { Emit } from "../domain/events.ts";
import type { StopRuleId } from "../domain/delivery-rules.ts";
import type { InteractionId } from "../domain/ids.ts";
import type { Channel } from "../domain/vocabulary.ts";

/** An interaction that is put off, and the rule that puts it off. */
export interface Postponed {
  readonly interactionId: InteractionId;
  readonly ruleId: StopRuleId;
  readonly until: Date;
}

/**
 * Reports interactions that are put off in one line per rule and minute. A line per interaction would flood the log, because a
 * paused channel holds thousands of them and each is judged again every few minutes.
 */
export interface PostponedReports {
  add(emit: Emit, channel: Channel, postponed: readonly Postponed[]): void;
}

const REPORT_EVERY_MS = 60_000;

interface Count extends Postponed {
  readonly interactions: number;
}

/** The first line of a rule comes at once. Only tests set `everyMs`, the time between two lines. */
export function createPostponedReports(everyMs = REPORT_EVERY_MS): PostponedReports {
  const reported = new Set<StopRuleId>();
  const counts = new Map<StopRuleId, Count>();

  function report(emit: Emit, channel: Channel, ruleId: StopRuleId): void {
    const count = counts.get(ruleId);
    if (count === undefined) return void reported.delete(ruleId);
    counts.delete(ruleId);
    const { interactions, interactionId: firstInteractionId, until } = count;
    emit("interactions.postponed", {
      channel,
      ruleId,
      interactions,
      firstInteractionId,
      until: until.toISOString(),
    });
    reported.add(ruleId);
    setTimeout(() => report(emit, channel, ruleId), everyMs).unref();
  }

  return {
    add(emit, channel, postponed) {
      for (const one of postponed) {
        const before = counts.get(one.ruleId) ?? { ...one, interactions: 0 };
        counts.set(one.ruleId, {
          ...before,
          until: one.until,
          interactions: before.interactions + 1,
        });
      }
      for (const { ruleId } of postponed) if (!reported.has(ruleId)) report(emit, channel, ruleId);
    },
  };
}
