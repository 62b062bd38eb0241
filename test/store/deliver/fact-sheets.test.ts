import { sql } from "kysely";
import { beforeAll, expect, test } from "vitest";
import { loadFactSheets } from "../../../src/store/deliver/fact-sheets.ts";
import { useDatabase } from "../../database.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { interaction } from "../../ids.ts";

const { pool, db } = useDatabase();

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertChanges(pool, [{ caseId: "F1", status: "initiated" }]);
});

test("the facts of a set are looked up, also when the planner knows nothing yet of the bulk it belongs to", async () => {
  // each interaction has its own change
  await pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fires)
     select 'F-' || n, 'bankruptcy', 'BO-1', 'initiated', false from generate_series(1, 20000) n`,
  );
  await pool.query(
    `insert into tidings.interactions (origin, channel, status, scheduled_at_from, person_id, case_id, case_change_id, notification_type_id, notification_type_version)
     select 'tidings', 'email', 'scheduled', now(), 'BO-1', 'F1', n, 1, 1 from generate_series(1, 20000) n`,
  );
  const ids = Array.from({ length: 100 }, (_, n) => interaction(n + 1));
  await db.transaction().execute(async (tx) => {
    expect(await loadFactSheets(tx, ids)).toHaveLength(100);
    const { rows } = await sql<{ read: number }>`
      select (seq_tup_read + idx_tup_fetch)::int as read from pg_stat_xact_user_tables where relid = 'tidings.interactions'::regclass
    `.execute(tx);
    expect(rows[0]?.read).toBeLessThan(1_000);
  });
});
