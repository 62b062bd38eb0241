import {
  type LateNotice,
  listLateNotices,
  listOutages,
  type Outage,
} from "../store/operate/outages.ts";
import { readClock } from "../store/postgres/database-clock.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { refuseAlone } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { aligned, page } from "./cli/layout.ts";
import { momentsIn, showDuration, type ShowMoment } from "./cli/moment.ts";
import { checkOrder, readEnd, readStart } from "./cli/period.ts";
import { limitOption } from "./cli/limit.ts";

const LIMIT = limitOption("late notices", 100);

const DEFAULT_FROM = "7d";

/** Lists the outages of the daemons, the database and the providers, and the late notices with their causes. */
export const outages = command({
  name: "outages",
  summary:
    "list the outages of the daemons, the database and the providers, or the late notices and their causes",
  takes: "[--late] [--from TIME] [--until TIME] [--limit N] [--json]",
  details: `With --late it lists the notices that were called more than 15 minutes after they were due, or are
due for longer, with the outage, the pause or the rule that explains each; it exits with 1 if nothing
explains one of them. docs/outages.md has the details.`,
  options: {
    late: { type: "boolean", message: "the late notices that were due in the period" },
    from: {
      type: "string",
      value: "TIME",
      message: `outages that lasted, or notices that were due, at this time or later (default ${DEFAULT_FROM})`,
    },
    until: {
      type: "string",
      value: "TIME",
      message: "and before this time; a date includes its whole day (default now)",
    },
    ...LIMIT.option,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    if (options.late !== true) refuseAlone(options, ["limit"], "--late");
    const limit = LIMIT.read(options.limit);
    return await withDatabase("outages", async (db, { lender: { timeZone: zone } }) => {
      const now = await readClock(db);
      const terms = { db, zone, now };
      const from = (await readStart(terms, "--from", options.from ?? DEFAULT_FROM)) ?? now;
      const until = (await readEnd(terms, "--until", options.until)) ?? now;
      checkOrder(["--from", "--until"], from, until);
      const show = momentsIn(zone, "seconds");
      if (options.late === true) {
        const late = await listLateNotices(db, { from, until }, limit);
        print(options.json === true ? JSON.stringify({ late }, null, 2) : latePage(late, show));
        return late.some(isUnexplained) ? EXIT.checkFailed : EXIT.done;
      }
      const found = await listOutages(db, { from, until });
      print(
        options.json === true
          ? JSON.stringify({ outages: found }, null, 2)
          : outagesPage(found, show),
      );
      return EXIT.done;
    });
  },
});

const isUnexplained = ({ outageId, pauseId, putOffBy }: LateNotice): boolean =>
  outageId === null && pauseId === null && putOffBy === null;

function outagesPage(found: readonly Outage[], show: ShowMoment): string {
  if (found.length === 0) return "No outage is on record in this period.";
  const rows = found.map((one) => [
    one.id,
    one.channel === null ? one.kind : `${one.kind} of ${one.channel}`,
    show(one.beganAt),
    one.endedAt === null ? "IT LASTS" : show(one.endedAt),
    showDuration(one.lastedMs),
    one.code,
    one.workerId,
  ]);
  return page(
    aligned([["outage", "of", "from", "until", "lasted", "code", "noticed by"], ...rows]),
  );
}

function latePage(late: readonly LateNotice[], show: ShowMoment): string {
  if (late.length === 0) return "No notice that was due in this period was late.";
  const rows = late.map((one) => [
    one.interactionId,
    one.channel,
    one.caseId ?? "-",
    show(one.dueAt),
    one.calledAt === null ? "not yet" : show(one.calledAt),
    showDuration(one.lateMs),
    reasonOf(one),
  ]);
  return page(
    aligned([
      ["interaction", "channel", "case", "due", "called", "late by", "because of"],
      ...rows,
    ]),
  );
}

function reasonOf({ outageId, pauseId, putOffBy }: LateNotice): string {
  if (outageId !== null) return `outage ${outageId}`;
  if (pauseId !== null) return `pause ${pauseId}`;
  return putOffBy === null ? "NOT EXPLAINED" : `rule ${putOffBy}`;
}
