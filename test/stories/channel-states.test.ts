import { afterEach, beforeAll, expect, test } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { status } from "../../src/commands/status/status.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import { startMaintenance } from "../../src/maintenance.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { trackOutages } from "../../src/store/postgres/outages.ts";
import { runOn } from "../commands/run.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { worker } from "../ids.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { openScriptedSmtp } from "../providers/scripted-smtp.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool } = database;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

/** Sends three notices by the mail server on the port and records a heartbeat. Returns the line of `tidings status` on email. */
async function lineAfterThree(name: string, port: number): Promise<string> {
  const provider = openSmtp({ url: `smtp://tidings:secret@127.0.0.1:${port}`, slots: 4 });
  opened.push(provider);
  const { email } = readConfig({ EMAIL_RETRIES: "1h" }).channels;
  const deps: Deps = depsOn(database, { channels: { email: createChannel(provider, email) } });
  const at = new Date().toISOString();
  const cases = [1, 2, 3].map((n) => ({ caseId: `${name}-${n}`, status: "initiated", at }));
  await insertChanges(pool, cases);
  await runDueJobs(database, deps);
  const watch = startMaintenance({
    auditDays: 0,
    growTree: () => Promise.resolve(),
    deps,
    worker: { id: worker(name), host: "h", pid: 1, queuePool: name },
    jobs: new Set(),
    outages: trackOutages(() => {}),
    onTime: () => {},
  });
  const isAlive = { text: "select from tidings.workers where id = $1", values: [name] };
  await expect.poll(async () => (await pool.query(isAlive)).rowCount).toBe(1);
  await watch.stop();
  const { output } = await runOn(database, status);
  await pool.query("delete from tidings.workers");
  return /^email: .*/m.exec(output)?.[0] ?? output;
}

test("a refused login is in `tidings status` of another process, with the notices that wait for the channel", async () => {
  const peer = await openScriptedSmtp({ AUTH: () => "535 5.7.8 Authentication failed\r\n" });
  opened.push(peer);
  expect(await lineAfterThree("LOGIN", peer.port)).toMatch(
    /^email: STOPPED since .*: [^(]+ \(535 5\.7\.8 .*Authentication failed\)\. 3 notices wait, the oldest for /,
  );
});

test("a relay that refuses connections is in `tidings status`, with the next attempts", async () => {
  await pool.query(
    "update tidings.interactions set status = 'canceled', failure_description_short = 'x', failure_description_long = 'x' where status = 'scheduled'",
  );
  const peer = await openScriptedSmtp();
  await peer.close();
  expect(await lineAfterThree("DOWN", peer.port)).toMatch(
    /^email: FAILING since .*, 3 attempts in a row: .*ECONNREFUSED.*\. 3 next attempts planned, the first for /,
  );
});
