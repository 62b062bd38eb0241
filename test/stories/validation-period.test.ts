import { beforeAll, expect, test } from "vitest";
import type { InteractionId } from "../../src/domain/ids.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertLogged } from "../interactions.ts";
import { mailReport } from "../receipts.ts";

// The core system of a debt collector does not state the validation periods. Tidings knows them from the notices that it has sent.

const database = useDatabase();
const { pool, db } = database;
const installation = useInstallation(database);

/** Words that the rules ask of every email of a debt collector. */
const COLLECTOR =
  "This is an attempt to collect a debt. Any information obtained will be used for that purpose. Reply STOP to end these emails.";
const FORM = "How can you dispute the debt? Write to us. What else can you do? Write to us.";

beforeAll(async () => {
  await pool.query("insert into tidings.case_types (id) values ('bought'), ('pressed')");
  await pool.query(
    `insert into tidings.templates (id, version, channel, subject_template, text_template, required_by_law) values
       (41, 1, 'email', '{{lender.name}}: your loan {{loan.displayId}}', $1, true),
       (42, 1, 'email', 'Your loan', $2, null)`,
    [`${FORM} ${COLLECTOR}`, `Please make a payment today. ${COLLECTOR}`],
  );
  await pool.query(`
    update tidings.templates set status = 'active';
    insert into tidings.notification_types (id, version, name, status, on_status, channel, theme, template_id) values
      (41, 1, 'Validation notice', 'active', 'initiated', 'email', 'opsLoanValidationOfDebtNotice', 41),
      (42, 1, 'Demand', 'active', 'initiated', 'email', 'opsCollDebt', 42);
    insert into tidings.case_type_notification_types values ('bought', 41), ('pressed', 42);
    update tidings.loans set collector_role = 'debtCollector', days_past_due = 90;
    insert into tidings.contacts (id, borrower_id, contact_type, label, value) values
      ('CT-SAM', 'BO-2', 'email', 'personal', 'sam@example.com'), ('CT-SAM-PHONE', 'BO-2', 'phone', 'personal', '+16145550102');
    update tidings.contacts set electronic_consent_at = '2026-11-01T12:00:00Z' where contact_type = 'email'`);
});

/** Inserts a change of a case with this id and returns what became of its notice. */
async function send(moment: string, caseTypeId: string, borrowerId: string) {
  await installation.at(moment);
  const caseId = `${caseTypeId} ${borrowerId} ${moment}`;
  await installation.change(caseId, "initiated", { caseTypeId, borrowerId });
  const { rows } = await pool.query<{ id: InteractionId; standing: string }>(
    `select id, concat_ws(' ', status, status_details, compliance_guard_rule_id) as standing
     from tidings.interactions where case_id = $1`,
    [caseId],
  );
  return rows[0];
}

const demand = async (moment: string, borrowerId: string): Promise<string | undefined> =>
  (await send(moment, "pressed", borrowerId))?.standing;

const HELD = "scheduled content.overshadow";
const SENT = "attempted emailSent";

test("an urgent demand is held until the period ends that began with the notice", async () => {
  const notice = await send("2026-11-20T15:00:00Z", "bought", "BO-1");
  expect(notice?.standing).toBe(SENT);
  expect(await demand("2026-11-27T15:00:00Z", "BO-1")).toBe(HELD);
  expect(await demand("2026-12-30T15:00:00Z", "BO-1")).toBe(HELD);
  expect(await demand("2026-12-31T15:00:00Z", "BO-1")).toBe(SENT);
});

test("a notice that bounced begins no period, and the letter that replaces it begins its own", async () => {
  const notice = await send("2026-11-20T15:00:00Z", "bought", "BO-2");
  expect(notice?.standing).toBe(SENT);
  await installation.at("2026-11-21T15:00:00Z");
  await keepReceipts(db, [mailReport(notice?.id as InteractionId, "failed 5.1.1")]);
  await applyWaiting(installation.deps);
  await pool.query("update tidings.contacts set valid = true where id = 'CT-SAM'");
  expect(await demand("2026-11-22T15:00:00Z", "BO-2")).toBe(SENT);

  await insertLogged(pool, {
    channel: "mail",
    direction: "outbound",
    status: "attempted",
    statusDetails: "mailSent",
    personId: "BO-2",
    loanId: "LN-1",
    theme: "opsLoanValidationOfDebtNotice",
    previousInteractionId: notice?.id,
    startedAt: "2026-11-23T15:00:00Z",
  });
  expect(await demand("2026-12-31T15:00:00Z", "BO-2")).toBe(HELD);
  expect(await demand("2027-01-01T15:00:00Z", "BO-2")).toBe(SENT);
});
