import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Pool } from "pg";
import { outageCode } from "../../src/store/postgres/retry.ts";
import { openPool } from "../../src/store/postgres/db.ts";
import {
  startEmbeddedPostgres,
  type EmbeddedPostgres,
} from "../../src/store/postgres/embedded-postgres.ts";
import { spawnDaemon, type DaemonProcess } from "../daemon-process.ts";
import { insertChanges, insertLender } from "../lender.ts";
import { openRandom, type Random } from "./random.ts";
import {
  REPLYING_BORROWERS,
  replyingAddress,
  replyingNumber,
  replyUntil,
  OPT_OUT_CONFIRMED,
} from "./replies.ts";
import { type Endpoints, openEndpoints } from "./endpoints.ts";
import { openReceived, TEXT_ACCOUNT, type Received } from "./received.ts";
import { createReporters, type Reporters } from "./reports.ts";
import { findForgotten, type Inflicted, judgeRun, type Verdict } from "./verdict.ts";

export interface ChaosOptions {
  readonly seconds: number;
  readonly seed: number;
  /** Called with each action as it happens. */
  readonly printLine: (line: string) => void;
}

/** The processes that can be killed, and the inserts. */
interface Scene {
  readonly dir: string;
  readonly random: Random;
  /** Only for the kills, so that a seed repeats them. */
  readonly killing: Random;
  readonly printLine: ChaosOptions["printLine"];
  readonly pool: Pool;
  readonly settings: Readonly<Record<string, string>>;
  readonly endpoints: Endpoints;
  readonly reporters: Reporters;
  readonly daemons: DaemonProcess[];
  postgres: EmbeddedPostgres;
}

/** Several notices of each borrower are in progress at once, and the guard reads a history of the usual length. */
const BORROWERS = 500;
const DAEMONS = 2;
const LIMITED_NUMBERS = "+1614556";
/** So few that each of them soon has more notices than places. They get these notices only. */
const LIMITED_BORROWERS = 5;
/** The texts about collection that a borrower may get in seven days. */
const LIMIT = 3;
/**
 * The run is given up when nothing has progressed for so long. A dead worker is missed for 12 s, a text is asked after for
 * 6 s and overdue work is found after a minute; a slow machine takes a multiple of the work in between, not of these.
 */
const NO_PROGRESS_MS = 120_000;

/**
 * Runs two daemons, one Postgres, and sinks that count messages, report on them later, and reply. While notices are inserted, daemons
 * and Postgres are killed at random. Then it waits until no work is left, and compares what happened with the record.
 */
export async function runChaos({ seconds, seed, printLine }: ChaosOptions): Promise<Verdict> {
  const dir = await mkdtemp(join(tmpdir(), "tidings-chaos-"));
  const killing = openRandom(seed);
  const random = openRandom(seed + 1);
  const endpoints = await openEndpoints(DAEMONS, random);
  const mustArrive = (to: string): boolean => to.startsWith(LIMITED_NUMBERS);
  const reporters = createReporters({ endpoints, random, mustArrive });
  const received = await openReceived(join(dir, "texts"), random, reporters);
  const scene = await openScene(dir, {
    random,
    killing,
    printLine,
    received,
    endpoints,
    reporters,
  });
  try {
    const end = Date.now() + seconds * 1_000;
    const sampled = new Set<string>();
    const inflicted: Away[] = [];
    const replying = replyUntil({ endpoints, random, end });
    await Promise.all([
      insertUntil(scene, end),
      killUntil(scene, end, inflicted),
      sampleWaits(scene, end, sampled),
    ]);
    printLine("no more killing; waiting until it is quiet");
    await revive(scene);
    const replies = await replying;
    await waitUntilQuiet(scene);
    return await judgeRun(scene.pool, received, {
      sampled: [...sampled],
      limit: LIMIT,
      reports: reporters.sent,
      texts: reporters.texts,
      replies,
      inflicted: inflicted.map(({ witnesses, ...away }) => ({
        ...away,
        isWitnessed: witnesses.some((daemon) => scene.daemons.includes(daemon)),
      })),
    });
  } finally {
    await closeScene(scene);
    await received.close();
    await rm(dir, { recursive: true, force: true });
  }
}

