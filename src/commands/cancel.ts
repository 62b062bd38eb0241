import type { InteractionId } from "../domain/ids.ts";
import { cancelScheduled, findInteractionState } from "../store/operate/cancellation.ts";
import type { InteractionFilter } from "../store/api/interaction-filter.ts";
import { listSelected } from "../store/operate/selection.ts";
import type { Db } from "../store/postgres/db.ts";
import {
  actOn,
  filterOf,
  type Open,
  readTarget,
  type Report,
  type Target,
  YES_OPTION,
} from "./cli/bulk.ts";
import { command } from "./cli/command.ts";
import { FILTER_HELP, FILTER_OPTIONS } from "./cli/filters.ts";
import { JSON_OPTION } from "./cli/json.ts";
import { counted } from "./cli/layout.ts";
import { BY_OPTION, readReason, REASON_OPTION } from "./cli/operator.ts";

const SHOWN_IDS = 20;
/** More calls than any daemon has in flight. */
const MOST_IN_PROGRESS = 1_000;

/**
 * Withdraws scheduled interactions and records the reason. The exit code is `refused` if the one interaction is not scheduled or
 * --yes is missing, and `notFound` if no scheduled interaction matches the filter.
 */
export const cancel = command({
  name: "cancel",
  summary: "withdraw scheduled interactions; the reason is recorded",
  takes: '(INTERACTION_ID | FILTERS [--yes]) --reason "…" [--by NAME] [--json]',
  details: `Only scheduled interactions are withdrawn; \`tidings reinstate\` undoes it. An interaction in progress is with a provider
and is not changed. Later case changes fire as before; deprecate the type to stop that.
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
        eligible: "scheduled",
        unconfirmed: "Nothing was canceled. Repeat the command with --yes to cancel these.",
        work: (db, ids, operator) => cancelScheduled(db, ids, { by: { operator }, reason }),
        report: (canceled, open) => reportOf(target, canceled, open),
      },
    );
  },
});

async function reportOf(
  target: Target,
  canceled: readonly InteractionId[],
  { db, zone }: Open,
): Promise<Report> {
  const inProgress = await listInProgress(db, await filterOf(db, target, zone));
  const words = [
    ...(canceled.length === 0
      ? []
      : [`Canceled ${counted(canceled.length, "interaction")}: ${listed(canceled)}.`]),
    ...(inProgress.length === 0
      ? []
      : [`In progress with a provider, not changed: ${listed(inProgress)}.`]),
    ...(canceled.length === 0 ? [await explainNothing(db, target)] : []),
  ];
  return { words, members: { inProgress } };
}

const listInProgress = (db: Db, filter: InteractionFilter): Promise<InteractionId[]> =>
  listSelected(db, { filter, eligible: "inProgress" }, { limit: MOST_IN_PROGRESS });

function listed(ids: readonly InteractionId[]): string {
  const shown = ids.slice(0, SHOWN_IDS).join(", ");
  return ids.length > SHOWN_IDS ? `${shown} and ${ids.length - SHOWN_IDS} more` : shown;
}

async function explainNothing(db: Db, target: Target): Promise<string> {
  if (target.kind === "filter") return "No scheduled interaction matches; nothing was canceled.";
  const { id } = target;
  const found = await findInteractionState(db, id);
  const status = [found?.status, found?.statusDetails].filter(Boolean).join(" ");
  return found?.origin === "logged"
    ? `Interaction ${id} was logged by another system and is never sent by Tidings; nothing was canceled.`
    : `Interaction ${id} is not scheduled but ${status}; nothing was canceled.`;
}
