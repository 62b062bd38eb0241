import type { KeyObject } from "node:crypto";
import { append, EMPTY_FRONTIER, type Frontier, rootOf } from "../decide/tree/merkle.ts";
import { LEAF_SOURCES, type LeafSource } from "../domain/tree/leaf-sources.ts";
import type { Db } from "../store/postgres/db.ts";
import { listHeads, listKeys, type TreeHead } from "../store/tree/heads.ts";
import {
  type HistoryDifference,
  listHistoryDifferences,
} from "../store/tree/history-differences.ts";
import {
  listInteractionDifferences,
  listMissingInteractions,
  readLastOfNext,
} from "../store/tree/interaction-differences.ts";
import { readLastIds, readTreeState, type TreeState } from "../store/tree/leaves.ts";
import { listWrongDeletions, listWrongErasures } from "../store/tree/removal-differences.ts";
import {
  findRowsWithoutLeaf,
  findWrongLeaves,
  loadStoredLeaves,
} from "../store/tree/stored-leaves.ts";
import {
  headFlaw,
  type Flaw,
  historyFlaw,
  removalFlaw,
  rowFlaws,
  treeFlaw,
  wrongKey,
} from "./flaws.ts";
import { hashesOf } from "./record-tree.ts";
import {
  checkHead,
  checkLogged,
  type HeadKeys,
  type LoggedHead,
  readNotedKeys,
} from "./verify-heads.ts";

/** The scope and the means of a verification. */
export interface Verification {
  /**
   * Rows of leaves below this size are not compared, and heads up to this size need not be signed with the given key: an earlier
   * verification has compared them, maybe with an earlier key.
   */
  readonly from: number;
  readonly logged: readonly LoggedHead[];
  /** If it is given, its holder must have signed every head after `from`. Otherwise each signature must fit the key that the database has. */
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
  /** The rows whose content was erased on record. They are no flaws. */
  readonly erased: number;
  /** The rows that were deleted on record. They are no flaws. */
  readonly deleted: number;
  readonly heads: number;
  readonly root: string;
}

/**
 * Computes the tree again from its leaves, compares every leaf with its row as it is now, every root with the heads in the
 * database and in the logs, and looks for rows that are no leaves. It also compares the rows that may change with their history, and the
 * erasures and deletions with the present rows. Writes nothing.
 */
export async function verifyRecord(
  db: Db,
  verification: Verification,
  listener: VerificationListener,
): Promise<Verified> {
  const state = await readTreeState(db);
  const report = (flaws: readonly Flaw[]): void => {
    for (const flaw of flaws) listener.onFlaw(flaw);
  };
  const walked = await walkTree(db, { verification, state, report, listener });
  const { size } = walked.frontier;
  report(await headsBeyond(db, size));
  const lastIds = await readLastIds(db);
  for (const source of LEAF_SOURCES) {
    const ids = [state.swept[source], lastIds[source]].map((id) => BigInt(id ?? 0));
    report(await addedRows(db, source, least(ids), size));
  }
  report((await interactionDifferences(db)).map(historyFlaw(size)));
  report((await listHistoryDifferences(db, MOST_NAMED)).map(historyFlaw(size)));
  report((await listWrongErasures(db, MOST_NAMED)).map(removalFlaw("erasures", size)));
  report((await listWrongDeletions(db, MOST_NAMED)).map(removalFlaw("deletions", size)));
  const { compared, erased, deleted, heads } = walked;
  return {
    leaves: size,
    compared,
    erased,
    deleted,
    heads,
    root: rootOf(walked.frontier).toString("hex"),
  };
}

interface Walk {
  readonly verification: Verification;
  readonly state: TreeState;
  readonly report: (flaws: readonly Flaw[]) => void;
  readonly listener: VerificationListener;
}

/** Computes the tree from its leaves, and compares leaves and heads on the way. */
async function walkTree(
  db: Db,
  { verification, state, report, listener }: Walk,
): Promise<
  Pick<Verified, "compared" | "erased" | "deleted" | "heads"> & { readonly frontier: Frontier }
