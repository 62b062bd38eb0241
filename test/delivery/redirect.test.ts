import { beforeAll, beforeEach, expect, test } from "vitest";
import { explain } from "../../src/commands/explain/explain.ts";
import { release } from "../../src/commands/held.ts";
import { runOn } from "../commands/run.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertType } from "../lender.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);
const { emitted } = installation;

beforeAll(async () => {
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2 });
  await pool.query(`
    update tidings.notification_types set status = 'deprecated';
    insert into tidings.templates (id, version, channel, subject, subject_template, text_template, status) values
      (3, 1, 'email', 'pastDue', 'About the loan of {{borrower.name.firstName}}',
        '{{lender.name}} writes to {{contact.value}}. Reply STOP to end these emails.', 'active'),
      (4, 1, 'text', 'pastDue', null, '{{lender.name}}: please call us. Reply STOP to end texts.', 'active'),
      (5, 1, 'text', 'orphan', null, '{{lender.name}}: call us. Reply STOP to end texts.', 'active');
    insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id) values
      (1, 2, 'Past due', 'active', 'initiated', 'email', 'opsCollDebt', 3),
      (2, 2, 'Past due', 'active', 'processing', 'text', 'opsCollDebt', 4),
      (6, 1, 'Past due', 'active', 'completed', 'text', 'opsCollDebt', 5);
    insert into tidings.case_type_notification_types values ('bankruptcy', 6)`);
});
beforeEach(async () => {
  emitted.length = 0;
  await representedBy("CT-LAW", "email", "law@example.com");
});

/** Replaces the borrower's attorney. */
async function representedBy(id: string, type: string, value: string): Promise<void> {
  await pool.query(
    `insert into tidings.contacts (id, borrower_id, contact_type, label, affiliation, value) values ($1, 'BO-1', $2, 'work', 'attorney', $3)
     on conflict (id) do update set valid = true, affiliation = 'attorney', value = excluded.value`,
    [id, type, value],
  );
  await pool.query(
    "update tidings.borrowers set attorney_known_since = '2031-01-01', attorney_contact_id = $1 where id = 'BO-1'",
    [id],
  );
}

interface Standing {
  readonly id: string;
  readonly channel: string;
  readonly status: string;
  readonly rule: string | null;
  readonly long: string | null;
  readonly due: Date | null;
  readonly contact: string | null;
  readonly template: number;
  readonly previous: string | null;
  readonly attempt: number;
}

async function standings(caseId: string): Promise<Standing[]> {
  const { rows } = await pool.query<Standing>(
    `select id, channel, status, compliance_guard_rule_id as rule, failure_description_long as long, scheduled_at_from as due,
       contact_id as contact, template_id as template, previous_interaction_id as previous, attempt
     from tidings.interactions where case_id = $1 order by id`,
    [caseId],
  );
  return rows;
}

test("a notice for a represented borrower goes to the attorney, once, and is judged there", async () => {
  await installation.change("ATTORNEY", "initiated");
  const [first, next, ...more] = await standings("ATTORNEY");
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    status: "canceled",
    rule: "party.attorney",
    contact: null,
    long: expect.stringContaining("It goes to contact CT-LAW by email, as another interaction."),
  });
  expect(next).toMatchObject({
    status: "attempted",
    rule: null,
    contact: "CT-LAW",
    template: 3,
    previous: first?.id,
    attempt: 2,
  });
  const mails = await installation.outbox();
  expect(mails.filter((mail) => /^To:.*law@example\.com/m.test(mail))).toHaveLength(1);
  expect(mails.filter((mail) => /^To:.*pat@example\.com/m.test(mail))).toEqual([]);
  expect(mails.join("\n")).toContain("writes to law@example.com");

  const judgements = await pool.query(
    "select interaction_id as id, outcome, rule_id as rule from tidings.judgements where interaction_id = any($1) order by id",
    [[first?.id, next?.id]],
  );
  expect(judgements.rows).toEqual([
    { id: first?.id, outcome: "redirect", rule: "party.attorney" },
    { id: next?.id, outcome: "allow", rule: null },
  ]);
  expect(emitted.join("\n")).toContain(
    `"event":"interaction.redirected","interactionId":"${first?.id}","ruleId":"party.attorney","nextInteractionId":"${next?.id}","channel":"email","contactId":"CT-LAW"`,
  );
  const { output } = await runOn(database, explain, first?.id ?? "");
  expect(output.replaceAll(/\s+/g, " ")).toContain(
    `Rule party.attorney redirected interaction ${first?.id} from contact CT-EMAIL to contact CT-LAW on`,
  );
});

