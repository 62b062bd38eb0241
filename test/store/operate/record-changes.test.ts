import { beforeAll, describe, expect, test } from "vitest";
import { actingAs } from "../../../src/store/postgres/acting-as.ts";
import { replaceLinks } from "../../../src/store/api/case-type-links.ts";
import { useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const { pool, db } = useDatabase();

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2 });
  await insertLogged(pool, { personId: "BO-1", content: { transcript: "no more calls" } });
  await pool.query(`
    insert into tidings.calendars (name, based_on) values ('branch', 'office');
    insert into tidings.pauses (scope, reason) values ('everything', 'a test');
    insert into tidings.api_keys (name, prefix, hash, scopes) values ('core', 'tdg_a', sha256('a'), '{interaction:read}');
    insert into tidings.templates (id, version, channel, text_template) values (9, 1, 'text', 'Hello');
  `);
});

interface Row {
  readonly row_id: string;
  readonly actor: string;
  readonly changes: Readonly<Record<string, { from: unknown; to: unknown }>>;
}

/** The history that a statement leaves in a table, without columns that hold null before and after. */
async function historyOf(table: string, statement: string): Promise<Row[]> {
  const last = await pool.query<{ id: string }>(
    "select coalesce(max(id), 0) as id from tidings.record_changes",
  );
  await pool.query(statement);
  const { rows } = await pool.query<Row>(
    "select row_id, actor, changes from tidings.record_changes where table_name = $1 and id > $2 order by id",
    [table, last.rows[0]?.id],
  );
  return rows.map((row) => ({
    ...row,
    changes: Object.fromEntries(
      Object.entries(row.changes).filter(([, { from, to }]) => from !== null || to !== null),
    ),
  }));
}

