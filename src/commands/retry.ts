import { systemClock } from "../clock.ts";
import { planNextAttempts } from "../store/deliver/next-attempts.ts";
import { readInteractionId } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { checkInteraction } from "./cli/require.ts";
import { readOperator } from "./cli/operator.ts";
import { EXIT } from "./cli/exit-codes.ts";

/** Sends a failed notice again, as a new attempt by the operator. The exit code is `refused` if that is not possible. */
export const retry = command({
  name: "retry",
  summary: "send a failed notice again, as a new attempt",
  takes: "INTERACTION_ID [--by NAME]",
  details:
    "The interaction must have failed or its outcome must be unknown, and no attempt may have\nfollowed it. The new attempt is due at once and is judged again.",
  operands: ["INTERACTION_ID"],
  options: {
    by: { type: "string", value: "NAME", message: "the name of the operator (default $USER)" },
  },
  async run({ operands: [id = ""], options, print }) {
    const interactionId = readInteractionId("INTERACTION_ID", id);
    const operator = readOperator(options.by ?? process.env["USER"]);
    const [next] = await withDatabase(`operator:${operator}`, async (db) => {
      await checkInteraction(db, interactionId);
      return await planNextAttempts(db, [{ interactionId, dueAt: systemClock() }]);
    });
    print(
      next === undefined
        ? `Interaction ${interactionId} cannot be sent again, because it has not failed or another attempt has followed it. \`tidings explain ${interactionId}\` shows its chain.`
        : `Interaction ${next} is the next attempt after ${interactionId}.`,
    );
    return next === undefined ? EXIT.refused : EXIT.done;
  },
});
