import type { InteractionId } from "../domain/ids.ts";
import { systemClock } from "../clock.ts";
import { recordFound, scheduleNeverSent } from "../store/settle/unknown-outcomes.ts";
import type { Db } from "../store/postgres/db.ts";
import { readInteractionId, wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { checkInteraction } from "./cli/require.ts";
import { readOperator } from "./cli/operator.ts";
import { EXIT } from "./cli/exit-codes.ts";

const OUTCOMES = {
  taken: (db: Db, id: InteractionId) =>
    recordFound(db, id, {
      messageId: null,
      status: "attempted",
      statusDetails: null,
      failure: null,
    }),
  delivered: (db: Db, id: InteractionId) =>
    recordFound(db, id, {
      messageId: null,
      status: "succeeded",
      statusDetails: null,
      failure: null,
    }),
  neverSent: (db: Db, id: InteractionId) =>
    scheduleNeverSent(db, [id], systemClock(), "operator").then((moved) => moved.length > 0),
} as const;

/** Settles an interaction whose outcome is unknown. The exit code is `refused` if the outcome is known. */
export const settle = command({
  name: "settle",
  summary: "settle an interaction whose outcome is unknown",
  takes: "INTERACTION_ID --as (taken | delivered | neverSent) [--by NAME]",
  details:
    "taken: the provider has it. delivered: the borrower has it. neverSent: it was not sent, so\nit is sent now, as the same interaction.",
  operands: ["INTERACTION_ID"],
  options: {
    as: { type: "string", value: "OUTCOME", message: `one of ${Object.keys(OUTCOMES).join(", ")}` },
    by: { type: "string", value: "NAME", message: "the name of the operator (default $USER)" },
  },
  async run({ operands: [id = ""], options, print }) {
    const interactionId = readInteractionId("INTERACTION_ID", id);
    const outcome = options.as ?? "";
    if (!Object.hasOwn(OUTCOMES, outcome))
      throw wrongArguments(`--as must be one of ${Object.keys(OUTCOMES).join(", ")}`);
    const operator = readOperator(options.by ?? process.env["USER"]);
    const moved = await withDatabase(`operator:${operator}`, async (db) => {
      await checkInteraction(db, interactionId);
      return await OUTCOMES[outcome as keyof typeof OUTCOMES](db, interactionId);
    });
    print(
      moved
        ? `Interaction ${interactionId} is settled as ${outcome}.`
        : `The outcome of interaction ${interactionId} is not unknown; nothing was changed.`,
    );
    return moved ? EXIT.done : EXIT.refused;
  },
});
