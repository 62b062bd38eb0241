import { DateTime } from "luxon";
import type { FaultScope } from "../../domain/codes/meaning.ts";
import type { Retry } from "./table.ts";

/** The next step after a failed message. The guard judges every further attempt again. */
export type NextTry =
  | { readonly kind: "none" }
  | { readonly kind: "retry"; readonly notBefore: Date }
  | { readonly kind: "judgeThenRetry"; readonly notBefore: Date }
  | {
      readonly kind: "afterFix";
      readonly circuit: FaultScope;
      /** True if the message is due when the fault is fixed. */
      readonly isDueAgain: boolean;
    };

/** The failed message: its attempt number in the chain (from 1), the time of the failure, and its latest time. */
export interface FailedTry {
  readonly attempt: number;
  readonly failedAt: Date;
  readonly latestAt: Date | null;
}

const NONE: NextTry = { kind: "none" };

/** Decides whether and when a message is tried again. It is not tried after its latest time. */
export function nextTry(retry: Retry, failed: FailedTry): NextTry {
  switch (retry.kind) {
    case "none":
      return NONE;
    case "wait":
      return inTime(after(retry.minutes[failed.attempt - 1], failed), failed);
    case "nextCapDay":
      return inTime(startOfNextCapDay(failed.failedAt), failed);
    case "judge":
      return isTooLate(failed.failedAt, failed)
        ? NONE
        : { kind: "judgeThenRetry", notBefore: failed.failedAt };
    case "afterFix":
      return retry;
  }
}

const after = (minutes: number | undefined, { failedAt }: FailedTry): Date | undefined =>
  minutes === undefined ? undefined : new Date(failedAt.getTime() + minutes * 60_000);

const startOfNextCapDay = (at: Date): Date =>
  DateTime.fromJSDate(at, { zone: "America/Los_Angeles" })
    .plus({ days: 1 })
    .startOf("day")
    .toJSDate();

function inTime(notBefore: Date | undefined, failed: FailedTry): NextTry {
  if (notBefore === undefined || isTooLate(notBefore, failed)) return NONE;
  return { kind: "retry", notBefore };
}

const isTooLate = (at: Date, { latestAt }: FailedTry): boolean =>
  latestAt !== null && at > latestAt;
