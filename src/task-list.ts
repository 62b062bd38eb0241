import type { TaskList } from "graphile-worker";
import { deliverInteractions } from "../tasks/deliver_interactions.ts";
import { resolveCaseChanges } from "../tasks/resolve_case_changes.ts";
import { settleUnknownOutcomes } from "../tasks/settle_unknown_outcomes.ts";
import type { Deps } from "./deps.ts";
import type { Jobs } from "./domain/jobs.ts";

/** Every job by its name; one without a task does not compile. */
export const openTaskList = (deps: Deps): TaskList & Record<keyof Jobs, unknown> => ({
  deliver_interactions: deliverInteractions(deps),
  resolve_case_changes: resolveCaseChanges(deps),
  settle_unknown_outcomes: settleUnknownOutcomes(deps),
});
