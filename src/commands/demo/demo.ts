import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";
import { readConfig, type Config } from "../../config.ts";
import { openDaemon } from "../../daemon.ts";
import { EXPECTED } from "../../demo/expected.ts";
import { TEMPLATES } from "../../demo/templates.ts";
import { Fault } from "../../domain/fault.ts";
import { createLog, eventLogger } from "../../log.ts";
import { createDb, openPool, type Db } from "../../store/postgres/db.ts";
import {
  countReplyOutcomes,
  countUnfinished,
  listLatencies,
  listOutcomes,
  type OverviewRow,
  type ReplyOutcome,
} from "../../store/operate/overview.ts";
import { loadDrafts } from "../../store/templates/versions.ts";
import { unusable } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import type { Print } from "../cli/print.ts";
import { nextSteps } from "./next-steps.ts";
import { tableOf } from "./table.ts";
import { readFolders } from "../templates/folders.ts";
import { publish } from "../templates/publish.ts";
import { pushFolders } from "../templates/push.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";

interface Core {
  run(file: string): Promise<void>;
  end(): Promise<void>;
}

const DEADLINE_MS = 45_000;
/** The demo waits for retries that are due within this time (ms), not for the notice in five business days. */
const SOON_MS = 30_000;
const LATENCY_CHANGES = 25;

/** Runs Tidings on sample data and prints the results. Exit code 0 if all results are as expected. */
export const demo = command({
  name: "demo",
  summary: "run Tidings on sample data in a sandbox",
  details: "It starts its own Postgres under DATA_DIR/demo; nothing leaves this machine.",
  options: {},
  run: ({ print }) => runDemo(print),
});

async function runDemo(print: Print): Promise<ExitCode> {
  const { DATA_DIR } = process.env;
  const dir = resolve(readConfig({ DATA_DIR }).dataDir, "demo");
  await recreate(dir).catch(unusable(`${dir} cannot be made`));
  const config = demoConfig(dir);
  print(
    "Starting Postgres and Tidings on sample data, in the sandbox: nothing leaves this machine.",
  );
  const daemon = await openDaemon(config, eventLogger(createLog("info", join(dir, "daemon.log"))));
  const pool = openPool({ url: daemon.databaseUrl, actor: "demo", max: 2, onLost: () => {} });
  const core = await openCore(daemon.databaseUrl);
  try {
    return await play(createDb(pool), core, { print, dir });
  } finally {
    await core.end();
    await pool.end();
    await daemon.stop();
  }
}

async function recreate(dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
}

async function play(
  db: Db,
  core: Core,
  { print, dir }: { print: Print; dir: string },
): Promise<ExitCode> {
  await publishTemplates(db);
  await core.run("lender.sql");
  await core.run("case-changes.sql");
  print("The rules for the hours of contact are off here, so that the demo works at any hour.");
  print("Inserted 12 case changes; waiting until nothing is left to do.\n");
  const done = await waitUntilDone(db);
  const outcomes = await listOutcomes(db);
  print(tableOf(outcomes));
  print(
    `\nThe messages are in ${join(dir, "outbox")}, the daemon's log in ${join(dir, "daemon.log")}.`,
  );
  const replies = await countReplyOutcomes(db);
  const wrong = done
    ? [...findDifferences(outcomes), ...findWrongReplies(replies)]
    : ["the work was not done in time"];
  if (wrong.length === 0)
    print(
      `All ${outcomes.filter((one) => one.status).length} interactions are as expected. ${countReceipts(outcomes)} ${REPLIED}`,
    );
  else print(`NOT as expected:\n${wrong.join("\n")}`);
  print(
    `From the insert of a change to the call to the provider: median ${await measureLatency(db, core)} ms.`,
  );
  print(nextSteps(outcomes, { dir, cwd: process.cwd(), tidings: tidingsOf(process) }));
  return wrong.length === 0 ? EXIT.done : EXIT.checkFailed;
}

function countReceipts(outcomes: readonly OverviewRow[]): string {
  const delivered = outcomes.filter((one) => one.status === "succeeded").length;
  return `Receipts say that ${delivered} messages were delivered (succeeded).`;
}

