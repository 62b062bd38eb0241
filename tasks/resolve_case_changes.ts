import type { Task } from "graphile-worker";
import { openCalendars } from "../src/decide/resolve/calendars.ts";
import { planWith } from "../src/decide/resolve/plan.ts";
import type { Deps } from "../src/deps.ts";
import { loadCalendars } from "../src/store/resolve/calendars.ts";
import { loadCaseChanges } from "../src/store/resolve/case-changes.ts";
import { planInteractions } from "../src/store/deliver/interactions.ts";
import { loadActiveVersions } from "../src/store/resolve/active-types.ts";

/** match -> schedule -> plan: what the changes of a few cases set in motion. */
export const resolveCaseChanges =
  ({ db, emit, lender, withinMs }: Deps): Task<"resolve_case_changes"> =>
  async ({ caseChangeIds }) => {
    const [changes, calendarRows] = await Promise.all([
      loadCaseChanges(db, caseChangeIds),
      loadCalendars(db),
    ]);
    const versions = await loadActiveVersions(db, [
      ...new Set(changes.map((change) => change.caseTypeId)),
    ]);
    const calendars = openCalendars(calendarRows);
    const plan = planWith({ zone: lender.timeZone, calendars, withinMs });
    const planned = changes.flatMap((change) =>
      plan(change, versions.get(change.caseTypeId) ?? []),
    );
    const interactions = planned.length === 0 ? 0 : await planInteractions(db, planned);
    emit("caseChanges.resolved", {
      caseChanges: changes.length,
      interactions,
      firstCaseChangeId: caseChangeIds[0] ?? "",
    });
  };
