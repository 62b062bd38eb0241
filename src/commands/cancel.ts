import {
  cancelScheduled,
  findInteractionState,
  listInProgress,
  type CancellationScope,
} from "../store/operate/cancellation.ts";
import type { Db } from "../store/postgres/db.ts";
import { onlyOne, readInteractionId, readWhole } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { readOperator, readReason } from "./cli/operator.ts";
import { counted } from "./cli/layout.ts";
import type { Print } from "./cli/print.ts";
import { EXIT } from "./cli/exit-codes.ts";

const SHOWN_IDS = 20;

/** Withdraws scheduled interactions, on record. The exit code is `refused` if none was scheduled. */
export const cancel = command({
  name: "cancel",
  summary: "withdraw scheduled interactions; the reason is recorded",
  takes: '(--interaction ID | --case ID | --type ID) --reason "…" [--by NAME]',
  details:
    "Only scheduled interactions are withdrawn. An interaction in progress is with a provider\nand is not changed. Later case changes fire as before; deprecate the type to stop that.",
  options: {
    interaction: { type: "string", value: "ID", message: "this interaction" },
    case: { type: "string", value: "ID", message: "all scheduled interactions of this case" },
    type: {
      type: "string",
      value: "ID",
      message: "all scheduled interactions of this notification type, every version",
    },
    reason: { type: "string", value: "TEXT", message: "why, for the record" },
    by: { type: "string", value: "NAME", message: "the name of the operator (default $USER)" },
  },
  async run({ options, print }) {
    const scope = readScope(options);
    const reason = readReason(options.reason);
    const operator = readOperator(options.by ?? process.env["USER"]);
    return await withDatabase(`operator:${operator}`, async (db) => {
      const canceled = await cancelScheduled(db, scope, { by: { operator }, reason });
      const inProgress = await listInProgress(db, scope);
      report(print, canceled, inProgress);
      if (canceled.length > 0) return EXIT.done;
      print(await sayNothing(db, scope));
      return EXIT.refused;
    });
  },
});

function readScope(options: {
  readonly [Kind in CancellationScope["kind"]]?: string;
}): CancellationScope {
  const [kind, id] = onlyOne(options, ["interaction", "case", "type"]);
  if (kind === "case") return { kind, id };
  if (kind === "type") return { kind, id: readWhole("--type", id) };
  return { kind, id: readInteractionId("--interaction", id) };
}

function report(print: Print, canceled: readonly string[], inProgress: readonly string[]): void {
  if (canceled.length > 0)
    print(`Canceled ${counted(canceled.length, "interaction")}: ${listed(canceled)}.`);
  if (inProgress.length > 0)
    print(`In progress with a provider, not changed: ${listed(inProgress)}.`);
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, SHOWN_IDS).join(", ");
  return ids.length > SHOWN_IDS ? `${shown} and ${ids.length - SHOWN_IDS} more` : shown;
}

async function sayNothing(db: Db, { kind, id }: CancellationScope): Promise<string> {
  if (kind === "case") return `Nothing is scheduled for case ${id}; nothing was canceled.`;
  if (kind === "type")
    return `Nothing is scheduled of notification type ${id}; nothing was canceled.`;
  const found = await findInteractionState(db, id);
  if (found === undefined) return `There is no interaction ${id}; nothing was canceled.`;
  const status = [found.status, found.statusDetails].filter((word) => word !== null).join(" ");
  return found.origin === "logged"
    ? `Interaction ${id} was logged by another system and is never sent by Tidings; nothing was canceled.`
    : `Interaction ${id} is not scheduled but ${status}; nothing was canceled.`;
}
