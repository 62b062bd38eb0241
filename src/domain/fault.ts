/** Every fault we raise ourselves, each with a sentence that tells what to do. Provider trouble is a value, not a fault. */
export const FAULTS = {
  CONFIG_INVALID:
    "The environment does not make a configuration; mend what is named and start again.",
  COMMAND_UNKNOWN: "There is no such command; `tidings help` lists them.",
  ARGUMENTS_INVALID:
    "The words after the command do not fit it; `tidings COMMAND --help` shows what it takes.",
  DATABASE_UNREACHABLE:
    "A command cannot reach the database; see that it runs and that DATABASE_URL leads to it.",
  SCHEMA_OUTDATED:
    "The database lacks migrations of this Tidings; `tidings migrate` applies them, and so does `tidings start`.",
  EMBEDDED_POSTGRES_UNAVAILABLE:
    "The embedded Postgres cannot run here; set DATABASE_URL to a Postgres 15 to 18, or mend what is named.",
  POSTGRES_TOO_OLD: "Tidings needs Postgres 15 or later.",
  MIGRATIONS_DIFFER:
    "The database was migrated by a newer or different Tidings; run that version, or restore the migrations it names.",
  CHANNEL_NOT_CARRIED: "No provider is configured for this channel; configure one and start again.",
  QUEUE_BROKEN:
    "The queue cannot be read any more; the process ends so that its supervisor starts it afresh.",
  RECORD_REFUSED:
    "The database refused an outcome; the interaction stays in progress until it is settled.",
  CONTENT_KEY_UNKNOWN:
    "Sealed content cannot be read with the keys at hand; add the key it names to CONTENT_KEY, after the first.",
  TEMPLATE_EDITED:
    "A draft was edited while it was being published, and nothing was published; look at it and publish again.",
  HTTP_PORT_UNAVAILABLE:
    "The REST resources cannot listen there; choose another HTTP_PORT or HTTP_HOST, or end what holds it.",
  DEMO_INCOMPLETE: "The demo did not end as its samples say it must.",
} as const;
export type FaultCode = keyof typeof FAULTS;

/** A fault of ours or of our surroundings. The detail names things, never persons. */
export class Fault extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, detail: string, cause?: unknown) {
    super(`${code}: ${detail}`, cause === undefined ? {} : { cause });
    this.name = "Fault";
    this.code = code;
  }
}
