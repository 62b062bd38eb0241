import { collectProofs } from "../decide/tree/inclusion.ts";
import {
  append,
  EMPTY_FRONTIER,
  type Frontier,
  type NoteSubtree,
  rootOf,
} from "../decide/tree/merkle.ts";
import type { PackBound, PackRow, PackStep } from "../domain/evidence/pack.ts";
import { Fault } from "../domain/fault.ts";
import type { Db } from "../store/postgres/db.ts";
import { loadFirstSigned, type TreeHead } from "../store/tree/heads.ts";
import { loadStoredLeaves } from "../store/tree/stored-leaves.ts";
import type { ProvableRow } from "./evidence-contents.ts";
import { hashesOf } from "./record-tree.ts";

/**
 * Adds the proofs to the rows: to the root of the head, and to that of the first earlier head that has the row and that the same key has
 * signed. The tree is computed once.
 */
export async function withProofs(
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
