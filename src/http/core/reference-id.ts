import type { Reference } from "../../domain/reference.ts";

const PREFIX = "ext-";
const LARGEST_ID = 2n ** 63n - 1n;

/** `ext-` and an id of the lender's own, otherwise an id of the core system's. */
export const readReference = (text: string): Reference =>
  text.startsWith(PREFIX) ? { externalId: text.slice(PREFIX.length) } : { id: text };

/** Of an interaction, whose ids are numbers; undefined for what can be none. */
export function readInteractionReference(text: string): Reference | undefined {
  const reference = readReference(text);
  if ("externalId" in reference || isInteractionId(text)) return reference;
  return undefined;
}

export const isInteractionId = (text: string): boolean =>
  /^\d{1,19}$/.test(text) && BigInt(text) <= LARGEST_ID;
