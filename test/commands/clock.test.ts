import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { cancel } from "../../src/commands/cancel.ts";
import { retry } from "../../src/commands/retry.ts";
import { settle } from "../../src/commands/settle.ts";
import { useDatabase } from "../database.ts";
import { insertInteraction } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { runOn } from "./run.ts";

// A command runs on the machine of an operator, whose clock may be days off. The times that it writes and selects by are those of the database.

const database = useDatabase();
const { pool } = database;
const DAY_MS = 86_400_000;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
afterEach(() => void vi.useRealTimers());

const isDueNow = async (id: string): Promise<unknown> => {
  const { rows } = await pool.query(
    `select abs(extract(epoch from scheduled_at_from - now())) < 3600 as due from tidings.interactions
     where id = $1 or previous_interaction_id = $1 order by id desc limit 1`,
    [id],
  );
  return rows[0]?.due;
};

for (const days of [-3, 3]) {
  const turnClock = (): void => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + days * DAY_MS });
  };

  test(`a retry is due at once, with a clock ${days} days off`, async () => {
    const id = await insertInteraction(pool, { status: "failed" });
    turnClock();
    expect(await runOn(database, retry, id)).toMatchObject({ code: 0 });
    expect(await isDueNow(id)).toBe(true);
  });

  test(`what is settled as never sent is due at once, with a clock ${days} days off`, async () => {
    const id = await insertInteraction(pool, {
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
      scheduledAtFrom: new Date("2031-01-01"),
    });
    turnClock();
    expect(await runOn(database, settle, id, "--as", "neverSent")).toMatchObject({ code: 0 });
    expect(await isDueNow(id)).toBe(true);
  });

  test(`an age counts from the database's time, with a clock ${days} days off`, async () => {
    const old = new Date(Date.now() - 2 * DAY_MS);
    await insertInteraction(pool, { personId: "BO-2", createdAt: old });
    const recent = await insertInteraction(pool, { personId: "BO-2", createdAt: new Date() });
    turnClock();
    const words = ["--borrower", "BO-2", "--since", "1d", "--reason", "x", "--yes"];
    const { output } = await runOn(database, cancel, ...words);
    expect(output).toBe(`Canceled 1 interaction: ${recent}.`);
  });
}
