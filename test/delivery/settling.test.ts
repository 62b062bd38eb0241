import { beforeAll, expect, test } from "vitest";
import { settle, type Examined } from "../../src/delivery/settling.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertInteraction } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { receiptOf } from "../receipts.ts";

const database = useDatabase();
const { pool } = database;
const deps = depsOn(database);

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

/** A message whose daemon died during the call. */
async function insertOrphan(channel: "email" | "text"): Promise<InteractionId> {
  const id = await insertInteraction(pool, { channel, provider: "peer" });
  await pool.query(
    "update tidings.interactions set status = 'inProgress', claimed_at = now(), claimed_by = 'w-1', provider = 'peer' where id = $1",
    [id],
  );
  await pool.query(
    "update tidings.interactions set status = 'attempted', status_details = channel || 'OutcomeUnknown' where id = $1",
    [id],
  );
  return id;
}

const examined = (
  interactionId: InteractionId,
  channel: "email" | "text",
  result: Examined["result"],
): Examined => ({
  unknown: {
    interactionId,
    channel,
    onUnknown: "resend",
    earlierUnknown: 0,
    timesUnknown: 1,
    latestAt: null,
    claimedAt: new Date(),
    to: "",
    body: "",
  },
  result,
});

/** The statuses of its attempts in their order. */
async function statusesOf(id: InteractionId): Promise<string[]> {
  const { rows } = await pool.query<{ status: string }>(
    "select status from tidings.interactions where id = $1 or first_interaction_id = $1 order by attempt",
    [id],
  );
  return rows.map(({ status }) => status);
}

/** The tasks of its jobs. */
async function jobsOf(id: InteractionId): Promise<string[]> {
  const { rows } = await pool.query<{ task: string }>(
    `select j.task_identifier as task from tidings_queue.jobs j join tidings_queue._private_jobs p on p.id = j.id
     where p.payload::jsonb->'interactionIds' @> to_jsonb(array[$1::text])`,
    [id],
  );
  return rows.map(({ task }) => task);
}

const BY_ID = (interactionId: InteractionId) => ({ interactionId });
const BY_MESSAGE = (id: InteractionId) => ({ providerMessageId: `tidings.${id}@lender.example` });

test.each([
  ["email", "by its id", undefined, BY_ID],
  ["email", "by its Message-ID", undefined, BY_MESSAGE],
  ["text", "by its id", { kind: "notFound" } as const, BY_ID],
] as const)(
  "%s: a receipt that waits and names the message %s settles it, and it is not sent again",
  async (channel, _, result, about) => {
    const id = await insertOrphan(channel);
    await keepReceipts(deps.db, [receiptOf({ provider: "peer", ...about(id) })]);
    // it was tried while the call was in progress
    await pool.query("update tidings.receipt_queue set run_at = now() + interval '1 minute'");

    await settle(deps, undefined, 5, [examined(id, channel, result)]);
    expect(await statusesOf(id)).toEqual(["attempted"]);
    // it is examined again after the receipt
    expect(await jobsOf(id)).toEqual(["settle_unknown_outcomes"]);

    await pool.query("update tidings.receipt_queue set run_at = now()");

    await applyWaiting(deps);
    expect(await statusesOf(id)).toEqual(["succeeded"]);
  },
);

test.each([
  ["email", undefined],
  ["text", { kind: "notFound" } as const],
] as const)("%s: a receipt in unknown words leaves it to a person", async (channel, result) => {
  const id = await insertOrphan(channel);
  await keepReceipts(deps.db, [
    receiptOf({ provider: "peer", ...BY_ID(id), rawStatus: "teleported" }),
  ]);
  await applyWaiting(deps);
  await settle(deps, undefined, 5, [examined(id, channel, result)]);
  expect(await statusesOf(id)).toEqual(["attempted"]);
  expect(await jobsOf(id)).toEqual([]);
  const { rows } = await pool.query("select settle_at from tidings.interactions where id = $1", [
    id,
  ]);
  expect(rows).toEqual([{ settle_at: null }]);
});

test("a receipt that cannot be applied because of an error does not prevent that it is sent again", async () => {
  const id = await insertOrphan("email");
  await keepReceipts(deps.db, [receiptOf({ provider: "peer", ...BY_ID(id) })]);
  await pool.query("update tidings.receipt_queue set failed_by = 'P0001'");
  await settle(deps, undefined, 0, [examined(id, "email", undefined)]);
  expect(await statusesOf(id)).toEqual(["attempted", "scheduled"]);
});

test.each([
  ["email", undefined, ["attempted", "scheduled"]],
  ["text", { kind: "notFound" } as const, ["failed"]],
] as const)(
  "%s: without a receipt it is sent again or given up",
  async (channel, result, statuses) => {
    const id = await insertOrphan(channel);
    await settle(deps, undefined, 5, [examined(id, channel, result)]);
    expect(await statusesOf(id)).toEqual(statuses);
  },
);

test("an email that a receipt has settled meanwhile is not sent again", async () => {
  const id = await insertOrphan("email");
  await keepReceipts(deps.db, [
    receiptOf({ provider: "peer", ...BY_ID(id), rawStatus: "failed", code: "5.1.1" }),
  ]);
  await applyWaiting(deps);
  await settle(deps, undefined, 0, [examined(id, "email", undefined)]);
  expect(await statusesOf(id)).toEqual(["failed"]);
});
