import { beforeAll, beforeEach, expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { parseContactId } from "../../../src/domain/ids.ts";
import type { Redirect } from "../../../src/domain/deliver/redirect.ts";
import { loadFactSheets } from "../../../src/store/deliver/fact-sheets.ts";
import { redirectNotices } from "../../../src/store/deliver/redirects.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { createDb, openPool } from "../../../src/store/postgres/db.ts";
import { rolesSql } from "../../../src/store/rights/roles.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { useRole } from "../../roles.ts";

const database = useDatabase();
const { pool, db } = database;
const operator = useRole(database, "operator");
const DUE = new Date("2031-03-05T15:00:00Z");

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, caseTypes: [] });
  await pool.query(`
    insert into tidings.contacts (id, borrower_id, contact_type, status, value) values
      ('CT-B', 'BO-1', 'email', 'secondary', 'b@example.com'), ('CT-C', 'BO-1', 'email', 'additional', 'c@example.com'),
      ('CT-SAM', 'BO-2', 'email', 'primary', 'sam@example.com')`);
  await pool.query(rolesSql({ operator: operator.name }));
});

let changes = 0;
let notice: InteractionId;

/** A notice that has failed at CT-EMAIL, with a real case change. */
async function undelivered(fields: object = {}): Promise<InteractionId> {
  changes += 1;
  const [caseChangeId] = await insertChanges(pool, [
    { caseId: `CS-${changes}`, status: "initiated" },
  ]);
  return await insertInteraction(pool, {
    status: "failed",
    caseId: `CS-${changes}`,
    caseChangeId,
    contactId: "CT-EMAIL",
    templateId: 1,
    templateVersion: 1,
    ...fields,
  });
}
beforeEach(async () => {
  notice = await undelivered();
});

const redirectOf = (
  interactionId: InteractionId,
  from: string,
  to: string,
  rest: Partial<Redirect> = {},
): Redirect => ({
  interactionId,
  ruleId: "delivery.undelivered",
  short: "Undelivered",
  long: "It came back.",
  fromContactId: parseContactId(from),
  toContactId: parseContactId(to),
  channel: "email",
  template: null,
  dueAt: DUE,
  ...rest,
});

async function next(from: InteractionId, fromContact: string, to: string): Promise<InteractionId> {
  const made = await redirectNotices(db, [redirectOf(from, fromContact, to)]);
  const id = made.get(from);
  if (id === undefined) throw new Error("no next attempt");
  return id;
}
const fail = (id: InteractionId): Promise<unknown> =>
  pool.query(
    "update tidings.interactions set status = 'failed', failure_description_short = 'x', failure_description_long = 'x' where id = $1",
    [id],
  );

test("an undeliverable notice stays failed, and its next attempt goes to the other contact", async () => {
  const id = await next(notice, "CT-EMAIL", "CT-B");
  const { rows } = await pool.query(
    "select id, status, attempt, previous_interaction_id as previous, failure_description_short as short from tidings.interactions where id in ($1, $2) order by id",
    [notice, id],
  );
  expect(rows).toMatchObject([
    { id: notice, status: "failed" },
    { id, status: "scheduled", attempt: 2, previous: notice, short: null },
  ]);
  expect(await loadFactSheets(db, [id])).toMatchObject([{ redirectedTo: "CT-B", attempt: 1 }]);
});

test("a further attempt goes to the same contact, and its attempts count from the redirect", async () => {
  const id = await next(notice, "CT-EMAIL", "CT-B");
  await fail(id);
  const [third] = await planNextAttempts(db, [{ interactionId: id, dueAt: DUE }]);
  expect(third).toBeDefined();
  expect(await loadFactSheets(db, third === undefined ? [] : [third])).toMatchObject([
    { redirectedTo: "CT-B", attempt: 2 },
  ]);
});

test("of two daemons that redirect the same notice at once, one does", async () => {
  const second = openPool({ url: database.url, actor: "daemon:two", max: 2, onLost: () => {} });
  const made = await Promise.all(
    [db, createDb(second)].map((by) =>
      redirectNotices(by, [redirectOf(notice, "CT-EMAIL", "CT-B")]),
    ),
  );
  await second.end();
  expect(made.reduce((sum, one) => sum + one.size, 0)).toBe(1);
  const { rows } = await pool.query(
    "select count(*)::int as redirects from tidings.redirects where interaction_id = $1",
    [notice],
  );
  expect(rows).toEqual([{ redirects: 1 }]);
});

