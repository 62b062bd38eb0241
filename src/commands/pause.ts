import { CHANNELS, type Channel } from "../domain/vocabulary.ts";
import {
  changePause,
  openPause,
  type OpenPause,
  type Paused,
  readOpenPause,
  releasePause,
} from "../store/operate/pauses.ts";
import { readClock } from "../store/postgres/database-clock.ts";
import { readWhole, wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { JSON_OPTION, printResult } from "./cli/json.ts";
import { momentsIn } from "./cli/moment.ts";
import { readFuture } from "./cli/period.ts";
import { checkType } from "./cli/require.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";
import { toStderr } from "./cli/print.ts";
import { counted } from "./cli/layout.ts";
import { EXIT } from "./cli/exit-codes.ts";

const EXAMPLES = "pause everything, pause channel text, pause type 7";

function readPaused([scope, which]: readonly string[]): Paused {
  const nothing = { channel: null, notificationTypeId: null };
  if (scope === "everything" && which === undefined) return { ...nothing, scope };
  if (scope === "channel" && CHANNELS.some((channel) => channel === which))
    return { ...nothing, scope, channel: which as Channel };
  if (scope === "type" && which !== undefined) {
    const notificationTypeId = readWhole("the notification type", which);
    return { ...nothing, scope: "notificationType", notificationTypeId };
  }
  throw wrongArguments(
    `give what to pause or resume, such as ${EXAMPLES}; the channels are ${CHANNELS.join(", ")}`,
  );
}

const named = (words: readonly string[]): string => words.join(" ");

/**
 * Pauses everything, a channel or a notification type, or changes the terms of an open pause. The exit code is `refused` if it
 * is already paused, or with `--change` if it is not.
 */
export const pause = command({
  name: "pause",
  summary: "pause everything, a channel or a notification type; the reason is recorded",
  takes:
    '(everything | channel CHANNEL | type ID) --reason "…" [--until TIME] [--change] [--by NAME] [--json]',
  details: `Pauses are read before every message. Calls in flight are finished and nothing else is
sent. Paused interactions wait and are judged again when the pause is released, or at its end.
A TIME is a moment such as 2031-03-03T10:00:00-05:00, a duration such as 90min, 12h or 7d, or a
date, whose whole day in the lender's time zone is paused. With --change an open pause gets a new
end and reason: without --until it then lasts until it is resumed.`,
  operands: ["everything|channel|type", "[which]"],
  options: {
    ...REASON_OPTION,
    until: { type: "string", value: "TIME", message: "when it ends by itself" },
    change: { type: "boolean", message: "give an open pause a new end and reason" },
    ...BY_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands, options, print }) {
    const paused = readPaused(operands);
    const reason = readReason(options.reason);
    const operator = readOperator(options.by);
    return await withDatabase(`operator:${operator}`, async (db, { lender }) => {
      if (paused.notificationTypeId !== null) await checkType(db, paused.notificationTypeId);
      const terms = { db, zone: lender.timeZone, now: await readClock(db) };
      const { until } = options;
      const endsAt = until === undefined ? null : await readFuture(terms, "--until", until);
      const isChange = options.change === true;
      const act = isChange ? changePause : openPause;
      const isDone = await act(db, paused, { reason, endsAt });
      const open = await readOpenPause(db, paused);
      const words = isDone
        ? doneInWords(named(operands), isChange, endInWords(endsAt, lender.timeZone))
        : refusedInWords(named(operands), open, lender.timeZone);
      const document = { ...paused, isChanged: isDone, pause: open ?? null };
      printResult({ print, json: options.json === true }, document, [words]);
      return isDone ? EXIT.done : EXIT.refused;
    });
  },
});

const doneInWords = (name: string, isChange: boolean, end: string): string =>
  isChange ? `The pause of ${name} now lasts${end}.` : `Paused ${name}${end}.`;

const endInWords = (endsAt: Date | null, zone: string): string =>
  endsAt === null ? " until it is resumed" : ` until ${momentsIn(zone)(endsAt)}`;

function refusedInWords(name: string, open: OpenPause | undefined, zone: string): string {
  if (open === undefined) return `${name} is not paused; nothing was changed.`;
  const since = momentsIn(zone)(open.pausedAt);
  const terms = `since ${since} by ${open.pausedBy}${endInWords(open.endsAt, zone)}: ${open.reason}`;
  return `${name} is already paused; nothing was changed.\n  ${terms}\n--change gives this pause a new end and reason.`;
}

/** The progress of a release of more than this many interactions is shown. */
const LONG = 1_000;

/**
 * Releases a pause. If it is stopped, the same command releases the rest, and daemons judge it again some minutes later in any
 * case. The exit code is `refused` if there was no such pause and nothing waited.
 */
export const resume = command({
  name: "resume",
  summary: "release a pause; interactions that waited for it are judged again at once",
  takes: "(everything | channel CHANNEL | type ID) [--by NAME] [--json]",
  details:
    "They are released in batches of 1,000. If the command is stopped, run it again: it releases\nthe rest.",
  operands: ["everything|channel|type", "[which]"],
  options: {
    ...BY_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands, options, print }) {
    const paused = readPaused(operands);
    const operator = readOperator(options.by);
    const { wasOpen, released } = await withDatabase(`operator:${operator}`, (db) =>
      releasePause(db, paused, (done, total) => {
        if (total > LONG) toStderr(`${done} of ${counted(total, "interaction")} done`);
      }),
    );
    printResult({ print, json: options.json === true }, { ...paused, wasOpen, released }, [
      releaseInWords(named(operands), wasOpen, released),
    ]);
    return wasOpen || released > 0 ? EXIT.done : EXIT.refused;
  },
});

function releaseInWords(name: string, wasOpen: boolean, released: number): string {
  const number = counted(released, "interaction");
  if (wasOpen) return `Resumed ${name}; judged again: ${number} that waited for it.`;
  return released === 0
    ? `${name} was not paused; nothing was changed.`
    : `${name} was not paused; judged again: ${number} that still waited for an earlier pause.`;
}
