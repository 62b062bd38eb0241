import type { Pool } from "pg";
import type { CaseChangeId } from "../src/domain/ids.ts";

/**
 * The least a lender has: one case type, one borrower with an email and a phone, one template for each channel. The rules for hours
 * are off, so that tests pass at any hour; `applyHours` turns them on.
 */
export async function insertLender(pool: Pool): Promise<void> {
  await turnHoursOff(pool);
  await pool.query(`
    insert into tidings.case_types (id) values ('bankruptcy'), ('disputeOfDebt');
    insert into tidings.borrowers (id, name) values ('BO-1', '{"firstName": "Pat"}'), ('BO-2', '{"firstName": "Sam"}');
    insert into tidings.loans (id, borrower_id, display_id) values ('LN-1', 'BO-1', '1001');
    insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages) values
      ('CT-EMAIL', 'BO-1', 'email', 'personal', 'pat@example.com', false),
      ('CT-PHONE', 'BO-1', 'phone', 'personal', '+16145550101', true);
    insert into tidings.templates (id, version, channel, subject_template, text_template) values
      (1, 1, 'email', 'About your case', 'Dear {{borrower.name.firstName}}'),
      (2, 1, 'text', null, '{{lender.name}}: we wrote to you.');
    update tidings.templates set status = 'active';
  `);
}

/** Turns the rules for the hours of contact off, by the SQL that a lender would use. */
export const turnHoursOff = (pool: Pool): Promise<void> => changeHours(pool, "off");
/** Turns the rules for the hours of contact on. */
export const applyHours = (pool: Pool): Promise<void> => changeHours(pool, "on");

async function changeHours(pool: Pool, change: "off" | "on"): Promise<void> {
  await pool.query(
    `insert into tidings.guard_policy_changes (change, rule_id, reason)
     select $1, id, 'tests run at any hour' from unnest(array['time.window', 'time.state']) id`,
    [change],
  );
}

export interface TypeRow {
  readonly id: number;
  readonly version?: number;
  readonly onStatus?: string | null;
  readonly onOutcome?: string | null;
  readonly onCondition?: readonly object[] | null;
  readonly channel?: string;
  readonly delay?: number | null;
  readonly unit?: string | null;
  readonly calendar?: string;
  readonly status?: string;
  readonly caseTypes?: readonly string[];
  readonly templateId?: number;
}

/** Inserts one version of a notification type, active by default, and links it to its case types. */
export async function insertType(pool: Pool, row: TypeRow): Promise<void> {
  const { channel = "email", caseTypes = ["bankruptcy"] } = row;
  await pool.query(
    `insert into tidings.notification_types
       (id, version, name, status, on_status, on_outcome, on_condition, channel, theme, template_id, delay, unit, calendar)
     values ($1, $2, 'Type ' || $1::int, $3, $4, $5, $6, $7, 'opsServicing', $8, $9, $10, $11)`,
    [
      row.id,
      row.version ?? 1,
      row.status ?? "active",
      row.onStatus === undefined ? "initiated" : row.onStatus,
      row.onOutcome ?? null,
      row.onCondition ? JSON.stringify(row.onCondition) : null,
      channel,
      row.templateId ?? (channel === "text" ? 2 : 1),
      row.delay ?? null,
      row.unit ?? null,
      row.calendar ?? "office",
    ],
  );
  await pool.query(
    "insert into tidings.case_type_notification_types select unnest($1::text[]), $2 on conflict do nothing",
    [caseTypes, row.id],
  );
}

export interface ChangeRow {
  readonly caseId: string;
  readonly status: string;
  readonly outcome?: string | null;
  readonly fields?: object;
  readonly at?: string;
  readonly caseTypeId?: string;
  readonly borrowerId?: string;
  readonly externalId?: string;
  readonly fires?: boolean;
}

/** Inserts case changes in one statement, as a core system does, and returns their ids. */
export async function insertChanges(
  pool: Pool,
  rows: readonly ChangeRow[],
): Promise<CaseChangeId[]> {
  const given = rows.map((row) => ({
    case_id: row.caseId,
    case_type_id: row.caseTypeId ?? "bankruptcy",
    borrower_id: row.borrowerId ?? "BO-1",
    loan_ids: ["LN-1"],
    status: row.status,
    outcome: row.outcome ?? null,
    fields: row.fields ?? {},
    changed_at: row.at ?? "2031-03-03T15:00:00Z",
    external_id: row.externalId ?? null,
    fires: row.fires ?? true,
  }));
  const { rows: inserted } = await pool.query<{ id: CaseChangeId }>(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields, changed_at, external_id, fires)
     select case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields, changed_at, external_id, fires
     from json_populate_recordset(null::tidings.case_changes, $1)
     returning id`,
    [JSON.stringify(given)],
  );
  return inserted.map((row) => row.id);
}
