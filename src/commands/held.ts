import { type HeldNotice, listHeld } from "../store/operate/holds.ts";
import { readWhole } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { FILTER_HELP, FILTER_OPTIONS, readFilter, readWords } from "./cli/filters.ts";
import { aligned, counted, page, wrapped } from "./cli/layout.ts";
import { momentsIn, showDuration, type ShowMoment } from "./cli/moment.ts";

const DEFAULT_LIMIT = "50";
const LARGEST_LIMIT = 10_000;

/** Lists the notices that wait for the decision of a person. The exit code is `done` also if there is none. */
export const held = command({
  name: "held",
  summary:
    "list the notices that wait for the decision of a person, with the reason and the latest time",
  takes: "[FILTERS] [--limit N] [--json]",
  details: `\`tidings release\` lets a notice be sent, \`tidings refuse\` withdraws it. Those whose latest time
comes first are listed first.
${FILTER_HELP}`,
  options: {
    ...FILTER_OPTIONS,
    limit: {
      type: "string",
      value: "N",
      message: `list at most N notices (default ${DEFAULT_LIMIT})`,
    },
    json: { type: "boolean", message: "as one JSON document" },
  },
  async run({ options, print }) {
    const limit = readWhole("--limit", options.limit ?? DEFAULT_LIMIT, LARGEST_LIMIT);
    readWords(options);
    return await withDatabase("held", async (db, { lender }) => {
      const filter = await readFilter(db, options, lender.timeZone);
      const found = await listHeld(db, filter, limit + 1);
      const rows = found.slice(0, limit);
      const more = found.length > limit;
      print(
        options.json === true
          ? JSON.stringify({ held: rows, more }, null, 2)
          : heldPage(rows, more, momentsIn(lender.timeZone)),
      );
      return EXIT.done;
    });
  },
});

function heldPage(rows: readonly HeldNotice[], more: boolean, show: ShowMoment): string {
  if (rows.length === 0) return "No notice is held.";
  const table = rows.map((row) => [
    row.interactionId,
    row.channel,
    String(row.notificationTypeId),
    row.caseId,
    row.borrowerId,
    showDuration(row.heldForMs),
    row.latestAt === null ? "-" : show(row.latestAt),
    row.ruleIds.join(" "),
  ]);
  const reasons = [...new Map(rows.map(({ long, short }) => [long ?? short ?? "", short])).keys()];
  const end = more
    ? `The first ${counted(rows.length, "notice")}; there are more. --limit N lists more of them.`
    : `${counted(rows.length, "notice")} held.`;
  return page([
    ...aligned([
      ["id", "channel", "type", "case", "borrower", "held for", "latest", "rules"],
      ...table,
    ]),
    "",
    ...reasons.filter((reason) => reason !== "").flatMap((reason) => wrapped(reason)),
    "",
    end,
    '`tidings release ID --reason "…"` sends one; `tidings refuse ID --reason "…"` withdraws it.',
  ]);
}
