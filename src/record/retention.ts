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
/** A round ends after so many batches, so that a stop of the daemon does not wait long. */
const MOST_BATCHES = 50;

type EraserDeps = Pick<Deps, "db" | "emit" | "clock" | "lender" | "stopping">;

/**
 * Creates a function that erases content that is older than its class, and then deletes metadata that is older than its class, at night,
 * and reports both. One daemon at a time does so; a batch that was interrupted is not done, and the next one continues. For a
 * class without years it does nothing.
 */
export const createEraser =
  (deps: EraserDeps): (() => Promise<void>) =>
  async () => {
    const hour = hourIn(deps.lender.timeZone, deps.clock());
    if (hour < HOURS[0] || hour >= HOURS[1]) return;
    if (await eraseContent(deps)) await deleteMetadata(deps);
  };

/** Resolves to true when nothing is left to erase. */
async function eraseContent({ db, emit, lender, stopping }: EraserDeps): Promise<boolean> {
  const total = { lookedAt: 0, erased: 0, kept: 0 };
  let hasEnded = false;
  for (let batches = 0; batches < MOST_BATCHES && !stopping.aborted && !hasEnded; batches += 1) {
    const batch = await eraseOld(db, lender.timeZone, BATCH);
    hasEnded = batch === undefined;
    total.lookedAt += batch?.lookedAt ?? 0;
    total.erased += batch?.erased ?? 0;
    total.kept += (batch?.lookedAt ?? 0) - (batch?.erased ?? 0);
  }
  if (total.lookedAt > 0) emit("retention.contentErased", total);
  return hasEnded;
}

async function deleteMetadata({ db, emit, lender, stopping }: EraserDeps): Promise<void> {
  const total = { lookedAt: 0, deleted: 0, kept: 0 };
  for (let batches = 0; batches < MOST_BATCHES && !stopping.aborted; batches += 1) {
    const batch = await deleteOld(db, lender.timeZone, BATCH_OF_BORROWERS);
    if (batch === undefined) break;
    total.lookedAt += batch.lookedAt;
    total.deleted += batch.deleted;
    total.kept += batch.lookedAt - batch.deleted;
  }
  if (total.lookedAt > 0) emit("retention.metadataDeleted", total);
}
