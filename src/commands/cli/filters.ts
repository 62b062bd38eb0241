import { parseBorrowerId, parseCaseId, parseLoanId } from "../../domain/ids.ts";
import { CHANNELS, INTERACTION_STATUSES } from "../../domain/vocabulary.ts";
import type { InteractionFilter } from "../../store/api/interaction-filter.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import type { Db } from "../../store/postgres/db.ts";
import { oneOf, readWhole } from "./arguments.ts";
import { checkOrder, readEnd, readStart } from "./period.ts";

const value = (name: string, message: string) =>
  ({ type: "string", multiple: true, value: name, message }) as const;
const moment = (message: string) => ({ type: "string", value: "TIME", message }) as const;

/** The options that say which interactions a command is about. They are combined. */
export const FILTER_OPTIONS = {
  borrower: { type: "string", value: "ID", message: "of this borrower" },
  case: value("ID", "of this case"),
  loan: value("ID", "about this loan"),
  type: value("ID", "of this notification type, every version"),
  channel: value("CHANNEL", `one of ${CHANNELS.join(", ")}`),
  status: value("STATUS", `one of ${INTERACTION_STATUSES.join(", ")}`),
  details: value("DETAILS", "with these status details, such as emailOutcomeUnknown"),
  "provider-id": value("ID", "with this message id of a provider, or an email's Message-ID"),
  operation: value("ID", "of this bulk operation (supercase_bulk_operation_id)"),
  since: moment("stored at this time or later"),
  until: moment("stored before this time; a date includes its whole day"),
  "due-since": moment("due at this time or later"),
  "due-until": moment("due before this time; a date includes its whole day"),
} as const;

/** The part of a command's help that explains how the values of the options are read. */
export const FILTER_HELP = `Filters are combined. Repeat an option to allow several values. A TIME is a date (the whole day in
the lender's time zone), a moment such as 2031-03-03T10:00:00-05:00, or an age such as 90min, 12h or
7d.`;

/** The filter options of a command line. */
export interface FilterOptions {
  readonly borrower?: string;
  readonly case?: readonly string[];
  readonly loan?: readonly string[];
  readonly type?: readonly string[];
  readonly channel?: readonly string[];
  readonly status?: readonly string[];
  readonly details?: readonly string[];
  readonly "provider-id"?: readonly string[];
  readonly operation?: readonly string[];
  readonly since?: string;
  readonly until?: string;
  readonly "due-since"?: string;
  readonly "due-until"?: string;
}

/** True if the command line has a filter. */
export const hasFilter = (options: FilterOptions): boolean =>
  Object.keys(FILTER_OPTIONS).some((name) => options[name as keyof FilterOptions] !== undefined);

/** The words of the filter. Throws ARGUMENTS_INVALID for a value that is not known. */
export function readWords(options: FilterOptions): InteractionFilter {
  return {
    personId: options.borrower === undefined ? undefined : parseBorrowerId(options.borrower),
    caseId: options.case?.map(parseCaseId),
    loanId: options.loan?.map((id) => ({ id: parseLoanId(id) })),
    notificationTypeId: options.type?.map((id) => readWhole("--type", id)),
    channel: options.channel?.map((word) => oneOf("--channel", word, CHANNELS)),
    status: options.status?.map((word) => oneOf("--status", word, INTERACTION_STATUSES)),
    statusDetails: options.details,
    providerMessageId: options["provider-id"],
    supercaseBulkOperationId: options.operation,
  };
}

/** The whole filter; a date begins in `zone`. Throws ARGUMENTS_INVALID for a value that is not known. */
export async function readFilter(
  db: Db,
  options: FilterOptions,
  zone: string,
): Promise<InteractionFilter> {
  const terms = { db, zone, now: await readClock(db) };
  const createdFrom = await readStart(terms, "--since", options.since);
  const createdBefore = await readEnd(terms, "--until", options.until);
  checkOrder(["--since", "--until"], createdFrom, createdBefore);
  const dueFrom = await readStart(terms, "--due-since", options["due-since"]);
  const dueBefore = await readEnd(terms, "--due-until", options["due-until"]);
  checkOrder(["--due-since", "--due-until"], dueFrom, dueBefore);
  return { ...readWords(options), createdFrom, createdBefore, dueFrom, dueBefore };
}
