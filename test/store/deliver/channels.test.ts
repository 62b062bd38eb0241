import { expect, test } from "vitest";
import { syncChannelProviders } from "../../../src/store/deliver/channels.ts";
import { useDatabase } from "../../database.ts";

const { db, pool } = useDatabase();

const SMTP = { provider: "smtp", receiptWithinMs: 432_000_000 };
const TWILIO = { provider: "twilio", receiptWithinMs: 259_200_000 };

async function providers(): Promise<Record<string, string | null>> {
  const { rows } = await pool.query<{ channel: string; provider: string | null }>(
    "select channel, provider from tidings.channels where channel in ('email', 'text')",
  );
  return Object.fromEntries(rows.map(({ channel, provider }) => [channel, provider]));
}

test("a channel of another live daemon stays; a channel without a daemon is removed", async () => {
  await syncChannelProviders(db, { email: SMTP, text: TWILIO });
  await pool.query(
    "insert into tidings.workers (id, host, pid, queue_pool) values ('other', 'h', 1, 'q')",
  );
  await syncChannelProviders(db, { email: SMTP });
  expect(await providers()).toEqual({ email: "smtp", text: "twilio" });
  await pool.query("update tidings.workers set heartbeat_at = now() - interval '1 minute'");
  await syncChannelProviders(db, { email: SMTP });
  expect(await providers()).toEqual({ email: "smtp", text: null });
});

test("the time within which a receipt is expected is stored, and follows the setting", async () => {
  const within = async (): Promise<unknown> =>
    (
      await pool.query(
        "select receipt_within_seconds as it from tidings.channels where channel = 'email'",
      )
    ).rows[0];
  await syncChannelProviders(db, { email: SMTP });
  expect(await within()).toEqual({ it: 432_000 });
  await syncChannelProviders(db, { email: { ...SMTP, receiptWithinMs: 60_000 } });
  expect(await within()).toEqual({ it: 60 });
});
