import { expect, test } from "vitest";
import {
  collectProofs,
  type ProofStep,
  rootByInclusion,
} from "../../../src/decide/tree/inclusion.ts";
import {
  append,
  EMPTY_FRONTIER,
  EMPTY_ROOT,
  leafHash,
  rootOf,
} from "../../../src/decide/tree/merkle.ts";

const MOST = 70;
const leaves = Array.from({ length: MOST }, (_, at) => leafHash(Buffer.from(String(at))));

/** The proofs of all leaves of a tree, whose leaves are appended in two parts. */
function proofsOf(size: number): readonly ProofStep[][] {
  const indexes = Array.from({ length: size }, (_, index) => index);
  const { note, proofOf } = collectProofs(indexes, size);
  const half = append(EMPTY_FRONTIER, leaves.slice(0, size / 2), note);
  append(half, leaves.slice(size / 2, size), note);
  return indexes.map(proofOf);
}

const sizes = Array.from({ length: MOST }, (_, at) => at + 1);

test.each(sizes)("in a tree of %i leaves every proof leads to the root", (size) => {
  const root = rootOf(append(EMPTY_FRONTIER, leaves.slice(0, size)));
  for (const [index, proof] of proofsOf(size).entries())
    expect(rootByInclusion({ leaf: leaves[index] ?? EMPTY_ROOT, index, size }, proof)).toEqual(
      root,
    );
});

test.each(sizes)("in a tree of %i leaves no other leaf, place or length leads to it", (size) => {
  const root = rootOf(append(EMPTY_FRONTIER, leaves.slice(0, size)));
  for (const [index, proof] of proofsOf(size).entries()) {
    const leaf = leaves[index] ?? EMPTY_ROOT;
    const other = (index + 1) % size;
    const longer: ProofStep[] = [...proof, { side: "left", hash: leaf }];
    expect(rootByInclusion({ leaf: EMPTY_ROOT, index, size }, proof)).not.toEqual(root);
    expect(rootByInclusion({ leaf, index, size }, longer)).toBeUndefined();
    if (size > 1) expect(rootByInclusion({ leaf, index: other, size }, proof)).not.toEqual(root);
  }
});

test("a leaf outside the tree has no proof", () => {
  expect(() => collectProofs([MOST], MOST)).toThrow(RangeError);
  expect(rootByInclusion({ leaf: EMPTY_ROOT, index: MOST, size: MOST }, [])).toBeUndefined();
});

test("a proof that was not collected is not computed", () => {
  const { note, proofOf } = collectProofs([0], 4);
  append(EMPTY_FRONTIER, leaves.slice(0, 4), note);
  expect(() => proofOf(3)).toThrow(RangeError);
});
