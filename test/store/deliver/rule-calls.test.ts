import { Client } from "pg";
import { beforeAll, expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { useDatabase } from "../../database.ts";
import { insertInteractions, type InteractionFields } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const { pool, url } = useDatabase();

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const REASON = "failure_description_short = 'Paused', failure_description_long = 'Paused: a test.'";
const NO_REASON = "failure_description_short = null, failure_description_long = null";
const CALL: InteractionFields = {
  startedAt: new Date(),
  endedAt: new Date(),
  contentSha256: "a".repeat(64),
  content: { bodyText: "Dear Pat" },
};

/** The calls of functions that get whole rows, whose contents are then read and decompressed, by a statement that sets columns. */
async function callsWithRows(ids: readonly InteractionId[], set: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query("begin; set local track_functions = 'all'");
  await client.query(`update tidings.interactions set ${set} where id = any($1)`, [ids]);
  const { rows } = await client.query<{ call: string }>(
    `select funcname || ' ' || calls as call from pg_stat_xact_user_functions
     where funcname in ('is_change_of_record', 'allow_only_erasure', 'is_erasure')`,
  );
  await client.end();
  return rows.map(({ call }) => call);
}

test.each<{ what: string; row: InteractionFields; set: string }>([
  {
    what: "that is claimed",
    row: {},
    set: `status = 'inProgress', claimed_by = 'w-1', claimed_at = now(), claims = claims + 1, contact_id = 'CT-EMAIL',
      content = '{"bodyText": "Dear Pat"}', ended_at = null, provider_message_id = null, ${NO_REASON}`,
  },
  {
    what: "that is recorded as sent",
    row: { status: "inProgress", content: CALL.content },
    set: `status = 'attempted', status_details = 'emailSent', started_at = now(), ended_at = now(), provider_message_id = '4XyZ',
      evidence = '{"code": "250"}', content_sha256 = repeat('a', 64), scheduled_at_from = scheduled_at_from, ${NO_REASON}`,
  },
  {
    what: "whose receipt arrives",
    row: { ...CALL, status: "attempted", statusDetails: "emailSent" },
    set: `status = 'succeeded', status_details = 'emailDelivered', evidence = '{"code": "2.0.0"}',
      provider_message_id = provider_message_id, compliance_guard_rule_id = null, ${NO_REASON}`,
  },
  {
    what: "that is put off",
    row: {},
    set: `status = 'scheduled', compliance_guard_rule_id = 'pause.open', scheduled_at_from = now(), ${REASON}`,
  },
  {
    what: "that is released",
    row: { complianceGuardRuleId: "pause.open" },
    set: `compliance_guard_rule_id = null, scheduled_at_from = now(), ${NO_REASON}`,
  },
  {
    what: "that is canceled",
    row: {},
    set: `status = 'canceled', compliance_guard_rule_id = null, evidence = '{"operator": "test"}', ${REASON}`,
  },
])("no rule gets the rows of an interaction $what", async ({ row, set }) => {
  expect(await callsWithRows(await insertInteractions(pool, 3, row), set)).toEqual([]);
});

test("a rule gets the rows of an interaction that changes without its status", async () => {
  const ids = await insertInteractions(pool, 3, {
    ...CALL,
    status: "attempted",
    statusDetails: "emailSent",
  });
  expect(await callsWithRows(ids, "meta_data = '{}'")).toEqual(["is_change_of_record 3"]);
});
