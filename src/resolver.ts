import { setTimeout as sleep } from "node:timers/promises";
import { resolveCaseChanges } from "../tasks/resolve_case_changes.ts";
import type { Deps } from "./deps.ts";
import { constraintViolation } from "./store/postgres/constraint-violation.ts";
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

/** The number of loops that resolve change sets at the same time, each on a separate connection. */
export const RESOLVER_CONNECTIONS = 3;
/** The number of sets of single changes that are resolved in one transaction. */
const MAX_SETS = 20;
/** The longest wait for a due set in one read (ms). A stop waits no longer if there is nothing to resolve. */
const WAIT_MS = 500;
/** The pause while other loops have locked all due sets (ms). */
const LOCKED_PAUSE_MS = 20;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

export interface Resolver {
  /** Claims no more sets, and resolves when the claimed ones are resolved. */
  stop(): Promise<void>;
}

/** Resolves case changes as they arrive. One loop waits for them, and the others help while more sets wait. */
export function startResolver(deps: Deps, outages: Outages, pollMs: number): Resolver {
  const stopped = new AbortController();
  let outageOver: (() => void) | undefined;
  const endOutage = (): void => {
    outageOver?.();
    outageOver = undefined;
  };
  const helpers = new Set<Promise<void>>();

  const help = (): void => {
    if (helpers.size >= RESOLVER_CONNECTIONS - 1) return;
    const helper = resolveWaiting(deps, stopped.signal)
      // the loop that waits meets the same outage and reports it
      .catch(() => {})
      .then(() => void helpers.delete(helper));
    helpers.add(helper);
  };

  /** Resolves to the pause before the next read (ms). */
  const lookOnce = async (pauseMs: number): Promise<number> => {
    try {
      const isDue = await waitForChangeSets(deps.db, { waitMs: WAIT_MS, pollMs });
      const sets = isDue ? await resolveNext(deps) : 0;
      endOutage();
      if (sets > 0) help();
      return isDue && sets === 0 ? LOCKED_PAUSE_MS : 0;
    } catch (error) {
      const outage = outageCode(error);
      if (outage !== undefined) outageOver ??= outages.begin("resolver", outage);
      else deps.emit("maintenance.failed", { part: "resolver", code: codeOf(error) });
      return Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    }
  };

  const loop = async (): Promise<void> => {
    let pauseMs = 0;
    while (!stopped.signal.aborted) {
      pauseMs = await lookOnce(pauseMs);
      if (pauseMs > 0) await sleep(pauseMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
    await Promise.all(helpers);
  };
  const done = loop();
  return {
    stop: () => {
      stopped.abort();
      return done;
    },
  };
}

/** Resolves sets one after the other until none waits. */
export async function resolveWaiting(deps: Deps, signal?: AbortSignal): Promise<void> {
  let sets = 1;
  while (sets > 0 && !isAborted(signal)) sets = await resolveNext(deps);
}

const isAborted = (signal: AbortSignal | undefined): boolean => signal?.aborted === true;

/**
 * Claims and resolves sets in one transaction and returns their number. Throws only errors that are not about one set.
 */
async function resolveNext(deps: Deps): Promise<number> {
  let sets: ChangeSet[] = [];
  try {
    await resolveClaimed(deps, async (transaction) => {
      sets = await claimChangeSets(transaction, MAX_SETS);
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
  const code = codeOf(error);
  await postponeChangeSet(deps.db, set.id, code);
  deps.emit("caseChange.notResolved", { caseChangeId, code });
}

/** Returns a code and never the text of an error, which may quote a row. */
function codeOf(error: unknown): string {
  const violation = constraintViolation(error);
  const name = error instanceof Error ? error.name : "unknown";
  return outageCode(error) ?? violation?.constraint ?? violation?.sqlState ?? name;
}
