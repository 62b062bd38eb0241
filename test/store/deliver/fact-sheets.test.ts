import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { loadFactSheets } from "../../../src/store/deliver/fact-sheets.ts";
import { useDatabase } from "../../database.ts";
import { insertInteractions } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { interaction } from "../../ids.ts";

const { pool, db } = useDatabase();

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertChanges(pool, [{ caseId: "F1", status: "initiated" }]);
});

test("the facts of a set are looked up, also when the planner knows nothing yet of the bulk it belongs to", async () => {
  const changes = await insertChanges(
    pool,
    Array.from({ length: 20_000 }, (_, n) => ({
      caseId: `F-${n}`,
      status: "initiated",
      fires: false,
    })),
  );
  await insertInteractions(pool, changes.length, (place) => ({
    caseId: "F1",
    caseChangeId: changes[place],
  }));
  const ids = Array.from({ length: 100 }, (_, n) => interaction(n + 1));
  await db.transaction().execute(async (tx) => {
    expect(await loadFactSheets(tx, ids)).toHaveLength(100);
    const { rows } = await sql<{ read: number }>`
      select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relid = 'tidings.interactions'::regclass
    `.execute(tx);
    expect(rows[0]?.read).toBeLessThan(1_000);
  });
});
