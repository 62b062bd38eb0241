import { outageCode } from "../../store/postgres/retry.ts";
import type { Db } from "../../store/postgres/db.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { momentsIn, showDuration } from "../cli/moment.ts";
import type { Print } from "../cli/print.ts";
import { loadOverview } from "./overview.ts";
import { statusPage } from "./page.ts";
import { FORGOTTEN_MS, OVERDUE_MS, reportOf, type StatusReport } from "./report.ts";
import { eraseTerminal, watch } from "./watch.ts";

/**
 * Shows the daemons, the channels and the work that waits, on one screen. The exit code is `checkFailed` while something needs
 * a person; after --watch it is `done`.
 */
export const status = command({
  name: "status",
  summary: "show the daemons, the channels, what waits and what needs a person",
  takes: "[--json] [--watch]",
  details: `The exit code is 1 while something needs a person: no daemon is alive, a channel has stopped or
fails, case changes are not resolved, a notice is overdue by ${showDuration(OVERDUE_MS)} and no pause holds it, a
pause has held a notice for ${showDuration(FORGOTTEN_MS)}, an outcome or a held notice is left to a person, a
receipt cannot be applied, or the queue has given a job up. With --watch it is 0.`,
  options: {
    json: { type: "boolean", message: "as one JSON document; with --watch as one line each time" },
    watch: { type: "boolean", message: "show it again every 2 seconds, until Ctrl-C" },
  },
  run: ({ options, print }) =>
    withDatabase("status", async (db, config) => {
      const show = momentsIn(config.lender.timeZone);
      const isJson = options.json === true;
      if (options.watch === true) {
        const write = (report: StatusReport): string =>
          isJson ? JSON.stringify(report) : `${statusPage(report, show)}\n`;
        await watch(() => showOnce(db, write, print));
        return EXIT.done;
      }
      const report = reportOf(await loadOverview(db));
      print(isJson ? JSON.stringify(report, null, 2) : statusPage(report, show));
      return report.needsPerson.length === 0 ? EXIT.done : EXIT.checkFailed;
    }),
});

/** A watch continues during an outage of the database. */
async function showOnce(
  db: Db,
  write: (report: StatusReport) => string,
  print: Print,
): Promise<void> {
  try {
    const text = write(reportOf(await loadOverview(db)));
    eraseTerminal();
    print(text);
  } catch (error) {
    const code = outageCode(error);
    if (code === undefined) throw error;
    print(`The database cannot be reached (${code}); asking again.`);
  }
}
