import { CHANNELS, INTERACTION_STATUSES } from "../../domain/vocabulary.ts";
import type { InteractionFilter } from "../../store/api/interaction-filter.ts";
import { findInteractions } from "../../store/operate/find-interactions.ts";
import type { Db } from "../../store/postgres/db.ts";
import { readWhole, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { momentsIn } from "../cli/moment.ts";
import { foundJson, foundPage } from "./page.ts";
import { readEnd, readStart } from "./period.ts";

const DEFAULT_LIMIT = "50";
const LARGEST_LIMIT = 100_000;

const value = (name: string, message: string) =>
  ({ type: "string", multiple: true, value: name, message }) as const;
const moment = (message: string) => ({ type: "string", value: "TIME", message }) as const;

/** Lists interactions by a filter. The exit code is `notFound` if there is none. */
export const find = command({
  name: "find",
  summary: "list interactions by borrower, case, loan, status, channel, type or time",
  takes: "[--borrower ID] [--case ID] [--status STATUS] [--since TIME] … [--json]",
  details: `Filters are combined. Repeat an option to allow several values. Without a filter the newest
interactions are listed. A TIME is a date (the whole day in the lender's time zone), a moment such
as 2031-03-03T10:00:00-05:00, or an age such as 90min, 12h or 7d.`,
  options: {
    borrower: { type: "string", value: "ID", message: "of this borrower" },
    case: value("ID", "of this case"),
    loan: value("ID", "about this loan"),
    type: value("ID", "of this notification type, every version"),
    channel: value("CHANNEL", `one of ${CHANNELS.join(", ")}`),
    status: value("STATUS", `one of ${INTERACTION_STATUSES.join(", ")}`),
    details: value("DETAILS", "with these status details, such as emailOutcomeUnknown"),
    "provider-id": value("ID", "with this message id of a provider"),
    operation: value("ID", "of this bulk operation (supercase_bulk_operation_id)"),
    since: moment("stored at this time or later"),
    until: moment("stored before this time; a date includes its whole day"),
    "due-since": moment("due at this time or later"),
    "due-until": moment("due before this time; a date includes its whole day"),
    limit: {
      type: "string",
      value: "N",
      message: `list at most N interactions (default ${DEFAULT_LIMIT})`,
    },
    json: { type: "boolean", message: "as one JSON document" },
  },
  async run({ options, print }) {
    const limit = readWhole("--limit", options.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT);
    const words = readWords(options);
    return await withDatabase("find", async (db, { lender }) => {
      const filter = { ...words, ...(await readPeriods(db, options, lender.timeZone)) };
      const rows = await findInteractions(db, filter, limit + 1);
      const found = { rows: rows.slice(0, limit), more: rows.length > limit };
      print(
        options.json === true ? foundJson(found) : foundPage(found, momentsIn(lender.timeZone)),
      );
      return rows.length === 0 ? EXIT.notFound : EXIT.done;
    });
  },
});

interface Words {
  readonly borrower?: string;
  readonly case?: readonly string[];
  readonly loan?: readonly string[];
  readonly type?: readonly string[];
  readonly channel?: readonly string[];
  readonly status?: readonly string[];
  readonly details?: readonly string[];
  readonly "provider-id"?: readonly string[];
  readonly operation?: readonly string[];
}

function readWords(options: Words): InteractionFilter {
  return {
    personId: options.borrower,
    caseId: options.case,
    loanId: options.loan?.map((id) => ({ id })),
    notificationTypeId: options.type?.map((id) => readWhole("--type", id)),
    channel: options.channel?.map((word) => oneOf("--channel", word, CHANNELS)),
    status: options.status?.map((word) => oneOf("--status", word, INTERACTION_STATUSES)),
    statusDetails: options.details,
    providerMessageId: options["provider-id"],
    supercaseBulkOperationId: options.operation,
  };
}

function oneOf(option: string, word: string, known: readonly string[]): string {
  if (known.includes(word)) return word;
  throw wrongArguments(`${option} must be one of ${known.join(", ")}, not "${word}"`);
}

interface Times {
  readonly since?: string;
  readonly until?: string;
  readonly "due-since"?: string;
  readonly "due-until"?: string;
}

async function readPeriods(db: Db, times: Times, zone: string): Promise<InteractionFilter> {
  const terms = { db, zone, now: new Date() };
  return {
    createdFrom: await readStart(terms, "--since", times.since),
    createdBefore: await readEnd(terms, "--until", times.until),
    dueFrom: await readStart(terms, "--due-since", times["due-since"]),
    dueBefore: await readEnd(terms, "--due-until", times["due-until"]),
  };
}
