import type { InteractionId } from "../../domain/ids.ts";
import type { InteractionFilter } from "../../store/api/interaction-filter.ts";
import {
  countSelected,
  type Eligible,
  listSelected,
  type SelectedCount,
  type Selection,
} from "../../store/operate/selection.ts";
import type { Db } from "../../store/postgres/db.ts";
import { readInteractionId, wrongArguments } from "./arguments.ts";
import { withDatabase } from "./database.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type FilterOptions, hasFilter, readFilter, readWords } from "./filters.ts";
import { aligned, counted } from "./layout.ts";
import { momentsIn, type ShowMoment } from "./moment.ts";
import { printResult } from "./json.ts";
import { readOperator } from "./operator.ts";
import { type Print, toStderr } from "./print.ts";
import { checkInteraction } from "./require.ts";

/** The option that confirms what is done to more than one interaction. */
export const YES_OPTION = {
  yes: { type: "boolean", message: "do it; without this only the count is shown" },
} as const;

/** The target of a command: one interaction, or those of a filter. */
export type Target =
  | { readonly kind: "one"; readonly id: InteractionId }
  | { readonly kind: "filter"; readonly options: FilterOptions };

/** Reads an INTERACTION_ID or filters. Throws ARGUMENTS_INVALID where both or neither are given. */
export function readTarget(operand: string | undefined, options: FilterOptions): Target {
  if (operand !== undefined && hasFilter(options))
    throw wrongArguments("give an INTERACTION_ID or filters, not both");
  if (operand !== undefined)
    return { kind: "one", id: readInteractionId("INTERACTION_ID", operand) };
  if (!hasFilter(options))
    throw wrongArguments("give an INTERACTION_ID, or at least one filter such as --case ID");
  readWords(options);
  return { kind: "filter", options };
}

/** The action of a command on its target. */
export interface Action {
  readonly target: Target;
  readonly eligible: Eligible;
  /** Printed below the count where --yes is missing. */
  readonly unconfirmed: string;
  /** Works on a batch and returns the interactions that it has changed, or the new attempts that it has planned. */
  readonly work: (
    db: Db,
    ids: readonly InteractionId[],
    operator: string,
  ) => Promise<readonly InteractionId[]>;
  readonly report: (done: readonly InteractionId[], open: Open) => Report | Promise<Report>;
}

/** The open database of an action, and the zone in which a date begins. */
export interface Open {
  readonly db: Db;
  readonly zone: string;
}

/** The result of an action in words, and further members of its JSON document. */
export interface Report {
  readonly words: readonly string[];
  readonly members?: object;
}

/** The command line of an action. */
interface ActionCall {
  readonly options: { readonly by?: string; readonly yes?: boolean; readonly json?: boolean };
  readonly print: Print;
}

const BATCH = 1_000;

/**
 * Works on one interaction, or on those of a filter once that is confirmed by --yes, as the operator of the command line, and
 * prints the report. The exit code is `refused` where --yes is missing or the one interaction was not changed, and `notFound` where
 * nothing matched the filter. Throws NOT_FOUND if the one interaction is not on record. Each batch is committed by itself, and
 * progress goes to standard error.
 */
export async function actOn({ options, print }: ActionCall, action: Action): Promise<ExitCode> {
  const operator = readOperator(options.by);
  const output = { print, json: options.json === true };
  return await withDatabase(`operator:${operator}`, async (db, { lender }) => {
    const open = { db, zone: lender.timeZone };
    const { selection, counts, total } = await select(open, action);
    if (action.target.kind === "filter" && options.yes !== true && total > 0) {
      const words = [...countLines(counts, momentsIn(open.zone)), `\n${action.unconfirmed}`];
      printResult(output, { isConfirmed: false, counts }, words);
      return EXIT.refused;
    }
    const work = (ids: readonly InteractionId[]) => action.work(db, ids, operator);
    const done = await inBatches(db, { selection, total, work });
    const { members, words } = await action.report(done, open);
    printResult(output, { isConfirmed: true, interactionIds: done, ...members }, words);
    if (done.length > 0) return EXIT.done;
    return action.target.kind === "one" ? EXIT.refused : EXIT.notFound;
  });
}

interface Selected {
  readonly selection: Selection;
  readonly counts: readonly SelectedCount[];
  readonly total: number;
}

async function select({ db, zone }: Open, { target, eligible }: Action): Promise<Selected> {
  if (target.kind === "one") await checkInteraction(db, target.id);
  const selection = { filter: await filterOf(db, target, zone), eligible };
  const counts = await countSelected(db, selection);
  return { selection, counts, total: counts.reduce((sum, one) => sum + one.interactions, 0) };
}

/** The filter of a target; a date begins in `zone`. */
export const filterOf = async (db: Db, target: Target, zone: string): Promise<InteractionFilter> =>
  target.kind === "one" ? { id: target.id } : await readFilter(db, target.options, zone);

/** The table of the counts by channel and notification type, with the first and the last moment at which they are due. */
function countLines(counts: readonly SelectedCount[], show: ShowMoment): string[] {
  const rows = counts.map((one) => [
    one.channel,
    one.notificationTypeId === null ? "-" : String(one.notificationTypeId),
    one.interactions.toLocaleString("en-US"),
    one.firstDueAt === null ? "held" : show(one.firstDueAt),
    one.lastDueAt === null ? "held" : show(one.lastDueAt),
  ]);
  return aligned([["channel", "type", "interactions", "first due", "last due"], ...rows]);
}

interface Batches {
  readonly selection: Selection;
  readonly total: number;
  readonly work: (ids: readonly InteractionId[]) => Promise<readonly InteractionId[]>;
}

async function inBatches(db: Db, { selection, total, work }: Batches): Promise<InteractionId[]> {
  const done: InteractionId[] = [];
  let after: InteractionId | undefined;
  for (;;) {
    const ids = await listSelected(db, selection, { after, limit: BATCH });
    if (ids.length === 0) return done;
    done.push(...(await work(ids)));
    after = ids.at(-1);
    if (total > BATCH) toStderr(`${done.length} of ${counted(total, "interaction")} done`);
  }
}
