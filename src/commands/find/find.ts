import { findInteractions } from "../../store/operate/find-interactions.ts";
import { JSON_OPTION } from "../cli/json.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { FILTER_HELP, FILTER_OPTIONS, readFilter, readWords } from "../cli/filters.ts";
import { momentsIn } from "../cli/moment.ts";
import { foundJson, foundPage } from "./page.ts";
import { limitOption } from "../cli/limit.ts";

const LARGEST_LIMIT = 100_000;
const LIMIT = limitOption("interactions", 50, LARGEST_LIMIT);

/** Lists interactions by a filter. The exit code is `notFound` if there is none. */
export const find = command({
  name: "find",
  summary: "list interactions by borrower, case, loan, status, channel, type or time",
  takes: "[--borrower ID] [--case ID] [--status STATUS] [--since TIME] … [--json]",
  details: `${FILTER_HELP} Without a filter the newest interactions are listed.`,
  options: {
    ...FILTER_OPTIONS,
    ...LIMIT.option,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const limit = LIMIT.read(options.limit);
    readWords(options);
    return await withDatabase("find", async (db, { lender }) => {
      const filter = await readFilter(db, options, lender.timeZone);
      const rows = await findInteractions(db, filter, limit + 1);
      const found = { rows: rows.slice(0, limit), more: rows.length > limit };
      print(
        options.json === true ? foundJson(found) : foundPage(found, momentsIn(lender.timeZone)),
      );
      return rows.length === 0 ? EXIT.notFound : EXIT.done;
    });
  },
});
