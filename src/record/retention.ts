import { setTimeout as sleep } from "node:timers/promises";
import type { Deps } from "../deps.ts";
import { deleteOld } from "../store/operate/deleting.ts";
import { eraseOld } from "../store/operate/erasing.ts";

/** The hours of the lender's day in which a daemon erases, from the first to before the second. */
const HOURS = [1, 5] as const;
/** Small, so that a transaction locks few rows for a short time, and delivery does not wait. */
const BATCH = 100;

/** The hour of the day in an IANA zone (0 to 23). */
const hourIn = (zone: string, now: Date): number =>
  Number(
    new Intl.DateTimeFormat("en-US", { timeZone: zone, hourCycle: "h23", hour: "2-digit" }).format(
      now,
    ),
  );

/** The metadata of a borrower is hundreds of rows. */
const BATCH_OF_BORROWERS = 20;
/** A round ends after this time (ms), so that its event reports the progress. */
const ROUND_MS = 60_000;
/** After each batch the daemon rests this many times as long as the batch took, so that delivery has the database for most of the time. */
const REST = 2;

type EraserDeps = Pick<Deps, "db" | "emit" | "clock" | "lender" | "stopping">;

/**
 * Creates a function that works at night: it erases content that is older than its class, then deletes metadata that is older than its
 * class, and reports both. One daemon at a time works on each kind of row. An interrupted batch is rolled back, and a later one repeats
 * it. For a class without years the function does nothing.
 */
export const createEraser =
  (deps: EraserDeps): (() => Promise<void>) =>
  async () => {
    const hour = hourIn(deps.lender.timeZone, deps.clock());
    if (hour < HOURS[0] || hour >= HOURS[1]) return;
    if (await eraseContent(deps)) await deleteMetadata(deps);
  };

/** Runs batches with rests between them until one is undefined, the daemon stops or the round ends. Resolves to true if nothing is left. */
async function inBatches<Batch>(
  { stopping }: EraserDeps,
  next: () => Promise<Batch | undefined>,
  note: (batch: Batch) => void,
): Promise<boolean> {
  const end = performance.now() + ROUND_MS;
  while (!stopping.aborted && performance.now() < end) {
    const began = performance.now();
    const batch = await next();
    if (batch === undefined) return true;
    note(batch);
    await sleep(REST * (performance.now() - began), undefined, { signal: stopping }).catch(
      () => {},
    );
  }
  return false;
}

/** Resolves to true when nothing is left to erase. */
async function eraseContent(deps: EraserDeps): Promise<boolean> {
  const { db, emit, lender } = deps;
  const total = { lookedAt: 0, erased: 0, kept: 0 };
  const next = () => eraseOld(db, lender.timeZone, BATCH);
  const hasEnded = await inBatches(deps, next, ({ lookedAt, erased }) => {
    total.lookedAt += lookedAt;
    total.erased += erased;
    total.kept += lookedAt - erased;
  });
  if (total.lookedAt > 0) emit("retention.contentErased", total);
  return hasEnded;
}

async function deleteMetadata(deps: EraserDeps): Promise<void> {
  const { db, emit, lender } = deps;
  const total = { lookedAt: 0, deleted: 0, kept: 0 };
  const next = () => deleteOld(db, lender.timeZone, BATCH_OF_BORROWERS);
  await inBatches(deps, next, ({ lookedAt, deleted }) => {
    total.lookedAt += lookedAt;
    total.deleted += deleted;
    total.kept += lookedAt - deleted;
  });
  if (total.lookedAt > 0) emit("retention.metadataDeleted", total);
}
