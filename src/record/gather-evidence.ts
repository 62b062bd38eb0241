import { createPublicKey } from "node:crypto";
import { leafHash } from "../decide/tree/merkle.ts";
import {
  type Pack,
  PACK_VERSION,
  type PackHead,
  type PackSubject,
} from "../domain/evidence/pack.ts";
import { Fault } from "../domain/fault.ts";
import type { InteractionId } from "../domain/ids.ts";
import { LEAF_SOURCES, type LeafSource } from "../domain/tree/leaf-sources.ts";
import type { Db } from "../store/postgres/db.ts";
import {
  type Covered,
  findCovered,
  listReplacedLeaves,
  listRowNames,
  loadLeafRows,
  loadTemplateTexts,
  onSnapshot,
  type ReplacedLeaf,
} from "../store/tree/evidence-rows.ts";
import { readHead, readKey, readLastHead, type TreeHead } from "../store/tree/heads.ts";
import { attemptsOf, type Known } from "./evidence-attempts.ts";
import {
  type Access,
  hideIn,
  ownerIn,
  type ProvableRow,
  readContents,
} from "./evidence-contents.ts";
import { withProofs } from "./evidence-proofs.ts";

/** The request for an evidence pack. */
export interface EvidenceRequest extends Access {
  readonly subject: PackSubject;
  /** The size of the head that proves the rows; undefined for the newest. */
  readonly headSize: number | undefined;
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

interface RowsUnder extends Pick<Known, "rows" | "changedLater"> {
  readonly newerRows: number;
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
