import { Fault } from "../../domain/fault.ts";
import { outageCode } from "./retry.ts";

/** Throws, instead of the driver's error, the fault that states why the database did not answer and what to do. */
export function refuseUnreachable(error: unknown): never {
  if (error instanceof Fault) throw error;
  throw new Fault(
    "DATABASE_UNREACHABLE",
    `${reasonOf(error)}; check that it runs and that DATABASE_URL leads to it`,
    error,
  );
}

/** Throws an outage as DATABASE_UNREACHABLE, and every other error as it is. */
export function refuseOutage(error: unknown): never {
  if (outageCode(error) === undefined) throw error;
  refuseUnreachable(error);
}

/**
 * Throws a refused login (28) or a missing database (3D) as DATABASE_UNREACHABLE, and every other error as it is. At
 * the start these are most likely wrong settings, and nothing waits to be recorded, so they are not retried.
 */
export function refuseLogin(error: unknown): never {
  if (error instanceof Error && "code" in error && /^(28|3D)/.test(String(error.code)))
    refuseUnreachable(error);
  throw error;
}

/** After tries at several addresses, Node gives a code and no message. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return "it gave no reason";
  return error.message === "" && "code" in error ? String(error.code) : error.message;
}
