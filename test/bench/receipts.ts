import { setTimeout as sleep } from "node:timers/promises";
import type { InteractionId } from "../../src/domain/ids.ts";
import type { ArrivedReceipt } from "../../src/domain/receipts/arrived-receipt.ts";
import { createDb } from "../../src/store/postgres/db.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { spawnDaemon } from "../daemon-process.ts";
import { callback } from "../receipts.ts";
import { compare, shareOf } from "./compare.ts";
import { measure, type Run } from "./meter.ts";
import { insertPortfolio, type BenchResult, type Scene } from "./scene.ts";

const RECEIPTS = shareOf(20_000);
/** As many as the door of a daemon stores in one statement. */
const GROUP = 200;
const DEADLINE_MS = 300_000;

/**
 * A bulk of delivery receipts, from the first insert until the last one is applied; the other side is a plain insert of the same
 * receipts, in the same groups, into a table like receipts.
 */
export async function benchReceipts(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, RECEIPTS);
  await scene.pool.query("create table public.plain (like tidings.receipts including all)");
  const daemon = spawnDaemon({ DATABASE_URL: scene.url, DATA_DIR: scene.dir, TEXT_POLLS: "none" });
  await daemon.waitFor("daemon.started");
  let bulks = 0;
  try {
    return [
      await compare({
        name: "receipts",
        ours: () => applyBulk(scene, { bulk: (bulks += 1), daemonPid: daemon.child.pid ?? 0 }),
        others: {
          "insert of the same rows, in the same groups, into a table like receipts": () =>
            insertPlainly(scene, bulks),
        },
      }),
    ];
  } finally {
    daemon.child.kill("SIGTERM");
    await daemon.ended;
  }
}

interface Bulk {
  readonly bulk: number;
  readonly daemonPid: number;
}

async function applyBulk(scene: Scene, { bulk, daemonPid }: Bulk): Promise<Run> {
  await insertAccepted(scene, bulk);
  const db = createDb(scene.pool);
  const run = await measure({
    count: RECEIPTS,
    pid: daemonPid,
    postgres: scene,
    work: async () => {
      for (const group of groupsOf(bulk)) await keepReceipts(db, group);
      await waitUntilApplied(scene);
    },
  });
  const { rows } = await scene.pool.query<{ delivered: number }>(
    "select count(*)::int as delivered from tidings.interactions where status_details = 'textDelivered'",
  );
  if (rows[0]?.delivered !== RECEIPTS * bulk) throw new Error("receipts were lost");
  return run;
}

/** The interactions of the bulks are the only ones. */
const idOf = (bulk: number, n: number): InteractionId =>
  String((bulk - 1) * RECEIPTS + n + 1) as InteractionId;
const sidOf = (bulk: number, n: number): string => `SM${bulk}-${n}`;

function* groupsOf(bulk: number): Generator<ArrivedReceipt[]> {
  for (let start = 0; start < RECEIPTS; start += GROUP)
    yield Array.from({ length: Math.min(GROUP, RECEIPTS - start) }, (_, n) => ({
      ...callback(sidOf(bulk, start + n), "delivered"),
      // Twilio calls back at a URL with the id
      interactionId: idOf(bulk, start + n),
    }));
}

/** Texts that were accepted, with their transitions. */
async function insertAccepted({ pool }: Scene, bulk: number): Promise<void> {
  await pool.query(
    `insert into tidings.interactions (origin, channel, status, person_id, contact_id, notification_type_id, notification_type_version,
       case_change_id, scheduled_at_from, claimed_at, claimed_by, provider)
     select 'tidings', 'text', 'inProgress', 'BO-' || n, 'CP-' || n, 1, 1, nextval('tidings.case_changes_id_seq'), now(), now(), w.id, 'twilio'
     from generate_series(1, ${RECEIPTS}) n, (select id from tidings.workers limit 1) w`,
  );
  await pool.query(
    `update tidings.interactions i
     set status = 'attempted', status_details = 'textQueued', provider_message_id = 'SM' || $1 || '-' || (substring(i.person_id from 4)::int - 1),
       evidence = '{"code": "201"}'
     where i.status = 'inProgress'`,
    [bulk],
  );
  await pool.query("vacuum analyze tidings.interactions, tidings.receipts, tidings.receipt_queue");
}

async function waitUntilApplied({ pool }: Scene): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (Date.now() < end) {
    const { rowCount } = await pool.query("select from tidings.receipt_queue limit 1");
    if (rowCount === 0) return;
    await sleep(10);
  }
  throw new Error("receipts were not applied in time");
}

async function insertPlainly(scene: Scene, bulk: number): Promise<Run> {
  await scene.pool.query("truncate public.plain");
  return measure({ count: RECEIPTS, postgres: scene, work: () => insertGroups(scene, bulk) });
}

async function insertGroups({ pool }: Scene, bulk: number): Promise<void> {
  let id = 0;
  for (const group of groupsOf(bulk)) {
    await pool.query(
      `insert into public.plain (id, provider, provider_message_id, interaction_id, raw_status)
       overriding system value
       select r.id, r.provider, r."providerMessageId", r.id, r."rawStatus"
       from json_to_recordset($1) as r(id bigint, provider text, "providerMessageId" text, "rawStatus" text)`,
      [JSON.stringify(group.map((one) => ({ ...one, id: String((id += 1)) as InteractionId })))],
    );
  }
}
