import { Fault } from "../../domain/fault.ts";
import { outageCode } from "./retry.ts";

/**
 * Throws, instead of the driver's error, the fault that states why the database did not answer and what to do:
 * PRIVILEGE_MISSING where the role may not connect or read, otherwise DATABASE_UNREACHABLE.
 */
export function refuseUnreachable(error: unknown): never {
  if (error instanceof Fault) throw error;
  if (isMissingPrivilege(error)) refuseMissingPrivilege(error);
  throw new Fault("DATABASE_UNREACHABLE", `${messageOf(error)}; ${adviceOn(error)}`, error);
}

/** SQLSTATEs whose message names a cause that DATABASE_URL does not have, or that only one part of it has. */
const ADVICE: readonly (readonly [states: RegExp, advice: string])[] = [
  [/^53100$/, "free space on the disk of the database"],
  [/^53300$/, "raise max_connections, or end clients that are not needed"],
  [/^28/, "correct the user and the password of DATABASE_URL"],
  [/^3D/, "correct the name of the database in DATABASE_URL"],
  [/^57P03$/, "wait until it has started"],
];

/** Returns what to do about an error of the connection. */
export function adviceOn(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known = ADVICE.find(([states]) => states.test(code));
  return known?.[1] ?? "check that it runs and that DATABASE_URL leads to it";
}

/** The SQLSTATE of a missing privilege, and of what triggers of ours refuse to a role. */
const MISSING_PRIVILEGE = "42501";

export const isMissingPrivilege = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && error.code === MISSING_PRIVILEGE;

/** Throws a missing privilege as PRIVILEGE_MISSING, which names the object, and every other error as it is. */
export function refuseMissingPrivilege(error: unknown): never {
  if (!isMissingPrivilege(error)) throw error;
  throw new Fault(
    "PRIVILEGE_MISSING",
    `${error.message}; \`tidings roles\` prints the SQL that gives a role its rights`,
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

/** The message of an error, or its code: after tries at several addresses, Node gives a code and no message. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return "it gave no reason";
  return error.message === "" && "code" in error ? String(error.code) : error.message;
}
