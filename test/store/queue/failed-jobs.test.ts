import { expect, test } from "vitest";
import { Fault, type FaultCode } from "../../../src/domain/fault.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { openQueue } from "../../../src/store/queue/queue.ts";
import { useDatabase } from "../../database.ts";

const { pool } = useDatabase();

/** Runs three jobs that fail with this fault. Returns how many of the failures were reported. */
async function reportsOf(code: FaultCode): Promise<number> {
  let reports = 0;
  let runs = 0;
  const queue = await openQueue({
    pool,
    taskList: {
      resolve_case_changes: () => {
        runs += 1;
        throw new Fault(code, "text");
      },
    },
    concurrency: 1,
    emit: (event) => void (event === "job.failed" && (reports += 1)),
    outages: trackOutages(() => {}),
  });
  for (let n = 0; n < 3; n++)
    await pool.query(
      "select tidings_queue.add_job('resolve_case_changes', '{}', max_attempts => 1)",
    );
  await expect.poll(() => runs).toBe(3);
  await queue.stop(1_000);
  return reports;
}

test("each failed job is reported", async () => {
  expect(await reportsOf("SEAL_BROKEN")).toBe(3);
});

test("the jobs of a channel without a provider are reported once a minute", async () => {
  expect(await reportsOf("CHANNEL_NOT_CARRIED")).toBe(1);
});
