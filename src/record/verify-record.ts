import type { KeyObject } from "node:crypto";
import { append, EMPTY_FRONTIER, type Frontier, rootOf } from "../decide/tree/merkle.ts";
import { LEAF_SOURCES, type LeafSource } from "../domain/tree/leaf-sources.ts";
import { hashesOf } from "./record-tree.ts";
import type { Db } from "../store/postgres/db.ts";
import { listHeads, type TreeHead } from "../store/tree/heads.ts";
import { readTreeState } from "../store/tree/leaves.ts";
import {
  type HistoryDifference,
  listHistoryDifferences,
} from "../store/tree/history-differences.ts";
import {
  findRowsWithoutLeaf,
  findWrongLeaves,
  loadStoredLeaves,
  type StoredLeaves,
  type WrongLeaf,
} from "../store/tree/stored-leaves.ts";
import { isSignedBy } from "./tree-signature.ts";

/** The ways in which the record can differ from its tree. */
export const FLAW_KINDS = [
  "rowAltered",
  "rowRemoved",
  "rowAdded",
  "leavesMissing",
  "rootDiffers",
  "headMissing",
  "signatureWrong",
] as const;
export type FlawKind = (typeof FLAW_KINDS)[number];

/** One difference between the record and its tree. */
export interface Flaw {
  readonly kind: FlawKind;
  /** Of a row; null for a flaw of the tree itself. */
  readonly source: LeafSource | null;
  readonly rowId: string | null;
  /** The size of the tree at which it was found. */
  readonly size: number;
  /** A sentence without personal data. */
  readonly long: string;
}

/** A head from the logs, which the database cannot change. */
export type LoggedHead = Pick<TreeHead, "size" | "root">;

/** What to verify, and with what. */
export interface Verification {
  /** Rows of leaves below this size are not compared: an earlier verification has done so. */
  readonly from: number;
  readonly logged: readonly LoggedHead[];
  /** With it every head must be signed. */
  readonly publicKey: KeyObject | undefined;
}

interface VerificationListener {
  readonly onFlaw: (flaw: Flaw) => void;
  readonly onProgress: (leaves: number, all: number) => void;
}

/** The totals of a verification. */
export interface Verified {
  readonly leaves: number;
  readonly compared: number;
  /** The rows whose content was erased, on record. They are no flaws. */
  readonly erased: number;
  readonly heads: number;
  readonly root: string;
}

/**
 * Computes the tree again from its leaves, compares every leaf with its row as it is now, every root with the heads in the
 * database and in the logs, looks for rows that are no leaves, and compares the rows that may change with their history. Writes nothing.
 */
export async function verifyRecord(
  db: Db,
  verification: Verification,
  { onFlaw, onProgress }: VerificationListener,
): Promise<Verified> {
  const state = await readTreeState(db);
  const logged = new Map(verification.logged.map((head) => [head.size, head.root]));
  let frontier: Frontier = EMPTY_FRONTIER;
  let [compared, erased, heads] = [0, 0, 0];
  const report = (flaws: readonly Flaw[]): void => {
    for (const flaw of flaws) onFlaw(flaw);
  };
  for (;;) {
    const leaves = await loadStoredLeaves(db, frontier.size);
    if (leaves?.firstIndex !== frontier.size || frontier.size >= state.size) break;
    const isNew = frontier.size >= verification.from;
    const wrong = isNew ? await findWrongLeaves(db, leaves) : [];
    report(rowFlaws(leaves, wrong));
    erased += wrong.filter(({ what }) => what === "erased").length;
    compared += isNew ? leaves.rowIds.length : 0;
    const { size } = frontier;
    frontier = append(frontier, hashesOf(leaves.hashes));
    const passed = await listHeads(db, size + 1, frontier.size);
    heads += passed.length;
    report(headFlaws(passed, frontier, verification, logged));
    onProgress(frontier.size, state.size);
  }
  report(endFlaws(frontier.size, state.size, logged));
  for (const source of LEAF_SOURCES)
    report(await addedRows(db, source, BigInt(state.swept[source] ?? 0), frontier.size));
  report((await listHistoryDifferences(db, MOST_ADDED)).map(historyFlaw(frontier.size)));
  return { leaves: frontier.size, compared, erased, heads, root: rootOf(frontier).toString("hex") };
}

