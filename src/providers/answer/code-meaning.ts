import { hash } from "node:crypto";
import type { Meaning } from "../../domain/codes/meaning.ts";
import type { Evidence, ProviderAnswer } from "../../domain/provider-answer.ts";
import { scrub } from "../../domain/values/scrub.ts";

/** The data read from the connection, before personal data and credentials are removed from it. */
export interface Seen {
  readonly code?: string | undefined;
  readonly enhancedCode?: string | undefined;
  readonly text?: string | undefined;
  readonly retryAfterMs?: number | null;
  /** The message that was sent, or may have been sent. */
  readonly left?: Buffer | string;
  /** The provider's id of a message that it accepted and then failed. */
  readonly messageId?: string;
}

/**
 * One call to a provider. `startedAt` is a `performance.now()`; `personal` lists the values that its evidence must not
 * contain.
 */
export interface Call {
  readonly provider: string;
  readonly startedAt: number;
  readonly personal: readonly string[];
}

/** Returns the evidence of a call. The personal values of the call are removed from every text. */
export function evidenceOf(call: Call, seen: Seen): Evidence {
  const text = seen.text === undefined ? "" : scrub(seen.text, call.personal);
  return {
    provider: call.provider,
    ...(seen.code !== undefined && { code: seen.code }),
    ...(seen.enhancedCode !== undefined && { enhancedCode: seen.enhancedCode }),
    ...(text !== "" && { text }),
    ...(seen.left !== undefined && { sha256: hash("sha256", seen.left) }),
    ...(seen.messageId !== undefined && { messageId: seen.messageId }),
    durationMs: Math.round(performance.now() - call.startedAt),
  };
}

/** Builds the answer that a row of a code table defines. */
export function answerOf(call: Call, meaning: Meaning, seen: Seen): ProviderAnswer {
  const evidence = evidenceOf(call, seen);
  const retryAfterMs = seen.retryAfterMs ?? meaning.retryAfterMs ?? null;
  const { kind, statusDetails, short, long, finding } = meaning;
  switch (kind) {
    case "refused":
      return { kind, statusDetails, short, long, finding, evidence };
    case "unavailable":
      return { kind, statusDetails, short, long, finding, retryAfterMs, evidence };
    case "limited":
      return { kind, limit: meaning.limit ?? "rate", retryAfterMs, evidence };
    case "misconfigured":
      return { kind, statusDetails, short, long, evidence };
    case "unknown":
      return { kind, long, evidence };
  }
}
