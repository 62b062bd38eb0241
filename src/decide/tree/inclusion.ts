import { type Hash, nodeHash, type NoteSubtree, rootOf } from "./merkle.ts";

/** One step from a leaf to the root: the hash of the subtree on the other side, and on which side it is. */
export interface ProofStep {
  readonly side: "left" | "right";
  readonly hash: Hash;
}

/** The leaves in [begin, end). */
interface Range {
  readonly begin: number;
  readonly end: number;
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The subtrees next to the path from a leaf to the root of a tree, from the leaf upwards (RFC 6962, 2.1.1). */
function siblingsOf(index: number, size: number): (Range & { readonly side: "left" | "right" })[] {
  if (index < 0 || index >= size) throw new RangeError("the tree has no such leaf");
  const siblings: (Range & { readonly side: "left" | "right" })[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      siblings.push({ side: "right", begin: middle, end });
      end = middle;
    } else {
      siblings.push({ side: "left", begin, end: middle });
      begin = middle;
    }
  }
  return siblings.toReversed();
}

/** The perfect subtrees of a subtree, the largest first: their sizes are the binary digits of its number of leaves. */
function perfectPartsOf({
  begin,
  end,
}: Range): { readonly begin: number; readonly size: number }[] {
  const parts: { readonly begin: number; readonly size: number }[] = [];
  for (let at = begin; at < end;) {
    let size = 1;
    while (size * 2 <= end - at) size *= 2;
    parts.push({ begin: at, size });
    at += size;
  }
  return parts;
}

const keyOf = (begin: number, size: number): string => `${begin}+${size}`;

/** Collects the hashes for the proofs of some leaves while a tree is computed from its leaves. */
export interface ProofCollector {
  /** For `append`, from the first leaf of the tree on. */
  readonly note: NoteSubtree;
  /** The steps from a leaf to the root, from the leaf upwards, once all leaves of the tree have been appended. */
  readonly proofOf: (index: number) => ProofStep[];
}

/**
 * Creates the collector for the leaves at these indexes of a tree of `size` leaves. It keeps the hashes of the proofs, not those of
 * the tree.
 */
export function collectProofs(indexes: readonly number[], size: number): ProofCollector {
  const needed = new Set(
    indexes
      .flatMap((index) => siblingsOf(index, size))
      .flatMap(perfectPartsOf)
      .map((part) => keyOf(part.begin, part.size)),
  );
  const roots = new Map<string, Hash>();
  const rootOfRange = (range: Range): Hash =>
    rootOf({
      size: range.end - range.begin,
      hashes: perfectPartsOf(range).map((part) => rootNoted(roots, part)),
    });
  return {
    note(begin, width, root) {
      const key = keyOf(begin, width);
      if (needed.has(key)) roots.set(key, root);
    },
    proofOf: (index) =>
      siblingsOf(index, size).map(({ side, ...range }) => ({ side, hash: rootOfRange(range) })),
  };
}

function rootNoted(
  roots: ReadonlyMap<string, Hash>,
  { begin, size }: { readonly begin: number; readonly size: number },
): Hash {
  const root = roots.get(keyOf(begin, size));
  if (root === undefined) throw new RangeError("the proof of this leaf was not collected");
  return root;
}

/** A leaf by its hash, and its place in a tree. */
export interface PlacedLeaf {
  readonly leaf: Hash;
  readonly index: number;
  readonly size: number;
}

/** The root to which a proof leads. Undefined if its steps are not those of this place. */
export function rootByInclusion(
  { leaf, index, size }: PlacedLeaf,
  proof: readonly ProofStep[],
): Hash | undefined {
  if (index < 0 || index >= size) return undefined;
  const siblings = siblingsOf(index, size);
  const fits =
    siblings.length === proof.length && siblings.every(({ side }, at) => side === proof[at]?.side);
  if (!fits) return undefined;
  return proof.reduce(
    (below, { side, hash }) => (side === "left" ? nodeHash(hash, below) : nodeHash(below, hash)),
    leaf,
  );
}
