import { parseCaseId } from "../../domain/ids.ts";
import type { AuditScope } from "../../store/audit/audited-changes.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import type { Db } from "../../store/postgres/db.ts";
import { checkOrder, readEnd, readStart } from "../cli/period.ts";
import { checkCase } from "../cli/require.ts";

const DEFAULT_FROM = "7d";
/** No change arrived before this time, so an audit of one case begins with its first change. */
const BEFORE_ALL = new Date(0);
/** The beginning of a period, or null where all changes until its end are in it. */
export const beginningOf = (from: Date): Date | null =>
  from.getTime() === BEFORE_ALL.getTime() ? null : from;

/** The options that name the changes to audit. */
export const SCOPE_OPTIONS = {
  from: {
    type: "string",
    value: "TIME",
    message: `changes that arrived at this time or later (default ${DEFAULT_FROM}; with --case all of them)`,
  },
  until: {
    type: "string",
    value: "TIME",
    message: "changes that arrived before this time; a date includes its whole day (default now)",
  },
  case: { type: "string", value: "ID", message: "only the changes of this case" },
} as const;

interface ScopeOptions {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly case?: string | undefined;
}

/** Reads the changes to audit; a date begins in `zone` (IANA). Throws ARGUMENTS_INVALID, and NOT_FOUND for an unknown case. */
export async function readScope(db: Db, options: ScopeOptions, zone: string): Promise<AuditScope> {
  const now = await readClock(db);
  const terms = { db, zone, now };
  const beginning = options.case === undefined ? DEFAULT_FROM : undefined;
  const from = (await readStart(terms, "--from", options.from ?? beginning)) ?? BEFORE_ALL;
  const until = (await readEnd(terms, "--until", options.until)) ?? now;
  checkOrder(["--from", "--until"], from, until);
  const caseId = options.case === undefined ? null : parseCaseId(options.case);
  if (caseId !== null) await checkCase(db, caseId);
  return { from, until, caseId };
}
