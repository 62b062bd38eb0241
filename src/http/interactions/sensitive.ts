import type { InteractionRecord } from "../../domain/interaction-record.ts";
import { isSealed } from "../../domain/sealed-content.ts";
import { unsealContent, type Opened, tryUnsealContent } from "../../seal.ts";
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

/** The content in the clear. Throws as `unsealContent` does. */
export const contentOf = (
  { seal }: Pick<HttpDeps, "seal">,
  { id, channel, content }: Pick<InteractionRecord, "id" | "channel" | "content">,
): object | null => unsealContent(content, seal, { interactionId: id, channel });

/** Opens content for a page of interactions. One whose content cannot be opened does not prevent the others from being shown. */
export const openOrExplain = (
  { seal }: Pick<HttpDeps, "seal">,
  { id, channel, content }: Pick<InteractionRecord, "id" | "channel" | "content">,
): Opened => tryUnsealContent(content, seal, { interactionId: id, channel });