> {
  const logged = new Map(verification.logged.map((head) => [head.size, head]));
  const { noted, wrong: wrongKeys } = readNotedKeys(await listKeys(db));
  const keysOf = (head: TreeHead): HeadKeys => ({
    given: head.size > verification.from ? verification.publicKey : undefined,
    noted,
  });
  let frontier: Frontier = EMPTY_FRONTIER;
  let [compared, erased, deleted, heads] = [0, 0, 0, 0];
  for (;;) {
    const leaves = await loadStoredLeaves(db, frontier.size);
    if (leaves?.firstIndex !== frontier.size || frontier.size >= state.size) break;
    const isNew = frontier.size >= verification.from;
    const wrong = isNew ? await findWrongLeaves(db, leaves) : [];
    report(rowFlaws(leaves, wrong));
    erased += wrong.filter(({ what }) => what === "erased").length;
    deleted += wrong.filter(({ what }) => what === "deleted").length;
    compared += isNew ? leaves.rowIds.length : 0;
    const { size } = frontier;
    frontier = append(frontier, hashesOf(leaves.hashes));
    const passed = await listHeads(db, size + 1, frontier.size);
    heads += passed.length;
    report(passed.flatMap((head) => checkHead(head, frontier, keysOf(head))).map(headFlaw));
    report(loggedFlaws(logged, frontier, passed));
    listener.onProgress(frontier.size, state.size);
  }
  report(wrongKeys.map((keyId) => wrongKey(keyId, frontier.size)));
  report(endFlaws(frontier, state, logged));
  return { frontier, compared, erased, deleted, heads };
}

/** The heads of sizes that the tree has not reached. The tree may grow meanwhile, so its state is read after the heads. */
async function headsBeyond(db: Db, size: number): Promise<Flaw[]> {
  const heads = await listHeads(db, size + 1, Number.MAX_SAFE_INTEGER);
  const now = await readTreeState(db);
  const long = "The tree has not reached the size of this head.";
  return heads
    .filter((head) => head.size > now.size)
    .map((head) => treeFlaw("rootDiffers", head.size, long));
}

const least = (ids: readonly bigint[]): bigint =>
  ids.reduce((one, other) => (one < other ? one : other));

/** Compares the head of the logs that has the present size of the tree, and removes it from `logged`. */
function loggedFlaws(
  logged: Map<number, LoggedHead>,
  frontier: Frontier,
  passed: readonly TreeHead[],
): Flaw[] {
  const head = logged.get(frontier.size);
  if (head === undefined) return [];
  logged.delete(frontier.size);
  const kept = passed.find(({ size }) => size === frontier.size);
  return checkLogged(head, rootOf(frontier), kept).map(headFlaw);
}

/** The flaws at the end: heads of the logs that the tree never reached, leaves that are missing, and a stored state that does not fit the leaves. */
function endFlaws(
  frontier: Frontier,
  state: TreeState,
  logged: ReadonlyMap<number, LoggedHead>,
): Flaw[] {
  const unreached = [...logged.keys()].map((at) =>
    treeFlaw("headMissing", at, "The logs have a head of this size, and the tree has not."),
  );
  const { size } = frontier;
  if (size !== state.size)
    return [
      ...unreached,
      treeFlaw(
        "leavesMissing",
        size,
        `The tree had ${state.size} leaves, and those that follow this size are not stored.`,
      ),
    ];
  const isSame = Buffer.concat(frontier.hashes).equals(state.frontier);
  const long = "The leaves do not give the stored state, to which the next leaves are added.";
  return isSame ? unreached : [...unreached, treeFlaw("rootDiffers", size, long)];
}

/** At most this many added rows of a source, and differing rows of a table, are named. */
const MOST_NAMED = 100;
/** The number of ids of one statement. */
const RANGE = 20_000n;
/** Sequences begin at 1, so a row with a lower id was added by hand. */
const BEFORE_ALL_IDS = -(2n ** 63n);

/** Compares the interactions with their history, one range of ids after the other. */
async function interactionDifferences(db: Db): Promise<HistoryDifference[]> {
  const found: HistoryDifference[] = [];
  let after = BEFORE_ALL_IDS;
  while (found.length < MOST_NAMED) {
    const last = await readLastOfNext(db, after, Number(RANGE));
    if (last === null) break;
    found.push(...(await listInteractionDifferences(db, { after, last }, MOST_NAMED)));
    found.push(...(await listMissingInteractions(db, { after, last }, MOST_NAMED)));
    after = last;
  }
  return found;
}

async function addedRows(db: Db, source: LeafSource, swept: bigint, size: number): Promise<Flaw[]> {
  const ids: string[] = [];
  let [after, last] = [BEFORE_ALL_IDS, least([RANGE, swept])];
  do {
    ids.push(...(await findRowsWithoutLeaf(db, { source, after, last }, MOST_NAMED)));
    [after, last] = [last, least([last + RANGE, swept])];
  } while (after < swept && ids.length < MOST_NAMED);
  const long = "The row is not a leaf: it was added with an id of the past.";
  return ids.map((rowId) => ({ kind: "rowAdded", source, rowId, size, long }));
}
