import type { ProviderReceipt } from "../../domain/receipts/provider-receipt.ts";
import type { InteractionStatus } from "../../domain/vocabulary.ts";
import type { ReceiptTable, StatusRow } from "./table.ts";

/** The record of a provider's answer: the transition that ended the call. */
export interface RecordedAnswer {
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  /** The code of its evidence. */
  readonly code: string | null;
  readonly at: Date;
}

/**
 * Expresses a recorded answer in the provider's words, so that receipts are compared with it. Of the statuses that mean the
 * same, the earliest is chosen: every receipt may follow it.
 */
export function acceptedAs(
  table: ReceiptTable,
  { status, statusDetails, code, at }: RecordedAnswer,
): ProviderReceipt {
  const row =
    lowest(table.statuses.filter(({ progress }) => progress?.statusDetails === statusDetails)) ??
    lowest(table.statuses.filter(({ progress }) => progress?.status === status));
  return {
    providerMessageId: "",
    rawStatus: row?.rawStatus ?? "accepted",
    code: status === "failed" ? code : null,
    qualifier: null,
    receivedAt: at,
  };
}

const lowest = (rows: readonly StatusRow[]): StatusRow | undefined =>
  rows.toSorted((one, other) => one.rank - other.rank)[0];
