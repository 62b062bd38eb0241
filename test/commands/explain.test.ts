import { beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/commands/explain/explain.ts";
import { actingAs } from "../../src/store/postgres/acting-as.ts";
import { planNextAttempts } from "../../src/store/deliver/next-attempts.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { interaction } from "../ids.ts";
import { depsOn } from "../deps.ts";
import { insertLogged } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn, type Ran } from "./run.ts";

const database = useDatabase();
const { pool, db } = database;
const explaining = (...words: readonly string[]): Promise<Ran> =>
  runOn(database, explain, ...words);

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(
    "insert into tidings.calendar_closures (calendar, day, reason) values ('office', '2031-05-28', 'Inventory')",
  );
  await insertType(pool, {
    id: 1,
    onStatus: "completed",
    onOutcome: "denied",
    onCondition: [{ fieldName: "chapter", operator: "gte", value: 7, dataType: "integer" }],
    delay: 5,
    unit: "businessDays",
  });
});

/** Plans one notice of a case that was processing before. */
async function plan(caseId: string): Promise<string> {
  await insertChanges(pool, [{ caseId, status: "processing", at: "2031-05-20T14:00:00Z" }]);
  await insertChanges(pool, [
    {
      caseId,
      status: "completed",
      outcome: "denied",
      fields: { chapter: 13, debtor: "Pat Example" },
      at: "2031-05-21T14:00:00Z",
    },
  ]);
  await runDueJobs(database, depsOn(database));
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where case_id = $1",
    [caseId],
  );
  return rows[0]?.id ?? "";
}

/** Moves an interaction as a daemon would, at a known moment. */
async function move(id: string, words: string, evidence: object | null = null): Promise<void> {
  await pool.query(`update tidings.interactions set ${words}, evidence = $2 where id = $1`, [
    id,
    evidence && JSON.stringify(evidence),
  ]);
}

const CLAIMED = `status = 'inProgress', claimed_by = 'w-1', claimed_at = now(), contact_id = 'CT-EMAIL', provider = 'smtp',
  contact = '{"contactType": "email", "label": "personal", "status": "primary", "name": "Pat Example", "value": "pat@example.com"}',
  borrower = '{"name": {"firstName": "Pat"}}', content = '{"bodyText": "Dear Pat"}'`;

async function planNext(id: string): Promise<string> {
  const dueAt = new Date("2031-05-30T14:05:00Z");
  const [next = ""] = await planNextAttempts(db, [{ interactionId: interaction(id), dueAt }]);
  return next;
}

/** Ids and the moments of this run, in words that do not change. */
const steady = (page: string): string =>
  page.replaceAll(/\w{3}\s+(?!2031)\d{4}-\d\d-\d\d\s+[\d:]+\s+E[SD]T/g, "MOMENT");

