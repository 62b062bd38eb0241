import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { auditDaily } from "../../src/record/daily-audit.ts";
import type { Deps } from "../../src/deps.ts";
import type { EmittedEvent } from "../../src/domain/events.ts";
import { status } from "../../src/commands/status/status.ts";
import { runOn } from "../commands/run.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertLender } from "../lender.ts";

const database = useDatabase({ waitsForNothing: true });
const { pool } = database;

/** A zone where it is this hour now. */
function zoneAt(hour: number): string {
  const ahead = ((hour - new Date().getUTCHours() + 36) % 24) - 12;
  return `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

function daemonAt(hour: number, emitted: Pick<EmittedEvent, "event" | "fields">[] = []): Deps {
  const deps = depsOn(database);
  return {
    ...deps,
    lender: { ...deps.lender, timeZone: zoneAt(hour) },
    emit: (event, fields) => void emitted.push({ event, fields } as unknown as EmittedEvent),
  };
}

const audits = async (): Promise<unknown[]> =>
  (
    await pool.query(
      "select changes, gaps, ended_at is not null as has_ended from tidings.audits order by day",
    )
  ).rows;

beforeAll(() => insertLender(pool));
beforeEach(() => rewriteRecord(pool, "truncate tidings.audits, tidings.case_changes"));

/** A change of the day before that fired no trigger, so that there is a gap. */
const insertGap = async (): Promise<void> => {
  await rewriteRecord(
    pool,
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, received_at)
     values ('CS-1', 'bankruptcy', 'BO-1', 'initiated', now() - interval '24 hours')`,
  );
  await pool.query("delete from tidings.missed_changes");
};

describe("the daily audit", () => {
  test("waits for its hour", async () => {
    await auditDaily(daemonAt(2), 3);
    expect(await audits()).toEqual([]);
  });

  test("is off with no days", async () => {
    await auditDaily(daemonAt(12), 0);
    expect(await audits()).toEqual([]);
  });

  test("reports each gap and its end, and shows it in the status", async () => {
    await insertGap();
    const emitted: EmittedEvent[] = [];
    await auditDaily(daemonAt(12, emitted), 3);
    expect(emitted).toMatchObject([
      { event: "audit.gapFound", fields: { kind: "changeNotTakenIn", interactionId: null } },
      { event: "audit.completed", fields: { changes: 1, gaps: 1 } },
    ]);
    expect(await audits()).toEqual([{ changes: 1, gaps: 1, has_ended: true }]);
    const { code, output } = await runOn(database, status);
    expect(code).toBe(1);
    expect(output).toMatch(/Audit of \d{4}-\d\d-\d\d: 1 case change, 1 GAP: `tidings audit`/);
  });

  test("is made once a day, by one of the daemons", async () => {
    await Promise.all([1, 2, 3, 4].map(() => auditDaily(daemonAt(12), 3)));
    await auditDaily(daemonAt(12), 3);
    expect(await audits()).toEqual([{ changes: 0, gaps: 0, has_ended: true }]);
  });

  test("begins again if its daemon has died, and not while it works", async () => {
    await auditDaily(daemonAt(12), 3);
    const unfinished = (age: string): Promise<void> =>
      rewriteRecord(
        pool,
        `update tidings.audits set ended_at = null, changes = 7, active_at = now() - interval '${age}'`,
      );
    await unfinished("5 minutes");
    await auditDaily(daemonAt(12), 3);
    expect(await audits()).toEqual([{ changes: 7, gaps: 0, has_ended: false }]);
    await unfinished("11 minutes");
    await auditDaily(daemonAt(12), 3);
    expect(await audits()).toEqual([{ changes: 0, gaps: 0, has_ended: true }]);
  });
});
