import type { Covered } from "../store/tree/evidence-rows.ts";
import { Fault } from "../domain/fault.ts";
import { contentInBytes, isSealed, type SealedContent } from "../domain/sealed-content.ts";
import type { PackRow } from "../domain/evidence/pack.ts";
import type { LeafSource } from "../domain/tree/leaf-sources.ts";
import { parseExactJson } from "../domain/values/exact-json.ts";
import type { Seal } from "../seal.ts";
import { type ContentRecord, loadContentRecord } from "../store/operate/recorded-content.ts";
import type { Db } from "../store/postgres/db.ts";

/** The right of a pack to the content. */
export interface Access {
  /** With a seal, sealed content is opened. */
  readonly seal: Seal | undefined;
  /** False hides sensitive content. */
  readonly reveals: boolean;
}

/** A row under the head, before its proof. */
export type ProvableRow = Omit<PackRow, "proof" | "bound">;

/** The content of an interaction, as far as the pack may have it. */
export interface GatheredContent {
  readonly kept: ContentRecord;
  readonly isHidden: boolean;
  readonly isRevealed: boolean;
  /** In the clear; null if there is none, or it is hidden. */
  readonly content: object | null;
  /** The plain bytes of sealed content. */
  readonly opened: Buffer | null;
}

/** Reads the contents of the covered interactions. Throws as `Seal.unseal` does. */
export async function readContents(
  db: Db,
  { interactionIds }: Covered,
  access: Access,
): Promise<GatheredContent[]> {
  const contents: GatheredContent[] = [];
  for (const id of interactionIds) {
    const kept = await loadContentRecord(db, id);
    if (kept !== undefined) contents.push(contentOf(kept, access));
  }
  return contents;
}

function contentOf(kept: ContentRecord, { seal, reveals }: Access): GatheredContent {
  const { content, sensitive } = kept;
  const isSecret = content !== null && (sensitive || isSealed(content));
  if (isSecret && !reveals)
    return { kept, isHidden: true, isRevealed: false, content: null, opened: null };
  const about = { kept, isHidden: false, isRevealed: isSecret };
  if (!isSealed(content)) return { ...about, content, opened: null };
  const opened = openBytes(content, kept, seal);
  return { ...about, content: contentInBytes(opened), opened };
}

function openBytes(
  content: SealedContent,
  { id, channel }: ContentRecord,
  seal: Seal | undefined,
): Buffer {
  if (seal === undefined)
    throw new Fault("CONTENT_KEY_UNKNOWN", `content of interaction ${id}: CONTENT_KEY is not set`);
  return seal.openBytes(content, { interactionId: id, channel });
}

const WITH_CONTENT: ReadonlySet<LeafSource> = new Set([
  "interactions",
  "loggedInteractions",
  "recordChanges",
]);

/** Replaces sensitive content in a row by null. Sealed content is a commitment in it already. */
export function hideIn(row: ProvableRow, contents: readonly GatheredContent[]): ProvableRow {
  if (!WITH_CONTENT.has(row.source)) return row;
  const text = hiddenIn(row.text, contents);
  return text === null ? row : { ...row, text, isRedacted: true };
}

export interface MayHaveContent {
  readonly leaf_of?: string;
  readonly id?: number;
  readonly interaction_id?: number;
  readonly table_name?: string;
  readonly row_id?: string;
  readonly content?: unknown;
  readonly changes?: { readonly content?: { readonly from?: unknown } };
}

/** The id of the interaction to which a row belongs. */
const ownerOf = (row: MayHaveContent): string =>
  String(row.leaf_of === "loggedInteractions" ? row.id : (row.interaction_id ?? row.row_id));
export const ownerIn = (text: string): string => ownerOf(parseExactJson(text) as MayHaveContent);

/** The text without sensitive content; null if it has none. */
export function hiddenIn(text: string, contents: readonly GatheredContent[]): string | null {
  const row = parseExactJson(text) as MayHaveContent;
  const owner = ownerOf(row);
  const isSecret = contents.some(({ kept, isHidden }) => kept.id === owner && isHidden);
  if (!isSecret) return null;
  if (isObject(row.content)) return JSON.stringify({ ...row, content: null });
  const was = row.changes?.content;
  if (!isObject(was?.from)) return null;
  return JSON.stringify({ ...row, changes: { ...row.changes, content: { ...was, from: null } } });
}

const isObject = (value: unknown): boolean => typeof value === "object" && value !== null;
