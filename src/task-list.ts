import type { JobHelpers, TaskList } from "graphile-worker";
import { deliverInteractions } from "../tasks/deliver_interactions.ts";
import { settleUnknownOutcomes } from "../tasks/settle_unknown_outcomes.ts";
import type { Deps } from "./deps.ts";
import { Fault } from "./domain/fault.ts";
import type { JobName, Jobs } from "./domain/jobs.ts";
import { queueDeliveries, queueSettlements } from "./store/queue/jobs.ts";
import { outageCode } from "./store/postgres/retry.ts";

/** Every job by its name. A job without a task does not compile. */
export const createTaskList = (deps: Deps): TaskList & Record<keyof Jobs, unknown> => ({
  deliver_interactions: inHalves(deps, {
    name: "deliver_interactions",
    run: deliverInteractions(deps),
    queueAgain: queueDeliveriesAgain,
  }),
  settle_unknown_outcomes: inHalves(deps, {
    name: "settle_unknown_outcomes",
    run: settleUnknownOutcomes(deps),
    queueAgain: queueSettlementsAgain,
  }),
});

interface Splittable<Name extends JobName> {
  readonly name: Name;
  readonly run: (payload: Jobs[Name], helpers: JobHelpers) => unknown;
  readonly queueAgain: QueueAgain<Name>;
}

type QueueAgain<Name extends JobName> = (deps: Deps, half: Jobs[Name]) => Promise<void>;

/** Halves are queued behind other batches. */
const queueDeliveriesAgain: QueueAgain<"deliver_interactions"> = (
  { db, clock },
  { interactionIds },
) => queueDeliveries(db, interactionIds, { runAt: clock(), lane: "bulk", notStarted: 0 });

const queueSettlementsAgain: QueueAgain<"settle_unknown_outcomes"> = (
  { db, clock },
  { interactionIds, timesLookedUp },
) => queueSettlements(db, interactionIds, { runAt: clock(), timesLookedUp });

/**
 * If a batch fails, splits it in two and queues both halves, until the failing row is alone. The others proceed. The queue
 * retries the single row and each failure is reported. Every task skips what it has already done.
 */
const inHalves =
  <Name extends JobName>(deps: Deps, { name, run, queueAgain }: Splittable<Name>) =>
  async (payload: Jobs[Name], helpers: JobHelpers): Promise<void> => {
    try {
      await run(payload, helpers);
    } catch (error) {
      const halves = halvesOf(payload);
      if (halves.length === 0 || isOfAll(error)) throw error;
      for (const half of halves) await queueAgain(deps, half);
      deps.emit("job.split", { task: name });
    }
  };

const isOfAll = (error: unknown): boolean =>
  outageCode(error) !== undefined ||
  (error instanceof Fault && error.code === "CHANNEL_NOT_CARRIED");

/** Returns no halves for a batch of one. */
function halvesOf<Payload extends Jobs[JobName]>(payload: Payload): Payload[] {
  const { interactionIds: ids } = payload;
  if (ids.length < 2) return [];
  const middle = Math.ceil(ids.length / 2);
  return [ids.slice(0, middle), ids.slice(middle)].map((half) => ({
    ...payload,
    interactionIds: half,
  }));
}
