import { beforeAll, beforeEach, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { applyHours, insertChanges, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);
const { deps, emitted } = installation;

beforeAll(async () => {
  await applyHours(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["disputeOfDebt"] });
  await pool.query(`
    insert into tidings.contacts (id, borrower_id, contact_type, label, value) values
      ('CT-SAM', 'BO-2', 'email', 'personal', 'sam@example.com')`);
});
beforeEach(() => void (emitted.length = 0));

interface Standing {
  readonly status: string;
  readonly rule: string | null;
  readonly due: Date | null;
  readonly firstDue: Date | null;
  readonly long: string | null;
}

async function standings(name: string): Promise<Standing[]> {
  const { rows } = await pool.query<Standing>(
    `select status, compliance_guard_rule_id as rule, scheduled_at_from as due, first_due_at as "firstDue", failure_description_long as long
     from tidings.interactions where case_id like $1 order by id`,
    [`${name}%`],
  );
  return rows;
}

test("a text at night waits for the hours of contact, and is sent then", async () => {
  await installation.at("2031-03-03T08:00:00Z");
  await installation.change("NIGHT", "initiated", { caseTypeId: "disputeOfDebt" });
  const eight = new Date("2031-03-03T13:00:00Z");
  expect(await standings("NIGHT")).toMatchObject([
    { status: "scheduled", rule: "time.window", due: eight },
  ]);
  expect(emitted.join("\n")).toContain('"ruleId":"time.window"');

  await installation.at("2031-03-03T12:59:00Z");
  expect(await standings("NIGHT")).toMatchObject([{ status: "scheduled" }]);
  await installation.at("2031-03-03T13:00:00Z");
  expect(await standings("NIGHT")).toMatchObject([{ status: "attempted", rule: null }]);
});

test("a text that is sent half an hour before the hours end is given up by the provider then", async () => {
  await installation.at("2031-03-04T01:30:00Z");
  await installation.change("EVENING", "initiated", { caseTypeId: "disputeOfDebt" });
  expect(await standings("EVENING")).toMatchObject([{ status: "attempted" }]);
  const periods = (await installation.outbox()).flatMap(
    (file) => /"validity_period": (\d+)/.exec(file)?.[1] ?? [],
  );
  // the text of the morning has the longest period that Twilio allows
  expect(periods.toSorted()).toEqual(["1800", "36000"]);
});

test("a collection text waits for the day with a place, and two that are due together do not wait for each other", async () => {
  await pool.query("update tidings.notification_types set status = 'deprecated' where id = 2");
  await pool.query(`
    insert into tidings.templates (id, version, channel, text_template, status) values
      (3, 1, 'text', '{{lender.name}}: please call us. Reply STOP to end texts.', 'active');
    insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id) values
      (3, 1, 'Past due', 'active', 'initiated', 'text', 'opsCollDebt', 3);
    insert into tidings.case_type_notification_types values ('disputeOfDebt', 3)`);
  await installation.at("2031-03-10T15:00:00Z");
  await insertChanges(
    pool,
    ["A", "B", "C"].map((n) => ({
      caseId: `PLACE-${n}`,
      status: "initiated",
      caseTypeId: "disputeOfDebt",
      at: "2031-03-10T15:00:00Z",
    })),
  );
  await runDueJobs(database, deps);
  const next = new Date("2031-03-11T12:00:00Z");
  expect(await standings("PLACE")).toMatchObject([
    { status: "attempted" },
    { status: "scheduled", rule: "freq.cumulative", due: next },
    { status: "scheduled", rule: "freq.cumulative", due: next },
  ]);
  await installation.at("2031-03-11T12:00:00Z");
  await installation.at("2031-03-12T12:00:00Z");
  expect(await standings("PLACE")).toMatchObject([
    { status: "attempted" },
    { status: "attempted" },
    { status: "attempted" },
  ]);
  await pool.query(`
    update tidings.notification_types set status = 'deprecated' where id = 3;
    delete from tidings.case_type_notification_types where notification_type_id = 3`);
});

