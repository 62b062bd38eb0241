import type { InteractionId } from "../domain/ids.ts";
import { AMENDMENT_KINDS } from "../domain/vocabulary.ts";
import { insertAmendment, type NewAmendment } from "../store/operate/amendments.ts";
import { notFound, readInteractionId, wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { EXIT, type ExitCode } from "./cli/exit-codes.ts";
import { JSON_OPTION, type Output, printResult } from "./cli/json.ts";
import { readRefusal } from "./cli/refusal.ts";
import { readExactMoment } from "./cli/period.ts";
import { BY_OPTION, readOperator, readReason, REASON_OPTION } from "./cli/operator.ts";

const OUTCOMES: Readonly<Record<string, NewAmendment["status"]>> = {
  sent: "attempted",
  delivered: "succeeded",
  notDelivered: "failed",
};
const NAMES = Object.keys(OUTCOMES).join(", ");

/** Corrects the outcome of an interaction by a separate entry. The exit code is `refused` if there is nothing to correct. */
export const amend = command({
  name: "amend",
  summary:
    "correct a wrong outcome by a separate entry: a wrong receipt, a wrong settlement, a message that the carrier lost",
  takes: `INTERACTION_ID --kind KIND --as OUTCOME --reason "…" --evidence "…" [--at TIME] [--by NAME] [--json]`,
  details: `The recorded rows stay as they are. \`tidings explain\` and evidence packs show both, and
tidings.effective_statuses has the status that counts now. A later transition ends the amendment.
An amendment sends nothing.`,
  operands: ["INTERACTION_ID"],
  options: {
    kind: { type: "string", value: "KIND", message: `one of ${AMENDMENT_KINDS.join(", ")}` },
    as: { type: "string", value: "OUTCOME", message: `the correct outcome, one of ${NAMES}` },
    ...REASON_OPTION,
    evidence: {
      type: "string",
      value: "TEXT",
      message: "the evidence, such as a letter of the carrier and its date",
    },
    at: { type: "string", value: "TIME", message: "when it happened (ISO 8601), if that is known" },
    ...BY_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [operand = ""], options, print }) {
    const id = readInteractionId("INTERACTION_ID", operand);
    const kind = AMENDMENT_KINDS.find((one) => one === options.kind);
    if (kind === undefined)
      throw wrongArguments(`--kind must be one of ${AMENDMENT_KINDS.join(", ")}`);
    const outcome = options.as ?? "";
    const status = Object.hasOwn(OUTCOMES, outcome) ? OUTCOMES[outcome] : undefined;
    if (status === undefined) throw wrongArguments(`--as must be one of ${NAMES}`);
    const reason = readReason(options.reason);
    const evidence = options.evidence?.trim() ?? "";
    if (evidence === "")
      throw wrongArguments("--evidence is missing: name what proves the outcome");
    const operator = readOperator(options.by);
    const output = { print, json: options.json === true };
    return await withDatabase(`operator:${operator}`, async (db) => {
      const happenedAt = options.at === undefined ? null : readExactMoment("--at", options.at);
      const amendment = { interactionId: id, kind, status, reason, evidence, happenedAt };
      try {
        const amended = await insertAmendment(db, amendment);
        if (amended === undefined) throw notFound(`there is no interaction ${id}`);
        printResult(output, { amendmentId: amended, interactionId: id, status }, [
          `Interaction ${id} is amended to ${status} (amendment ${amended}).`,
        ]);
        return EXIT.done;
      } catch (error) {
        return refusedBy(error, id, output);
      }
    });
  },
});

/** Prints why the database refuses an amendment. */
function refusedBy(error: unknown, id: InteractionId, output: Output): ExitCode {
  const { rule, why } = readRefusal(error, "amendments_");
  printResult(output, { amendmentId: null, interactionId: id, rule, why }, [
    `Interaction ${id} was not amended: ${why} (${rule}).`,
  ]);
  return EXIT.refused;
}
