import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertType } from "../lender.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);

beforeAll(async () => {
  await pool.query(
    "insert into tidings.case_types (id) values ('texted'), ('shared'), ('resent'), ('withdrawn'), ('delayed')",
  );
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
  await pool.query(
    "insert into tidings.templates (id, version, channel, text_template, status) values (6, 1, 'text', 'Lender: we wrote to this number.', 'active')",
  );
  await insertType(pool, { id: 6, channel: "text", templateId: 6, caseTypes: ["shared"] });
  await insertType(pool, { id: 3, status: "draft", caseTypes: ["resent"] });
  await pool.query(
    "update tidings.notification_types set on_unknown = 'resend', status = 'active' where id = 3",
  );
  await insertType(pool, {
    id: 4,
    status: "draft",
    delay: 2,
    unit: "calendarDays",
    caseTypes: ["withdrawn"],
  });
  await pool.query(
    "update tidings.notification_types set when_case_moves = 'cancel', status = 'active' where id = 4",
  );
  await insertType(pool, { id: 5, delay: 2, unit: "calendarDays", caseTypes: ["delayed"] });
});

const sent = (details: string): object => ({ status: "attempted", details, rule: null, why: null });

describe("an email", () => {
  test("is sent at once, once, and is in the outbox as it was sent", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await installation.change("E1", "initiated");
    expect(await installation.attempts("E1")).toEqual([sent("emailSent")]);
    expect(
      (await installation.outbox()).filter((mail) => mail.includes("To: pat@example.com")),
    ).toHaveLength(1);
  });

  test("to a mailbox that does not exist fails, and the contact is marked; the next one finds no contact", async () => {
    await installation.reachableBy({ email: "no-such-mailbox@example.com" });
    await installation.change("E2", "initiated");
    expect(await installation.attempts("E2")).toMatchObject([
      { status: "failed", details: "emailBounced" },
    ]);
    await installation.change("E3", "initiated");
    expect(await installation.attempts("E3")).toMatchObject([
      { status: "failed", rule: "contact.none", why: "No eligible contact" },
    ]);
  });

  test("refused for now is tried again at its time as a new interaction, and taken", async () => {
    await installation.reachableBy({ email: "greylisted-once@example.com" });
    await installation.change("E4", "initiated");
    expect(await installation.attempts("E4")).toMatchObject([
      { status: "failed", details: "emailDeferred" },
      { status: "scheduled" },
    ]);
    await installation.at("2031-03-03T15:04:00Z");
    expect(await installation.attempts("E4")).toMatchObject([
      { status: "failed" },
      { status: "scheduled" },
    ]);
    await installation.at("2031-03-03T15:08:00Z");
    expect(await installation.attempts("E4")).toMatchObject([
      { status: "failed" },
      sent("emailSent"),
    ]);
  });

  test("refused for now until the schedule is exhausted ends failed, and the chain reads in one query", async () => {
    await installation.reachableBy({ email: "mailbox-full@example.com" });
    await installation.change("E5", "initiated");
    await installation.at("2031-03-03T15:10:00Z");
    await installation.at("2031-03-03T16:10:00Z");
    expect((await installation.attempts("E5")).map((one) => one.status)).toEqual([
      "failed",
      "failed",
      "failed",
    ]);
    const { rows } = await pool.query(
      "select attempts, status, finished, first_planned_at from tidings.interaction_chains where case_id = 'E5'",
    );
    expect(rows).toEqual([
      {
        attempts: 3,
        status: "failed",
        finished: true,
        first_planned_at: new Date("2031-03-03T15:00:00Z"),
      },
    ]);
  });

  test("taken and bounced later ends failed, and the contact is marked", async () => {
    await installation.reachableBy({ email: "late-bounce@example.com" });
    await installation.change("E5b", "initiated");
    expect(await installation.attempts("E5b")).toEqual([sent("emailSent")]);
    await installation.receipt();
    expect(await installation.attempts("E5b")).toMatchObject([
      { status: "failed", details: "emailBounced", why: "No such mailbox" },
    ]);
    const { rows } = await pool.query("select valid from tidings.contacts where id = 'CT-EMAIL'");
    expect(rows).toEqual([{ valid: false }]);
  });

  test("sent too fast waits and spends no attempt", async () => {
    await installation.reachableBy({ email: "rate-limited-once@example.com" });
    await installation.change("E6", "initiated");
    expect(await installation.attempts("E6")).toMatchObject([{ status: "scheduled" }]);
    await installation.at("2031-03-03T18:00:00Z");
    expect(await installation.attempts("E6")).toEqual([sent("emailSent")]);
  });

  test("taken without an answer is on record as unknown and held", async () => {
    await installation.reachableBy({ email: "dropped-after-data@example.com" });
    await installation.change("E7", "initiated");
    await installation.at("2031-03-03T20:00:00Z");
    expect(await installation.attempts("E7")).toMatchObject([
      { status: "attempted", details: "emailOutcomeUnknown" },
    ]);
  });

  test("taken without an answer is sent once more if its type has resend, with the same Message-ID", async () => {
    await installation.reachableBy({ email: "dropped-after-data@example.com" });
    await installation.change("E8", "initiated", { caseTypeId: "resent" });
    await installation.at("2031-03-03T15:02:00Z");
    await installation.at("2031-03-03T15:04:00Z");
    await installation.at("2031-03-04T15:00:00Z");
    expect((await installation.attempts("E8")).map((one) => one.details)).toEqual([
      "emailOutcomeUnknown",
      "emailOutcomeUnknown",
    ]);
    const { rows } = await pool.query(
      "select chain_id from tidings.interaction_chains where case_id = 'E8'",
    );
    const same = (await installation.outbox()).filter((mail) =>
      mail.includes(`Message-ID: <tidings.${rows[0].chain_id}@lender.example>`),
    );
    expect(same).toHaveLength(2);
  });
});