async function openScene(
  dir: string,
  given: Pick<Scene, "random" | "killing" | "printLine" | "endpoints" | "reporters"> & {
    received: Received;
  },
): Promise<Scene> {
  const { received, endpoints, ...rest } = given;
  const postgres = await startEmbeddedPostgres(join(dir, "postgres"));
  const pool = openPool({ url: postgres.url, actor: "chaos", max: 3, onLost: () => {} });
  const settings = {
    DATABASE_URL: postgres.url,
    DATA_DIR: dir,
    DELIVERY: "live",
    SMTP_URL: received.smtpUrl,
    EMAIL_FROM: "Example Lender <notices@lender.example>",
    TWILIO_ACCOUNT_SID: TEXT_ACCOUNT.accountSid,
    TWILIO_AUTH_TOKEN: TEXT_ACCOUNT.authToken,
    TWILIO_FROM: "+15005550006",
    TWILIO_API_URL: received.twilioUrl,
    EMAIL_RETRIES: Array<string>(60).fill("1s").join(" "),
    TEXT_RETRIES: Array<string>(60).fill("1s").join(" "),
    EMAIL_SETTLES: "1s",
    TEXT_SETTLES: "1s 2s 3s",
    // longer than the wait for a place
    TEXT_WITHIN: "240h",
  };
  const daemons = Array.from({ length: DAEMONS }, (_, n) =>
    spawnDaemon({ ...settings, ...endpoints.settingsOf(n) }),
  );
  await Promise.all(daemons.map((daemon) => daemon.waitFor("daemon.started")));
  await insertLender(pool);
  await pool.query(`
    insert into tidings.templates (id, channel, subject_template, text_template, status) values
      (21, 'email', 'A notice', 'Notice of {{case.id}}', 'active'), (22, 'text', null, 'Lender: notice of {{case.id}}. Reply STOP to end texts.', 'active');
    insert into tidings.templates (id, channel, kind, theme, text_template, status) values
      (23, 'text', 'optOutConfirmation', 'opsServicing', '${OPT_OUT_CONFIRMED}', 'active');
    insert into tidings.case_types (id) values ('resent'), ('held'), ('texted'), ('limited'), ('replied');
    insert into tidings.borrowers (id, name)
    select 'CB-' || n, '{"firstName": "Pat"}'::jsonb from generate_series(1, ${BORROWERS}) n
    union all
    select 'CL-' || n, '{"firstName": "Lee"}'::jsonb from generate_series(1, ${LIMITED_BORROWERS}) n
    union all
    select 'CA-' || n, '{"firstName": "Lou"}'::jsonb from generate_series(1, ${REPLYING_BORROWERS}) n;
    insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
    select 'CE-' || n, 'CB-' || n, 'email', 'personal', 'pat' || n || '@example.com', false from generate_series(1, ${BORROWERS}) n
    union all
    select 'CP-' || n, 'CB-' || n, 'phone', 'personal', '+1614555' || lpad(n::text, 4, '0'), true from generate_series(1, ${BORROWERS}) n
    union all
    select 'CQ-' || n, 'CL-' || n, 'phone', 'personal', '${LIMITED_NUMBERS}' || lpad(n::text, 4, '0'), true from generate_series(1, ${LIMITED_BORROWERS}) n;
    insert into tidings.notification_types (id, version, on_status, channel, theme, template_id, on_unknown, status) values
      (21, 1, 'initiated', 'email', null, 21, 'resend', 'active'), (22, 1, 'initiated', 'email', null, 21, 'hold', 'active'),
      (23, 1, 'initiated', 'text', null, 22, 'hold', 'active'), (24, 1, 'initiated', 'text', 'opsCollDebt', 22, 'hold', 'active');
    insert into tidings.case_type_notification_types values ('resent', 21), ('held', 22), ('texted', 23), ('limited', 24), ('replied', 23);
    insert into tidings.guard_policy_changes (change, rule_id, reason) values ('off', 'freq.cumulative', 'one rule has the limit of this run');
    -- of seven days, so that no midnight gives more places
    insert into tidings.guard_policy_changes (change, rule_id, entry_id, jurisdiction, rule, value, applies, source, certainty, reason) values
      ('set', 'freq.state', 'US.limit', 'US', 'cap', '{"max": ${LIMIT}, "days": 7, "channels": ["text"], "per": "person"}', '{coll}', 'chaos', 'policy', 'chaos');
  `);
  await insertReplying(pool);
  return { dir, pool, settings, daemons, postgres, endpoints, ...rest };
}

async function insertReplying(pool: Pool): Promise<void> {
  for (let n = 1; n <= REPLYING_BORROWERS; n += 1) {
    await pool.query(
      `insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages) values
         ('CA-P' || $1, 'CA-' || $1, 'phone', 'personal', $2, true), ('CA-E' || $1, 'CA-' || $1, 'email', 'personal', $3, false)`,
      [String(n), replyingNumber(n), replyingAddress(n)],
    );
  }
}

/** The borrowers of each kind of notice: those with a limit, those that reply, and the others. */
function borrowerOf(caseTypeId: string, n: number): string {
  if (caseTypeId === "limited") return `CL-${1 + (n % LIMITED_BORROWERS)}`;
  if (caseTypeId === "replied") return `CA-${1 + (n % REPLYING_BORROWERS)}`;
  return `CB-${1 + (n % BORROWERS)}`;
}

