import type { Db } from "../../src/store/postgres/db.ts";
import { turnHoursOff } from "../lender.ts";
import type { Comparison } from "./compare.ts";
import type { Metered } from "./meter.ts";

/** The database of a bench: migrated, empty, and used by no one else. */
export interface Scene extends Metered {
  readonly url: string;
  /** As the daemon opens it. */
  readonly db: Db;
  /** The folder for the bench's files. */
  readonly dir: string;
}

/** The output of a bench: a comparison, or other figures under a name. */
export type BenchResult =
  | Comparison
  | (Readonly<Record<string, unknown>> & { readonly name: string });

export type Bench = (scene: Scene) => Promise<readonly BenchResult[]>;

export const EMAIL_TEXT = `Dear {{borrower.name.firstName}} {{borrower.name.lastName}},

we have received what you sent us about your case {{case.id}} and will answer within five business days. Until then you need not do anything.

{{lender.name}}, {{lender.postalAddress}}`;
export const EMAIL_HTML = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Your case</title></head>
<body style="font-family:sans-serif"><table role="presentation" width="600"><tr><td>
<p>Dear {{borrower.name.firstName}} {{borrower.name.lastName}},</p>
<p>we have received what you sent us about your case <b>{{case.id}}</b> and will answer within five business days. Until then you need not do anything.</p>
<p>{{lender.name}}, {{lender.postalAddress}}</p>
</td></tr></table></body></html>`;
const TEXT = "{{lender.name}}: we have received what you sent us about your case {{case.id}}.";

/**
 * Inserts a lender with this many borrowers, each with a loan, an email and a mobile number, and three notification
 * types: for changes of a disaster an email after five business days, for those of a dispute an email and a text at
 * once.
 */
export async function insertPortfolio({ pool }: Scene, borrowers: number): Promise<void> {
  await pool.query(`
    insert into tidings.case_types (id, name) values ('disaster', 'Disaster'), ('dispute', 'Dispute'), ('emailOnly', 'By email'), ('textOnly', 'By text');
    insert into tidings.borrowers (id, name)
    select 'BO-' || n, jsonb_build_object('firstName', 'Pat', 'lastName', 'Example ' || n) from generate_series(1, ${borrowers}) n;
    insert into tidings.loans (id, borrower_id, display_id)
    select 'LN-' || n, 'BO-' || n, 'D' || n from generate_series(1, ${borrowers}) n;
    insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
    select 'CE-' || n, 'BO-' || n, 'email', 'personal', 'pat.' || n || '@mail-' || n % 10 || '.example', false from generate_series(1, ${borrowers}) n
    union all
    select 'CP-' || n, 'BO-' || n, 'phone', 'personal', '+1' || (array['614','216','330','419','440','513','567','740','937','380'])[n % 10 + 1] || '555' || lpad((n % 10000)::text, 4, '0'), true from generate_series(1, ${borrowers}) n;
  `);
  await pool.query(
    `insert into tidings.templates (id, version, channel, subject_template, html_template, text_template, status)
     values (1, 1, 'email', 'Your case {{case.id}}', $1, $2, 'active'), (2, 1, 'text', null, null, $3, 'active')`,
    [EMAIL_HTML, EMAIL_TEXT, TEXT],
  );
  await pool.query(`
    insert into tidings.notification_types (id, version, name, on_status, channel, theme, template_id, delay, unit, status) values
      (1, 1, 'Disaster relief', 'initiated', 'email', 'opsServicing', 1, 5, 'businessDays', 'active'),
      (2, 1, 'Dispute received', 'initiated', 'email', 'opsServicing', 1, null, null, 'active'),
      (3, 1, 'Dispute received', 'initiated', 'text', 'opsServicing', 2, null, null, 'active');
    insert into tidings.case_type_notification_types values ('disaster', 1), ('dispute', 2), ('dispute', 3), ('emailOnly', 2), ('textOnly', 3);
  `);
  await turnHoursOff(pool);
  await pool.query("vacuum analyze");
}
