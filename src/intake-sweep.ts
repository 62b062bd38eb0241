import type { Deps } from "./deps.ts";
import { BEFORE_ALL_CHANGES, type CaseChangeId } from "./domain/ids.ts";
import {
  advanceSequences,
  findForgottenChanges,
  newestChangesAfter,
  takeInMissedChanges,
  type TakenIn,
} from "./store/resolve/missed-changes.ts";

/** The number of newest changes that each sweep reads. */
const NEWEST = 10_000;
/**
 * The number of other changes that each sweep reads, in turn. For ten million changes a full pass takes an estimated
 * half an hour, at a cost of about 50 ms every ten seconds.
 */
const STRETCH = 50_000;
/** The number of missed changes in one batch. */
const BATCH = 1_000;
/** A sweep pauses after this many batches, so that other work can run. */
const MAX_BATCHES = 50;

/**
 * Creates a sweep that finds every firing change that has no resolution and no job, however it arrived, and reports the
 * result in one event. A change that is taken in is queued in the same transaction, and one that is replicated is noted
 * by a trigger. So the read of all changes is a last resort, for disabled triggers and lost rows, and may be slow.
 */
export function createIntakeSweep(deps: Deps): () => Promise<void> {
  const { db, emit } = deps;
  let sweptTo = BEFORE_ALL_CHANGES;
  return async () => {
    for (const table of await advanceSequences(db)) emit("sequence.advanced", { table });
    const newest = await findForgottenChanges(db, await newestChangesAfter(db, NEWEST), NEWEST);
    const stretch = await findForgottenChanges(db, sweptTo, STRETCH);
    sweptTo = stretch.lastId ?? BEFORE_ALL_CHANGES;
    const takenIn = await takeInAll(deps);
    const queued = [stretch, newest].filter((one) => one.queued > 0);
    const caseChanges = takenIn.length + queued.reduce((sum, one) => sum + one.queued, 0);
    const firstCaseChangeId = takenIn[0] ?? queued[0]?.firstQueuedId;
    if (firstCaseChangeId) emit("caseChanges.found", { caseChanges, firstCaseChangeId });
  };
}

/** Takes in missed changes and returns their ids. */
async function takeInAll({ db, emit }: Deps): Promise<CaseChangeId[]> {
  const all: TakenIn[] = [];
  for (let batch = 0; batch < MAX_BATCHES; batch += 1) {
    const tried = await takeInMissedChanges(db, BATCH);
    all.push(...tried);
    if (tried.length < BATCH) break;
  }
  for (const [rule, refused] of Map.groupBy(all, (one) => one.refusedBy)) {
    const [first] = refused;
    if (rule !== null && first !== undefined)
      emit("caseChanges.refused", {
        rule,
        caseChanges: refused.length,
        firstCaseChangeId: first.caseChangeId,
      });
  }
  return all.filter((one) => one.refusedBy === null).map((one) => one.caseChangeId);
}
