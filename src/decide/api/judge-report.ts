import { isDeepStrictEqual } from "node:util";
import type { InteractionRecord, LoggedFields } from "../../domain/interaction-record.ts";
import type { InteractionStatus } from "../../domain/vocabulary.ts";

/** A report on an interaction: new values of some fields. */
export type Report = Readonly<Record<string, unknown>>;

export interface ReportFault {
  readonly field: string;
  readonly message: string;
}

/** The effect of a report on an interaction that Tidings sends. */
export type Judgement =
  | { readonly kind: "refused"; readonly faults: readonly ReportFault[] }
  | { readonly kind: "cancels" | "changes"; readonly changes: Partial<LoggedFields> };

/** The lender's own notes, which do not change the record of what happened. */
const NOTES = new Set(["metaData", "externalId"]);
const REASONS = new Set(["failureDescriptionShort", "failureDescriptionLong"]);

/** The moves that others may report: withdraw before sending, and receipts afterwards. */
const REPORTED: Partial<Record<InteractionStatus, readonly InteractionStatus[]>> = {
  scheduled: ["canceled"],
  attempted: ["succeeded", "failed"],
  succeeded: ["failed"],
};

/** The rank of each receipt word on the way of a message, and its status. */
const RECEIPTS: Readonly<Record<string, readonly [stage: number, means: InteractionStatus]>> = {
  OutcomeUnknown: [0, "attempted"],
  Queued: [1, "attempted"],
  Sent: [2, "attempted"],
  Deferred: [2, "attempted"],
  Delivered: [3, "succeeded"],
  Opened: [4, "succeeded"],
  Read: [4, "succeeded"],
  Clicked: [5, "succeeded"],
  SpamReported: [6, "succeeded"],
  Unsubscribed: [6, "succeeded"],
  Returned: [7, "failed"],
  Bounced: [7, "failed"],
  Dropped: [7, "failed"],
  Undelivered: [7, "failed"],
  Failed: [7, "failed"],
};

/**
 * Judges a report on an interaction that Tidings sends: the record may be completed but never rewritten. A value equal to the
 * current one is no change, except for content, because that would reveal whether the content is equal.
 */
export function judgeReport(record: InteractionRecord, report: Report): Judgement {
  const told = Object.entries(report).filter(
    ([field, value]) =>
      field === "content" || !isDeepStrictEqual(value, record[field as keyof InteractionRecord]),
  );
  const changes: Partial<LoggedFields> = Object.fromEntries(told);
  const status = changes.status ?? record.status;
  const faults = told.flatMap(([field]) => faultOf(field, record, { ...changes, status }));
  if (faults.length > 0) return { kind: "refused", faults };
  if (changes.status === "canceled") return { kind: "cancels", changes };
  return { kind: "changes", changes: { ...outcomeOf(record, status), ...changes } };
}

/** Default details for a reported outcome that gives none; the previous details would be wrong. */
function outcomeOf(record: InteractionRecord, status: InteractionStatus): Partial<LoggedFields> {
  if (status === record.status) return {};
  if (status === "succeeded")
    return {
      statusDetails: `${record.channel}Delivered`,
      failureDescriptionShort: null,
      failureDescriptionLong: null,
    };
  return {
    statusDetails: `${record.channel}Failed`,
    failureDescriptionShort: "Reported as failed",
    failureDescriptionLong:
      "It was reported as failed after it was sent: use another contact or channel.",
  };
}

type Changes = Partial<LoggedFields> & Pick<LoggedFields, "status">;

function faultOf(field: string, record: InteractionRecord, changes: Changes): ReportFault[] {
  if (NOTES.has(field)) return [];
  const message = sayOf(field, record, changes);
  return message === undefined ? [] : [{ field, message }];
}

function sayOf(field: string, record: InteractionRecord, changes: Changes): string | undefined {
  const { status } = changes;
  if (field === "status") {
    if (REPORTED[record.status]?.includes(status) === true) return undefined;
    return `cannot be moved from ${record.status} to ${status}: Tidings sends this one itself`;
  }
  if (field === "statusDetails") return sayOfDetails(record, changes);
  const moved = status !== record.status && (status === "failed" || status === "canceled");
  if (REASONS.has(field))
    return moved ? undefined : "is told together with the status failed or canceled only";
  return "is kept as it is: Tidings sends this one itself";
}

/** Receipts arrive in any order; the one with the higher rank wins. */
function sayOfDetails(record: InteractionRecord, changes: Changes): string | undefined {
  const { status, statusDetails } = changes;
  if (!["attempted", "succeeded"].includes(record.status))
    return `is told of what was attempted or succeeded, and this is ${record.status}`;
  if (statusDetails?.startsWith(record.channel) !== true)
    return `must begin with its channel, ${record.channel}`;
  const stageOf = (details: string | null): (typeof RECEIPTS)[string] | undefined =>
    RECEIPTS[(details ?? "").slice(record.channel.length)];
  const [before] = stageOf(record.statusDetails) ?? [];
  const [after, means = status] = stageOf(statusDetails) ?? [];
  if (means !== status) return `means ${means}: send that status with it`;
  if (before !== undefined && after !== undefined && after < before)
    return `would go back from ${record.statusDetails}`;
  return undefined;
}
