import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { audit } from "../../../src/commands/audit/audit.ts";
import { erase } from "../../../src/commands/erase.ts";
import { evidence } from "../../../src/commands/evidence/evidence.ts";
import { explain } from "../../../src/commands/explain/explain.ts";
import { legalHold } from "../../../src/commands/legal-hold.ts";
import { retention } from "../../../src/commands/retention.ts";
import { simulate } from "../../../src/commands/simulate/simulate.ts";
import { verify } from "../../../src/commands/verify/verify.ts";
import { createEraser } from "../../../src/record/retention.ts";
import { loadCases } from "../../../src/store/guard/cases.ts";
import type { BorrowerId } from "../../../src/domain/ids.ts";
import { runOn } from "../../commands/run.ts";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { runDueJobs } from "../../queue.ts";
import { growTree } from "../../tree.ts";

const database = useDatabase();
const { pool, db } = database;

const REASON = ["--reason", "The borrower asked for it."] as const;
const FIELDS = { name: "Zebra Example", amount: 12.5 };
let cases = 0;
let borrower: string;
let caseId: string;

beforeEach(async () => {
  if (cases === 0) {
    await insertLender(pool);
    const amount = { fieldName: "amount", operator: "gt", value: 10 };
    await insertType(pool, { id: 1, onCondition: [amount] });
  }
  cases += 1;
  borrower = `BO-E${cases}`;
  caseId = `CS-E${cases}`;
  await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [borrower]);
});

/** A resolved case of two changes, whose notice was sent or canceled. */
async function insertCase({ isOpen = false, received = null as string | null } = {}) {
  const of = { caseId, borrowerId: borrower, fields: FIELDS };
  const ids = await insertChanges(pool, [
    { ...of, status: "initiated", at: "2026-01-01T12:00:00Z" },
    { ...of, status: "processing", at: "2026-01-02T12:00:00Z" },
  ]);
  await runDueJobs(database, depsOn(database));
  if (!isOpen)
    await pool.query(
      `update tidings.interactions set status = 'canceled', failure_description_short = 'x', failure_description_long = 'x'
       where case_change_id = any($1) and status = 'scheduled'`,
      [ids],
    );
  if (received !== null)
    await rewriteRecord(
      pool,
      "update tidings.case_changes set received_at = $2 where id = any($1)",
      [ids, received],
    );
  return ids;
}

const eraseAll = (...words: readonly string[]) =>
  runOn(database, erase, "--borrower", borrower, "--yes", ...REASON, ...words);

/** The fields of the changes of the case and of its present state. */
async function fieldsOf(): Promise<object[]> {
  const { rows } = await pool.query<{ fields: object }>(
    `(select c.fields from tidings.case_changes c where c.case_id = $1 order by c.id)
     union all select k.fields from tidings.cases k where k.id = $1`,
    [caseId],
  );
  return rows.map(({ fields }) => fields);
}

const constraintOf = async (id: string | undefined, cause = "request"): Promise<unknown> =>
  pool.query("select tidings.erase_case_changes(array[$1::bigint], $2, 'x')", [id, cause]).then(
    () => null,
    (error: { constraint?: string }) => error.constraint,
  );

const verified = async (): Promise<{ flaws: number; erased: number; listed: object[] }> =>
  JSON.parse((await runOn(database, verify, "--json")).output) as never;

const oneLine = (text: string): string => text.replaceAll(/\s+/g, " ");

describe("erasing on request", () => {
  test("empties the fields of the case changes and of the case, on record", async () => {
    const [first] = await insertCase();
    const { code, output } = await eraseAll("--json");
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ caseChanges: { found: 2, erased: 2 } });
    expect(await fieldsOf()).toEqual([{}, {}, {}]);
    const { rows } = await pool.query<object>(
      "select cause, reason, erased_by from tidings.erasures where case_change_id = $1",
      [first],
    );
    expect(rows).toEqual([
      { cause: "request", reason: "The borrower asked for it.", erased_by: expect.any(String) },
    ]);
    await expect(eraseAll()).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("also finds a change whose case belongs to another borrower now", async () => {
    await insertCase();
    await insertChanges(pool, [
      {
        caseId,
        status: "canceled",
        borrowerId: "BO-2",
        at: "2026-01-03T12:00:00Z",
        fields: FIELDS,
      },
    ]);
    await runDueJobs(database, depsOn(database));
    await eraseAll();
    expect(await fieldsOf()).toEqual([{}, {}, FIELDS, FIELDS]);
  });

  test("removes names and addresses from the history of the borrower, the contacts and the loans", async () => {
    const contact = `CT-${borrower}`;
    await pool.query(
      "insert into tidings.contacts (id, borrower_id, contact_type, value) values ($1, $2, 'email', 'zebra@example.com')",
      [contact, borrower],
    );
    await pool.query(`update tidings.borrowers set name = '{"firstName": "Zebra"}' where id = $1`, [
      borrower,
    ]);
    await pool.query(
      "update tidings.contacts set value = 'new@example.com', valid = false where id = $1",
      [contact],
    );
    await pool.query("delete from tidings.contacts where id = $1", [contact]);
    const history = async (): Promise<string> => {
      const { rows } = await pool.query(
        "select changes from tidings.record_changes where row_id in ($1, $2)",
        [borrower, contact],
      );
      return JSON.stringify(rows);
    };
    expect(await history()).toMatch(/zebra/i);
    await growTree(database);
    expect((await eraseAll()).output).toContain("Erased the personal data of 3 recorded changes.");
    expect(await history()).not.toMatch(/zebra|new@example/i);
    expect(await history()).toContain('"valid"');
    expect((await verified()).listed).toEqual([]);
  });
});