test("a notice that a rule refuses fails with the rule and the reason", async () => {
  await pool.query(
    "update tidings.contacts set phone_disconnection_details = '{\"disconnectionStatus\": \"disconnected\"}' where id = 'CT-PHONE'",
  );
  await pool.query(`
    insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id) values
      (4, 1, 'Received', 'active', 'initiated', 'text', 'opsServicing', 2);
    insert into tidings.case_type_notification_types values ('disputeOfDebt', 4)`);
  await installation.change("GONE", "initiated", { caseTypeId: "disputeOfDebt" });
  expect(await standings("GONE")).toMatchObject([
    { status: "failed", rule: "contact.disconnected", long: expect.stringMatching(/\w/) },
  ]);
  expect(emitted.join("\n")).toContain('"event":"interaction.refused"');
  await pool.query(
    "update tidings.contacts set phone_disconnection_details = '{}' where id = 'CT-PHONE'",
  );
});

test("a collection text without a way to opt out is refused", async () => {
  await pool.query(`
    insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id) values
      (5, 1, 'Past due', 'active', 'processing', 'text', 'opsCollDebt', 2);
    insert into tidings.case_type_notification_types values ('disputeOfDebt', 5)`);
  await installation.change("NO-STOP", "processing", { caseTypeId: "disputeOfDebt" });
  expect(await standings("NO-STOP")).toMatchObject([
    { status: "failed", rule: "content.optoutnotice" },
  ]);
});

test("one whose facts do not fit is held and named, and the rest of the batch is sent", async () => {
  await pool.query(
    "insert into tidings.contacts (id, borrower_id, contact_type, label, value) values ('CT-BAD', 'BO-2', 'phone', 'home', '+1 099 555 0100')",
  );
  await insertChanges(
    pool,
    ["BO-1", "BO-2", "BO-1"].map((borrowerId, n) => ({
      caseId: `BAD-${n}`,
      status: "initiated",
      borrowerId,
    })),
  );
  await runDueJobs(database, deps);
  expect(await standings("BAD")).toMatchObject([
    { status: "attempted" },
    {
      status: "scheduled",
      rule: "facts.invalid",
      due: null,
      firstDue: null,
      long: "Correct the facts, then release the notice: facts.contacts.CT-BAD.value must be an E.164 phone number.",
    },
    { status: "attempted" },
  ]);
  expect(emitted.join("\n")).toContain('"event":"interaction.held"');
  // neither the queue nor a sweep touches it again
  await installation.at("2031-04-01T12:00:00Z");
  expect((await standings("BAD"))[1]).toMatchObject({ status: "scheduled", due: null });
  expect((await pool.query("select rule_ids from tidings.holds")).rows).toEqual([
    { rule_ids: ["facts.invalid"] },
  ]);
});

test("a rule that a lender makes stricter holds instead", async () => {
  await pool.query(
    `insert into tidings.guard_policy_changes (change, rule_id, outcome, reason)
     values ('stricter', 'time.window', 'hold', 'a test')`,
  );
  await installation.at("2031-03-03T08:00:00Z");
  await installation.change("STRICT", "initiated", { caseTypeId: "disputeOfDebt" });
  expect(await standings("STRICT")).toMatchObject([
    { status: "scheduled", rule: "time.window", due: null },
  ]);
});

test("each judgement is kept with the rules that did not simply allow", async () => {
  const { rows } = await pool.query<{ outcome: string; rule: string | null; rules: unknown }>(
    `select j.outcome, j.rule_id as rule, j.rules from tidings.judgements j
     join tidings.interactions i on i.id = j.interaction_id where i.case_id like 'PLACE-B' order by j.judged_at`,
  );
  expect(rows).toEqual([
    {
      outcome: "wait",
      rule: "freq.cumulative",
      rules: [
        expect.objectContaining({
          ruleId: "freq.cumulative",
          outcome: "wait",
          facts: [expect.stringMatching(/^history\.\d+$/)],
        }),
      ],
    },
    { outcome: "allow", rule: null, rules: null },
  ]);
});