describe("a text", () => {
  test.each([
    ["T1", "+16145550101", "textQueued"],
    ["T2", "+15005550004", "textOptedOut"],
    ["T3", "+15005550009", "textFailed"],
    ["T6", "+15005550106", "textUndelivered"],
  ])("%s to %s: %s", async (caseId, phone, details) => {
    await installation.reachableBy({ phone });
    await installation.change(caseId, "initiated", { caseTypeId: "texted" });
    expect((await installation.attempts(caseId)).map((one) => one.details)).toEqual([details]);
  });

  test("to a number without a country goes to the lender's country, as digits", async () => {
    await installation.reachableBy({ phone: "614-555-0107" });
    await installation.change("T7", "initiated", { caseTypeId: "texted" });
    expect(await installation.attempts("T7")).toEqual([sent("textQueued")]);
    const sentTo = (await installation.outbox()).filter((one) =>
      one.includes('"to": "+16145550107"'),
    );
    expect(sentTo).toHaveLength(1);
  });

  test("two equal texts to one number are not confused", async () => {
    const shared = "+15005550105"; // answers the first with 503 and takes none of it
    await installation.reachableBy({ phone: shared });
    await pool.query(
      `insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
       values ('CT-SAM', 'BO-2', 'phone', 'personal', $1, true)`,
      [shared],
    );
    const textsTo = async (): Promise<number> =>
      (await installation.outbox()).filter((text) => text.includes(shared)).length;
    await installation.change("T8", "initiated", { caseTypeId: "shared" });
    expect(await installation.attempts("T8")).toMatchObject([{ details: "textOutcomeUnknown" }]);
    await installation.change("T9", "initiated", { caseTypeId: "shared", borrowerId: "BO-2" });
    expect(await installation.attempts("T9")).toEqual([sent("textQueued")]);
    expect(await textsTo()).toBe(1);
    await installation.at("2031-03-03T15:01:00Z");
    await installation.at("2031-03-03T15:05:00Z");
    expect(await installation.attempts("T8")).toEqual([sent("textQueued")]);
    expect(await textsTo()).toBe(2);
  });

  test("answered with 500 although it was accepted is looked up, found, and not sent again", async () => {
    await installation.reachableBy({ phone: "+15005550102" });
    await installation.change("T4", "initiated", { caseTypeId: "texted" });
    expect(await installation.attempts("T4")).toMatchObject([{ details: "textOutcomeUnknown" }]);
    await installation.at("2031-03-03T15:00:20Z");
    expect(await installation.attempts("T4")).toMatchObject([
      { status: "attempted", details: "textSent" },
    ]);
  });

  test("answered with 503 and never accepted is looked up, not found, and sent again as the same interaction", async () => {
    await installation.reachableBy({ phone: "+15005550105" });
    await installation.change("T5", "initiated", { caseTypeId: "texted" });
    await installation.at("2031-03-03T15:00:20Z");
    expect(await installation.attempts("T5")).toMatchObject([{ details: "textOutcomeUnknown" }]);
    await installation.at("2031-03-03T15:02:00Z");
    expect(await installation.attempts("T5")).toMatchObject([
      { status: "attempted", details: "textQueued" },
    ]);
  });
});