describe("nothing is erased", () => {
  test("while a notice of the case is open", async () => {
    const [, second] = await insertCase({ isOpen: true });
    const { code, output } = await eraseAll();
    expect(code).toBe(4);
    expect(oneLine(output)).toContain("2 case changes kept: 2 of an open notice.");
    expect(await constraintOf(second)).toBe("erasures_wait_for_open_notices");
    expect(await fieldsOf()).toEqual([FIELDS, FIELDS, FIELDS]);
  });

  test("before the change is resolved", async () => {
    const [id] = await insertChanges(pool, [
      {
        caseId,
        status: "initiated",
        borrowerId: borrower,
        fields: FIELDS,
        at: "2026-01-01T12:00:00Z",
      },
    ]);
    expect(await constraintOf(id)).toBe("erasures_wait_for_open_notices");
    await runDueJobs(database, depsOn(database));
  });

  test.each(["borrower", "case"])("under a legal hold on the %s", async (kind) => {
    const [id] = await insertCase();
    const of = [`--${kind}`, kind === "case" ? caseId : borrower];
    await runOn(database, legalHold, ...of, ...REASON);
    expect(oneLine((await eraseAll()).output)).toContain(
      "2 case changes kept: 2 under a legal hold.",
    );
    expect(await constraintOf(id)).toBe("erasures_spare_legal_holds");
    await runOn(database, legalHold, ...of, "--end", ...REASON);
    expect((await eraseAll()).code).toBe(0);
  });

  test("of the present state of a case that stands for a legal state, so that the guard knows it", async () => {
    const [, second] = await insertCase();
    await pool.query(
      "insert into tidings.case_type_legal_states (case_type_id, legal_state) values ('bankruptcy', 'bankruptcy')",
    );
    const known = () => loadCases(db, [borrower as BorrowerId], null);
    expect(await known()).toMatchObject([{ fields: FIELDS }]);
    expect(oneLine((await eraseAll()).output)).toContain(
      "1 case change kept: 1 that the guard reads.",
    );
    expect(await constraintOf(second)).toBe("erasures_spare_fields_that_count");
    expect(await known()).toMatchObject([{ fields: FIELDS }]);
    await pool.query("update tidings.case_type_legal_states set withdrawn_at = now()");
    expect((await eraseAll()).code).toBe(0);
  });

  test("by retention of a change that is younger than its class", async () => {
    const [id] = await insertCase();
    expect(await constraintOf(id, "retention")).toBe("erasures_by_retention_are_of_old_content");
  });

  test("without an entry, and nothing else of a change is changed", async () => {
    await insertCase();
    for (const what of ["fields = '{}'", "status = 'canceled'"])
      await expect(
        pool.query(`update tidings.case_changes set ${what} where case_id = $1`, [caseId]),
      ).rejects.toMatchObject({ constraint: "case_changes_are_history" });
  });
});

