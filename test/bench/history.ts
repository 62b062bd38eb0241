import { printLine } from "./compare.ts";
import type { Scene } from "./scene.ts";

/** Each borrower has this many notices. */
export const NOTICES_A_BORROWER = 20;
const CHUNK = 100_000;

/**
 * Writes the history of so many notices of the last two years with their case changes, resolutions, judgements and three transitions
 * each, without triggers. The borrowers are those of `insertPortfolio`.
 */
export async function loadHistory({ pool }: Scene, notices: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query("set session_replication_role = replica");
    for (let from = 1; from <= notices; from += CHUNK) {
      const to = Math.min(notices, from + CHUNK - 1);
      await client.query(chunkOf(from, to, notices));
      printLine(`  ${to} of ${notices} notices are loaded`);
    }
    for (const table of ["case_changes", "interactions"])
      await client.query(
        `select setval(pg_get_serial_sequence('tidings.${table}', 'id'), ${notices})`,
      );
  } finally {
    await client.query("set session_replication_role = origin");
    client.release();
  }
  // a trigger notes what a replica inserts, and these changes are taken in
  await pool.query("truncate tidings.missed_changes");
  await pool.query("vacuum analyze");
}

/** Statements for the notices from one number to another. The number is the id of the change and of the notice. */
function chunkOf(from: number, to: number, all: number): string {
  const borrowers = Math.ceil(all / NOTICES_A_BORROWER);
  const rows = `generate_series(${from}, ${to}) n
    cross join lateral (select 1 + n % ${borrowers} as b, now() - interval '2 years' + n * (interval '2 years' / ${all + 1}) as at) x`;
  return `
    insert into tidings.case_changes (id, case_id, case_type_id, borrower_id, loan_ids, status, changed_at, received_at) overriding system value
    select n, 'OLD-' || n, 'emailOnly', 'BO-' || b, array['LN-' || b], 'initiated', at, at from ${rows};
    insert into tidings.cases (id, case_type_id, borrower_id, loan_ids, status, fields, changed_at, case_change_id)
    select 'OLD-' || n, 'emailOnly', 'BO-' || b, array['LN-' || b], 'initiated', '{}', at, n from ${rows};
    insert into tidings.case_moves (case_change_id, case_id, changed_at) select n, 'OLD-' || n, at from ${rows};
    insert into tidings.resolutions (case_change_id, resolved_at, resolved_by, verdicts) select n, at, 'bench', '{"fires": ["2.1"]}' from ${rows};
    insert into tidings.interactions (id, origin, created_at, channel, direction, theme, status, status_details, person_id, loan_ids, case_id,
      case_change_id, notification_type_id, notification_type_version, template_id, template_version, contact_id, contact, borrower, content,
      scheduled_at_from, started_at, ended_at, claimed_at, claimed_by, claims, provider, status_updated_at, status_details_updated_at)
    select n, 'tidings', at, 'email', 'outbound', 'opsServicing', 'succeeded', 'emailDelivered', 'BO-' || b, array['LN-' || b], 'OLD-' || n,
      n, 2, 1, 1, 1, 'CE-' || b, jsonb_build_object('value', 'pat.' || b || '@example.com'), '{"language": "en"}',
      jsonb_build_object('to', 'pat.' || b || '@example.com', 'subject', 'Your case OLD-' || n, 'bodyText', repeat('We have received it. ', 10)),
      at, at, at, at, 'bench', 1, 'smtp', at, at from ${rows};
    insert into tidings.interaction_transitions (interaction_id, moved_at, moved_by, from_status, to_status, to_status_details)
    select n, at, 'bench', s.was, s.now, s.details from ${rows}
    cross join (values (1, null, 'scheduled', null), (2, 'scheduled', 'inProgress', null), (3, 'inProgress', 'succeeded', 'emailDelivered')) s(place, was, now, details)
    order by n, s.place;
    insert into tidings.judgements (interaction_id, judged_at, policy_version, outcome) select n, at, 0, 'allow' from ${rows}`;
}