describe("the page of an interaction", () => {
  test("of a scheduled one shows which change, which trigger, which days, and what follows", async () => {
    const id = await plan("CS-1");
    const { code, output } = await explaining(id);
    expect(code).toBe(0);
    expect(steady(output)).toMatchInlineSnapshot(`
      "Interaction 1 "Type 1" by email: scheduled

      Why it exists
        Change 2 gave case CS-1 (bankruptcy) status completed and outcome denied on Wed 2031-05-21 10:00
        EDT, before that it had status processing.
        Version 1 of notification type 1 "Type 1" waits for status completed and outcome denied: that held
        after the change and not before it, and the case's fields met chapter gte 7.
        Template 1, version 1, in en: the borrower's language (en).
        It states the facts of change 2, whatever changes of the case follow.

      When it is due
        Fri 2031-05-30 10:00 EDT: 5 business days after the change on the calendar office, at the same
        time of day in America/New_York. Passed over: Sat 2031-05-24, Sun 2031-05-25, Mon 2031-05-26
        (Memorial Day), Wed 2031-05-28 (Inventory).

      To whom
        Borrower BO-1.
        The contact is chosen when it is sent.

      What happened
        MOMENT  interaction 1  -> scheduled  by test

      What happens next
        It is due Fri 2031-05-30 10:00 EDT.
        When it is due, its contact is chosen, the rules are judged, and it is sent.
        It has waited since MOMENT for its due time. Tidings must act by Fri 2031-05-30
        10:00 EDT; then it is judged again, and sent if that is allowed."
    `);
  });

  test("a chain of two attempts, asked for by its first", async () => {
    const id = await plan("CS-2");
    await move(id, CLAIMED);
    await move(
      id,
      "status = 'failed', status_details = 'emailDeferred', failure_description_short = 'Greylisted', failure_description_long = 'Wait.'",
      {
        provider: "smtp",
        durationMs: 8,
        code: "451",
        enhancedCode: "4.7.1",
        text: "come back later",
      },
    );
    const next = await planNext(id);
    await move(next, CLAIMED);
    await move(
      next,
      "status = 'attempted', status_details = 'emailSent', provider_message_id = 'M-7'",
      {
        provider: "smtp",
        code: "250",
      },
    );
    const { output } = await explaining(id);
    expect(steady(output)).toMatchInlineSnapshot(`
      "Interaction 2 "Type 1" by email: failed emailDeferred
      Attempt 1 of a chain of 2; the last one, interaction 3, is attempted emailSent.

      Why it exists
        Change 4 gave case CS-2 (bankruptcy) status completed and outcome denied on Wed 2031-05-21 10:00
        EDT, before that it had status processing.
        Version 1 of notification type 1 "Type 1" waits for status completed and outcome denied: that held
        after the change and not before it, and the case's fields met chapter gte 7.
        Template 1, version 1, in en: the borrower's language (en).
        It states the facts of change 4, whatever changes of the case follow.

      When it is due
        Fri 2031-05-30 10:00 EDT: 5 business days after the change on the calendar office, at the same
        time of day in America/New_York. Passed over: Sat 2031-05-24, Sun 2031-05-25, Mon 2031-05-26
        (Memorial Day), Wed 2031-05-28 (Inventory).
        Attempt 2, interaction 3, after "Greylisted": Fri 2031-05-30 10:05 EDT.

      To whom
        Borrower BO-1.
        Attempt 1: contact CT-EMAIL (email, personal, primary).
        Attempt 2: contact CT-EMAIL (email, personal, primary), message M-7 of smtp.

      What happened
        MOMENT  interaction 2  -> scheduled                        by test
        MOMENT  interaction 2  scheduled -> inProgress             by test
        MOMENT  interaction 2  inProgress -> failed emailDeferred  by test
            provider "smtp", code "451", enhancedCode "4.7.1", text "come back later", durationMs 8
        MOMENT  interaction 3  -> scheduled                        by test
        MOMENT  interaction 3  scheduled -> inProgress             by test
        MOMENT  interaction 3  inProgress -> attempted emailSent   by test
            provider "smtp", code "250"

      What happens next
        The provider has it. The next step is a receipt: a delivery or a bounce.
        It has waited since MOMENT for a receipt. The provider must act by MOMENT; then Tidings waits no longer for a receipt."
    `);
    const other = await explaining(next);
    expect(other.output).toContain("Attempt 2 of a chain of 2, the last one.");
    expect(other.output.split("\n").slice(2)).toEqual(output.split("\n").slice(2));
  });

  test("of a postponed one shows the latest time at which it may be sent", async () => {
    const id = await plan("CS-3");
    await rewriteRecord(
      pool,
      "update tidings.interactions set scheduled_at_to = '2031-06-10T12:00:00Z' where id = $1",
      [id],
    );
    await move(id, "scheduled_at_from = '2031-06-02T12:00:00Z'");
    const { output } = await explaining(id);
    expect(output).toContain("It is due on Mon 2031-06-02 08:00 EDT.");
    expect(output).toContain("It must leave by Tue 2031-06-10 08:00 EDT.");
    expect(output).toContain("It is due Mon 2031-06-02 08:00 EDT.");
  });

  test("of a canceled one shows the operator and the reason", async () => {
    const id = await plan("CS-4");
    await move(
      id,
      "status = 'canceled', failure_description_short = 'Canceled by operator', failure_description_long = 'sent by letter'",
      { operator: "kim", reason: "sent by letter" },
    );
    const { output } = await explaining(id);
    expect(output).toContain('operator "kim", reason "sent by letter"');
    expect(output).toContain("Canceled by operator: sent by letter");
    expect(output).toContain("No contact was chosen.");
  });

  test("of one without a possible date shows why it was never planned", async () => {
    await pool.query("insert into tidings.calendars (name, based_on) values ('ours', 'office')");
    await insertType(pool, {
      id: 2,
      onStatus: "canceled",
      delay: 1,
      unit: "businessDays",
      calendar: "ours",
    });
    await pool.query("delete from tidings.calendars");
    await insertChanges(pool, [{ caseId: "CS-5", status: "canceled" }]);
    await runDueJobs(database, depsOn(database));
    const { rows } = await pool.query<{ id: string }>(
      "select id from tidings.interactions where case_id = 'CS-5'",
    );
    const { output } = await explaining(rows[0]?.id ?? "");
    expect(output).toContain("When it is due\n  Business days cannot be counted");
    expect(output).toContain("No further attempt is planned.");
  });

  test("of a logged one", async () => {
    const id = await insertLogged(pool, { status: "attempted", personId: "BO-1" });
    const { output } = await explaining(id);
    expect(output).toContain("It was logged by another system.");
    expect(output).toContain("It has no date.");
    expect(output).toContain("Tidings does nothing more.");
  });
});