const treeFlaw = (kind: FlawKind, size: number, long: string): Flaw => ({
  kind,
  source: null,
  rowId: null,
  size,
  long,
});

const rowFlaws = (leaves: StoredLeaves, wrong: readonly WrongLeaf[]): Flaw[] =>
  wrong
    .filter(({ what }) => what !== "erased")
    .map(({ id, what }) => ({
      kind: what === "altered" ? "rowAltered" : "rowRemoved",
      source: leaves.source,
      rowId: id,
      size: leaves.firstIndex,
      long:
        what === "altered"
          ? "The row is not as it was when it became a leaf."
          : "The row is no longer there.",
    }));

function headFlaws(
  passed: readonly TreeHead[],
  frontier: Frontier,
  { publicKey }: Verification,
  logged: Map<number, Buffer>,
): Flaw[] {
  const root = rootOf(frontier);
  const flaws = passed.flatMap((head) => {
    const isHere = head.size === frontier.size && head.root.equals(root);
    if (!isHere)
      return [
        treeFlaw(
          "rootDiffers",
          head.size,
          "The leaves do not give the root that is kept for this size.",
        ),
      ];
    if (publicKey === undefined) return [];
    const isSigned = head.signature !== null && isSignedBy(head, head.signature, publicKey);
    return isSigned
      ? []
      : [treeFlaw("signatureWrong", head.size, "The head is not signed by the holder of the key.")];
  });
  const expected = logged.get(frontier.size);
  logged.delete(frontier.size);
  if (expected === undefined || expected.equals(root)) return flaws;
  return [
    ...flaws,
    treeFlaw("rootDiffers", frontier.size, "The leaves do not give the root that is in the logs."),
  ];
}

/** Heads of the logs that the tree never reached, and leaves that are missing. */
function endFlaws(reached: number, size: number, logged: ReadonlyMap<number, Buffer>): Flaw[] {
  const unreached = [...logged.keys()].map((at) =>
    treeFlaw("headMissing", at, "The logs have a head of this size, and the tree has not."),
  );
  const long = `The tree had ${size} leaves, and those that follow this size are not stored.`;
  return reached === size ? unreached : [...unreached, treeFlaw("leavesMissing", reached, long)];
}

const HISTORY_FLAWS: Readonly<
  Record<HistoryDifference["what"], readonly [kind: FlawKind, what: string]>
> = {
  altered: ["rowAltered", "is not as its newest change left it"],
  removed: ["rowRemoved", "is no longer there, and no deletion is on record"],
  added: ["rowAdded", "is there, and its insert is not on record"],
};

/** The flaw of a row that may change, under the id of its newest change. */
const historyFlaw =
  (size: number) =>
  ({ table, row, changeId, what }: HistoryDifference): Flaw => {
    const [kind, words] = HISTORY_FLAWS[what];
    const source = changeId === null ? null : "recordChanges";
    return { kind, source, rowId: changeId, size, long: `Row ${row} of ${table} ${words}.` };
  };

/** At most this many added rows of a source, and differing rows of a table, are named. */
const MOST_ADDED = 100;
/** The number of ids of one statement. */
const RANGE = 20_000n;
/** Sequences begin at 1, so a row with a lower id was added by hand. */
const BEFORE_ALL_IDS = -(2n ** 63n);

async function addedRows(db: Db, source: LeafSource, swept: bigint, size: number): Promise<Flaw[]> {
  const ids = await findRowsWithoutLeaf(
    db,
    { source, after: BEFORE_ALL_IDS, last: 0n },
    MOST_ADDED,
  );
  for (let after = 0n; after < swept && ids.length < MOST_ADDED; after += RANGE) {
    const last = after + RANGE < swept ? after + RANGE : swept;
    ids.push(...(await findRowsWithoutLeaf(db, { source, after, last }, MOST_ADDED)));
  }
  const long = "The row is not a leaf: it was added with an id of the past.";
  return ids.map((rowId) => ({ kind: "rowAdded", source, rowId, size, long }));
}
