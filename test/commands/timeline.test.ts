import { beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/commands/explain/explain.ts";
import type { CaseChangeId, InteractionId } from "../../src/domain/ids.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;

interface Entry {
  readonly at: string;
  readonly kind: string;
  readonly interactionId: string | null;
  readonly caseChangeId: string | null;
  readonly words: string;
}
interface Document {
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly waits: readonly { readonly reason: string; readonly words: string }[];
}

const explaining = async (...words: readonly string[]): Promise<Document> =>
  JSON.parse((await runOn(database, explain, "--json", ...words)).output) as Document;
const kindsOf = ({ entries }: Document): string[] => entries.map(({ kind }) => kind);

let change: CaseChangeId;
let notice: InteractionId;
let late: InteractionId;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1, delay: 365, unit: "calendarDays" });
  await insertType(pool, { id: 2, onStatus: "completed", delay: 365, unit: "calendarDays" });
  [change] = (await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }])) as [
    CaseChangeId,
  ];
  await insertChanges(pool, [{ caseId: "CS-1", status: "completed" }]);
  await insertChanges(pool, [{ caseId: "CS-2", status: "initiated" }]);
  await runDueJobs(database, depsOn(database));
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions order by id",
  );
  [notice, late] = rows.map(({ id }) => id) as [InteractionId, InteractionId];
  await pool.query(
    "insert into tidings.content_reveals (interaction_id, revealed_by, way) values ($1, 'operator:kim', 'command')",
    [notice],
  );
  await rewriteRecord(
    pool,
    `update tidings.interactions set scheduled_at_from = now() - interval '5 hours' where id = ${late}`,
  );
  await pool.query(
    "insert into tidings.outages (kind, worker_id, code, began_at, ended_at) values ('tidings', 'w-1', 'noHeartbeat', now() - interval '6 hours', now() - interval '1 hour')",
  );
});

describe("the timeline", () => {
  test("of an interaction has its change, its planning, who has read it, and what it waits for", async () => {
    const document = await explaining("--timeline", notice);
    expect(kindsOf(document)).toEqual(["resolved", "moved", "revealed", "changed"]);
    expect(document.entries.map(({ words }) => words)).toEqual([
      "Fired: 1.1; 2.1 not (triggerDoesNotHold). Resolved by test.",
      "Planned or logged as scheduled by test.",
      "operator:kim has read the sensitive content (command).",
      expect.stringMatching(/^Case CS-1 has status initiated\. The change arrived on /),
    ]);
    expect(document.waits).toMatchObject([{ reason: "dueTime" }]);
  });

  test("of a change has what it caused, and no other change", async () => {
    const document = await explaining("--timeline", "--change", change);
    expect(document.title).toBe(`All that is on record about case change ${change}`);
    expect(new Set(document.entries.map(({ caseChangeId }) => caseChangeId))).toEqual(
      new Set([change, null]),
    );
    expect(new Set(document.entries.map(({ interactionId }) => interactionId))).toEqual(
      new Set([notice, null]),
    );
  });

  test("of a case has all its changes and notices, and the outage that makes one late", async () => {
    const document = await explaining("--timeline", "--case", "CS-1");
    expect(kindsOf(document).filter((kind) => kind === "changed")).toHaveLength(2);
    expect(document.entries[0]).toMatchObject({ kind: "outage", interactionId: late });
    expect(document.entries[0]?.words).toMatch(
      /^No daemon was alive \(outage \d+, noHeartbeat\)\. It lasted until .* is late\.$/,
    );
  });

  test("of a borrower has every case", async () => {
    const document = await explaining("--borrower", "BO-1");
    const changed = document.entries.filter(({ kind }) => kind === "changed");
    expect(changed).toHaveLength(3);
    expect(document.waits).toHaveLength(3);
    expect(document.entries.map(({ at }) => at)).toEqual(
      document.entries.map(({ at }) => at).toSorted(),
    );
  });

  test("of nothing is refused", async () => {
    await expect(explaining("--borrower", "BO-9")).rejects.toThrow("there is no borrower BO-9");
    await expect(explaining("--timeline", "999")).rejects.toThrow("there is no interaction 999");
  });

  test("is a page in the lender's time", async () => {
    const { output } = await runOn(database, explain, "--borrower", "BO-1");
    expect(output).toMatch(/^All that is on record about borrower BO-1\n/);
    expect(output).toMatch(/^now {2}interaction \d+\n {4}It has waited since /m);
    expect(output).not.toContain("pat@example.com");
  });
});

test("a consent, a legal hold with its end, and an erasure are on it", async () => {
  await pool.query(
    `insert into tidings.consent_records (contact_id, change, scope, source, interaction_id, reason) values ('CT-EMAIL', 'optOut', 'collection', 'link', $1, 'the page')`,
    [notice],
  );
  await pool.query(
    "insert into tidings.legal_holds (case_id, reason) values ('CS-1', 'Lawsuit 55.')",
  );
  await pool.query("update tidings.legal_holds set end_reason = 'settled' where ended_at is null");
  await pool.query(
    "update tidings.interactions set status = 'canceled', failure_description_short = 'x', failure_description_long = 'x' where id = $1",
    [notice],
  );
  await pool.query(
    "select tidings.erase_interactions(array[$1::bigint], 'request', 'asked by letter')",
    [notice],
  );
  const words = (await explaining("--timeline", notice)).entries.map((one) => one.words);
  expect(words).toContainEqual(
    expect.stringMatching(
      /^The borrower opts out of collection messages to contact CT-EMAIL by link: the page\. Recorded by .*\. It is not written to the contact yet\.$/,
    ),
  );
  expect(words).toContainEqual(
    expect.stringMatching(/ begins a legal hold on case CS-1: Lawsuit 55\.$/),
  );
  expect(words).toContainEqual(
    expect.stringMatching(/ ends the legal hold on case CS-1: settled\.$/),
  );
  expect(words).toContainEqual(
    expect.stringMatching(/ has erased the content \(request\): asked by letter$/),
  );
});

test("one subject is asked for", async () => {
  await expect(explaining("--borrower", "BO-1", "--case", "CS-1")).rejects.toThrow("give one of");
});
