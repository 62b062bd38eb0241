import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { audit } from "../../../src/commands/audit/audit.ts";
import { erase } from "../../../src/commands/erase.ts";
import { evidence } from "../../../src/commands/evidence/evidence.ts";
import { legalHold } from "../../../src/commands/legal-hold.ts";
import { retention } from "../../../src/commands/retention.ts";
import { verify } from "../../../src/commands/verify/verify.ts";
import { listRetention } from "../../../src/store/operate/retention.ts";
import { createDb, openPool } from "../../../src/store/postgres/db.ts";
import { rolesSql } from "../../../src/store/rights/roles.ts";
import { createEraser } from "../../../src/record/retention.ts";
import { runOn } from "../../commands/run.ts";
import { rewriteRecord, untilWaitingForLock, useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertLogged } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { runDueJobs } from "../../queue.ts";
import { useRole } from "../../roles.ts";
import { growTree } from "../../tree.ts";

const database = useDatabase();
const { pool } = database;
const daemonRole = useRole(database, "daemon");
const operatorRole = useRole(database, "operator");

const REASON = ["--reason", "Policy 12"] as const;
const OLD = "2012-01-01T00:00:00Z";
let cases = 0;
let borrower: string;
let caseId: string;

beforeEach(async () => {
  if (cases === 0) {
    await insertLender(pool);
    await insertType(pool, { id: 1 });
    for (const [recordClass, years] of [
      ["content", "5"],
      ["metadata", "10"],
    ] as const)
      await runOn(database, retention, "--class", recordClass, "--years", years, ...REASON);
  }
  cases += 1;
  borrower = `BO-D${cases}`;
  caseId = `CS-D${cases}`;
  await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [borrower]);
});

/** A borrower with a resolved case, a canceled notice with a receipt, and a logged call, all of this time. */
async function insertRecord(at = OLD, { isOpen = false } = {}): Promise<void> {
  const [id] = await insertChanges(pool, [
    {
      caseId,
      borrowerId: borrower,
      status: "initiated",
      fields: { name: "Zebra" },
      at: "2026-01-01T12:00:00Z",
    },
  ]);
  await runDueJobs(database, depsOn(database));
  if (!isOpen)
    await pool.query(
      `update tidings.interactions set status = 'canceled', failure_description_short = 'x', failure_description_long = 'x'
       where case_change_id = $1 and status = 'scheduled'`,
      [id],
    );
  await insertLogged(pool, { personId: borrower, content: { bodyText: "Zebra" } });
  await pool.query(
    `insert into tidings.receipts (provider, interaction_id, raw_status)
     select 'smtp', i.id, 'delivered' from tidings.interactions i where i.case_change_id = $1`,
    [id],
  );
  await backdate(at);
}

/** Everything about the borrower happened at this time. */
async function backdate(at: string): Promise<void> {
  await rewriteRecord(
    pool,
    "update tidings.case_changes set received_at = $2 where borrower_id = $1",
    [borrower, at],
  );
  await rewriteRecord(
    pool,
    "update tidings.interactions set created_at = $2, status_updated_at = $2 where person_id = $1",
    [borrower, at],
  );
}

/** Runs the nights of two days, until nothing is left to do. */
async function nights(db = database.db): Promise<object[]> {
  const events: object[] = [];
  const deps = depsOn(database, {
    db,
    clock: () => new Date("2031-01-15T02:00:00-05:00"),
    emit: (event, fields) => void events.push({ event, ...fields }),
  });
  for (let night = 0; night < 2; night += 1) {
    await pool.query("update tidings.retention_state set pass_ended_on = null");
    await pool.query("update tidings.deletion_state set pass_ended_on = null");
    await createEraser(deps)();
  }
  return events;
}

/** The number of rows that name the borrower, the case or its interactions. */
async function rowsLeft(): Promise<number> {
  const { rows } = await pool.query<{ left: number }>(
    `select (select count(*) from tidings.interactions i where i.person_id = $1)
       + (select count(*) from tidings.case_changes c where c.case_id = $2)
       + (select count(*) from tidings.cases c where c.id = $2)
       + (select count(*) from tidings.case_moves c where c.case_id = $2) as left`,
    [borrower, caseId],
  );
  return Number(rows[0]?.left);
}

const verified = async (): Promise<{ listed: object[]; deleted: number }> =>
  JSON.parse((await runOn(database, verify, "--json")).output) as never;

