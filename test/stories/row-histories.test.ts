import { beforeAll, describe, expect, test } from "vitest";
import { verify } from "../../src/commands/verify/verify.ts";
import { runOn } from "../commands/run.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { insertLender } from "../lender.ts";

const database = useDatabase();
const { pool } = database;

/** The flaws of the rows that may change. */
async function flaws(): Promise<{ kind: string; long: string }[]> {
  const { output } = await runOn(database, verify, "--json");
  const { listed } = JSON.parse(output) as { listed: { kind: string; long: string }[] };
  return listed.map(({ kind, long }) => ({ kind, long }));
}

let typeId: number;
let hold: string;

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(
    "insert into tidings.contacts (id, borrower_id, contact_type, status, value) values ('CT-STOP', 'BO-1', 'phone', 'secondary', '+16145550123')",
  );
  await pool.query("update tidings.contacts set opted_out_at = now() where id = 'CT-STOP'");
  const { rows } = await pool.query<{ id: string }>(
    "insert into tidings.legal_holds (borrower_id, reason) values ('BO-1', 'Lawsuit') returning id",
  );
  hold = rows[0]?.id ?? "";
  const types = await pool.query<{ id: number }>(
    "insert into tidings.notification_types (name, on_status) values ('Filed', 'initiated') returning id",
  );
  typeId = types.rows[0]?.id ?? 0;
});

describe("rows that may change fit their history", () => {
  test("as they were written", async () => {
    expect(await flaws()).toEqual([]);
  });

  test("after changes from another time zone", async () => {
    await pool.query(
      "begin; set local timezone = 'Asia/Kathmandu'; update tidings.contacts set opted_out_at = now() - interval '1 hour' where id = 'CT-STOP'; commit",
    );
    expect(await flaws()).toEqual([]);
  });

  test("after a row was deleted and came back, and after it got another id", async () => {
    const insert =
      "insert into tidings.contacts (id, borrower_id, contact_type, status, value) values ('CT-BACK', 'BO-1', 'email', 'secondary', 'a@example.com')";
    await pool.query(insert);
    await pool.query("update tidings.contacts set valid = false where id = 'CT-BACK'");
    await pool.query("delete from tidings.contacts where id = 'CT-BACK'");
    await pool.query(insert);
    expect(await flaws()).toEqual([]);
    await pool.query("update tidings.contacts set valid = false where id = 'CT-BACK'");
    await pool.query("update tidings.contacts set id = 'CT-NEW' where id = 'CT-BACK'");
    expect(await flaws()).toEqual([]);
  });

  test("after a link was moved to another type and back", async () => {
    await pool.query(
      "insert into tidings.case_type_notification_types (case_type_id, notification_type_id) values ('bankruptcy', $1) on conflict do nothing",
      [typeId],
    );
    const move =
      "update tidings.case_type_notification_types set case_type_id = $2 where case_type_id = $1 and notification_type_id = $3";
    await pool.query("insert into tidings.case_types (id, name) values ('moved', 'Moved')");
    await pool.query(move, ["bankruptcy", "moved", typeId]);
    await pool.query(move, ["moved", "bankruptcy", typeId]);
    expect(await flaws()).toEqual([]);
  });
});

describe("a superuser with the triggers off is found out", () => {
  test.each([
    [
      "an opt-out that was taken back",
      (): string => "update tidings.contacts set opted_out_at = null where id = 'CT-STOP'",
      "rowAltered",
      "Row CT-STOP of contacts is not as its newest change left it.",
    ],
    [
      "a removed contact",
      (): string => "delete from tidings.contacts where id = 'CT-STOP'",
      "rowRemoved",
      "Row CT-STOP of contacts is no longer there, and no deletion is on record.",
    ],
    [
      "a delay that a notification type never had",
      (): string =>
        `update tidings.notification_types set delay = 9, unit = 'calendarDays' where id = ${typeId}`,
      "rowAltered",
      /^Row \d+,1 of notification_types is not as/,
    ],
    [
      "the text of a template",
      (): string => "update tidings.templates set text_template = 'Other words'",
      "rowAltered",
      /^Row \d+,1 of templates is not as/,
    ],
    [
      "an added version",
      (): string =>
        `insert into tidings.notification_types (id, version, name, on_status) overriding system value values (${typeId}, 77, 'x', 'initiated')`,
      "rowAdded",
      /^Row \d+,77 of notification_types is there, and its insert is not on record/,
    ],
    [
      "a legal hold that was ended",
      (): string =>
        `update tidings.legal_holds set ended_at = now(), ended_by = 'x', end_reason = 'x' where id = ${hold}`,
      "rowAltered",
      /^Row \d+ of legal_holds is not as/,
    ],
  ] as const)("%s", async (_what, statement, kind, long) => {
    await rewriteRecord(
      pool,
      `create schema kept;
       create table kept.contacts as table tidings.contacts;
       create table kept.types as table tidings.notification_types;
       create table kept.templates as select id, version, text_template from tidings.templates;
       create table kept.holds as table tidings.legal_holds`,
    );
    await rewriteRecord(pool, statement());
    const found = await flaws();
    await rewriteRecord(
      pool,
      `delete from tidings.contacts;
       insert into tidings.contacts select * from kept.contacts;
       delete from tidings.notification_types;
       insert into tidings.notification_types overriding system value select * from kept.types;
       update tidings.templates t set text_template = k.text_template from kept.templates k where (k.id, k.version) = (t.id, t.version);
       delete from tidings.legal_holds;
       insert into tidings.legal_holds overriding system value select * from kept.holds;
       drop schema kept cascade`,
    );
    expect(found).toContainEqual({
      kind,
      long: typeof long === "string" ? long : (expect.stringMatching(long) as string),
    });
    expect(await flaws()).toEqual([]);
  });
});
