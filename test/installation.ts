import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, vi } from "vitest";
import { openChannels, type OpenChannels } from "../src/channels.ts";
import { readConfig } from "../src/config.ts";
import type { Deps } from "../src/deps.ts";
import type { TestDatabase } from "./database.ts";
import { applyWaiting } from "../src/receipts/applier.ts";
import { keepReceipts } from "../src/store/receipts/receipts.ts";
import { depsOn } from "./deps.ts";
import { insertChanges, insertLender } from "./lender.ts";
import { runDueJobs } from "./queue.ts";

export interface Attempt {
  readonly status: string;
  readonly details: string | null;
  readonly rule: string | null;
  readonly why: string | null;
}

/** A lender with one borrower, the real providers before sandbox sinks, and a clock that the test moves. */
export interface Installation {
  readonly deps: Deps;
  /** All log lines. */
  readonly emitted: string[];
  /** Moves the clock and runs everything that is due by then. */
  at(moment: string): Promise<void>;
  /** Replaces the contacts of the borrower. */
  reachableBy(contact: { email?: string; phone?: string }): Promise<void>;
  /** Inserts a change of the case now. */
  change(
    caseId: string,
    status: string,
    rest?: { fields?: object; caseTypeId?: string; borrowerId?: string },
  ): Promise<void>;
  attempts(caseId: string): Promise<Attempt[]>;
  /** Waits for the receipt of an accepted message. */
  receipt(): Promise<void>;
  /** The messages in the outbox, as they were sent. */
  outbox(): Promise<string[]>;
}

const MORNING = "2031-03-03T15:00:00Z";

export function useInstallation(
  database: TestDatabase,
  settings: Readonly<Record<string, string>> = {},
): Installation {
  const { pool } = database;
  const emitted: string[] = [];
  let dir = "";
  let carrying: OpenChannels;
  let received = Promise.withResolvers<void>();
  const deps = depsOn(database, {
    emit: (event, fields) => void emitted.push(JSON.stringify({ event, ...fields })),
  });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "tidings-story-"));
    const config = readConfig({
      DATA_DIR: dir,
      EMAIL_RETRIES: "5m 30m",
      TEXT_RETRIES: "1m",
      TEXT_SETTLES: "15s 1m",
      ...settings,
    });
    carrying = await openChannels(config, {
      onReceipt: (receipt) => void keepReceipts(deps.db, [receipt]).then(() => received.resolve()),
      onReply: () => {},
    });
    Object.assign(deps, { channels: carrying.channels });
    await insertLender(pool);
  });
  afterAll(async () => {
    await carrying.close();
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: new Date(MORNING) }));
  afterEach(() => void vi.useRealTimers());

  return {
    deps,
    emitted,
    async at(moment) {
      vi.setSystemTime(new Date(moment));
      await runDueJobs(database, deps);
    },
    async reachableBy({ email, phone }) {
      await pool.query(
        "update tidings.contacts set value = coalesce($1, value), valid = $1 is not null where id = 'CT-EMAIL'",
        [email],
      );
      await pool.query(
        "update tidings.contacts set value = coalesce($1, value), valid = $1 is not null, receive_text_messages = true where id = 'CT-PHONE'",
        [phone],
      );
    },
    async change(caseId, status, rest = {}) {
      await insertChanges(pool, [{ caseId, status, at: new Date().toISOString(), ...rest }]);
      await runDueJobs(database, deps);
    },
    async attempts(caseId) {
      const { rows } = await pool.query<Attempt>(
        `select status, status_details as details, compliance_guard_rule_id as rule, failure_description_short as why
         from tidings.interactions where case_id = $1 order by notification_type_id, attempt`,
        [caseId],
      );
      return rows;
    },
    async receipt() {
      await received.promise;
      await applyWaiting(deps);
      received = Promise.withResolvers();
    },
    async outbox() {
      const folder = join(dir, "outbox");
      const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
      return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    },
  };
}