describe("metadata that is older than its class", () => {
  test("is deleted as a whole after its content, on record, and the record tree proves it", async () => {
    await insertRecord();
    await growTree(database);
    const before = await verified();
    expect(await nights()).toContainEqual(
      expect.objectContaining({ event: "retention.metadataDeleted", deleted: 1 }),
    );
    expect(await rowsLeft()).toBe(0);
    const { rows } = await pool.query<object>(
      "select case_ids, reason, deleted_by from tidings.deletions where borrower_ids = array[$1]",
      [borrower],
    );
    expect(rows).toEqual([
      {
        case_ids: [caseId],
        reason: "The last entry is older than 10 years.",
        deleted_by: expect.any(String),
      },
    ]);
    await growTree(database);
    const after = await verified();
    expect(after.listed).toEqual([]);
    // the change, its resolution, two transitions and a state of the notice, a transition of the call, a receipt; and the erasures
    expect(after.deleted).toBeGreaterThan(before.deleted + 6);
  });

  test("leaves no row of an interaction in any table", async () => {
    await insertRecord();
    const { rows: ids } = await pool.query<{ id: string }>(
      "select id from tidings.interactions where person_id = $1",
      [borrower],
    );
    await nights();
    const { rows: tables } = await pool.query<{ name: string }>(
      `select c.table_name as name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'tidings' and c.column_name = 'interaction_id' and t.table_type = 'BASE TABLE'`,
    );
    expect(tables.length).toBeGreaterThan(10);
    for (const { name } of tables) {
      const found = await pool.query(`select from tidings.${name} where interaction_id = any($1)`, [
        ids.map(({ id }) => id),
      ]);
      expect([name, found.rowCount]).toEqual([name, 0]);
    }
  });

  test("is no gap of an audit, and gives no evidence pack", async () => {
    await insertRecord();
    await growTree(database);
    await nights();
    const { code } = await runOn(database, audit, "--from", "2010-01-01");
    expect(code).toBe(0);
    const path = join(mkdtempSync(join(tmpdir(), "tidings-deleted-")), "pack");
    await expect(
      runOn(database, evidence, "--borrower", borrower, "--out", path),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("of an interaction that names no borrower is deleted too", async () => {
    const id = await insertLogged(pool, { personId: null, content: { bodyText: "Zebra" } });
    await rewriteRecord(
      pool,
      "update tidings.interactions set created_at = $2, status_updated_at = $2 where id = $1",
      [id, OLD],
    );
    await nights();
    expect(
      (await pool.query("select from tidings.interactions where id = $1", [id])).rowCount,
    ).toBe(0);
  });

  test("is deleted together with that of the borrowers whom its cases name", async () => {
    await insertRecord();
    const other = `${borrower}-B`;
    await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [other]);
    const [id] = await insertChanges(pool, [
      { caseId, borrowerId: other, status: "canceled", at: "2026-01-02T12:00:00Z" },
    ]);
    await runDueJobs(database, depsOn(database));
    await nights();
    expect(await rowsLeft()).toBeGreaterThan(0);
    await rewriteRecord(pool, "update tidings.case_changes set received_at = $2 where id = $1", [
      id,
      OLD,
    ]);
    await nights();
    expect(await rowsLeft()).toBe(0);
  });
});

test("the daemon's role may erase and delete, and that of an operator only count", async () => {
  await pool.query(rolesSql({ daemon: daemonRole.name, operator: operatorRole.name }));
  await insertRecord();
  const { rows } = await pool.query<{ years: number }>(
    "select years from tidings.retention_classes order by record_class",
  );
  expect(rows).toEqual([{ years: 5 }, { years: 10 }]);
  const operatorPool = openPool({
    url: operatorRole.url,
    actor: "operator:kim",
    max: 1,
    onLost: () => {},
  });
  const operatorDb = createDb(operatorPool);
  expect(await listRetention(operatorDb)).toHaveLength(2);
  await expect(nights(operatorDb)).rejects.toThrow("permission denied");
  await operatorPool.end();
  const daemonPool = openPool({ url: daemonRole.url, actor: "daemon", max: 1, onLost: () => {} });
  await nights(createDb(daemonPool));
  await daemonPool.end();
  expect(await rowsLeft()).toBe(0);
});

describe("metadata is kept", () => {
  const isKept = async (): Promise<boolean> => {
    const before = await rowsLeft();
    await nights();
    return before > 0 && (await rowsLeft()) === before;
  };

  test("while the last entry about the borrower is younger", async () => {
    await insertRecord();
    await insertLogged(pool, { personId: borrower });
    // its content is erased, so that its age alone keeps it
    await runOn(database, erase, "--borrower", borrower, "--yes", ...REASON);
    expect(await isKept()).toBe(true);
    await expect(
      pool.query("insert into tidings.deletions (borrower_ids, reason) values (array[$1], 'x')", [
        borrower,
      ]),
    ).rejects.toMatchObject({ message: "the record is kept: young" });
  });

  test("if a change of one of its cases is committed while the deletion waits for the case", async () => {
    await insertRecord();
    await runOn(database, erase, "--borrower", borrower, "--yes", ...REASON);
    const core = await pool.connect();
    await core.query("begin");
    await core.query(
      "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) select k.id, k.case_type_id, k.borrower_id, 'completed' from tidings.cases k where k.id = $1",
      [caseId],
    );
    const deleting = pool
      .query(
        "insert into tidings.deletions (borrower_ids, reason) values (array[$1], 'It is old')",
        [borrower],
      )
      .catch((error: unknown) => error);
    await untilWaitingForLock(pool, { words: "insert into tidings.deletions" });
    await core.query("commit");
    core.release();
    expect(await deleting).toMatchObject({ message: "the record is kept: young" });
    const { rowCount } = await pool.query("select from tidings.cases where id = $1", [caseId]);
    expect(rowCount).toBe(1);
  });

  test("while a notice is open", async () => {
    await insertRecord(OLD, { isOpen: true });
    expect(await isKept()).toBe(true);
  });

  test.each(["borrower", "case"])("under a legal hold on the %s", async (kind) => {
    await insertRecord();
    await nights();
    // the record of the first borrower is deleted already, so another borrower shows that the hold keeps it
    cases += 1;
    [borrower, caseId] = [`BO-D${cases}`, `CS-D${cases}`];
    await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [borrower]);
    await insertRecord();
    await runOn(database, legalHold, `--${kind}`, kind === "case" ? caseId : borrower, ...REASON);
    expect(await isKept()).toBe(true);
  });

  test("while the guard reads the words of the borrower, because content goes first", async () => {
    await insertRecord();
    await insertLogged(pool, {
      personId: borrower,
      channel: "email",
      direction: "inbound",
      content: { bodyText: "Stop all contact." },
    });
    await backdate(OLD);
    expect(await isKept()).toBe(true);
  });

  test("from all other statements: no role deletes rows, and no row of deletions changes", async () => {
    await insertRecord();
    await expect(
      pool.query("delete from tidings.interactions where person_id = $1", [borrower]),
    ).rejects.toMatchObject({ constraint: "interactions_are_history" });
    await insertLogged(pool, { personId: borrower });
    await expect(
      pool.query("insert into tidings.deletions (borrower_ids, reason) values (array[$1], 'x')", [
        borrower,
      ]),
    ).rejects.toMatchObject({ constraint: "deletions_are_of_ended_records" });
    for (const statement of [
      "update tidings.deletions set leaves = '{}'",
      "delete from tidings.deletions",
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({
        constraint: "deletions_are_history",
      });
  });
});

test("verify finds a row that a superuser deletes, also when other rows were deleted on record", async () => {
  await insertRecord();
  const deletable = borrower;
  cases += 1;
  [borrower, caseId] = [`BO-D${cases}`, `CS-D${cases}`];
  await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [borrower]);
  await insertRecord(new Date().toISOString());
  await growTree(database);
  await nights();
  await growTree(database);
  expect((await verified()).listed).toEqual([]);
  expect(deletable).not.toBe(borrower);
  const { rows } = await pool.query<{ id: string }>(
    "select t.id from tidings.interaction_transitions t join tidings.interactions i on i.id = t.interaction_id where i.person_id = $1 order by 1 limit 1",
    [borrower],
  );
  await rewriteRecord(pool, "delete from tidings.interaction_transitions where id = $1", [
    rows[0]?.id,
  ]);
  expect((await verified()).listed).toEqual([
    expect.objectContaining({ kind: "rowRemoved", source: "transitions", rowId: rows[0]?.id }),
  ]);
});
