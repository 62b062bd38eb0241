import type { InteractionId } from "../domain/ids.ts";
import { planNextAttempts } from "../store/deliver/next-attempts.ts";
import { readClock } from "../store/postgres/database-clock.ts";
import type { Db } from "../store/postgres/db.ts";
import { actOn, readTarget, type Target, YES_OPTION } from "./cli/bulk.ts";
import { command } from "./cli/command.ts";
import { FILTER_HELP, FILTER_OPTIONS } from "./cli/filters.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { counted } from "./cli/layout.ts";
import { BY_OPTION } from "./cli/operator.ts";

/**
 * Plans the next attempts of failed notices, by the operator. The exit code is `refused` if the one interaction cannot be sent
 * again or --yes is missing, and `notFound` if no such interaction matches the filter.
 */
export const retry = command({
  name: "retry",
  summary: "send failed notices again, as new attempts",
  takes: "(INTERACTION_ID | FILTERS [--yes]) [--by NAME] [--json]",
  details: `An interaction must have failed or its outcome must be unknown, no attempt may have
followed it, and no earlier attempt may have been sent; others are passed over. The new attempt is due at once and is judged again.
${FILTER_HELP}`,
  operands: ["[INTERACTION_ID]"],
  options: {
    ...FILTER_OPTIONS,
    ...BY_OPTION,
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [operand], options, print }) {
    const target = readTarget(operand, options);
    return await actOn(
      { options, print },
      {
        target,
        eligible: "retryable",
        unconfirmed: "Nothing was sent again. Repeat the command with --yes to send these again.",
        work: planNow,
        report: (planned) => ({ words: [resultOf(target, planned)] }),
      },
    );
  },
});

async function planNow(db: Db, ids: readonly InteractionId[]): Promise<InteractionId[]> {
  const dueAt = await readClock(db);
  return await planNextAttempts(
    db,
    ids.map((interactionId) => ({ interactionId, dueAt })),
  );
}

function resultOf(target: Target, planned: readonly InteractionId[]): string {
  const [next] = planned;
  if (target.kind === "filter")
    return next === undefined
      ? "No failed or unknown interaction matches; nothing was sent again."
      : `Planned the next attempts of ${counted(planned.length, "interaction")}.`;
  return next === undefined
    ? `Interaction ${target.id} cannot be sent again, because it has not failed, another attempt has followed it, an earlier one was sent, or an amendment says that it was sent. \`tidings explain ${target.id}\` shows its chain.`
    : `Interaction ${next} is the next attempt after ${target.id}.`;
}
