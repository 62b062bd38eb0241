import type { ArrivedReceipt } from "./domain/receipts/arrived-receipt.ts";
import type { Emit } from "./domain/events.ts";
import type { Db } from "./store/postgres/db.ts";
import { createPartOutage, type Outages } from "./store/postgres/outages.ts";
import { keepReceipts } from "./store/receipts/receipts.ts";

interface Waiting {
  readonly receipt: ArrivedReceipt;
  readonly done: (kept: boolean) => void;
}

export interface IntakeOptions {
  readonly db: Db;
  readonly emit: Emit;
  readonly outages: Outages;
}

/** Receipts that arrive during a statement are written by the next one. */
const GROUP_SIZE = 200;
/**
 * While so many wait, further ones are refused, so that a flood fills no memory. Their sender repeats them. The receipts of one call may
 * be more than these: if they were refused for their number, they would be refused each time.
 */
const MOST_WAITING = 2_000;

/**
 * Returns a function that stores receipts, one statement at a time however many callers there are. It resolves to true once they
 * are durable, and to false if they were not stored and must be sent again.
 */
export function createReceiptIntake(
  options: IntakeOptions,
): (receipts: readonly ArrivedReceipt[]) => Promise<boolean> {
  const write = createWriter(options);
  let waiting: Waiting[] = [];
  let isWriting = false;

  const flush = async (): Promise<void> => {
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting.slice(0, GROUP_SIZE);
      waiting = waiting.slice(GROUP_SIZE);
      await write(group);
    }
    isWriting = false;
  };

  return async (receipts) => {
    if (waiting.length >= MOST_WAITING) return false;
    const kept = receipts.map(
      (receipt) => new Promise<boolean>((done) => waiting.push({ receipt, done })),
    );
    if (!isWriting) void flush();
    return (await Promise.all(kept)).every(Boolean);
  };
}

/** Returns a function that stores a group and answers its callers. It never rejects. */
function createWriter({
  db,
  emit,
  outages,
}: IntakeOptions): (group: readonly Waiting[]) => Promise<void> {
  const outage = createPartOutage(outages, "receipts");

  async function write(group: readonly Waiting[]): Promise<void> {
    try {
      const receipts = group.map((one) => one.receipt);
      await keepReceipts(db, receipts);
      outage.succeeded();
      for (const one of group) one.done(true);
    } catch (error) {
      const isRefused = outage.failed(error) === undefined;
      if (isRefused && group.length > 1) return oneByOne(group);
      if (isRefused)
        emit("receipts.notKept", { provider: group[0]?.receipt.provider ?? "", receipts: 1 });
      // the sender need not repeat a receipt that the database refuses, because it would be refused again
      for (const one of group) one.done(isRefused);
    }
  }

  async function oneByOne(group: readonly Waiting[]): Promise<void> {
    for (const one of group) await write([one]);
  }

  return write;
}