/** The numbers of case changes in one insert, for the case types that differ from the others. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  limited: [1, 3, 8],
  replied: [REPLYING_BORROWERS],
};

async function insertUntil({ pool, random }: Scene, end: number): Promise<void> {
  for (let n = 0; Date.now() < end; n += 1) {
    const caseTypeId = random.pick(["resent", "held", "texted", "texted", "limited", "replied"]);
    const isLimited = caseTypeId === "limited";
    const size = random.pick(SIZES[caseTypeId] ?? [1, 1, 1, 5, 60]);
    const rows = Array.from({ length: size }, (_, part) => ({
      caseId: `CS-${n}-${part}`,
      status: "initiated",
      caseTypeId,
      borrowerId: borrowerOf(caseTypeId, isLimited ? part : n + part),
      at: "2026-01-05T15:00:00Z",
    }));
    // an insert of a core system whose database is unreachable fails without effect, which is not tested here
    await insertChanges(pool, rows).catch((error: unknown) => {
      if (outageCode(error) === undefined) throw error;
    });
    await sleep(random.below(150));
  }
}

/** A time in which Postgres was away, with the daemons that worked when it began. */
interface Away extends Omit<Inflicted, "isWitnessed"> {
  readonly witnesses: readonly DaemonProcess[];
}

const works = ({ child, lines }: DaemonProcess): boolean =>
  !child.killed && lines.some(({ event }) => event === "daemon.started");

/** Kills at random, and notes each time in which Postgres was away. */
async function killUntil(scene: Scene, end: number, inflicted: Away[]): Promise<void> {
  while (Date.now() < end) {
    await sleep(500 + scene.killing.below(2_500));
    const what = scene.killing.pick(["daemon", "daemon", "daemon", "postgres", "both", "politely"]);
    scene.printLine(`killing: ${what}`);
    const beganAt = Date.now();
    const witnesses = scene.daemons.filter(works);
    const isPostgres = what === "postgres" || what === "both";
    if (isPostgres) process.kill(scene.postgres.pid, "SIGKILL");
    if (what !== "postgres") killOne(scene, what === "politely" ? "SIGTERM" : "SIGKILL");
    await sleep(scene.killing.below(1_500));
    await revive(scene);
    if (isPostgres) inflicted.push({ beganAt, endedAt: Date.now(), witnesses });
  }
}

function killOne({ daemons, killing }: Scene, signal: NodeJS.Signals): void {
  killing.pick(daemons).child.kill(signal);
}

/** Starts every process that is not running. */
async function revive(scene: Scene): Promise<void> {
  scene.postgres = await startEmbeddedPostgres(join(scene.dir, "postgres"));
  for (const [n, daemon] of scene.daemons.entries()) {
    const { exitCode, signalCode, killed } = daemon.child;
    if (exitCode === null && signalCode === null && !killed) continue;
    await daemon.ended;
    scene.daemons[n] = spawnDaemon({ ...scene.settings, ...scene.endpoints.settingsOf(n) });
  }
}

const SAMPLE_EVERY_MS = 300;

/** Collects what waits for nothing at any moment of the run, also right after a kill. */
async function sampleWaits({ pool }: Scene, end: number, sampled: Set<string>): Promise<void> {
  while (Date.now() < end) {
    const found = await findForgotten(pool).catch((error: unknown) => {
      if (outageCode(error) === undefined) throw error;
      return [];
    });
    for (const one of found) sampled.add(`${one} at a moment of the run`);
    await sleep(SAMPLE_EVERY_MS);
  }
}

/** The remaining work, without the notices that wait for a place in a limit, and a number that grows with every step of the work. */
const LEFT = `
  select (select count(*) from tidings_queue.jobs where run_at < now() + interval '1 day')::int
      + (select count(*) from tidings.resolve_queue)::int + (select count(*) from tidings.missed_changes)::int
      + (select count(*) from tidings.receipt_queue)::int
      + (select count(*) from tidings.interactions where status = 'inProgress'
        or (status = 'scheduled' and (scheduled_at_from < now() + interval '1 day') is not false))::int as left,
    (select count(*) from tidings.interaction_transitions) + (select count(*) from tidings.resolutions)
      + (select count(*) from tidings.receipts) as steps`;

/** Waits until no job waits, no case change is unresolved, no interaction is due, in progress or looked up, and all reports are applied. */
async function waitUntilQuiet({ pool, printLine, reporters }: Scene): Promise<void> {
  let last = "";
  let progressedAt = performance.now();
  while (performance.now() - progressedAt < NO_PROGRESS_MS) {
    const onTheWay = reporters.pending();
    const { rows } = await pool.query<{ left: number; steps: string }>(LEFT);
    const now = JSON.stringify({ ...rows[0], onTheWay });
    if (rows[0]?.left === 0 && onTheWay === 0) return;
    if (now !== last) progressedAt = performance.now();
    last = now;
    await sleep(250);
  }
  printLine(`nothing has progressed for ${NO_PROGRESS_MS / 1_000} s: ${last}`);
}

async function closeScene({ daemons, pool, postgres }: Scene): Promise<void> {
  for (const daemon of daemons) daemon.child.kill("SIGKILL");
  await Promise.all(daemons.map((daemon) => daemon.ended));
  await pool.end();
  await postgres.stop();
}
