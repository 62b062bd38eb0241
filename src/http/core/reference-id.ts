import { type InteractionId, parseInteractionId } from "../../domain/ids.ts";
import type { Reference } from "../../domain/reference.ts";

const PREFIX = "ext-";

/** `ext-` followed by the lender's own id, otherwise an id of the core system. */
export const readReference = <Id extends string>(
  text: string,
  parse: (text: string) => Id,
): Reference<Id> =>
  text.startsWith(PREFIX) ? { externalId: text.slice(PREFIX.length) } : { id: parse(text) };

/** The reference to an interaction, whose ids are numbers; undefined for a text that cannot be one. */
export function readInteractionReference(text: string): Reference<InteractionId> | undefined {
  if (text.startsWith(PREFIX)) return { externalId: text.slice(PREFIX.length) };
  const id = parseInteractionId(text);
  return id === undefined ? undefined : { id };
}
