import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createIntakeSweep } from "../../src/intake-sweep.ts";
import { countUnresolved } from "../../src/store/resolve/resolve-queue.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool, db } = database;

interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}
const events: Event[] = [];
const deps = depsOn(database, { emit: (event, fields) => void events.push({ event, ...fields }) });

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, onStatus: "processing" });
});
beforeEach(() => void events.splice(0));

const MARCH = "2026-03-03T00:00:00Z";

/** As a session in replica role inserts them, and as a replication worker applies them. */
async function insertReplicated(statement: string): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set session_replication_role = replica");
    await client.query(statement);
  } finally {
    await client.query("reset session_replication_role");
    client.release();
  }
}

const change = (caseId: string, status: string, at: string, borrowerId = "BO-1"): string =>
  `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at)
   values ('${caseId}', 'bankruptcy', '${borrowerId}', '${status}', '${at}')`;

async function firedOf(caseId: string): Promise<string[]> {
  await runDueJobs(database, deps);
  const { rows } = await pool.query<{ fired: string }>(
    `select format('%s fires %s', c.status, i.notification_type_id) as fired
     from tidings.interactions i join tidings.case_changes c on c.id = i.case_change_id
     where i.case_id = $1 and i.previous_interaction_id is null order by c.changed_at, c.id, i.notification_type_id`,
    [caseId],
  );
  return rows.map((row) => row.fired);
}

const sweepOnce = (): Promise<void> => createIntakeSweep(deps)();
const found = (): Event[] => events.filter(({ event }) => event === "caseChanges.found");

describe("changes that arrived in replica role", () => {
  test("are taken in in the order of their dates and resolved, and one event reports them", async () => {
    await insertReplicated(change("R1", "processing", "2026-03-04T00:00:00Z"));
    await insertReplicated(change("R1", "initiated", "2026-03-03T00:00:00Z"));
    expect(await countUnresolved(db)).toMatchObject({ caseChanges: 2 });
    await sweepOnce();
    expect(await firedOf("R1")).toEqual(["initiated fires 1", "processing fires 2"]);
    expect(found()).toMatchObject([{ caseChanges: 2 }]);
    expect(await countUnresolved(db)).toMatchObject({ caseChanges: 0 });
    const { rows } = await pool.query("select status from tidings.cases where id = 'R1'");
    expect(rows).toEqual([{ status: "processing" }]);
  });

  test("count as arrived when they are taken in: what came in between has fired for both", async () => {
    await insertReplicated(change("R2", "initiated", "2026-03-03T00:00:00Z"));
    await insertChanges(pool, [{ caseId: "R2", status: "initiated", at: "2026-03-04T00:00:00Z" }]);
    await sweepOnce();
    expect(await firedOf("R2")).toEqual(["initiated fires 1"]);
  });

  test("that break a rule delay no other, are reported, and are tried again", async () => {
    await insertReplicated(change("R3", "initiated", "2026-03-03T00:00:00Z", "BO-LATER"));
    await insertReplicated(change("R4", "initiated", "2026-03-03T00:00:00Z"));
    await sweepOnce();
    expect(await firedOf("R4")).toEqual(["initiated fires 1"]);
    expect(events).toContainEqual(
      expect.objectContaining({
        event: "caseChanges.refused",
        rule: "case_changes_borrower_is_known",
        caseChanges: 1,
      }),
    );
    expect(await countUnresolved(db)).toMatchObject({ caseChanges: 1 });
    await pool.query("insert into tidings.borrowers (id) values ('BO-LATER')");
    await pool.query("update tidings.missed_changes set retry_at = now()");
    await sweepOnce();
    expect(await firedOf("R3")).toEqual(["initiated fires 1"]);
  });

  test("that only board their case make it known and send nothing", async () => {
    await insertReplicated(
      "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fires) values ('R5', 'bankruptcy', 'BO-1', 'initiated', false)",
    );
    await sweepOnce();
    expect(await firedOf("R5")).toEqual([]);
    expect((await pool.query("select from tidings.cases where id = 'R5'")).rowCount).toBe(1);
  });
});

describe("a change that is on no list", () => {
  test("a change inserted while all triggers were disabled is found", async () => {
    await pool.query("alter table tidings.case_changes disable trigger all");
    await pool.query(change("D1", "initiated", "2026-03-03T00:00:00Z"));
    await pool.query("alter table tidings.case_changes enable trigger user");
    await pool.query("alter table tidings.case_changes enable replica trigger note_missed_change");
    await sweepOnce();
    expect(await firedOf("D1")).toEqual(["initiated fires 1"]);
    expect(found()).toMatchObject([{ caseChanges: 1 }]);
  });

  test("a change whose row of the queue was lost is found, and a resolved one is not touched", async () => {
    const ids = await insertChanges(pool, [
      { caseId: "D2", status: "initiated", at: MARCH },
      { caseId: "D3", status: "initiated", at: MARCH },
    ]);
    await pool.query("delete from tidings.resolve_queue");
    await sweepOnce();
    expect(found()).toEqual([
      { event: "caseChanges.found", caseChanges: 2, firstCaseChangeId: ids[0] },
    ]);
    expect(await firedOf("D2")).toEqual(["initiated fires 1"]);
    await sweepOnce();
    expect(found()).toHaveLength(1);
    expect(await countUnresolved(db)).toMatchObject({ caseChanges: 0 });
  });

  test("a change that waits in the queue is not queued again", async () => {
    await insertChanges(pool, [{ caseId: "D4", status: "initiated", at: MARCH }]);
    await sweepOnce();
    expect(await countUnresolved(db)).toMatchObject({ caseChanges: 1 });
    expect(found()).toEqual([]);
    await runDueJobs(database, deps);
  });

  test("a change with a lower id than those that were looked through is found", async () => {
    const sweep = createIntakeSweep(deps);
    await sweep();
    await insertReplicated(
      "insert into tidings.case_changes (id, case_id, case_type_id, borrower_id, status) overriding system value values (-5, 'D5', 'bankruptcy', 'BO-1', 'initiated')",
    );
    await sweep();
    expect(await firedOf("D5")).toEqual(["initiated fires 1"]);
  });

  test("a sequence that fell behind its table is advanced", async () => {
    await pool.query("select setval('tidings.interactions_id_seq', 1)");
    await insertChanges(pool, [{ caseId: "D6", status: "initiated", at: MARCH }]);
    await runDueJobs(database, deps);
    expect(events).toContainEqual(
      expect.objectContaining({ event: "caseChange.notResolved", code: "interactions_pkey" }),
    );
    await sweepOnce();
    expect(events).toContainEqual({ event: "sequence.advanced", table: "interactions" });
    await pool.query("update tidings.resolve_queue set run_at = now()");
    expect(await firedOf("D6")).toEqual(["initiated fires 1"]);
  });
});
