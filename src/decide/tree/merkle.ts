import { createHash } from "node:crypto";

/** A SHA-256 hash of 32 bytes. */
export type Hash = Buffer;

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

/** The hash of a leaf (RFC 6962, 2.1). The database computes the same for rows. */
export const leafHash = (leaf: Uint8Array): Hash =>
  createHash("sha256").update(LEAF).update(leaf).digest();

const nodeHash = (left: Hash, right: Hash): Hash =>
  createHash("sha256").update(NODE).update(left).update(right).digest();

/** The root of a tree without leaves. */
export const EMPTY_ROOT: Hash = createHash("sha256").digest();

/**
 * The perfect subtrees that a tree consists of, the largest first: their sizes are the binary digits of the tree's size. It is all
 * that adding leaves and computing the root need.
 */
export interface Frontier {
  readonly size: number;
  readonly hashes: readonly Hash[];
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] };

/** Adds leaves by their hashes, in order. */
export function append({ size, hashes }: Frontier, leaves: readonly Hash[]): Frontier {
  const stack = [...hashes];
  let count = size;
  for (const leaf of leaves) {
    stack.push(leaf);
    count += 1;
    mergeEqual(stack, count);
  }
  return { size: count, hashes: stack };
}

/** Merges as many equal subtrees as the count of leaves has zeros at its end. */
function mergeEqual(stack: Hash[], count: number): void {
  for (let rest = count; rest % 2 === 0; rest /= 2) {
    const right = stack.pop();
    const left = stack.pop();
    if (left === undefined || right === undefined)
      throw new RangeError("the frontier is not valid");
    stack.push(nodeHash(left, right));
  }
}

/** The root of a tree (RFC 6962, 2.1). */
export function rootOf({ hashes }: Frontier): Hash {
  const [last, ...rest] = hashes.toReversed();
  if (last === undefined) return EMPTY_ROOT;
  return rest.reduce((right, left) => nodeHash(left, right), last);
}

/** The root of the leaves in [begin, end). The caller reads them from wherever they are. */
export type SubtreeRoot = (begin: number, end: number) => Hash;

/** Computes roots from the hashes of all leaves. */
export const rootsFrom =
  (leaves: readonly Hash[]): SubtreeRoot =>
  (begin, end) =>
    rootOf(append(EMPTY_FRONTIER, leaves.slice(begin, end)));

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** The hashes that lead from a leaf to the root of a tree of `size` leaves, from the leaf upwards (RFC 6962, 2.1.1). */
export function inclusionProof(index: number, size: number, root: SubtreeRoot): Hash[] {
  const path = (begin: number, end: number): Hash[] => {
    if (end - begin === 1) return [];
    const middle = begin + splitOf(end - begin);
    return index < middle
      ? [...path(begin, middle), root(middle, end)]
      : [...path(middle, end), root(begin, middle)];
  };
  if (index < 0 || index >= size) throw new RangeError("the tree has no such leaf");
  return path(0, size);
}

/** The root that a proof leads to; undefined if the proof has not the length that a leaf of this tree needs. */
export function rootByInclusion(
  { leaf, index, size }: { readonly leaf: Hash; readonly index: number; readonly size: number },
  proof: readonly Hash[],
): Hash | undefined {
  if (index < 0 || index >= size) return undefined;
  const sibling = proof.at(-1);
  if (size === 1 || sibling === undefined)
    return size === 1 && sibling === undefined ? leaf : undefined;
  const middle = splitOf(size);
  const rest = proof.slice(0, -1);
  if (index < middle) {
    const left = rootByInclusion({ leaf, index, size: middle }, rest);
    return left && nodeHash(left, sibling);
  }
  const right = rootByInclusion({ leaf, index: index - middle, size: size - middle }, rest);
  return right && nodeHash(sibling, right);
}