/** The number of contact CT-BEN-PHONE answers its first text: src/demo/lender.sql. */
const REPLIED =
  "Ben answered STOP to a text: 1 number has opted out, and 1 text has confirmed that.";

const findWrongReplies = ({ optOuts, confirmed }: ReplyOutcome): string[] =>
  optOuts === 1 && confirmed === 1
    ? []
    : [`replies: ${optOuts} opt-outs, ${confirmed} confirmed, expected 1 and 1`];

/** Returns the words that run Tidings in the shell from which the demo was started. */
function tidingsOf({ env, argv }: Pick<NodeJS.Process, "env" | "argv">): string {
  if (env["npm_lifecycle_event"] !== undefined) return "npm run --silent tidings --";
  return `node ${relative(process.cwd(), argv[1] ?? "src/main.ts")}`;
}

/** Ignores the settings of the shell, so that the demo never reaches a real database or a real borrower. */
const demoConfig = (dir: string): Config =>
  readConfig({
    DATA_DIR: dir,
    DELIVERY: "sandbox",
    EMAIL_RETRIES: "1s 2s",
    TEXT_RETRIES: "1s 2s",
    TEXT_POLLS: "1s",
    CONTENT_KEY: randomBytes(32).toString("base64"),
  });

/** Does the same as `tidings templates push` and `publish`. */
async function publishTemplates(db: Db): Promise<void> {
  const pushed = await pushFolders(db, await readFolders(TEMPLATES));
  const emitted = pushed.flatMap(({ findings }) => findings);
  const print: Print = (line) => void emitted.push(line);
  const code = await publish(db, await loadDrafts(db), { canSeal: true, print });
  if (code !== 0) throw new Fault("DEMO_INCOMPLETE", emitted.join("\n"));
}

/** Acts as the core system: plain SQL on a separate connection. */
async function openCore(url: string): Promise<Core> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    run: async (file) =>
      void (await client.query(
        await readFile(join(import.meta.dirname, "../../demo", file), "utf8"),
      )),
    end: () => client.end(),
  };
}

async function waitUntilDone(db: Db): Promise<boolean> {
  const end = Date.now() + DEADLINE_MS;
  while (Date.now() < end) {
    const unfinished = await countUnfinished(db, new Date(Date.now() + SOON_MS));
    if (unfinished === 0 && (await haveReceiptsCome(db, end))) return true;
    await sleep(50);
  }
  return false;
}

/** The longest wait of the demo for receipts and replies (ms). Then it shows those that have arrived. */
const RECEIPTS_MS = 15_000;

/** Receipts and replies come after the work is done, and no row waits for them. */
const haveReceiptsCome = async (db: Db, end: number): Promise<boolean> =>
  Date.now() > end - DEADLINE_MS + RECEIPTS_MS ||
  (findDifferences(await listOutcomes(db)).length === 0 &&
    findWrongReplies(await countReplyOutcomes(db)).length === 0);

const statusOf = (outcome: OverviewRow): string =>
  [outcome.status, outcome.statusDetails].filter((word) => word !== null).join(" ");

function findDifferences(outcomes: readonly OverviewRow[]): string[] {
  return Object.entries(EXPECTED).flatMap(([caseChange, types]) => {
    const found = outcomes.filter((one) => one.caseChange === caseChange && one.status !== null);
    const byType = Map.groupBy(found, (one) => one.notificationType ?? "");
    const is = JSON.stringify(
      Object.fromEntries([...byType].map(([name, rows]) => [name, rows.map(statusOf)])),
    );
    const expected = JSON.stringify(types);
    return is === expected ? [] : [`${caseChange}: ${is}, expected ${expected}`];
  });
}

/** Measures single changes, one after the other, on an idle daemon. */
async function measureLatency(db: Db, core: Core): Promise<string> {
  const since = new Date();
  for (let n = 0; n < LATENCY_CHANGES; n += 1) {
    await core.run("single-change.sql");
    await sleep(60);
  }
  await waitUntilDone(db);
  const sorted = (await listLatencies(db, since)).toSorted((one, other) => one - other);
  return (sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(1);
}