test("on another channel it is rendered by the template of its subject there", async () => {
  await installation.change("OTHER-CHANNEL", "processing");
  expect(await standings("OTHER-CHANNEL")).toMatchObject([
    { channel: "text", status: "canceled", rule: "party.attorney", template: 4 },
    { channel: "email", status: "attempted", contact: "CT-LAW", template: 3 },
  ]);
  const { rows: chains } = await pool.query<{ channel: string; tried: string[]; attempts: number }>(
    `select channel, attempts, array(select i->>'channel' from jsonb_array_elements(interactions) i) as tried
     from tidings.interaction_chains where chain_id = $1`,
    [(await standings("OTHER-CHANNEL"))[0]?.id],
  );
  expect(chains).toEqual([{ channel: "email", attempts: 2, tried: ["text", "email"] }]);
});

test("without a template for the channel it is held, and goes there once there is one", async () => {
  await installation.change("NO-TEMPLATE", "completed");
  const [held] = await standings("NO-TEMPLATE");
  expect(held).toMatchObject({
    status: "scheduled",
    rule: "party.attorney",
    due: null,
    long: expect.stringContaining("No active template of its subject is for email."),
  });
  expect(await standings("NO-TEMPLATE")).toHaveLength(1);
  await pool.query(
    `insert into tidings.templates (id, version, channel, subject, subject_template, text_template, status) values
       (7, 1, 'email', 'orphan', 'About the loan', '{{lender.name}} writes. Reply STOP to end these emails.', 'active')`,
  );
  await runOn(database, release, held?.id ?? "", "--by", "kim", "--reason", "there is a template");
  await installation.at("2031-03-04T15:00:00Z");
  expect(await standings("NO-TEMPLATE")).toMatchObject([
    { status: "canceled", rule: "party.attorney" },
    { status: "attempted", channel: "email", contact: "CT-LAW", template: 7 },
  ]);
});

test.each([
  [
    "CT-ARCHIVED",
    "Contact CT-ARCHIVED was passed over, because it is archived.",
    `insert into tidings.contacts (id, borrower_id, contact_type, status, affiliation, value) values ('CT-ARCHIVED', 'BO-1', 'email', 'archived', 'attorney', 'old@example.com')`,
  ],
  [
    "CT-CALL",
    "Tidings does not send by voice.",
    `insert into tidings.contacts (id, borrower_id, contact_type, affiliation, value) values ('CT-CALL', 'BO-1', 'phone', 'attorney', '+16145550190')`,
  ],
  ["CT-NOBODY", "The borrower has no contact CT-NOBODY.", "select"],
  [null, "No contact of the attorney is on record.", "select"],
])("contact %s of an attorney leaves it to a person: %s", async (id, why, insert) => {
  await pool.query(insert);
  await pool.query("update tidings.borrowers set attorney_contact_id = $1 where id = 'BO-1'", [id]);
  await installation.change(`HELD-${id}`, "initiated");
  expect(await standings(`HELD-${id}`)).toMatchObject([
    { status: "scheduled", rule: "party.attorney", due: null, long: expect.stringContaining(why) },
  ]);
});

test("a next attempt after a temporary failure goes to the attorney too", async () => {
  await representedBy("CT-BUSY", "email", "mailbox-full@example.com");
  await installation.change("BUSY", "initiated");
  const afterFirst = await standings("BUSY");
  expect(afterFirst).toMatchObject([
    { status: "canceled" },
    { status: "failed", contact: "CT-BUSY" },
    { status: "scheduled", attempt: 3 },
  ]);
  await pool.query("update tidings.contacts set value = 'firm@example.com' where id = 'CT-BUSY'");
  await installation.at("2031-03-03T16:00:00Z");
  expect((await standings("BUSY")).at(-1)).toMatchObject({
    status: "attempted",
    contact: "CT-BUSY",
    attempt: 3,
  });
});

test("a contact that becomes unusable after the redirect leaves the notice to a person", async () => {
  await representedBy("CT-SHORT", "email", "mailbox-full@example.com");
  await installation.change("SHORT", "initiated");
  await pool.query("update tidings.contacts set valid = false where id = 'CT-SHORT'");
  await installation.at("2031-03-03T16:00:00Z");
  expect((await standings("SHORT")).at(-1)).toMatchObject({
    status: "scheduled",
    rule: "redirect.contactUnusable",
    due: null,
    attempt: 3,
    long: expect.stringContaining("Contact CT-SHORT was passed over, because it is not valid."),
  });
  const { rows } = await pool.query(
    "select rule_ids as rules from tidings.holds h join tidings.interactions i on i.id = h.interaction_id where i.case_id = 'SHORT'",
  );
  expect(rows).toEqual([{ rules: ["redirect.contactUnusable"] }]);
});
