import { createPublicKey, hash } from "node:crypto";
import { collectProofs } from "../decide/tree/inclusion.ts";
import {
  append,
  EMPTY_FRONTIER,
  type Frontier,
  leafHash,
  type NoteSubtree,
  rootOf,
} from "../decide/tree/merkle.ts";
import { Fault } from "../domain/fault.ts";
import {
  type Pack,
  PACK_VERSION,
  type PackAttempt,
  type PackBound,
  type PackHead,
  type PackMessage,
  type PackRow,
  type PackStep,
  type PackSubject,
} from "../domain/evidence/pack.ts";
import type { InteractionId } from "../domain/ids.ts";
import { contentInBytes, isSealed, type SealedContent } from "../domain/sealed-content.ts";
import { LEAF_SOURCES, type LeafSource } from "../domain/tree/leaf-sources.ts";
import { parseExactJson } from "../domain/values/exact-json.ts";
import type { Channel } from "../domain/vocabulary.ts";
import type { Seal } from "../seal.ts";
import { type ContentRecord, loadContentRecord } from "../store/operate/recorded-content.ts";
import type { Db } from "../store/postgres/db.ts";
import {
  type Covered,
  findCovered,
  listReceiptOwners,
  listReplacedLeaves,
  listRowNames,
  loadLeafRows,
  loadOpenStates,
  loadTemplateTexts,
  onSnapshot,
  type OpenState,
  type ReplacedLeaf,
} from "../store/tree/evidence-rows.ts";
import {
  loadFirstSigned,
  readHead,
  readKey,
  readLastHead,
  type TreeHead,
} from "../store/tree/heads.ts";
import { loadStoredLeaves } from "../store/tree/stored-leaves.ts";
import { hashesOf } from "./record-tree.ts";
import { composeAgain } from "./recompose.ts";

/** The request for an evidence pack. */
export interface EvidenceRequest {
  readonly subject: PackSubject;
  /** The size of the head that proves the rows; undefined for the newest. */
  readonly headSize: number | undefined;
  /** With a seal, sealed content is opened. */
  readonly seal: Seal | undefined;
  /** False hides sensitive content. */
  readonly reveals: boolean;
}

/** The gathered pack, and what the command says about it. */
export interface Gathered {
  readonly pack: Pack;
  /** The rows about the subject that are newer than the head, and not in the pack. */
  readonly newerRows: number;
  /** The interactions whose sensitive content the pack has. */
  readonly revealed: readonly InteractionId[];
}

/**
 * Gathers the rows about a subject as of a head of the record tree, with the path of each to the root. The same subject at the same
 * head gives the same pack. Undefined if nothing about the subject is on record. Throws RECORD_UNPROVED if there is no such head, or if a
 * row or the tree is not as it was; and as `Seal.unseal` does.
 */
export const gatherEvidence = (db: Db, request: EvidenceRequest): Promise<Gathered | undefined> =>
  onSnapshot(db, async (snapshot) => {
    const head = await headOf(snapshot, request.headSize);
    const covered = await findCovered(snapshot, request.subject);
    const { rows, newerRows, changedLater } = await rowsUnder(snapshot, covered, head.size);
    if (rows.length === 0 && newerRows === 0) return undefined;
    const contents = await readContents(snapshot, covered, request);
    const proved = await withProofs(
      snapshot,
      rows.map((row) => hideIn(row, contents)),
      head,
    );
    const attempts = await attemptsOf(snapshot, { covered, rows, contents, changedLater });
    const inPack = new Set(attempts.map(({ interactionId }) => interactionId));
    return {
      pack: {
        version: PACK_VERSION,
        subject: request.subject,
        head: await packHeadOf(snapshot, head),
        ...proved,
        attempts,
        templates: await loadTemplateTexts(snapshot, covered.interactionIds),
      },
      newerRows,
      revealed: contents
        .filter((one) => one.isRevealed && inPack.has(one.kept.id))
        .map((one) => one.kept.id),
    };
  });