describe("a notice that waits", () => {
  test("is withdrawn when its case has moved on and its type has cancel", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await installation.change("W1", "initiated", { caseTypeId: "withdrawn" });
    await installation.change("W1", "canceled", { caseTypeId: "withdrawn" });
    await installation.at("2031-03-05T16:00:00Z");
    expect(await installation.attempts("W1")).toMatchObject([
      { status: "canceled", rule: "case.moved" },
    ]);
  });

  test("goes where its case still holds, and where its type says to send in any case", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await installation.change("W2", "initiated", { caseTypeId: "withdrawn" });
    await installation.change("W3", "initiated", { caseTypeId: "delayed" });
    await installation.change("W3", "canceled", { caseTypeId: "delayed" });
    await installation.at("2031-03-05T16:00:00Z");
    expect(await installation.attempts("W2")).toEqual([sent("emailSent")]);
    expect(await installation.attempts("W3")).toEqual([sent("emailSent")]);
  });

  test("waits on while it is paused, with the reason, and goes once it is released", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await pool.query(
      "insert into tidings.pauses (scope, channel, reason) values ('channel', 'email', 'wording under review')",
    );
    await installation.change("W4", "initiated");
    expect(await installation.attempts("W4")).toMatchObject([
      { status: "scheduled", rule: "pause.open", why: "Paused" },
    ]);
    await installation.at("2031-03-03T15:30:00Z");
    expect(await installation.attempts("W4")).toMatchObject([{ status: "scheduled" }]);
    await pool.query(
      "update tidings.pauses set released_at = now(), released_by = 'test' where released_at is null",
    );
    await installation.at("2031-03-03T16:00:00Z");
    expect(await installation.attempts("W4")).toEqual([sent("emailSent")]);
  });
});

describe("a pause with an end", () => {
  const END = "2031-03-03T15:07:00Z";

  test("holds notices until that time exactly, also if its end is not recorded yet", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await pool.query(
      "insert into tidings.pauses (scope, channel, reason, ends_at) values ('channel', 'email', 'move of the relay', $1)",
      [END],
    );
    await installation.change("W5", "initiated");
    await installation.at("2031-03-03T15:06:59Z");
    expect(await installation.attempts("W5")).toMatchObject([{ rule: "pause.open" }]);
    const { rows } = await pool.query(
      "select scheduled_at_from, failure_description_long as long from tidings.interactions where case_id = 'W5'",
    );
    expect(rows).toEqual([
      {
        scheduled_at_from: new Date(END),
        long: expect.stringContaining(`at the latest at ${END.replace("Z", ".000Z")}`) as string,
      },
    ]);
    await installation.at(END);
    expect(await installation.attempts("W5")).toEqual([sent("emailSent")]);
    await pool.query("update tidings.pauses set released_at = now() where released_at is null");
  });

  test("waits for the end of the one that ends last", async () => {
    await installation.reachableBy({ email: "pat@example.com" });
    await pool.query(
      "insert into tidings.pauses (scope, channel, reason, ends_at) values ('channel', 'email', 'short', $1), ('everything', null, 'open', null)",
      [END],
    );
    await installation.change("W6", "initiated");
    await installation.at(END);
    expect(await installation.attempts("W6")).toMatchObject([{ rule: "pause.open" }]);
    await pool.query("update tidings.pauses set released_at = now() where released_at is null");
    await installation.at("2031-03-03T15:30:00Z");
    expect(await installation.attempts("W6")).toEqual([sent("emailSent")]);
  });
});

describe("a planned interaction stays pinned", () => {
  test("to the versions that were active when its change was resolved, whatever is activated later", async () => {
    await installation.reachableBy({ email: "pinned@example.com" });
    await installation.change("P1", "initiated", { caseTypeId: "delayed" });
    await pool.query(
      "insert into tidings.templates (id, channel, subject_template, text_template) values (1, 'email', 'Another subject', 'Other words')",
    );
    await pool.query("update tidings.templates set status = 'active' where id = 1 and version = 2");
    await insertType(pool, {
      id: 5,
      version: 2,
      status: "draft",
      onStatus: "completed",
      caseTypes: ["delayed"],
    });
    await pool.query(
      "update tidings.notification_types set status = 'active' where id = 5 and version = 2",
    );
    await installation.at("2031-03-05T16:00:00Z");
    expect(await installation.attempts("P1")).toEqual([sent("emailSent")]);
    const mail = (await installation.outbox()).find((one) =>
      one.includes("To: pinned@example.com"),
    );
    expect(mail).toContain("Subject: About your case");
  });
});

test("no log line and no job contains personal data", async () => {
  const personal = /@|\+1\d{6}|Pat|Example Street|Dear/;
  expect(installation.emitted.length).toBeGreaterThan(40);
  expect(installation.emitted.filter((line) => personal.test(line))).toEqual([]);
  const { rows } = await pool.query(
    "select payload::text as payload, last_error from tidings_queue._private_jobs",
  );
  expect(rows.filter((row) => personal.test(`${row.payload} ${row.last_error}`))).toEqual([]);
});
