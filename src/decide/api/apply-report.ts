import { isDeepStrictEqual } from "node:util";
import type { InteractionRecord, LoggedFields } from "../../domain/interaction-record.ts";
import type { InteractionStatus } from "../../domain/vocabulary.ts";
import { stageOf } from "../../domain/receipts/stages.ts";
import type { StatusDetails } from "../../domain/status-details.ts";

/** The new values of the fields that a caller sends. */
export type Report = Readonly<Record<string, unknown>>;

export interface ReportFault {
  readonly field: string;
  readonly message: string;
}

/**
 * The decision of a report on an interaction that Tidings sends: refused, or allowed as notes of the lender, a
 * cancellation, or a receipt.
 */
export type ReportDecision =
  | { readonly kind: "refused"; readonly faults: readonly ReportFault[] }
  | {
      readonly kind: "notes" | "cancellation" | "receipt";
      readonly changes: Partial<LoggedFields>;
    };

/** The lender's own notes. They say nothing about what happened. */
const NOTES = new Set(["metaData", "externalId"]);
const REASONS = new Set(["failureDescriptionShort", "failureDescriptionLong"]);

/** The status moves that callers may report: a cancellation before the interaction is sent, and its outcome afterwards. */
const REPORTED: Partial<Record<InteractionStatus, readonly InteractionStatus[]>> = {
  scheduled: ["canceled"],
  attempted: ["succeeded", "failed"],
  succeeded: ["failed"],
};

/**
 * Judges a report on an interaction that Tidings sends: its record may be completed and never rewritten. A value that
 * equals the present one is no change. Content is the exception, because the answer would confirm a guess.
 */
export function applyReport(record: InteractionRecord, report: Report): ReportDecision {
  const given = Object.entries(report).filter(
    ([field, value]) =>
      field === "content" || !isDeepStrictEqual(value, record[field as keyof InteractionRecord]),
  );
  const changes: Partial<LoggedFields> = Object.fromEntries(given);
  const status = changes.status ?? record.status;
  const faults = given.flatMap(([field]) => faultsOf(field, record, { ...changes, status }));
  if (faults.length > 0) return { kind: "refused", faults };
  if (changes.status === "canceled") return { kind: "cancellation", changes };
  if (given.every(([field]) => NOTES.has(field))) return { kind: "notes", changes };
  return { kind: "receipt", changes: { ...outcomeOf(record, status), ...changes } };
}

/** Default details for an outcome that is reported without any; the previous details would be wrong. */
function outcomeOf(record: InteractionRecord, status: InteractionStatus): Partial<LoggedFields> {
  if (status === record.status) return {};
  if (status === "succeeded")
    return {
      statusDetails: `${record.channel}Delivered` satisfies StatusDetails,
      failureDescriptionShort: null,
      failureDescriptionLong: null,
    };
  return {
    statusDetails: `${record.channel}Failed` satisfies StatusDetails,
    failureDescriptionShort: "Reported as failed",
    failureDescriptionLong:
      "A failure was reported after the message was sent. Use another contact or channel.",
  };
}

type Changes = Partial<LoggedFields> & Pick<LoggedFields, "status">;

function faultsOf(field: string, record: InteractionRecord, changes: Changes): ReportFault[] {
  if (NOTES.has(field)) return [];
  const message = messageFor(field, record, changes);
  return message === undefined ? [] : [{ field, message }];
}

function messageFor(
  field: string,
  record: InteractionRecord,
  changes: Changes,
): string | undefined {
  const { status } = changes;
  if (field === "status") {
    if (REPORTED[record.status]?.includes(status) === true) return undefined;
    return `cannot change from ${record.status} to ${status}, because Tidings sends this interaction itself`;
  }
  if (field === "statusDetails") return messageForDetails(record, changes);
  const fails = status !== record.status && (status === "failed" || status === "canceled");
  if (REASONS.has(field))
    return fails ? undefined : "can be sent only together with the status failed or canceled";
  return "cannot be changed, because Tidings sends this interaction itself";
}

/** Receipts arrive in any order, so a later stage is never replaced by an earlier one. */
function messageForDetails(record: InteractionRecord, changes: Changes): string | undefined {
  const { status, statusDetails } = changes;
  if (!["attempted", "succeeded"].includes(record.status))
    return `can be reported for an attempted or succeeded interaction, and this one is ${record.status}`;
  if (statusDetails?.startsWith(record.channel) !== true)
    return `must begin with the channel, ${record.channel}`;
  const [before] = stageOf(record.channel, record.statusDetails) ?? [];
  const [after, means = status] = stageOf(record.channel, statusDetails) ?? [];
  if (means !== status) return `belongs to the status ${means}; send that status with it`;
  if (before !== undefined && after !== undefined && after < before)
    return `cannot go back from ${record.statusDetails}`;
  return undefined;
}
