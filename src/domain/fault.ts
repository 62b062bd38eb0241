/**
 * The catalogue of our own errors, each with a sentence that states what to do. A provider's refusal is a value, not a
 * fault.
 */
export const FAULTS = {
  CONFIG_INVALID:
    "The settings are not valid. Correct the settings that the error names and start again.",
  COMMAND_UNKNOWN: "There is no such command. `tidings help` lists the commands.",
  ARGUMENTS_INVALID:
    "The arguments are not valid. `tidings COMMAND --help` shows what the command accepts.",
  FACTS_INVALID:
    "The fact sheet is not valid. Each error names a member and what it must be; `tidings judge --schema` prints the whole schema.",
  NOT_FOUND: "The thing that was named is not on record. `tidings find` lists interactions.",
  DATABASE_UNREACHABLE:
    "The database cannot be reached. Check that it runs and that DATABASE_URL is correct.",
  PRIVILEGE_MISSING:
    "The database role lacks the privilege that the error names. Run the SQL that `tidings roles` prints, as the owner of the schemas, or use another role.",
  SCHEMA_OUTDATED:
    "The database lacks migrations of this version. Apply them with `tidings migrate` or `tidings start`.",
  EMBEDDED_POSTGRES_UNAVAILABLE:
    "The embedded Postgres cannot run here. Set DATABASE_URL to a Postgres 15 to 18, or correct the cause that the error names.",
  DATABASE_UNSUITABLE:
    "The database, its settings, the role or a pooler is not suitable. Each sentence names one obstacle and what to do.",
  MIGRATIONS_DIFFER:
    "Another version of Tidings migrated the database. Run that version, or use an empty database.",
  MIGRATION_TIMED_OUT:
    "A migration did not get a lock in time or ran too long, so it was rolled back. Migrate again at a quieter time, or raise the limit that the error names.",
  CHANNEL_NOT_CARRIED: "No provider is configured for this channel. Configure one and restart.",
  QUEUE_BROKEN:
    "The queue cannot be read any more. The process ends so that its supervisor restarts it.",
  RECORD_REFUSED:
    "The database refused to record an outcome. The interaction stays in progress until it is settled.",
  CONTENT_KEY_UNKNOWN:
    "No key in CONTENT_KEY opens the sealed content. Add the key that the error names, after the first key.",
  SEAL_BROKEN:
    "Sealed content was changed after it was sealed, or moved from another interaction. Find out who changed the row, and restore it from a backup.",
  RECORD_UNPROVED:
    "The record tree does not prove the rows. A running daemon makes a head each minute; `tidings verify` names each row that was changed, and `--head` takes the sizes in tidings.tree_heads.",
  TEMPLATE_EDITED:
    "A draft was edited while it was being published, so nothing was published. Check the draft and publish again.",
  HTTP_PORT_UNAVAILABLE:
    "Tidings cannot listen on this port. Choose another HTTP_PORT, HTTP_HOST, METRICS_PORT or METRICS_HOST, or stop the process that uses it.",
  DEMO_INCOMPLETE: "The demo did not end with the expected results.",
} as const;
export type FaultCode = keyof typeof FAULTS;

/** An error of our own or of the environment. The detail contains no personal data. */
export class Fault extends Error {
  readonly code: FaultCode;
  /** The message without the code. */
  readonly detail: string;

  constructor(code: FaultCode, detail: string, cause?: unknown) {
    super(`${code}: ${detail}`, cause === undefined ? {} : { cause });
    this.name = "Fault";
    this.code = code;
    this.detail = detail;
  }
}
