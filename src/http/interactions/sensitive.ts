import type { InteractionRecord } from "../../domain/interaction-record.ts";
import { Fault } from "../../domain/fault.ts";
import { CONTENT_FAULTS, type ContentFault, isSealed } from "../../domain/sealed-content.ts";
import { openContent } from "../../seal.ts";
import type { Caller } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";

/** Sealed content stays sensitive, even where SQL has changed the mark. */
export const isSensitive = ({
  sensitive,
  content,
}: Pick<InteractionRecord, "sensitive" | "content">): boolean => sensitive || isSealed(content);

/** True if the caller may read the content. */
export const mayRead = (record: InteractionRecord, { scopes }: Caller): boolean =>
  !isSensitive(record) || scopes.has("interaction:read.sensitive");

/** The content in the clear. Throws as `openContent` does. */
export const contentOf = (
  { seal }: Pick<HttpDeps, "seal">,
  { id, channel, content }: Pick<InteractionRecord, "id" | "channel" | "content">,
): object | null => openContent(content, seal, { interactionId: id, channel });

/** The content in the clear, or the fault for which it cannot be opened. */
export interface Opened {
  readonly content: object | null;
  readonly fault: ContentFault | null;
}

/** For pages of many interactions: one whose content cannot be opened does not keep the others from being shown. */
export function openOrExplain(
  deps: Pick<HttpDeps, "seal">,
  record: Pick<InteractionRecord, "id" | "channel" | "content">,
): Opened {
  try {
    return { content: contentOf(deps, record), fault: null };
  } catch (error) {
    const code = error instanceof Fault ? error.code : undefined;
    const fault = CONTENT_FAULTS.find((one) => one === code);
    if (fault === undefined) throw error;
    return { content: null, fault };
  }
}
