import type { Deps } from "../deps.ts";
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

/** A round ends after so many batches, so that a stop of the daemon does not wait long. */
const MOST_BATCHES = 50;

/**
 * Creates a function that erases what is older than its class, at night, and reports it. One daemon at a time does so; a batch
 * that was interrupted is not done, and the next one continues. Without years for the class it does nothing.
 */
export const createEraser =
  ({
    db,
    emit,
    clock,
    lender,
    stopping,
  }: Pick<Deps, "db" | "emit" | "clock" | "lender" | "stopping">): (() => Promise<void>) =>
  async () => {
    const hour = hourIn(lender.timeZone, clock());
    if (hour < HOURS[0] || hour >= HOURS[1]) return;
    const total = { lookedAt: 0, erased: 0, kept: 0 };
    for (let batches = 0; batches < MOST_BATCHES && !stopping.aborted; batches += 1) {
      const batch = await eraseOld(db, lender.timeZone, BATCH);
      if (batch === undefined) break;
      total.lookedAt += batch.lookedAt;
      total.erased += batch.erased;
      total.kept += batch.lookedAt - batch.erased;
    }
    if (total.lookedAt > 0) emit("retention.contentErased", total);
  };
