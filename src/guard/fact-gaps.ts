import type { Emit } from "../domain/events.ts";
import { rulesWithout } from "../domain/guard/fact-gaps.ts";
import type { Db } from "../store/postgres/db.ts";
import { findFactGaps } from "../store/guard/fact-gaps.ts";

/**
 * Reports the rules that cannot work because their facts are never filled. An outage of the database ends it in silence:
 * it is reported elsewhere, and `tidings check` gives the same answer.
 */
export async function reportFactGaps({
  db,
  emit,
}: {
  readonly db: Db;
  readonly emit: Emit;
}): Promise<void> {
  const facts = await findFactGaps(db).catch(() => []);
  if (facts.length > 0) emit("factGaps.found", { facts, rules: rulesWithout(facts) });
}
