import type { Reference } from "../../domain/reference.ts";

const PREFIX = "ext-";
const LARGEST_ID = 2n ** 63n - 1n;

/** `ext-` followed by the lender's own id, otherwise an id of the core system. */
export const readReference = (text: string): Reference =>
  text.startsWith(PREFIX) ? { externalId: text.slice(PREFIX.length) } : { id: text };

/** The reference to an interaction, whose ids are numbers; undefined for a text that cannot be one. */
export function readInteractionReference(text: string): Reference | undefined {
  const reference = readReference(text);
  if ("externalId" in reference || isInteractionId(text)) return reference;
  return undefined;
}

export const isInteractionId = (text: string): boolean =>
  /^\d{1,19}$/.test(text) && BigInt(text) <= LARGEST_ID;
