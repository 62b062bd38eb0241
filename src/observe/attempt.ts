import type { EmittedEvent } from "../domain/events.ts";
import type { StatusDetails } from "../domain/status-details.ts";
import type { Channel } from "../domain/vocabulary.ts";

/** A finished call to a provider, as its event reports it. */
export interface Attempt {
  readonly channel: Channel;
  readonly outcome: "accepted" | "failed" | "rateLimited" | "unknown";
  /** The status details of a failure; "none" otherwise. */
  readonly reason: StatusDetails | "none";
  /** The time from the call to the answer (ms); null if a daemon died during the call. */
  readonly durationMs: number | null;
  /** The time from when it was due to the call (ms); null if it was not accepted. */
  readonly dueToSentMs: number | null;
}

/** The attempt that an event reports; undefined for other events. */
export function attemptOf(emitted: EmittedEvent): Attempt | undefined {
  const reason = "none";
  const dueToSentMs = null;
  switch (emitted.event) {
    case "interaction.accepted":
      return { ...emitted.fields, outcome: "accepted", reason };
    case "interaction.failed":
      return {
        ...emitted.fields,
        outcome: "failed",
        reason: emitted.fields.statusDetails,
        dueToSentMs,
      };
    case "interaction.rateLimited":
      return { ...emitted.fields, outcome: "rateLimited", reason, dueToSentMs };
    case "outcome.leftUnknown":
      return { ...emitted.fields, outcome: "unknown", reason, dueToSentMs };
    default:
      return undefined;
  }
}
