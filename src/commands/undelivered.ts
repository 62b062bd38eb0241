import { listUndelivered, type UndeliveredNotice } from "../store/operate/undelivered.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT } from "./cli/exit-codes.ts";
import { aligned } from "./cli/layout.ts";
import { showDuration } from "./cli/moment.ts";
import { limitOption } from "./cli/limit.ts";

const LIMIT = limitOption("notices", 100);

/** Lists the notices that the law requires and that count as not sent. The exit code is `checkFailed` if there is one. */
export const undelivered = command({
  name: "undelivered",
  summary:
    "list the notices that the law requires, that did not arrive, and that nothing has replaced",
  takes: "[--limit N] [--json]",
  details: `Such a notice counts as not sent (comments 42(a)(1)-2 and 34(b)(5)-2 of 12 CFR 1006). \`tidings retry ID\` sends it
to the next contact of its channel. If you send it another way, such as by letter, log that interaction
with the notice's id as previousInteractionId, which closes it. \`tidings explain ID\` shows why it failed.`,
  options: {
    ...LIMIT.option,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    const limit = LIMIT.read(options.limit);
    return await withDatabase("undelivered", async (db) => {
      const notices = await listUndelivered(db, limit);
      print(options.json === true ? JSON.stringify({ undelivered: notices }) : listOf(notices));
      return notices.length === 0 ? EXIT.done : EXIT.checkFailed;
    });
  },
});

function listOf(notices: readonly UndeliveredNotice[]): string {
  if (notices.length === 0) return "No notice that the law requires counts as not sent.";
  const rows = notices.map((one) => [
    one.interactionId,
    one.channel,
    `borrower ${one.borrowerId}`,
    `for ${showDuration(one.undeliveredForMs)}`,
    one.why ?? one.statusDetails ?? "failed",
  ]);
  return aligned(rows).join("\n");
}
