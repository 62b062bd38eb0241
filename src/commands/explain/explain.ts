import { loadChain } from "../../store/operate/chain.ts";
import { readId, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { explainJson, explainPage } from "./page.ts";

/** Tells the whole story of an interaction, from the change that fired it to what happens next. */
export const explain = command({
  name: "explain",
  summary: "tell why an interaction exists, when and to whom it goes, what happened, what follows",
  takes: "INTERACTION_ID [--json]",
  details:
    "Any attempt of a chain tells the story of all of them. Names and addresses are not\nshown, contact ids are.",
  operands: ["INTERACTION_ID"],
  options: { json: { type: "boolean", message: "as one JSON document" } },
  async run({ options, operands: [operand = ""], print }) {
    const id = readId("INTERACTION_ID", operand);
    return await withDatabase("explain", async (db, config) => {
      const chain = await loadChain(db, id);
      if (chain === undefined) throw wrongArguments(`there is no interaction ${id}`);
      const told = { asked: id, now: new Date(), zone: config.lender.timeZone };
      print(options.json === true ? explainJson(chain, told) : explainPage(chain, told));
      return 0;
    });
  },
});
