import { readConfig } from "../../src/config.ts";
import { builtInPolicy } from "../../src/decide/guard/policy/policy.ts";
import { simulate } from "../../src/commands/simulate/run.ts";
import { createDb } from "../../src/store/postgres/db.ts";
import { loadVersion } from "../../src/store/resolve/active-types.ts";
import { shareOf } from "./compare.ts";
import { insertPortfolio, type BenchResult, type Scene } from "./scene.ts";

const CHANGES = shareOf(100_000);
const BORROWERS = Math.ceil(CHANGES / 5);
const PERIOD = {
  from: new Date("2026-03-01T00:00:00Z"),
  to: new Date("2026-04-01T00:00:00Z"),
  notificationTypeId: null,
};

/** Replays a month of disputes: each change has caused an email and every fifth a text, at any minute of the day. */
export async function benchSimulate(scene: Scene): Promise<readonly BenchResult[]> {
  const { pool } = scene;
  await insertPortfolio(scene, BORROWERS);
  await pool.query(`
    set session_replication_role = replica;
    update tidings.borrowers set created_at = '2026-01-01';
    update tidings.contacts set created_at = '2026-01-01';
    update tidings.loans set created_at = '2026-01-01';
    insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status, changed_at, received_at)
    select 'CS-' || n, 'dispute', 'BO-' || 1 + n % ${BORROWERS}, array['LN-' || 1 + n % ${BORROWERS}], 'initiated', t.at, t.at
    from generate_series(1, ${CHANGES}) n
    cross join lateral (select timestamptz '2026-03-01Z' + n * interval '1 month' / ${CHANGES + 1} as at) t;
    insert into tidings.cases (id, case_type_id, borrower_id, loan_ids, status, fields, case_change_id, changed_at)
    select c.case_id, c.case_type_id, c.borrower_id, c.loan_ids, c.status, c.fields, c.id, c.changed_at from tidings.case_changes c;
    insert into tidings.case_moves (case_id, changed_at, case_change_id) select c.case_id, c.changed_at, c.id from tidings.case_changes c;
    insert into tidings.interactions (origin, channel, theme, status, person_id, case_id, case_change_id, notification_type_id,
      notification_type_version, template_id, template_version, contact_id, loan_ids, scheduled_at_from, started_at)
    select 'tidings', m.channel, 'opsServicing', 'attempted', c.borrower_id, c.case_id, c.id, m.type, 1, m.type - 1, 1,
      m.contact || substring(c.borrower_id from 4), c.loan_ids, c.received_at, c.received_at
    from tidings.case_changes c
    join (values (2, 'email', 'CE-'), (3, 'text', 'CP-')) m(type, channel, contact) on m.type = 2 or c.id % 5 = 0;
    insert into tidings.interaction_transitions (interaction_id, to_status, moved_at, moved_by)
    select i.id, i.status, i.started_at, 'bench' from tidings.interactions i;
    set session_replication_role = origin`);
  await pool.query("vacuum analyze");
  const db = createDb(pool);
  const inputs = {
    db,
    config: readConfig({}),
    policy: builtInPolicy(),
    now: new Date(),
    onProgress: () => {},
  };
  const began = performance.now();
  const done = await simulate({ ...inputs, period: PERIOD, type: null });
  const { changes, messages, minutes } = done;
  const asItWas = { changes, messages, factsOfMinutes: minutes, seconds: secondsSince(began) };
  const again = performance.now();
  const type = (await loadVersion(db, 2, 1)) ?? null;
  const tried = await simulate({ ...inputs, period: { ...PERIOD, notificationTypeId: 2 }, type });
  const withVersion = { messages: tried.messages, seconds: secondsSince(again) };
  return [{ name: "simulate", asItWas, withVersion }];
}

const secondsSince = (began: number): number =>
  Number(((performance.now() - began) / 1_000).toFixed(1));