test("as data: the same chain, and the next step as a word", async () => {
  const id = await plan("CS-6");
  const { output } = await explaining(id, "--json");
  expect(JSON.parse(output)).toMatchObject({
    interactionId: id,
    attempts: [{ id, attempt: 1, status: "scheduled" }],
    transitions: [{ interactionId: id, toStatus: "scheduled" }],
    caseChange: { caseId: "CS-6", before: { status: "processing" } },
    type: { id: 1, version: 1 },
    next: "due",
  });
});

test("no name, address or message is shown, and no field of the case", async () => {
  const id = await plan("CS-7");
  await move(id, CLAIMED);
  for (const words of [[id], [id, "--json"]]) {
    const { output } = await explaining(...words);
    expect(output).toContain("CT-EMAIL");
    expect(output).not.toMatch(/Pat|pat@|debtor/);
  }
});

test("an id that is not there is refused", async () => {
  await expect(explaining("999999")).rejects.toThrow("NOT_FOUND: there is no interaction 999999");
  await expect(explaining("x")).rejects.toThrow("INTERACTION_ID must be a whole number");
  await expect(explaining()).rejects.toThrow("give one of INTERACTION_ID");
});

describe("changes of the record", () => {
  test("are listed with author, columns and hashes of content, and without values", async () => {
    const content = { transcript: "no more calls" };
    const id = await insertLogged(pool, { personId: "BO-1", content });
    await actingAs(db, "key:call-center", async (transaction) => {
      await transaction
        .updateTable("interactions")
        .set({ content: { transcript: "was happy" }, startedAt: new Date("2020-01-01T00:00:00Z") })
        .where("id", "=", id)
        .execute();
    });
    const { output } = await explaining(id);
    const section = output.slice(output.indexOf("What was changed"));
    expect(section).toMatch(
      new RegExp(
        `^What was changed\n  \\w{3} [\\d-]+ [\\d:]+ \\w+  interaction ${id}  by key:call-center\n      content \\(SHA-256 [0-9a-f]{12}… to [0-9a-f]{12}…\\), started_at\n`,
      ),
    );
    const { output: json } = await explaining(id, "--json");
    expect(output + json).not.toMatch(/no more calls|was happy/);
    expect(JSON.parse(json)).toMatchObject({
      changes: [
        { actor: "key:call-center", columns: [{ column: "content" }, { column: "started_at" }] },
      ],
    });
  });
});