test("a notice that was sent, is held or is followed by another attempt is not redirected", async () => {
  const sent = await undelivered({ status: "succeeded", statusDetails: "emailDelivered" });
  const held = await undelivered({
    status: "scheduled",
    scheduledAtFrom: null,
    complianceGuardRuleId: "x",
    contactId: null,
  });
  const followed = await undelivered();
  await planNextAttempts(db, [{ interactionId: followed, dueAt: DUE }]);
  const made = await redirectNotices(
    db,
    [sent, held, followed].map((id) => redirectOf(id, "CT-EMAIL", "CT-B")),
  );
  expect(made.size).toBe(0);
});

test("a notice never goes back to a contact that it has left", async () => {
  const id = await next(notice, "CT-EMAIL", "CT-B");
  await fail(id);
  await expect(redirectNotices(db, [redirectOf(id, "CT-B", "CT-EMAIL")])).rejects.toMatchObject({
    constraint: "redirects_never_go_back",
  });
  await expect(redirectNotices(db, [redirectOf(id, "CT-B", "CT-B")])).rejects.toMatchObject({
    constraint: "redirects_reach_a_contact_once",
  });
  const third = await next(id, "CT-B", "CT-C");
  await fail(third);
  await expect(redirectNotices(db, [redirectOf(third, "CT-C", "CT-B")])).rejects.toMatchObject({
    constraint: "redirects_reach_a_contact_once",
  });
});

test("a notice does not go to a contact of another borrower", async () => {
  await expect(
    redirectNotices(db, [redirectOf(notice, "CT-EMAIL", "CT-SAM")]),
  ).rejects.toMatchObject({ constraint: "redirects_join_two_attempts" });
});

test("on another channel it has the template of that channel, and what was sensitive stays so", async () => {
  const sensitive = await undelivered({ sensitive: true });
  const made = await redirectNotices(db, [
    redirectOf(sensitive, "CT-EMAIL", "CT-PHONE", {
      channel: "text",
      template: {
        id: 2,
        version: 1,
        sensitive: false,
        explanation: { borrowerLanguage: "en", language: "en", why: "borrowerLanguage" },
      },
    }),
  ]);
  const { rows } = await pool.query(
    "select channel, template_id as template, sensitive, template_explanation->>'why' as why from tidings.interactions where id = $1",
    [made.get(sensitive)],
  );
  expect(rows).toEqual([
    { channel: "text", template: 2, sensitive: true, why: "borrowerLanguage" },
  ]);
});

test("an operator may redirect what has failed, and may not make the attempt without its redirect", async () => {
  const operators = openPool({
    url: operator.url,
    actor: "operator:kim",
    max: 1,
    onLost: () => {},
  });
  const made = await redirectNotices(createDb(operators), [
    redirectOf(notice, "CT-EMAIL", "CT-PHONE", {
      channel: "text",
      template: {
        id: 2,
        version: 1,
        sensitive: false,
        explanation: { borrowerLanguage: "en", language: "en", why: "borrowerLanguage" },
      },
    }),
  ]);
  expect(made.size).toBe(1);
  const other = await undelivered();
  await expect(
    operators.query(
      `insert into tidings.interactions (origin, created_by, direction, started_at, channel, person_id, loan_ids, status, scheduled_at_from,
         previous_interaction_id, first_interaction_id, attempt, case_id, case_change_id, notification_type_id, notification_type_version, template_id, template_version)
       select origin, created_by, direction, null, 'text', person_id, loan_ids, 'scheduled', now(), id, id, 2, case_id, case_change_id,
         notification_type_id, notification_type_version, 2, 1
       from tidings.interactions where id = $1`,
      [other],
    ),
  ).rejects.toMatchObject({ constraint: "interactions_origin_is_not_chosen" });
  await operators.end();
});

test("a scheduled attempt of a notice that was canceled by a rule needs its redirect", async () => {
  const canceled = await undelivered({
    status: "canceled",
    complianceGuardRuleId: "party.attorney",
    contactId: null,
  });
  await expect(
    pool.query(
      `insert into tidings.interactions (origin, channel, person_id, status, scheduled_at_from, previous_interaction_id, first_interaction_id,
         attempt, case_id, case_change_id, notification_type_id, notification_type_version)
       select origin, channel, person_id, 'scheduled', now(), id, id, 2, case_id, case_change_id, notification_type_id, notification_type_version
       from tidings.interactions where id = $1`,
      [canceled],
    ),
  ).rejects.toMatchObject({ constraint: "interactions_reinstate_what_an_operator_canceled" });
});
