import type { InteractionId } from "../domain/ids.ts";
import { recordFound, scheduleNeverSent } from "../store/settle/unknown-outcomes.ts";
import type { Eligible } from "../store/operate/selection.ts";
import { readClock } from "../store/postgres/database-clock.ts";
import type { Db } from "../store/postgres/db.ts";
import { wrongArguments } from "./cli/arguments.ts";
import { actOn, readTarget, type Target, YES_OPTION } from "./cli/bulk.ts";
import { command } from "./cli/command.ts";
import { FILTER_HELP, FILTER_OPTIONS } from "./cli/filters.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { counted } from "./cli/layout.ts";
import { BY_OPTION } from "./cli/operator.ts";

interface Settlement {
  readonly eligible: Eligible;
  readonly work: (db: Db, ids: readonly InteractionId[]) => Promise<readonly InteractionId[]>;
}

const found = (status: "attempted" | "succeeded"): Settlement => ({
  eligible: "unknown",
  async work(db, ids) {
    const settled: InteractionId[] = [];
    for (const id of ids)
      if (
        await recordFound(db, id, { messageId: null, status, statusDetails: null, failure: null })
      )
        settled.push(id);
    return settled;
  },
});

const OUTCOMES: Readonly<Record<string, Settlement>> = {
  taken: found("attempted"),
  delivered: found("succeeded"),
  neverSent: {
    eligible: "lastUnknown",
    work: async (db, ids) => scheduleNeverSent(db, ids, await readClock(db), "operator"),
  },
};
const NAMES = Object.keys(OUTCOMES).join(", ");

/**
 * Settles interactions whose outcome is unknown. The exit code is `refused` if the outcome of the one interaction is known or --yes
 * is missing, and `notFound` if no unknown outcome matches the filter.
 */
export const settle = command({
  name: "settle",
  summary: "settle interactions whose outcome is unknown",
  takes:
    "(INTERACTION_ID | FILTERS [--yes]) --as (taken | delivered | neverSent) [--by NAME] [--json]",
  details: `taken: the provider has it. delivered: the borrower has it. Attempts that are scheduled
after it are canceled. neverSent: it was not sent, so it is sent now, as the same interaction;
passed over if another attempt has followed it.
${FILTER_HELP}`,
  operands: ["[INTERACTION_ID]"],
  options: {
    ...FILTER_OPTIONS,
    as: { type: "string", value: "OUTCOME", message: `one of ${NAMES}` },
    ...BY_OPTION,
    ...YES_OPTION,
    ...JSON_OPTION,
  },
  async run({ operands: [operand], options, print }) {
    const target = readTarget(operand, options);
    const outcome = options.as ?? "";
    const settlement = Object.hasOwn(OUTCOMES, outcome) ? OUTCOMES[outcome] : undefined;
    if (settlement === undefined) throw wrongArguments(`--as must be one of ${NAMES}`);
    return await actOn(
      { options, print },
      {
        target,
        eligible: settlement.eligible,
        unconfirmed: "Nothing was changed. Repeat the command with --yes to settle these.",
        work: settlement.work,
        report: (settled) => ({ words: [resultOf(target, settled, outcome)] }),
      },
    );
  },
});

function resultOf(target: Target, settled: readonly InteractionId[], outcome: string): string {
  if (target.kind === "filter")
    return settled.length === 0
      ? "No interaction with an unknown outcome matches; nothing was changed."
      : `Settled ${counted(settled.length, "interaction")} as ${outcome}.`;
  return settled.length === 0
    ? `The outcome of interaction ${target.id} is not unknown, or another attempt has followed it; nothing was changed.`
    : `Interaction ${target.id} is settled as ${outcome}.`;
}
