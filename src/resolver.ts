import { resolveCaseChanges } from "../tasks/resolve_case_changes.ts";
import type { Deps } from "./deps.ts";
import { statementCodeOf } from "./store/postgres/error-code.ts";
import type { Outages } from "./store/postgres/outages.ts";
import { outageCode } from "./store/postgres/retry.ts";
import {
  claimChangeSet,
  claimChangeSets,
  postponeChangeSet,
  splitChangeSet,
  waitForChangeSets,
  type ChangeSet,
} from "./store/resolve/resolve-queue.ts";
import { startWorkLoop, type WorkLoop } from "./work-loop.ts";

/** The number of loops that resolve change sets at the same time, each on a separate connection. */
export const RESOLVER_CONNECTIONS = 3;
/** The number of sets of single changes that are resolved in one transaction. */
const MAX_SETS = 20;
/** The longest wait for a due set in one read (ms). A stop waits no longer if there is nothing to resolve. */
const WAIT_MS = 500;
/** The longest wait for a due set of single changes while helpers are busy (ms). A bulk that arrives after their end waits no longer. */
const WAIT_DURING_BULK_MS = 100;
/** The pause after the helpers were called (ms). Without it, they would be called without end while other daemons have locked all due sets. */
const HELP_PAUSE_MS = 20;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/**
 * Resolves case changes as they arrive. One loop waits for them and resolves single changes only, so that no single change waits until a
 * set of a bulk is resolved. The helpers resolve all other sets. A stop resolves when the claimed sets are resolved.
 */
export function startResolver(deps: Deps, outages: Outages, pollMs: number): WorkLoop {
  const helpers = createHelpers(deps);
  const loop = startWorkLoop({
    part: "resolver",
    emit: deps.emit,
    outages,
    failurePause: { firstMs: FIRST_PAUSE_MS, longestMs: LONGEST_PAUSE_MS },
    look: async (stopped) => {
      const onlySingles = helpers.areBusy();
      const waitMs = onlySingles ? WAIT_DURING_BULK_MS : WAIT_MS;
      const isDue = await waitForChangeSets(deps.db, { waitMs, pollMs, onlySingles });
      const singles = isDue ? await resolveNext(deps, true) : 0;
      // more singles may wait than one loop resolves
      if (isDue && (singles === 0 || singles === MAX_SETS)) helpers.call(stopped);
      return isDue && singles === 0 ? HELP_PAUSE_MS : 0;
    },
  });
  return {
    stop: async () => {
      await loop.stop();
      await helpers.ended();
    },
  };
}

interface Helpers {
  /** True if at least one is busy. */
  areBusy(): boolean;
  /** Starts those that are not busy. */
  call(stopped: AbortSignal): void;
  /** Resolves when none is busy. */
  ended(): Promise<unknown>;
}

/** The loops that resolve all waiting sets, on the connections that the waiting loop does not use. */
function createHelpers(deps: Deps): Helpers {
  const busy = new Set<Promise<void>>();
  return {
    areBusy: () => busy.size > 0,
    call(stopped) {
      while (busy.size < RESOLVER_CONNECTIONS - 1) {
        const helper = resolveWaiting(deps, stopped)
          // the loop that waits meets the same outage and reports it
          .catch(() => {})
          .then(() => void busy.delete(helper));
        busy.add(helper);
      }
    },
    ended: () => Promise.all(busy),
  };
}

/** Resolves sets one after the other until none waits. */
export async function resolveWaiting(deps: Deps, signal?: AbortSignal): Promise<void> {
  let sets = 1;
  while (sets > 0 && !isAborted(signal)) sets = await resolveNext(deps, false);
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/**
 * Claims and resolves sets in one transaction and returns their number. Throws only errors that are not about one set.
 */
async function resolveNext(deps: Deps, onlySingles: boolean): Promise<number> {
  let sets: ChangeSet[] = [];
  try {
    await resolveClaimed(deps, async (transaction) => {
      sets = await claimChangeSets(transaction, { maxSets: MAX_SETS, onlySingles });
      return sets;
    });
  } catch (error) {
    if (sets.length === 0 || outageCode(error) !== undefined) throw error;
    await resolveOneByOne(deps, sets, error);
  }
  return sets.length;
}

/** After several sets failed together: finds the one that fails and sets it aside. */
async function resolveOneByOne(
  deps: Deps,
  sets: readonly ChangeSet[],
  error: unknown,
): Promise<void> {
  const [only, ...others] = sets;
  if (only !== undefined && others.length === 0) return await setAside(deps, only, error);
  for (const set of sets) await resolveAlone(deps, set);
}

async function resolveAlone(deps: Deps, set: ChangeSet): Promise<void> {
  try {
    await resolveClaimed(deps, async (transaction) => {
      const claimed = await claimChangeSet(transaction, set.id);
      return claimed === undefined ? [] : [claimed];
    });
  } catch (error) {
    if (outageCode(error) !== undefined) throw error;
    await setAside(deps, set, error);
  }
}

async function resolveClaimed(
  deps: Deps,
  claim: (transaction: Deps["db"]) => Promise<readonly ChangeSet[]>,
): Promise<void> {
  const resolved = await deps.db.transaction().execute(async (transaction) => {
    const [first, ...others] = await claim(transaction);
    if (first === undefined) return undefined;
    return await resolveCaseChanges(deps, transaction, [first, ...others]);
  });
  if (resolved !== undefined) deps.emit("caseChanges.resolved", resolved);
}

/** A faulty change does not delay others: its set is split in two, until the failing change is alone. */
async function setAside(deps: Deps, set: ChangeSet, error: unknown): Promise<void> {
  const [caseChangeId, ...others] = set.caseChangeIds;
  if (others.length > 0) {
    await splitChangeSet(deps.db, set.id);
    deps.emit("job.split", { task: "resolve_case_changes" });
    return;
  }
  const code = statementCodeOf(error);
  await postponeChangeSet(deps.db, set.id, code);
  deps.emit("caseChange.notResolved", { caseChangeId, code });
}