async function headOf(db: Db, size: number | undefined): Promise<TreeHead> {
  const head = size === undefined ? await readLastHead(db) : await readHead(db, size);
  if (head !== null) return head;
  throw new Fault(
    "RECORD_UNPROVED",
    size === undefined
      ? "the record tree has no head yet; a running daemon makes one each minute"
      : `the record tree has no head of size ${size}; tidings.tree_heads has the sizes`,
  );
}

async function packHeadOf(db: Db, head: TreeHead): Promise<PackHead> {
  const { size, root, madeAt, keyId, signature } = head;
  const key = keyId === null ? null : await readKey(db, keyId);
  const publicKey = key === null ? null : createPublicKey({ key, format: "der", type: "spki" });
  return {
    size,
    root: root.toString("hex"),
    madeAt: madeAt.toISOString(),
    keyId,
    signature,
    publicKey:
      publicKey === null ? null : String(publicKey.export({ format: "pem", type: "spki" })),
  };
}

/** A row under the head, before its proof. */
type ProvableRow = Omit<PackRow, "proof" | "bound">;

interface RowsUnder {
  readonly rows: readonly ProvableRow[];
  readonly newerRows: number;
  /** The interactions with a change that is newer than the head, so that their present state is not that of the head. */
  readonly changedLater: ReadonlySet<string>;
}

async function rowsUnder(db: Db, covered: Covered, size: number): Promise<RowsUnder> {
  const names = Map.groupBy(await listRowNames(db, covered), (name) => name.source);
  const replaced = await listReplacedLeaves(db, covered);
  const rows: ProvableRow[] = [];
  let newerRows = 0;
  let changedLater: ReadonlySet<string> = new Set();
  for (const source of LEAF_SOURCES) {
    const loaded = await loadLeafRows(
      db,
      source,
      (names.get(source) ?? []).map((name) => name.id),
    );
    const known = loaded.flatMap((row) => provable(source, row, { size, replaced }));
    newerRows += loaded.length - known.length;
    if (source === "recordChanges") changedLater = ownersOfNewer(loaded, known);
    rows.push(...known);
  }
  return { rows, newerRows, changedLater };
}

/** The interactions of the loaded rows that the head does not have. */
function ownersOfNewer(
  loaded: readonly { readonly id: string; readonly leaf: string }[],
  known: readonly ProvableRow[],
): ReadonlySet<string> {
  const ids = new Set(known.map((row) => row.id));
  return new Set(loaded.filter((row) => !ids.has(row.id)).map((row) => ownerIn(row.leaf)));
}

function provable(
  source: LeafSource,
  { id, leaf: text, index, hash: expected }: Awaited<ReturnType<typeof loadLeafRows>>[number],
  { size, replaced }: { readonly size: number; readonly replaced: readonly ReplacedLeaf[] },
): ProvableRow[] {
  if (index === null || expected === null || index >= size) return [];
  const present = leafHash(Buffer.from(text));
  const leaf = expected.toString("hex");
  const row = { source, id, index, leaf, text };
  if (present.equals(expected)) return [{ ...row, isRedacted: false }];
  const isReplaced = replacementsOf(
    leaf,
    replaced.filter((one) => one.source === source && one.id === id),
  ).has(present.toString("hex"));
  // the rest of an erased row is shown; the hash that is proved is that of the whole row
  if (isReplaced) return [{ ...row, isRedacted: true }];
  throw new Fault(
    "RECORD_UNPROVED",
    `row ${id} of ${source} is not as it was when it became a leaf`,
  );
}

/** The hashes that may replace the hash of a leaf. Its row may have been sealed, and erased later. */
function replacementsOf(leaf: string, replaced: readonly ReplacedLeaf[]): ReadonlySet<string> {
  const reached = new Set<string>();
  let from = [leaf];
  while (from.length > 0) {
    const next = replaced.filter(({ was, is }) => from.includes(was) && !reached.has(is));
    from = next.map(({ is }) => is);
    for (const one of from) reached.add(one);
  }
  return reached;
}

