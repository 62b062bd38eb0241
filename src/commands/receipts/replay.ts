import { acceptedAs } from "../../decide/receipts/acceptance.ts";
import { readReceipts } from "../../decide/receipts/apply-receipts.ts";
import type { ReceiptTable } from "../../decide/receipts/table.ts";
import { RECEIPT_TABLES } from "../../decide/receipts/tables/by-channel.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { Db } from "../../store/postgres/db.ts";
import { loadMessages, type MessageRow } from "../../store/receipts/reported-messages.ts";
import { listReported } from "../../store/receipts/receipts.ts";

/** A message that another table, or the record, reads in another way. */
export interface Different {
  readonly interactionId: InteractionId;
  /** Its status, details and open oddities in words. */
  readonly before: string;
  readonly after: string;
}

export interface Replayed {
  readonly messages: number;
  readonly receipts: number;
  readonly differences: readonly Different[];
}

interface Span {
  readonly from: Date;
  readonly to: Date;
  /** Undefined: the record is compared with the present tables. */
  readonly changed: ReceiptTable | undefined;
}

const PAGE = 500;

/** Reads the receipts that arrived in a span of time once more. */
export async function replay(db: Db, { from, to, changed }: Span): Promise<Replayed> {
  let after = "0" as InteractionId;
  let replayed: Replayed = { messages: 0, receipts: 0, differences: [] };
  for (;;) {
    const ids = await listReported(db, { from, to, after, most: PAGE });
    const last = ids.at(-1);
    if (last === undefined) return replayed;
    after = last;
    const messages = await loadMessages(db, ids, []);
    replayed = {
      messages: replayed.messages + messages.length,
      receipts: replayed.receipts + messages.reduce((sum, one) => sum + one.receipts.length, 0),
      differences: [
        ...replayed.differences,
        ...messages.flatMap((message) => differenceOf(message, changed)),
      ],
    };
  }
}

function differenceOf(message: MessageRow, changed: ReceiptTable | undefined): Different[] {
  const present = RECEIPT_TABLES[message.channel];
  if (present === undefined || (changed !== undefined && changed.channel !== message.channel))
    return [];
  const { interactionId, status, statusDetails } = message;
  // the wait has ended, which no receipt says
  if (changed === undefined && statusDetails?.endsWith("NoReceipt") === true) return [];
  const before =
    changed === undefined ? wordsOf(status, statusDetails, 0) : readBy(present, message);
  const after = readBy(changed ?? present, message, changed === undefined);
  return before === null || after === null || before === after
    ? []
    : [{ interactionId, before, after }];
}

/** The reading of a table; null if the answer to the call is not on record. */
function readBy(table: ReceiptTable, message: MessageRow, withoutOddities = false): string | null {
  const { answerStatus, answerDetails, answerCode, answeredAt, receipts } = message;
  if (answerStatus === null || answeredAt === null) return null;
  const accepted = acceptedAs(table, {
    status: answerStatus,
    statusDetails: answerDetails,
    code: answerCode,
    at: answeredAt,
  });
  const { attempt, latestAt, softFailures } = message;
  const { progress, oddities } = readReceipts(
    table,
    { acceptedAs: accepted, receipts },
    { attempt, latestAt, softFailures },
  );
  const odd = withoutOddities ? 0 : oddities.length;
  return progress && wordsOf(progress.status, progress.statusDetails, odd);
}

const wordsOf = (status: string, details: string | null, oddities: number): string =>
  [status, details, oddities > 0 ? `(${oddities} odd)` : null]
    .filter((word) => word !== null)
    .join(" ");
