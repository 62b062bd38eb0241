import { systemClock } from "../clock.ts";
import { planNextAttempts } from "../store/deliver/next-attempts.ts";
import { readId } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { checkInteraction } from "./cli/require.ts";
import { readOperator } from "./cli/operator.ts";

/** Sends a failed notice again, as a new attempt in the operator's name. Exit code 1 where it cannot be. */
export const retry = command({
  name: "retry",
  summary: "send a failed notice again, as a new attempt on record",
  takes: "INTERACTION_ID [--by NAME]",
  details:
    "The interaction must have failed, or its outcome be unknown, and nothing have followed it.\nThe new attempt is judged afresh, and goes at once.",
  operands: ["INTERACTION_ID"],
  options: { by: { type: "string", value: "NAME", message: "who sends it; $USER unless given" } },
  async run({ operands: [id = ""], options, print }) {
    const interactionId = readId("INTERACTION_ID", id);
    const operator = readOperator(options.by ?? process.env["USER"]);
    const [next] = await withDatabase(`operator:${operator}`, async (db) => {
      await checkInteraction(db, interactionId);
      return await planNextAttempts(db, [{ interactionId, dueAt: systemClock() }]);
    });
    print(
      next === undefined
        ? `Interaction ${interactionId} cannot be sent again: it has not failed, or an attempt has followed it. \`tidings explain ${interactionId}\` shows its chain.`
        : `Interaction ${next} is the next attempt after ${interactionId}.`,
    );
    return next === undefined ? 1 : 0;
  },
});
