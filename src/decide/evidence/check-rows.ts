import { hash } from "node:crypto";
import type { Pack, PackFiles, PackFlaw, PackRow, PackStep } from "../../domain/evidence/pack.ts";
import { parseExactJson } from "../../domain/values/exact-json.ts";
import { type ProofStep, rootByInclusion } from "../tree/inclusion.ts";
import { leafHash } from "../tree/merkle.ts";
import { boundPathOf, proofPathOf, rowPathOf, SUMS } from "./paths.ts";

/** A flaw of a file of the pack. */
export const flaw = (path: string, long: string): PackFlaw => ({ path, long });
const LINE = /^([0-9a-f]{64}) {2}(.+)$/;

/** Compares the files with SHA256SUMS. */
export function checkSums(files: PackFiles): PackFlaw | undefined {
  const sums = files.get(SUMS);
  if (sums === undefined) return flaw(SUMS, "The file is missing.");
  const listed = new Set([SUMS]);
  for (const line of sums.toString("utf8").split("\n").slice(0, -1)) {
    const [, sum, path = ""] = LINE.exec(line) ?? [];
    if (sum === undefined) return flaw(SUMS, "A line is not a hash and a path.");
    const bytes = files.get(path);
    if (bytes === undefined) return flaw(path, "The file is missing.");
    if (hash("sha256", bytes) !== sum)
      return flaw(path, "The file does not have the hash in SHA256SUMS.");
    listed.add(path);
  }
  const extra = [...files.keys()].toSorted().find((path) => !listed.has(path));
  return extra === undefined ? undefined : flaw(extra, "SHA256SUMS does not list the file.");
}

/** Checks that each row is a leaf of the tree of the head, and of the tree of the earlier head that bounds it. */
export function checkRows({ rows, head, bounds }: Pack): PackFlaw | undefined {
  const root = Buffer.from(head.root, "hex");
  const roots = new Map(bounds.map((bound) => [bound.size, Buffer.from(bound.root, "hex")]));
  return firstOf(rows, (row) => checkRow(row, head.size, root) ?? checkBound(row, roots));
}

/** Checks that a row is a leaf of the tree of the earlier head that bounds when it was committed. */
function checkBound(row: PackRow, roots: ReadonlyMap<number, Buffer>): PackFlaw | undefined {
  if (row.bound === null) return undefined;
  const { size, proof } = row.bound;
  const reached = rootByInclusion(
    { leaf: Buffer.from(row.leaf, "hex"), index: row.index, size },
    stepsOf(proof),
  );
  const root = roots.get(size);
  return root !== undefined && reached?.equals(root) === true
    ? undefined
    : flaw(
        boundPathOf(row),
        `The proof does not lead from ${rowPathOf(row)} to the root of head ${size}.`,
      );
}

const stepsOf = (proof: readonly PackStep[]): ProofStep[] =>
  proof.map(({ side, hash: hex }) => ({ side, hash: Buffer.from(hex, "hex") }));

function checkRow(row: PackRow, size: number, root: Buffer): PackFlaw | undefined {
  const { source, id, index, text } = row;
  const leaf = Buffer.from(row.leaf, "hex");
  if (!row.isRedacted && !leafHash(Buffer.from(text)).equals(leaf))
    return flaw(rowPathOf(row), "The row does not have the hash of its leaf.");
  const named = namesIn(row);
  if (named.id !== id || named.leafOf !== source)
    return flaw(rowPathOf(row), "The row does not have the source and id of its file.");
  const reached = rootByInclusion({ leaf, index, size }, stepsOf(row.proof));
  if (reached?.equals(root) !== true)
    return flaw(
      proofPathOf(row),
      `The proof does not lead from ${rowPathOf(row)} to the root of the head.`,
    );
}

/** The source and ids that a row states. */
export function namesIn({ text }: PackRow): {
  readonly id: string;
  readonly leafOf: unknown;
  readonly interactionId: string;
} {
  const row = objectIn(text);
  const { id, leaf_of: leafOf } = row;
  const interactionId = leafOf === "loggedInteractions" ? id : row["interaction_id"];
  return { id: String(id), leafOf, interactionId: String(interactionId) };
}

/** The members of a row; none if its text is no JSON object. */
export function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value = parseExactJson(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

/** The first flaw that a check finds. */
export const firstOf = <Item>(
  items: readonly Item[],
  check: (item: Item) => PackFlaw | undefined,
): PackFlaw | undefined => {
  for (const item of items) {
    const wrong = check(item);
    if (wrong !== undefined) return wrong;
  }
};
