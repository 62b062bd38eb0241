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
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { type FilterOptions, hasFilter, readFilter, readWords } from "./filters.ts";
import { aligned, counted } from "./layout.ts";
import { momentsIn, type ShowMoment } from "./moment.ts";
import { type Output, printResult } from "./json.ts";
import { toStderr } from "./print.ts";
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
export interface Action<Result> {
  readonly db: Db;
  /** The zone in which a date begins. */
  readonly zone: string;
  readonly target: Target;
  readonly yes: boolean;
  readonly output: Output;
  readonly eligible: Eligible;
  /** Printed below the count where --yes is missing. */
  readonly unconfirmed: string;
  /** Works on a batch and returns what it changed. */
  readonly work: (ids: readonly InteractionId[]) => Promise<readonly Result[]>;
}

const BATCH = 1_000;

/**
 * Works on one interaction, or on those of a filter once that is confirmed by --yes. Returns what was changed; undefined where
 * only the count was shown. Throws NOT_FOUND if the one interaction is not on record. Each batch is committed by itself, and
 * progress goes to standard error.
 */
export async function actOn<Result>(action: Action<Result>): Promise<Result[] | undefined> {
  const { db, zone, target, eligible, output } = action;
  if (target.kind === "one") await checkInteraction(db, target.id);
  const filter = await filterOf(db, target, zone);
  const counts = await countSelected(db, { filter, eligible });
  const total = counts.reduce((sum, one) => sum + one.interactions, 0);
  if (target.kind === "filter" && !action.yes && total > 0) {
    const words = [...countLines(counts, momentsIn(zone)), `\n${action.unconfirmed}`];
    printResult(output, { isConfirmed: false, counts }, words);
    return undefined;
  }
  return await inBatches(action, { filter, eligible }, total);
}

/** The filter of a target; a date begins in `zone`. */
export const filterOf = async (db: Db, target: Target, zone: string): Promise<InteractionFilter> =>
  target.kind === "one" ? { id: target.id } : await readFilter(db, target.options, zone);

/** The exit code of a command that changed so many interactions. */
export function exitCodeOf(target: Target, changed: number): ExitCode {
  if (changed > 0) return EXIT.done;
  return target.kind === "one" ? EXIT.refused : EXIT.notFound;
}

/**
 * The JSON document of a command that has acted. `interactionIds` are the interactions that it has changed, or the new attempts that it
 * has planned.
 */
export const doneDocument = (interactionIds: readonly InteractionId[]): object => ({
  isConfirmed: true,
  interactionIds,
});

/** By channel and notification type, with the dates they are due. */
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

async function inBatches<Result>(
  { db, work }: Action<Result>,
  selection: Selection,
  total: number,
): Promise<Result[]> {
  const results: Result[] = [];
  let after: InteractionId | undefined;
  for (;;) {
    const ids = await listSelected(db, selection, { after, limit: BATCH });
    if (ids.length === 0) return results;
    results.push(...(await work(ids)));
    after = ids.at(-1);
    if (total > BATCH) toStderr(`${results.length} of ${counted(total, "interaction")} done`);
  }
}
