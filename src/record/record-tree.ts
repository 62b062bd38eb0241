import { append, type Frontier, type Hash, rootOf } from "../decide/tree/merkle.ts";
import type { Deps } from "../deps.ts";
import { LEAF_SOURCES, type LeafSource } from "../domain/tree/leaf-sources.ts";
import type { Db } from "../store/postgres/db.ts";
import { insertHead, noteKey, readLastHead } from "../store/tree/heads.ts";
import {
  addLeaves,
  type IdRange,
  type IdsGiven,
  lockTree,
  readIdsGiven,
  recordTreeState,
  type SweptIds,
} from "../store/tree/leaves.ts";
import { publicBytesOf, signHead, type SigningKey } from "./tree-signature.ts";

/** The number of ids that one statement reads. */
const RANGE = 5_000n;
/** A round ends once it has added this many leaves, so that a bulk is not slowed down by its leaves. */
const MOST_LEAVES = 50_000;
/** The time between two heads (ms). */
const HEAD_EVERY_MS = 60_000;
const HASH_BYTES = 32;

type Ids = Readonly<Record<LeafSource, bigint>>;

/**
 * Creates a function that adds new rows of the record to the tree and makes a head each minute. One daemon at a time does so; for
 * the others it does nothing.
 */
export function createTreeGrower(
  deps: Pick<Deps, "db" | "emit" | "clock">,
  signingKey: SigningKey | undefined,
): () => Promise<void> {
  const readComplete = createHorizon();
  let scanned: Partial<Ids> = {};
  return async () => {
    const given = await readIdsGiven(deps.db);
    const bounds = { given: given.last, complete: readComplete(given), scanned };
    const grown = await deps.db.transaction().execute((transaction) => grow(transaction, bounds));
    if (grown === undefined) return;
    ({ scanned } = grown);
    await makeHead(deps, grown.frontier, signingKey);
  };
}

/**
 * Returns up to which ids all rows can be seen. An id is given before its row is committed, so a row can appear after rows with
 * higher ids. A transaction has its number when it writes its first row, a moment after it got the id. So the ids of one round are
 * complete when all transactions have ended that had begun by the next round.
 */
function createHorizon(): (given: IdsGiven) => Ids | undefined {
  let complete: Ids | undefined;
  let seen: Ids | undefined;
  let open: { readonly ids: Ids; readonly below: bigint } | undefined;
  return ({ last, allEndedBelow, nextTransaction }) => {
    if (open !== undefined && allEndedBelow >= open.below) {
      complete = open.ids;
      open = undefined;
    }
    if (open === undefined && seen !== undefined) open = { ids: seen, below: nextTransaction };
    seen = last;
    return complete;
  };
}

interface Bounds {
  /** The highest ids that were given. */
  readonly given: Ids;
  readonly complete: Ids | undefined;
  /** The ids up to which this daemon has read, though rows may still appear below them. */
  readonly scanned: Partial<Ids>;
}

interface Grown {
  readonly frontier: Frontier;
  readonly scanned: Partial<Ids>;
}

/** One round, in one transaction. Undefined while another daemon has the tree. */
async function grow(transaction: Db, bounds: Bounds): Promise<Grown | undefined> {
  const state = await lockTree(transaction);
  if (state === undefined) return undefined;
  const growth: Growth = { frontier: { size: state.size, hashes: hashesOf(state.frontier) } };
  const before = growth.frontier.size;
  const isFull = (): boolean => growth.frontier.size - before >= MOST_LEAVES;
  const swept: Partial<Record<LeafSource, string>> = { ...state.swept };
  const scanned: Partial<Record<LeafSource, bigint>> = {};
  for (const source of LEAF_SOURCES) {
    const after = BigInt(state.swept[source] ?? 0);
    const complete = bounds.complete?.[source] ?? 0n;
    const read = (range: IdRange): Promise<bigint> => addRanges(transaction, range, growth, isFull);
    const end = await read({ source, after, last: complete });
    swept[source] = String(end);
    const from = largest(end, bounds.scanned[source] ?? 0n);
    scanned[source] = await read({ source, after: from, last: bounds.given[source] });
  }
  const { frontier } = growth;
  await recordState(transaction, frontier, swept);
  return { frontier, scanned };
}

interface Growth {
  frontier: Frontier;
}

/** Adds the rows of a range, a part at a time. Returns the id up to which it has read. */
async function addRanges(
  transaction: Db,
  { source, after, last }: IdRange,
  growth: Growth,
  isFull: () => boolean,
): Promise<bigint> {
  let read = after;
  while (read < last && !isFull()) {
    const end = read + RANGE < last ? read + RANGE : last;
    const range = { source, after: read, last: end };
    const hashes = await addLeaves(transaction, range, growth.frontier.size);
    growth.frontier = append(growth.frontier, hashesOf(hashes));
    read = end;
  }
  return read;
}

const recordState = (transaction: Db, { size, hashes }: Frontier, swept: SweptIds): Promise<void> =>
  recordTreeState(transaction, { size, frontier: Buffer.concat(hashes), swept });

const largest = (one: bigint, other: bigint): bigint => (one > other ? one : other);

/** Splits bytes into hashes. */
export const hashesOf = (bytes: Buffer): Hash[] =>
  Array.from({ length: bytes.length / HASH_BYTES }, (_, at) =>
    bytes.subarray(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );

async function makeHead(
  { db, emit, clock }: Pick<Deps, "db" | "emit" | "clock">,
  frontier: Frontier,
  signingKey: SigningKey | undefined,
): Promise<void> {
  const { size } = frontier;
  const last = await readLastHead(db);
  const madeAt = clock();
  const isNew = size > (last?.size ?? 0);
  // also if the clock was set back
  const sinceLast = Math.abs(madeAt.getTime() - (last?.madeAt.getTime() ?? 0));
  if (!isNew || sinceLast < HEAD_EVERY_MS) return;
  const root = rootOf(frontier);
  const signed = signHead({ size, root, madeAt }, signingKey);
  if (signingKey !== undefined)
    await noteKey(db, signingKey.keyId, publicBytesOf(signingKey.publicKey));
  if (!(await insertHead(db, { size, root, madeAt, ...signed }))) return;
  emit("recordTree.headMade", {
    size,
    root: root.toString("hex"),
    madeAt: madeAt.toISOString(),
    keyId: signed.keyId,
    signature: signed.signature?.toString("base64") ?? null,
  });
}
