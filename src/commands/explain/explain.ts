import { loadChain } from "../../store/operate/chain.ts";
import { notFound, readInteractionId } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { explainJson, explainPage } from "./page.ts";
import { EXIT } from "../cli/exit-codes.ts";

/** Explains an interaction, from the case change that caused it to the next step. */
export const explain = command({
  name: "explain",
  summary:
    "explain why an interaction exists, when and to whom it goes, what happened and what follows",
  takes: "INTERACTION_ID [--json]",
  details:
    "The id of any attempt shows the whole chain. Contact ids are shown; names and addresses\nare not.",
  operands: ["INTERACTION_ID"],
  options: { json: { type: "boolean", message: "as one JSON document" } },
  async run({ options, operands: [operand = ""], print }) {
    const id = readInteractionId("INTERACTION_ID", operand);
    return await withDatabase("explain", async (db, config) => {
      const chain = await loadChain(db, id);
      if (chain === undefined) throw notFound(`there is no interaction ${id}`);
      const request = { asked: id, now: new Date(), zone: config.lender.timeZone };
      print(options.json === true ? explainJson(chain, request) : explainPage(chain, request));
      return EXIT.done;
    });
  },
});
