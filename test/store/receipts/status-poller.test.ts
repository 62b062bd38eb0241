import { beforeAll, beforeEach, expect, test } from "vitest";
import type { StatusPolls } from "../../../src/deps.ts";
import { applyWaiting } from "../../../src/receipts/applier.ts";
import { pollOnce } from "../../../src/receipts/status-poller.ts";
import { useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { insertLender, insertType } from "../../lender.ts";
import { insertAccepted } from "../../receipts.ts";

const database = useDatabase();
const { pool } = database;
const deps = depsOn(database);

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
beforeEach(async () => {
  await pool.query("delete from tidings.receipt_polls");
});

/** A provider that knows these statuses, and the messages that it was asked about. */
function peer(statuses: Readonly<Record<string, readonly [string, number?]>>) {
  const asked: string[] = [];
  const polls: StatusPolls = {
    waits: [0, 0, 3_600_000],
    withinMs: 3_600_000,
    read: async (messages) => {
      asked.push(...messages.map((one) => one.messageId));
      return messages.flatMap(({ messageId }) => {
        const [status, errorCode = null] = statuses[messageId] ?? [];
        return status === undefined ? [] : [{ messageId, status, errorCode }];
      });
    },
  };
  return { asked, polls };
}

async function standing(id: InteractionId): Promise<string | undefined> {
  const { rows } = await pool.query<{ standing: string }>(
    "select concat_ws(' ', status, status_details) as standing from tidings.interactions where id = $1",
    [id],
  );
  return rows[0]?.standing;
}

test("an accepted text is asked about until it is final, and its status is a receipt", async () => {
  const one = await insertAccepted(pool, "SM-1");
  const other = await insertAccepted(pool, "SM-2");
  const first = peer({ "SM-1": ["delivered"], "SM-2": ["sent"] });
  await pollOnce(deps, first.polls);
  await applyWaiting(deps);
  expect([await standing(one), await standing(other)]).toEqual([
    "succeeded textDelivered",
    "attempted textSent",
  ]);
  const second = peer({ "SM-2": ["undelivered", 30005] });
  await pollOnce(deps, second.polls);
  await applyWaiting(deps);
  expect(second.asked).toEqual(["SM-2"]);
  expect(await standing(other)).toBe("failed textUndelivered");
  await pollOnce(deps, second.polls);
  expect((await pool.query("select from tidings.receipt_polls")).rowCount).toBe(0);
});

test("a text without an answer is asked about again, later each time", async () => {
  await insertAccepted(pool, "SM-3");
  const silent = peer({});
  for (const _ of [1, 2, 3, 4]) await pollOnce(deps, silent.polls);
  // after the third look the wait is an hour
  expect(silent.asked).toEqual(["SM-3", "SM-3"]);
  const { rows } = await pool.query(
    "select polls, poll_at > now() + interval '50 minutes' as later from tidings.receipt_polls",
  );
  expect(rows).toEqual([{ polls: 2, later: true }]);
});

test("two daemons do not ask about the same text, and one that dies delays it", async () => {
  // only this text is left
  await pool.query(
    "update tidings.interactions set status = 'succeeded' where status = 'attempted'",
  );
  await insertAccepted(pool, "SM-4");
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const slow = peer({ "SM-4": ["sent"] });
  const asking = pollOnce(deps, {
    ...slow.polls,
    read: async (messages) => {
      await answered;
      return await slow.polls.read(messages);
    },
  });
  await expect
    .poll(
      async () =>
        (await pool.query("select from tidings.receipt_polls where poll_at > now()")).rowCount,
    )
    .toBe(1);
  const second = peer({ "SM-4": ["sent"] });
  await pollOnce(deps, second.polls);
  expect(second.asked).toEqual([]);
  answer();
  await asking;
});
