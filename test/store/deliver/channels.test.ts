import { expect, test } from "vitest";
import { syncChannelProviders } from "../../../src/store/deliver/channels.ts";
import { useDatabase } from "../../database.ts";

const { db, pool } = useDatabase();

async function providers(): Promise<Record<string, string | null>> {
  const { rows } = await pool.query<{ channel: string; provider: string | null }>(
    "select channel, provider from tidings.channels where channel in ('email', 'text')",
  );
  return Object.fromEntries(rows.map(({ channel, provider }) => [channel, provider]));
}

test("a channel of another live daemon stays; a channel without a daemon is removed", async () => {
  await syncChannelProviders(db, { email: "smtp", text: "twilio" });
  await pool.query(
    "insert into tidings.workers (id, host, pid, queue_pool) values ('other', 'h', 1, 'q')",
  );
  await syncChannelProviders(db, { email: "smtp" });
  expect(await providers()).toEqual({ email: "smtp", text: "twilio" });
  await pool.query("update tidings.workers set heartbeat_at = now() - interval '1 minute'");
  await syncChannelProviders(db, { email: "smtp" });
  expect(await providers()).toEqual({ email: "smtp", text: null });
});