/** The content of an interaction, as far as the pack may have it. */
interface GatheredContent {
  readonly kept: ContentRecord;
  readonly isHidden: boolean;
  readonly isRevealed: boolean;
  /** In the clear; null if there is none, or it is hidden. */
  readonly content: object | null;
  /** The plain bytes of sealed content. */
  readonly opened: Buffer | null;
}

async function readContents(
  db: Db,
  { interactionIds }: Covered,
  request: EvidenceRequest,
): Promise<GatheredContent[]> {
  const contents: GatheredContent[] = [];
  for (const id of interactionIds) {
    const kept = await loadContentRecord(db, id);
    if (kept !== undefined) contents.push(contentOf(kept, request));
  }
  return contents;
}

function contentOf(kept: ContentRecord, { seal, reveals }: EvidenceRequest): GatheredContent {
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
function hideIn(row: ProvableRow, contents: readonly GatheredContent[]): ProvableRow {
  if (!WITH_CONTENT.has(row.source)) return row;
  const text = hiddenIn(row.text, contents);
  return text === null ? row : { ...row, text, isRedacted: true };
}

interface MayHaveContent {
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
const ownerIn = (text: string): string => ownerOf(parseExactJson(text) as MayHaveContent);

/** The text without sensitive content; null if it has none. */
function hiddenIn(text: string, contents: readonly GatheredContent[]): string | null {
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

/**
 * Adds the proofs to the rows: to the root of the head, and to that of the first earlier head that has the row and that the same key has
 * signed. The tree is computed once.
 */
async function withProofs(
  db: Db,
  rows: readonly ProvableRow[],
  head: TreeHead,
): Promise<{ readonly rows: PackRow[]; readonly bounds: PackBound[] }> {
  const indexes = rows.map(({ index }) => index);
  const { keyId, size: below } = head;
  const firsts =
    keyId === null
      ? new Map<number, TreeHead>()
      : await loadFirstSigned(db, indexes, { keyId, below });
  const bySize = new Map([...firsts.values()].map((one) => [one.size, one]));
  const collectors = new Map(
    [head, ...bySize.values()].map(({ size }) => [
      size,
      collectProofs(
        indexes.filter((index) => size === head.size || firsts.get(index)?.size === size),
        size,
      ),
    ]),
  );
  await walkLeaves(db, head, (...subtree) => {
    for (const { note } of collectors.values()) note(...subtree);
  });
  const proofIn = (size: number, index: number): PackStep[] =>
    (collectors.get(size)?.proofOf(index) ?? []).map(({ side, hash: other }) => ({
      side,
      hash: other.toString("hex"),
    }));
  return {
    rows: rows.map((row) => {
      const size = firsts.get(row.index)?.size;
      const bound = size === undefined ? null : { size, proof: proofIn(size, row.index) };
      return { ...row, proof: proofIn(head.size, row.index), bound };
    }),
    bounds: [...bySize.values()].toSorted((one, other) => one.size - other.size).map(boundOf),
  };
}

const boundOf = ({ size, root, madeAt, signature }: TreeHead): PackBound => ({
  size,
  root: root.toString("hex"),
  madeAt: madeAt.toISOString(),
  signature: signature ?? Buffer.alloc(0),
});

/** Computes the tree up to a head. Throws RECORD_UNPROVED if the leaves do not give its root. */
async function walkLeaves(db: Db, head: TreeHead, note: NoteSubtree): Promise<void> {
  let frontier: Frontier = EMPTY_FRONTIER;
  while (frontier.size < head.size) {
    const leaves = await loadStoredLeaves(db, frontier.size);
    if (leaves?.firstIndex !== frontier.size) throw treeDiffers(frontier.size);
    const hashes = hashesOf(leaves.hashes).slice(0, head.size - frontier.size);
    frontier = append(frontier, hashes, note);
  }
  if (!rootOf(frontier).equals(head.root)) throw treeDiffers(head.size);
}

const treeDiffers = (size: number): Fault =>
  new Fault("RECORD_UNPROVED", `the leaves do not give the root of the head, at size ${size}`);

interface Known extends Pick<RowsUnder, "rows" | "changedLater"> {
  readonly covered: Covered;
  readonly contents: readonly GatheredContent[];
}

/** The interactions that have a transition under the head. */
async function attemptsOf(db: Db, known: Known): Promise<PackAttempt[]> {
  const {
    covered: { interactionIds },
    rows,
    contents,
  } = known;
  const ids = (source: LeafSource): ReadonlySet<string> =>
    new Set(rows.filter((row) => row.source === source).map((row) => row.id));
  const receipts = ids("receipts");
  const open = (await loadOpenStates(db, interactionIds)).filter((one) => isShown(one, known));
  const owners = (await listReceiptOwners(db, interactionIds)).filter((one) =>
    receipts.has(one.receiptId),
  );
  const began = interactionsIn(rows, "transitions");
  const ended = new Set([...interactionsIn(rows, "interactions"), ...ids("loggedInteractions")]);
  const attempts: PackAttempt[] = [];
  for (const interactionId of interactionIds.filter((id) => began.has(id))) {
    const state = open.find((one) => one.interactionId === interactionId);
    const content = contents.find((one) => one.kept.id === interactionId);
    const hasState = state !== undefined || ended.has(interactionId);
    attempts.push({
      interactionId,
      receiptIds: owners
        .filter((one) => one.interactionId === interactionId)
        .map((one) => one.receiptId),
      openState: state === undefined ? null : (hiddenIn(state.text, contents) ?? state.text),
      ...(await messageOf(hasState ? content : undefined)),
    });
  }
  return attempts;
}

/**
 * True if the pack has the present state of an interaction. The state of a logged interaction follows from its rows, unless its content was
 * changed: the recorded change has only the hash of the content.
 */
function isShown(
  { transitionId, interactionId }: OpenState,
  { rows, changedLater }: Known,
): boolean {
  const isCurrent = rows.some((row) => row.source === "transitions" && row.id === transitionId);
  const isLogged = rows.some(
    (row) => row.source === "loggedInteractions" && row.id === interactionId,
  );
  if (!isLogged || !isCurrent) return isCurrent;
  return (
    !changedLater.has(interactionId) && rows.some((row) => changesContentOf(interactionId, row))
  );
}

function changesContentOf(interactionId: InteractionId, { source, text }: ProvableRow): boolean {
  if (source !== "recordChanges") return false;
  const row = parseExactJson(text) as MayHaveContent;
  return (
    row.table_name === "interactions" &&
    row.row_id === interactionId &&
    row.changes?.content !== undefined
  );
}

function interactionsIn(rows: readonly ProvableRow[], source: LeafSource): ReadonlySet<string> {
  const own = rows.filter((row) => row.source === source);
  return new Set(
    own.map(({ text }) => String((parseExactJson(text) as MayHaveContent).interaction_id)),
  );
}

const EXTENSIONS: Readonly<Partial<Record<Channel, PackMessage["extension"]>>> = {
  email: "eml",
  text: "txt",
};

/** The bytes that were sent, if the record still gives the hash that was kept when they left. */
async function messageOf(
  known: GatheredContent | undefined,
): Promise<Pick<PackAttempt, "message" | "opened">> {
  if (known === undefined) return { message: null, opened: null };
  const { kept, content, opened } = known;
  const bytes =
    content === null || kept.contentSha256 === null ? null : await composeAgain(kept, content);
  const isSame = bytes !== null && hash("sha256", bytes) === kept.contentSha256;
  const extension = EXTENSIONS[kept.channel];
  return { message: isSame && extension !== undefined ? { extension, bytes } : null, opened };
}
