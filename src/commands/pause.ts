import { CHANNELS, type Channel } from "../domain/vocabulary.ts";
import { openPause, releasePause, type Paused } from "../store/operate/pauses.ts";
import { readWhole, wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { checkType } from "./cli/require.ts";
import { readOperator, readReason } from "./cli/operator.ts";
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
  throw wrongArguments(`say what: ${EXAMPLES}; the channels are ${CHANNELS.join(", ")}`);
}

const named = (words: readonly string[]): string => words.join(" ");

/** Pauses everything, a channel or a notification type. The exit code is `refused` if it is already paused. */
export const pause = command({
  name: "pause",
  summary: "pause everything, a channel or a notification type; the reason is recorded",
  takes: '(everything | channel CHANNEL | type ID) --reason "…" [--by NAME]',
  details:
    "Pauses are read before every message. Calls in flight are finished and nothing else is\nsent. Paused interactions wait and are judged again when the pause is released.",
  operands: ["everything|channel|type", "[which]"],
  options: {
    reason: { type: "string", value: "TEXT", message: "why, for the record" },
    by: { type: "string", value: "NAME", message: "the name of the operator (default $USER)" },
  },
  async run({ operands, options, print }) {
    const paused = readPaused(operands);
    const reason = readReason(options.reason);
    const operator = readOperator(options.by ?? process.env["USER"]);
    const isNew = await withDatabase(`operator:${operator}`, async (db) => {
      if (paused.notificationTypeId !== null) await checkType(db, paused.notificationTypeId);
      return await openPause(db, paused, reason);
    });
    print(
      isNew
        ? `Paused ${named(operands)}.`
        : `${named(operands)} is already paused; nothing was changed.`,
    );
    return isNew ? EXIT.done : EXIT.refused;
  },
});

/** Releases a pause. The exit code is `refused` if there was no such pause. */
export const resume = command({
  name: "resume",
  summary: "release a pause; interactions that waited for it are judged again at once",
  takes: "(everything | channel CHANNEL | type ID) [--by NAME]",
  operands: ["everything|channel|type", "[which]"],
  options: {
    by: { type: "string", value: "NAME", message: "the name of the operator (default $USER)" },
  },
  async run({ operands, options, print }) {
    const paused = readPaused(operands);
    const operator = readOperator(options.by ?? process.env["USER"]);
    const waiting = await withDatabase(`operator:${operator}`, (db) => releasePause(db, paused));
    print(
      waiting === undefined
        ? `${named(operands)} was not paused; nothing was changed.`
        : `Resumed ${named(operands)}; judged again: ${counted(waiting, "interaction")} that waited for it.`,
    );
    return waiting === undefined ? EXIT.refused : EXIT.done;
  },
});
