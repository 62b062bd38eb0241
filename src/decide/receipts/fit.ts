import type { ReceiptOddity } from "../../domain/vocabulary.ts";
import type { ProviderReceipt } from "../../domain/receipts/provider-receipt.ts";
import type { ReceiptTable, StatusRow } from "./table.ts";

/** The reasons that follow from the receipts of one message alone. */
export type OddityReason = Exclude<ReceiptOddity, "noMessage" | "otherMessage">;

/** A receipt that changes nothing for now. It is judged again whenever another receipt arrives. */
export interface Oddity {
  readonly receipt: ProviderReceipt;
  readonly reason: OddityReason;
}

/** A receipt with its row of the table. */
export interface Placed {
  readonly receipt: ProviderReceipt;
  readonly row: StatusRow;
}

/** The receipts of one message, divided into those that fit together and those that do not. */
export interface Fit {
  /** The receipt that determines the status; undefined if there is none. */
  readonly deciding: Placed | undefined;
  /** All receipts that fit, from the lowest rank to the highest. */
  readonly fitting: readonly Placed[];
  readonly oddities: readonly Oddity[];
}

/**
 * Finds the receipts that fit together. The result depends on their set and not on their order. If two statuses
 * contradict each other, the table determines which one counts.
 */
export function fit(table: ReceiptTable, receipts: readonly ProviderReceipt[]): Fit {
  const rows = new Map(table.statuses.map((row) => [row.rawStatus, row]));
  const judged = receipts.map((receipt) => ({ receipt, row: rows.get(receipt.rawStatus) }));
  const unreadable = judged.flatMap(({ receipt, row }) => oddityOf(receipt, row));
  const leftOut = new Set(unreadable.map(({ receipt }) => receipt));
  const known = judged.filter(
    (one): one is Placed => one.row !== undefined && !leftOut.has(one.receipt),
  );
  const chosen = onePerStatus(known, table);
  const statuses = new Set(chosen.map(({ receipt }) => receipt.rawStatus));
  const believed = chosen.filter(({ row }) => !yields(row, statuses));
  const doubted = known.filter(({ row }) => isContradicted(row, statuses, table));
  const otherCodes = known.filter(
    (one) => !doubted.includes(one) && chosen.some((other) => hasOtherCode(one, other)),
  );
  const fitting = chosen
    .filter((one) => !doubted.includes(one))
    .toSorted((one, other) => one.row.rank - other.row.rank);
  const oddities: Oddity[] = [
    ...unreadable,
    ...otherCodes.map(({ receipt }) => ({ receipt, reason: "otherCode" as const })),
    ...doubted.map(({ receipt }) => ({ receipt, reason: "contradicted" as const })),
  ];
  return { deciding: highest(believed), fitting, oddities };
}

function oddityOf(receipt: ProviderReceipt, row: StatusRow | undefined): Oddity[] {
  if (row === undefined) return [{ receipt, reason: "unknownStatus" }];
  const contradicts =
    row.codeClass !== undefined && receipt.code !== null && !row.codeClass.test(receipt.code);
  return contradicts ? [{ receipt, reason: "codeContradictsStatus" }] : [];
}

/** Keeps one receipt per status. */
function onePerStatus(known: readonly Placed[], table: ReceiptTable): Placed[] {
  const byStatus = Map.groupBy(known, ({ receipt }) => receipt.rawStatus);
  return [...byStatus.values()].flatMap((same) =>
    same.toSorted((one, other) => compareSame(one, other, table)).slice(0, 1),
  );
}

/**
 * Orders receipts with the same status: the more detailed one first, then the earlier one. Never 0 for two that differ.
 */
function compareSame(one: Placed, other: Placed, table: ReceiptTable): number {
  const vagueness = ({ receipt: { code, qualifier }, row }: Placed): number => {
    if (row.qualified?.some(([pattern]) => pattern.test(qualifier ?? "")) === true) return 0;
    if (row.readsCode !== true) return 1;
    return (code === null ? 3 : 1) + (table.meaningOf(code, qualifier).isNamed ? 0 : 1);
  };
  const keyOf = ({ receipt: { code, qualifier }, row }: Placed): string =>
    row.readsCode === true ? `${code ?? ""} ${qualifier ?? ""}` : (qualifier ?? "");
  const age = one.receipt.receivedAt.getTime() - other.receipt.receivedAt.getTime();
  return vagueness(one) - vagueness(other) || compareText(keyOf(one), keyOf(other)) || age;
}

/** Orders texts by their code units, on every machine alike. */
export const compareText = (one: string, other: string): number =>
  Number(one > other) - Number(one < other);

/** True if a receipt repeats the chosen status with a code that is read and differs. */
function hasOtherCode(one: Placed, chosen: Placed): boolean {
  const isSameStatus = one.row === chosen.row;
  return isSameStatus && one.row.readsCode === true && one.receipt.code !== chosen.receipt.code;
}

const yields = (row: StatusRow, statuses: ReadonlySet<string>): boolean =>
  row.yieldsTo?.some((status) => statuses.has(status)) === true;

/** True if the status never follows a chosen status in any documented sequence. */
function isContradicted(
  { rawStatus, yieldsTo = [] }: StatusRow,
  statuses: ReadonlySet<string>,
  { sequences }: ReceiptTable,
): boolean {
  return yieldsTo
    .filter((status) => statuses.has(status))
    .some(
      (status) => !sequences.some((order) => order.includes(rawStatus) && order.includes(status)),
    );
}

function highest(placed: readonly Placed[]): Placed | undefined {
  return placed
    .filter(({ row }) => row.progress !== null)
    .reduce<Placed | undefined>(
      (best, one) => (best === undefined || one.row.rank > best.row.rank ? one : best),
      undefined,
    );
}