describe("a change of the record says who changed what from what", () => {
  test.each([
    [
      "contacts",
      "update tidings.contacts set receive_text_messages = false where id = 'CT-PHONE'",
      [{ row_id: "CT-PHONE", changes: { receive_text_messages: { from: true, to: false } } }],
    ],
    [
      "borrowers",
      "update tidings.borrowers set language = 'es' where id = 'BO-1'",
      [{ row_id: "BO-1", changes: { language: { from: "en", to: "es" } } }],
    ],
    [
      "interactions",
      "update tidings.interactions set started_at = '2020-01-01T00:00:00Z', ended_at = '2020-01-02T00:00:00Z' where origin = 'logged'",
      [
        {
          row_id: "1",
          changes: {
            started_at: { from: expect.any(String), to: "2020-01-01T00:00:00+00:00" },
            ended_at: { from: null, to: "2020-01-02T00:00:00+00:00" },
          },
        },
      ],
    ],
    [
      "case_type_notification_types",
      "insert into tidings.case_type_notification_types values ('disputeOfDebt', 1)",
      [
        {
          row_id: "disputeOfDebt,1",
          changes: {
            case_type_id: { from: null, to: "disputeOfDebt" },
            notification_type_id: { from: null, to: 1 },
          },
        },
      ],
    ],
    [
      "case_type_notification_types",
      "delete from tidings.case_type_notification_types where case_type_id = 'disputeOfDebt'",
      [
        {
          row_id: "disputeOfDebt,1",
          changes: {
            case_type_id: { from: "disputeOfDebt", to: null },
            notification_type_id: { from: 1, to: null },
          },
        },
      ],
    ],
    [
      "notification_types",
      "update tidings.notification_types set status = 'deprecated' where id = 1",
      [
        {
          row_id: "1,1",
          changes: {
            status: { from: "active", to: "deprecated" },
            deprecated_at: { from: null, to: expect.any(String) as string },
          },
        },
      ],
    ],
    [
      "calendars",
      "update tidings.calendars set based_on = 'regF' where name = 'branch'",
      [{ row_id: "branch", changes: { based_on: { from: "office", to: "regF" } } }],
    ],
    [
      "calendar_closures",
      "insert into tidings.calendar_closures values ('branch', '2031-05-28', 'Inventory')",
      [
        {
          row_id: "branch,2031-05-28",
          changes: {
            calendar: { from: null, to: "branch" },
            day: { from: null, to: "2031-05-28" },
            reason: { from: null, to: "Inventory" },
          },
        },
      ],
    ],
    [
      "channels",
      "update tidings.channels set provider = 'letters' where channel = 'mail'",
      [{ row_id: "mail", changes: { provider: { from: null, to: "letters" } } }],
    ],
    [
      "pauses",
      "update tidings.pauses set released_at = now()",
      [
        {
          row_id: "1",
          changes: {
            released_at: { from: null, to: expect.any(String) as string },
            released_by: { from: null, to: "test" },
          },
        },
      ],
    ],
    [
      "api_keys",
      "update tidings.api_keys set revoked_at = now()",
      [
        {
          row_id: "1",
          changes: {
            revoked_at: { from: null, to: expect.any(String) as string },
            revoked_by: { from: null, to: "test" },
          },
        },
      ],
    ],
    [
      "templates",
      "update tidings.templates set text_template = 'Goodbye' where id = 9",
      [
        {
          row_id: "9,1",
          changes: { content_hash: { from: expect.any(String), to: expect.any(String) } },
        },
      ],
    ],
  ])("%s: %s", async (table, statement, expected) => {
    expect(await historyOf(table, statement)).toEqual(
      expected.map((row) => ({ actor: "test", ...row })),
    );
  });

  test("and the actor is the one of the transaction", async () => {
    await actingAs(db, "operator:kim", async (transaction) => {
      await transaction
        .updateTable("contacts")
        .set({ valid: false })
        .where("id", "=", "CT-EMAIL")
        .execute();
    });
    const { rows } = await pool.query(
      "select actor from tidings.record_changes where row_id = 'CT-EMAIL'",
    );
    expect(rows).toEqual([{ actor: "operator:kim" }]);
  });

  test.each([
    ["contacts", "update tidings.contacts set valid = valid"],
    [
      "borrowers",
      "insert into tidings.borrowers (id, language) values ('BO-2', 'en') on conflict (id) do update set language = excluded.language",
    ],
    [
      "contacts",
      "insert into tidings.contacts (id, borrower_id, contact_type, value) values ('CT-NEW', 'BO-2', 'email', 'sam@example.com')",
    ],
  ])("%s: nothing where nothing was different before: %s", async (table, statement) => {
    expect(await historyOf(table, statement)).toEqual([]);
  });

  test("links that stay have no history when the others are replaced", async () => {
    await db
      .transaction()
      .execute((transaction) => replaceLinks(transaction, "bankruptcy", [2, 2]));
    const { rows } = await pool.query(
      "select row_id from tidings.record_changes where table_name = 'case_type_notification_types' order by id desc limit 1",
    );
    const links = await pool.query(
      "select notification_type_id as id from tidings.case_type_notification_types where case_type_id = 'bankruptcy'",
    );
    expect(links.rows).toEqual([{ id: 2 }]);
    expect(rows).toEqual([{ row_id: "bankruptcy,1" }]);
  });
});

test.each([
  "update tidings.record_changes set actor = 'nobody'",
  "delete from tidings.record_changes",
  "truncate tidings.record_changes",
])("history stays as it is: %s", async (statement) => {
  await expect(pool.query(statement)).rejects.toMatchObject({
    constraint: "record_changes_are_history",
  });
});

test("no table whose changes are recorded can be truncated", async () => {
  const { rows } = await pool.query<{ name: string }>(`
    select distinct r.relname as name from pg_trigger t join pg_class r on r.oid = t.tgrelid
    where t.tgfoid = 'tidings.record_change'::regproc`);
  expect(rows.length).toBeGreaterThan(10);
  for (const { name } of rows)
    await expect(pool.query(`truncate tidings.${name} cascade`), name).rejects.toMatchObject({
      constraint: expect.stringMatching(/_are_history$/) as string,
    });
});
