import { expect, test } from "vitest";
import { runChaos } from "../chaos/run.ts";

test("daemons and Postgres killed at random for ten seconds lose no notice, receipt or reply, and nothing is sent twice without a record of it", async () => {
  const { notices, waiting, receipts, replies, violations } = await runChaos({
    seconds: 10,
    seed: 20_310_303,
    printLine: () => {},
  });
  expect(violations).toEqual([]);
  expect(notices).toBeGreaterThan(50);
  expect(waiting).toBeGreaterThan(0);
  expect(receipts).toBeGreaterThan(50);
  expect(replies).toBeGreaterThan(5);
});
