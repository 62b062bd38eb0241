import type { FaultCode } from "../../domain/fault.ts";

/** The exit codes of commands, for scripts and supervisors. README lists the codes. */
export const EXIT = {
  done: 0,
  /** A check failed, or something needs a person. */
  checkFailed: 1,
  /** The words, the settings or an input file are not valid. Nothing was done. */
  usage: 2,
  /** The thing that was named is not on record, or no interaction matches the filter. */
  notFound: 3,
  /** The record, the rights of the database role, the content keys or a port in use do not allow it now. Nothing was changed. */
  refused: 4,
  /** The database is unreachable or not suitable. The same command may work later. */
  databaseAway: 5,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of a command that ended with a fault. */
export const EXIT_OF_FAULT: Readonly<Record<FaultCode, ExitCode>> = {
  CONFIG_INVALID: EXIT.usage,
  COMMAND_UNKNOWN: EXIT.usage,
  ARGUMENTS_INVALID: EXIT.usage,
  FACTS_INVALID: EXIT.usage,
  NOT_FOUND: EXIT.notFound,
  DATABASE_UNREACHABLE: EXIT.databaseAway,
  PRIVILEGE_MISSING: EXIT.refused,
  SCHEMA_OUTDATED: EXIT.databaseAway,
  EMBEDDED_POSTGRES_UNAVAILABLE: EXIT.databaseAway,
  DATABASE_UNSUITABLE: EXIT.databaseAway,
  MIGRATIONS_DIFFER: EXIT.databaseAway,
  MIGRATION_TIMED_OUT: EXIT.databaseAway,
  CHANNEL_NOT_CARRIED: EXIT.usage,
  QUEUE_BROKEN: EXIT.checkFailed,
  RECORD_REFUSED: EXIT.refused,
  CONTENT_KEY_UNKNOWN: EXIT.refused,
  SEAL_BROKEN: EXIT.checkFailed,
  RECORD_UNPROVED: EXIT.checkFailed,
  TEMPLATE_EDITED: EXIT.refused,
  HTTP_PORT_UNAVAILABLE: EXIT.refused,
  DEMO_INCOMPLETE: EXIT.checkFailed,
};
