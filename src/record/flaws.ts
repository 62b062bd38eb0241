import type { LeafSource } from "../domain/tree/leaf-sources.ts";
import type { HistoryDifference } from "../store/tree/history-differences.ts";
import type { RemovalDifference, RemovalFlaw } from "../store/tree/removal-differences.ts";
import type { StoredLeaves, WrongLeaf } from "../store/tree/stored-leaves.ts";
import type { HeadFlaw } from "./verify-heads.ts";

/** The ways in which the record can differ from its tree. */
type FlawKind =
  | "rowAltered"
  | "rowRemoved"
  | "rowAdded"
  | "leavesMissing"
  | "rootDiffers"
  | "headMissing"
  | "headDiffers"
  | "signatureWrong"
  | "erasureWrong"
  | "deletionWrong";

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

/** A flaw of the tree itself. */
export const treeFlaw = (kind: FlawKind, size: number, long: string): Flaw => ({
  kind,
  source: null,
  rowId: null,
  size,
  long,
});

/** The flaws of rows that are not as their leaves, or gone. Rows that were erased or deleted on record are no flaws. */
export const rowFlaws = (leaves: StoredLeaves, wrong: readonly WrongLeaf[]): Flaw[] =>
  wrong
    .filter(({ what }) => what === "altered" || what === "removed")
    .map(({ id, what, interactionId }) => ({
      kind: what === "altered" ? "rowAltered" : "rowRemoved",
      source: leaves.source,
      rowId: id,
      size: leaves.firstIndex,
      long: `${interactionId === null ? "The row" : `The state of interaction ${interactionId}`} ${
        what === "altered" ? "is not as it was when it became a leaf." : "is no longer there."
      }`,
    }));

/** The flaw of a head. */
export const headFlaw = ({ kind, size, long }: HeadFlaw): Flaw => treeFlaw(kind, size, long);

/** The flaw of a public key that does not have its id. */
export const wrongKey = (keyId: string, size: number): Flaw =>
  treeFlaw(
    "signatureWrong",
    size,
    `The public key that the database has as ${keyId} is another key.`,
  );

const HISTORY_FLAWS: Readonly<
  Record<HistoryDifference["what"], readonly [kind: FlawKind, what: string]>
> = {
  altered: ["rowAltered", "is not as its newest change left it"],
  removed: ["rowRemoved", "is no longer there, and no deletion is on record"],
  added: ["rowAdded", "is there, and its insert is not on record"],
};

/** The flaw of a row that may change, under the id of its newest change. */
export const historyFlaw =
  (size: number) =>
  ({ table, row, changeId, what }: HistoryDifference): Flaw => {
    const [kind, words] = HISTORY_FLAWS[what];
    const source = changeId === null ? null : "recordChanges";
    return { kind, source, rowId: changeId, size, long: `Row ${row} of ${table} ${words}.` };
  };

const REMOVAL_FLAWS: Readonly<Record<RemovalFlaw, string>> = {
  notErased: "It says that the content was erased, and there is content",
  ofNoRow: "The row is not on record",
  inPart: "Rows that it deleted are still there",
  ofOtherRows: "It names rows of a record that it does not name",
  withoutYears: "No years were set for the metadata when it was written",
};

/** The flaw of an erasure or a deletion, which no daemon can have written. */
export const removalFlaw =
  (source: "erasures" | "deletions", size: number) =>
  ({ id, row, what }: RemovalDifference): Flaw => ({
    kind: source === "erasures" ? "erasureWrong" : "deletionWrong",
    source,
    rowId: id,
    size,
    long: `${REMOVAL_FLAWS[what]}: ${row}.`,
  });