describe("the record", () => {
  test("proves the erased rows, and only those that an erasure names", async () => {
    const [first] = await insertCase();
    await growTree(database);
    const before = await verified();
    await eraseAll();
    await growTree(database);
    expect(await verified()).toMatchObject({ listed: [], erased: before.erased + 2 });
    const other = cases;
    caseId = `CS-OTHER-${other}`;
    const [emptied] = await insertCase();
    await growTree(database);
    const empty = "update tidings.case_changes set fields = '{}' where id = $1";
    await rewriteRecord(pool, empty, [emptied]);
    expect((await verified()).listed).toEqual([
      expect.objectContaining({ kind: "rowAltered", source: "caseChanges", rowId: emptied }),
    ]);
    await rewriteRecord(pool, "update tidings.case_changes set fields = $2 where id = $1", [
      emptied,
      FIELDS,
    ]);
    await rewriteRecord(pool, "update tidings.case_changes set status = 'canceled' where id = $1", [
      first,
    ]);
    expect((await verified()).listed).toEqual([
      expect.objectContaining({ kind: "rowAltered", source: "caseChanges", rowId: first }),
    ]);
    await rewriteRecord(
      pool,
      "update tidings.case_changes set status = 'initiated' where id = $1",
      [first],
    );
  });

  test("has no false gap: an audit takes the verdicts on record, says so, and still finds a missing notice", async () => {
    const [first] = await insertCase();
    await eraseAll();
    const auditing = async () => {
      const { code, output } = await runOn(
        database,
        audit,
        "--from",
        "2026-01-01",
        "--case",
        caseId,
        "--json",
      );
      return { code, ...(JSON.parse(output) as object) };
    };
    expect(await auditing()).toMatchObject({ code: 0, gaps: 0, expected: 1, takenFromRecord: 2 });
    const page = await runOn(database, audit, "--from", "2026-01-01", "--case", caseId);
    expect(oneLine(page.output)).toContain(
      "The fields of 2 changes are erased, so the verdicts on record were taken and not recomputed.",
    );
    await rewriteRecord(pool, "delete from tidings.interactions where case_change_id = $1", [
      first,
    ]);
    expect(await auditing()).toMatchObject({
      code: 1,
      listed: [expect.objectContaining({ kind: "noticeMissing", caseChangeId: first })],
    });
  });

  test("is explained, and goes into an evidence pack, with the erasure", async () => {
    const [first] = await insertCase();
    await growTree(database);
    await eraseAll();
    await growTree(database);
    const { output } = await runOn(database, explain, "--change", String(first));
    expect(oneLine(output)).toMatch(
      /erased its fields on .*: The borrower asked for it\. The verdicts are those on record\./,
    );
    const timeline = await runOn(database, explain, "--change", String(first), "--timeline");
    expect(oneLine(timeline.output)).toContain("has erased the fields (request)");
    const path = join(mkdtempSync(join(tmpdir(), "tidings-erased-")), "pack");
    expect((await runOn(database, evidence, "--case", caseId, "--out", path)).code).toBe(0);
    expect((await runOn(database, evidence, "--verify", path)).code).toBe(0);
  });

  test("is not replayed: a simulation counts the changes without fields", async () => {
    const [first] = await insertCase();
    await eraseAll();
    const period = ["--from", "1h", "--to", new Date().toISOString(), "--type", "1@1"];
    const { output } = await runOn(database, simulate, ...period, "--json");
    const { fieldsErased, differences } = JSON.parse(output) as {
      readonly fieldsErased: number;
      readonly differences: readonly { readonly examples: readonly { caseChangeId: string }[] }[];
    };
    expect(fieldsErased).toBeGreaterThan(1);
    const replayed = differences.flatMap(({ examples }) => examples).map((one) => one.caseChangeId);
    expect(replayed).not.toContain(first);
  });
});

test("retention erases the fields that are older than the class, at night", async () => {
  await insertCase({ received: "2019-01-01T00:00:00Z" });
  const night = async () => {
    const events: object[] = [];
    const deps = depsOn(database, {
      clock: () => new Date("2031-01-15T02:00:00-05:00"),
      emit: (event, fields) => void events.push({ event, ...fields }),
    });
    await createEraser(deps)();
    return events;
  };
  expect(await night()).toEqual([]);
  await runOn(database, retention, "--class", "content", "--years", "7", ...REASON);
  await runOn(database, legalHold, "--case", caseId, ...REASON);
  expect(await night()).toEqual([
    { event: "retention.contentErased", lookedAt: 2, erased: 0, kept: 2 },
  ]);
  const { output } = await runOn(database, retention, "--json");
  expect(JSON.parse(output)).toMatchObject([
    { olderChanges: 2, youngerChanges: expect.any(Number) },
    {},
  ]);
  await runOn(database, legalHold, "--case", caseId, "--end", ...REASON);
  await pool.query("update tidings.retention_state set pass_ended_on = null");
  expect(await night()).toEqual([
    { event: "retention.contentErased", lookedAt: 2, erased: 2, kept: 0 },
  ]);
  expect(await fieldsOf()).toEqual([{}, {}, {}]);
});
