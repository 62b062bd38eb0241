import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { printLine, shareOf } from "./compare.ts";
import { insertPortfolio, type BenchResult, type Scene } from "./scene.ts";
import { startSink } from "./wire.ts";

const COUNT = shareOf(6_000);
const ANSWERS_AFTER_MS = 50;
const DAEMONS = [1, 2, 4, 8];
const POLL_MS = 50;

/**
 * Delivers the same number of emails by one, two, four and eight daemons on one database, to a mail server that answers after 50 ms.
 * Prints the rate from the insert of the changes to the last outcome on record, and the least and the greatest share of a daemon.
 */
export async function benchDaemons(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, COUNT);
  await using sink = await startSink("smtp", { answersAfterMs: ANSWERS_AFTER_MS });
  const results: BenchResult[] = [];
  for (const count of DAEMONS) results.push(await deliverBy(scene, count, sink.port));
  return results;
}

async function deliverBy(scene: Scene, count: number, port: number): Promise<BenchResult> {
  const name = `daemons: ${count}`;
  const daemons = await startDaemons(scene, count, port);
  try {
    const began = performance.now();
    await insertChanges(scene, name);
    await waitUntilSent(scene, name);
    const perSecond = COUNT / ((performance.now() - began) / 1_000);
    const shares = await sharesOf(scene, name);
    printLine(`${name}: ${perSecond.toFixed(0)} a second, shares ${shares.join(" ")}`);
    return {
      name,
      notices: COUNT,
      perSecond: Number(perSecond.toFixed(1)),
      working: shares.length,
      leastShare: count > shares.length ? 0 : Math.min(...shares),
      greatestShare: Math.max(...shares),
    };
  } finally {
    for (const { child } of daemons) child.kill("SIGTERM");
    await Promise.all(daemons.map(({ ended }) => ended));
  }
}

async function startDaemons(
  { url, dir }: Scene,
  count: number,
  port: number,
): Promise<DaemonProcess[]> {
  const daemons = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const dataDir = join(dir, `daemon-${n}`);
      await mkdir(dataDir, { recursive: true });
      return spawnDaemon({
        DATABASE_URL: url,
        DATA_DIR: dataDir,
        DELIVERY: "live",
        SMTP_URL: `smtp://127.0.0.1:${port}`,
        EMAIL_FROM: "Example Lender <notices@lender.example>",
      });
    }),
  );
  await Promise.all(daemons.map((daemon) => daemon.waitFor("daemon.started")));
  return daemons;
}

const insertChanges = ({ pool }: Scene, name: string): Promise<unknown> =>
  pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
     select $1 || '-' || n, 'emailOnly', 'BO-' || n, array['LN-' || n], 'initiated' from generate_series(1, $2::int) n`,
    [name, COUNT],
  );

async function waitUntilSent({ pool }: Scene, name: string): Promise<void> {
  for (;;) {
    const { rows } = await pool.query<{ sent: number }>(
      "select count(*)::int as sent from tidings.interactions where case_id like $1 || '-%' and status = 'attempted'",
      [name],
    );
    if (rows[0]?.sent === COUNT) return;
    await sleep(POLL_MS);
  }
}

/** The part of each daemon that sent anything, the greatest first. */
async function sharesOf({ pool }: Scene, name: string): Promise<number[]> {
  const { rows } = await pool.query<{ share: number }>(
    `select round(count(*)::numeric / $2, 3)::float as share from tidings.interactions
     where case_id like $1 || '-%' group by claimed_by order by 1 desc`,
    [name, COUNT],
  );
  return rows.map(({ share }) => share);
}
