import { expect } from "vitest";
import { createTreeGrower } from "../src/record/record-tree.ts";
import type { TestDatabase } from "./database.ts";

/** Adds leaves, and heads that are a minute apart, until every row of the record is a leaf. */
export async function growTree({ db, pool }: TestDatabase): Promise<void> {
  let minutes = 0;
  const clock = (): Date => new Date(Date.now() + minutes * 61_000);
  const grow = createTreeGrower({ db, clock, emit: () => {} }, undefined);
  const isComplete = `select bool_and(coalesce((s.swept->>l.source)::bigint, 0) >= l.last_id)
      and (select max(h.size) from tidings.tree_heads h) = max(s.size) as is_complete
    from tidings.tree_state s cross join tidings.record_leaf_ids l`;
  await expect
    .poll(async () => {
      minutes += 1;
      await grow();
      return (await pool.query<{ is_complete: boolean }>(isComplete)).rows[0]?.is_complete;
    })
    .toBe(true);
}
