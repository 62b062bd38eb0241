import type { InteractionId } from "../domain/ids.ts";
import { reinstateCanceled } from "../store/operate/reinstatement.ts";
import { actOn, readTarget, type Target, YES_OPTION } from "./cli/bulk.ts";
import { command } from "./cli/command.ts";
import { FILTER_HELP, FILTER_OPTIONS } from "./cli/filters.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { counted } from "./cli/layout.ts";
import { BY_OPTION, readReason, REASON_OPTION } from "./cli/operator.ts";

/**
 * Undoes cancellations by an operator: the notices are scheduled again. The exit code is `refused` if the one interaction cannot
 * be reinstated or --yes is missing, and `notFound` if no such interaction matches the filter.
 */
export const reinstate = command({
  name: "reinstate",
  summary: "undo a cancellation: schedule again what an operator has canceled",
  takes: '(INTERACTION_ID | FILTERS [--yes]) --reason "…" [--by NAME] [--json]',
  details: `Only an interaction that an operator has canceled is scheduled again, and only until its latest
time. An interaction that a rule or a caller of the REST resources has canceled stays canceled. The
new attempt is due when the canceled one was due, or at once if that time has passed, and it is
judged again.
${FILTER_HELP}`,
  operands: ["[INTERACTION_ID]"],
  options: {
    ...FILTER_OPTIONS,
    ...REASON_OPTION,
    ...BY_OPTION,
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [operand], options, print }) {
    const target = readTarget(operand, options);
    const reason = readReason(options.reason);
    return await actOn(
      { options, print },
      {
        target,
        eligible: "reinstatable",
        unconfirmed:
          "Nothing was reinstated. Repeat the command with --yes to schedule these again.",
        work: (db, ids, operator) =>
          db
            .transaction()
            .execute((transaction) => reinstateCanceled(transaction, ids, { operator, reason })),
        report: (planned) => ({ words: [resultOf(target, planned)] }),
      },
    );
  },
});

function resultOf(target: Target, planned: readonly InteractionId[]): string {
  const [next] = planned;
  if (target.kind === "filter")
    return next === undefined
      ? "No interaction that an operator has canceled matches, or it is too late; nothing was reinstated."
      : `Scheduled ${counted(planned.length, "interaction")} again.`;
  return next === undefined
    ? `Interaction ${target.id} cannot be reinstated: no operator has canceled it, its latest time has passed, or another attempt has followed it. \`tidings explain ${target.id}\` shows its chain.`
    : `Interaction ${next} replaces the canceled interaction ${target.id}.`;
}
