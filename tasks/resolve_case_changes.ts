import { setImmediate as yieldToOthers } from "node:timers/promises";
import { createCalendars } from "../src/decide/resolve/calendars.ts";
import { createPlanner } from "../src/decide/resolve/plan.ts";
import type { Deps } from "../src/deps.ts";
import type { CaseChangeId } from "../src/domain/ids.ts";
import type { CaseChange } from "../src/domain/resolve/case-change.ts";
import type { ResolutionPlan } from "../src/domain/resolve/resolution.ts";
import type { Db } from "../src/store/postgres/db.ts";
import { inPipeline } from "../src/store/postgres/pipeline.ts";
import { loadCalendars } from "../src/store/resolve/calendars.ts";
import { loadLanguages } from "../src/store/resolve/languages.ts";
import { loadUnresolvedChanges } from "../src/store/resolve/case-changes.ts";
import { recordResolutions } from "../src/store/resolve/resolutions.ts";
import type { ChangeSet } from "../src/store/resolve/resolve-queue.ts";

/** The totals of the resolutions of some sets. */
export interface Resolved {
  readonly caseChanges: number;
  readonly interactions: number;
  readonly firstCaseChangeId: CaseChangeId;
  /** The time since the first of them arrived (ms). */
  readonly longestWaitMs: number;
}

/**
 * load -> match -> schedule -> record: resolves the changes of sets that the transaction has locked. The resolutions, the
 * planned interactions, the delivery jobs and the end of the sets are committed together.
 */
export async function resolveCaseChanges(
  deps: Deps,
  transaction: Db,
  sets: readonly [ChangeSet, ...ChangeSet[]],
): Promise<Resolved> {
  const ids = sets.flatMap((set) => set.caseChangeIds);
  const changes = await loadUnresolvedChanges(transaction, ids);
  const plan = await planAll(deps, transaction, changes);
  const setIds = sets.map((set) => set.id);
  const interactions = await recordResolutions(transaction, plan, setIds);
  const arrivals = changes.map((change) => change.receivedAt.getTime());
  return {
    caseChanges: changes.length,
    interactions,
    firstCaseChangeId: sets[0].caseChangeIds[0],
    longestWaitMs: Math.max(0, deps.clock().getTime() - Math.min(...arrivals)),
  };
}

/**
 * The time for matching before other work can run (ms). A set with many conditions may take a second; heartbeats and
 * calls must not wait that long.
 */
const TIME_SLICE_MS = 10;

async function planAll(
  { lender, withinMs, loadActiveVersions }: Deps,
  transaction: Db,
  changes: readonly CaseChange[],
): Promise<ResolutionPlan> {
  const caseTypeIds = [...new Set(changes.map((change) => change.caseTypeId))];
  const borrowerIds = changes.map((change) => change.borrowerId);
  const [versions, calendars, languageOf] = await inPipeline(transaction, (pipeline) =>
    Promise.all([
      loadActiveVersions(pipeline, caseTypeIds),
      loadCalendars(pipeline),
      loadLanguages(pipeline, borrowerIds),
    ]),
  );
  const planner = createPlanner({
    zone: lender.timeZone,
    languages: lender.languages,
    calendars: createCalendars(calendars),
    withinMs,
  });
  let sliceEnd = performance.now() + TIME_SLICE_MS;
  for (const change of changes) {
    planner.add(change, versions.get(change.caseTypeId) ?? [], languageOf(change.borrowerId));
    if (performance.now() < sliceEnd) continue;
    await yieldToOthers();
    sliceEnd = performance.now() + TIME_SLICE_MS;
  }
  return planner.plan();
}
