import { beforeAll, describe, expect, test } from "vitest";
import { canInteract } from "../../src/commands/can-interact/can-interact.ts";
import type { Permission } from "../../src/guard/can-interact.ts";
import { runOn } from "../commands/run.ts";
import { useDatabase } from "../database.ts";
import { useServer } from "../http/served.ts";
import { insertHouse } from "../http/interactions/scene.ts";
import { insertLogged } from "../interactions.ts";

const database = useDatabase();
const { pool } = database;
const { ask, keyWith } = useServer(database);

/** A Wednesday in New York and Ohio. */
const [NOON, NIGHT] = ["2035-03-07T12:00:00-05:00", "2035-03-07T03:00:00-05:00"];

beforeAll(async () => {
  await insertHouse(pool);
  await pool.query(
    "insert into tidings.guard_policy_changes (change, rule_id, reason) select 'on', id, 'a test of hours' from unnest(array['time.window', 'time.state']) id",
  );
  await pool.query("insert into tidings.borrowers (id) values ('BO-EMPTY')");
  await pool.query(
    `insert into tidings.templates (id, version, channel, subject, theme, kind, text_template) values (77, 1, 'text', 'pastDue', 'opsCollDebt', 'reminder', 'x');
     update tidings.templates set status = 'active' where id = 77`,
  );
});

interface Ran {
  readonly code: number;
  readonly output: string;
  readonly permission: Permission;
}

async function run(...words: readonly string[]): Promise<Ran> {
  const { code, output } = await runOn(database, canInteract, ...words, "--json");
  return { code, output, permission: JSON.parse(output) as Permission };
}

const text = ["--borrower", "BO-1", "--channel", "text"];

describe("the command", () => {
  test("allows a text at noon to the contact of a real send", async () => {
    const { code, permission } = await run(...text, "--at", NOON);
    expect(code).toBe(0);
    expect(permission).toMatchObject({ result: "allow", contactId: "CT-PHONE", ruleId: null });
  });

  test("waits for the window at night, and says until when", async () => {
    const { code, permission } = await run(...text, "--at", NIGHT);
    expect(code).toBe(1);
    expect(permission).toMatchObject({
      result: "wait",
      ruleId: "time.window",
      until: "2035-03-07T13:00:00Z",
      log: expect.arrayContaining([
        { ruleId: "time.window", outcome: "wait", until: "2035-03-07T13:00:00Z" },
      ]),
    });
  });

  test("judges by the facts that the core system recorded", async () => {
    await pool.query(
      "insert into tidings.do_not_interact (borrower_id, channels, themes) values ('BO-1', '{text}', '{opsCollDebt}')",
    );
    const refused = await run(...text, "--at", NOON, "--theme", "opsCollDebt");
    expect(refused.permission).toMatchObject({ result: "refuse", ruleId: "pref.product" });
    const bySubject = await run(...text, "--at", NOON, "--subject", "pastDue");
    expect(bySubject.permission).toMatchObject({ result: "refuse", ruleId: "pref.product" });
    expect((await run(...text, "--at", NOON)).permission.result).toBe("allow");
  });

  test("knows the validation period that follows from a notice on record", async () => {
    await pool.query(`
      insert into tidings.borrowers (id) values ('BO-D');
      insert into tidings.loans (id, borrower_id, collector_role) values ('LN-D', 'BO-D', 'debtCollector');
      insert into tidings.contacts (id, borrower_id, contact_type, value) values ('CT-D', 'BO-D', 'email', 'd@example.com');
      insert into tidings.case_type_legal_states (case_type_id, legal_state) values ('disputeOfDebt', 'disputeOfDebt');
      insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status, fields)
      values ('CS-D', 'disputeOfDebt', 'BO-D', '{LN-D}', 'processing', '{"receivedAt": "2026-06-01T15:00:00Z"}')`);
    const collect = ["--borrower", "BO-D", "--channel", "email", "--theme", "opsCollDebt"];
    const rules = async (): Promise<string[]> =>
      (await run(...collect, "--at", NOON)).permission.log.map(({ ruleId }) => ruleId);
    expect(await rules()).toContain("dispute.open");
    // the dispute came after the end of its period
    await insertLogged(pool, {
      channel: "mail",
      direction: "outbound",
      personId: "BO-D",
      loanId: "LN-D",
      theme: "opsLoanValidationOfDebtNotice",
      startedAt: "2026-01-05T15:00:00Z",
    });
    expect(await rules()).not.toContain("dispute.open");
  });

  test("judges by the policy of the lender", async () => {
    await pool.query(
      "insert into tidings.guard_policy_changes (change, rule_id, reason) values ('off', 'time.window', 'a test')",
    );
    expect((await run(...text, "--at", NIGHT)).permission.result).toBe("allow");
    await pool.query(
      "insert into tidings.guard_policy_changes (change, rule_id, reason) values ('on', 'time.window', 'a test')",
    );
    expect((await run(...text, "--at", NIGHT)).permission.result).toBe("wait");
  });

  test("refuses a borrower without a contact, and names what is missing", async () => {
    const { code, permission } = await run("--borrower", "BO-EMPTY", "--channel", "email");
    expect(code).toBe(1);
    expect(permission).toMatchObject({
      result: "refuse",
      ruleId: "contact.none",
      contactId: null,
      long: expect.stringContaining("add a valid email contact"),
    });
  });

  test("holds what has facts that do not fit", async () => {
    await pool.query(
      "update tidings.contacts set origin = 'priorCollector', prior_collectors = '[1]' where borrower_id = 'BO-2'",
    );
    const { permission } = await run("--borrower", "BO-2", "--channel", "email", "--at", NOON);
    expect(permission).toMatchObject({
      result: "hold",
      ruleId: "facts.invalid",
      long: expect.stringContaining("facts.contacts."),
    });
  });

  test("takes noon of today in the lender's zone", async () => {
    const { permission } = await run(...text, "--company-noon");
    expect(permission).toMatchObject({ result: "allow" });
  });

  test.each([
    [["--channel", "text"], "--borrower is missing"],
    [["--borrower", "BO-1"], "--channel is missing"],
    [["--borrower", "BO-1", "--channel", "sms"], "Did you mean text"],
    [[...text, "--theme", "opsCollDebt", "--subject", "x"], "not both"],
    [[...text, "--at", "yesterday"], "--at must be a moment"],
    [["--borrower", "BO-1", "--channel", "voice"], "give --contact"],
    [["--borrower", "NONE", "--channel", "text"], "there is no borrower NONE"],
    [[...text, "--contact", "NONE"], "has no contact NONE"],
    [[...text, "--subject", "nothing"], "no published template"],
    [[...text, "--loan", "NONE"], "not on record"],
  ])("%j is refused", async (words, why) => {
    await expect(runOn(database, canInteract, ...words)).rejects.toThrow(why);
  });

  test("prints a page for people", async () => {
    const { output } = await runOn(database, canInteract, ...text, "--at", NIGHT);
    expect(output).toContain("wait, until Wed 2035-03-07 08:00 EST, by time.window");
    expect(output).toContain("contact CT-PHONE");
  });
});

describe("the REST resource", () => {
  const path = "/people/BO-1/can-interact";

  test("answers as the command does", async () => {
    for (const at of [NOON, NIGHT]) {
      const { status, body } = await ask("POST", path, { body: { channel: "text", at } });
      expect(status).toBe(200);
      expect(body).toEqual((await run(...text, "--at", at ?? "")).permission);
    }
  });

  test("takes external ids", async () => {
    const { body } = await ask("POST", "/people/ext-crm-1/can-interact", {
      body: { channel: "voice", contactId: "ext-crm-phone", loanIds: ["ext-ledger-1"], at: NOON },
    });
    expect(body).toMatchObject({ result: "allow", contactId: "CT-PHONE" });
  });

  test.each([
    [{ channel: "text", contactId: "NONE" }, "contactId"],
    [{ channel: "text", loanIds: ["NONE"] }, "loanIds[0]"],
    [{ channel: "voice" }, "contactId"],
    [{ channel: "text", subject: "nothing" }, "subject"],
    [{ channel: "text", subject: "pastDue", theme: "opsServicing" }, "subject"],
    [{ channel: "text", at: "2001-01-01T00:00:00Z" }, "at"],
  ])("%j is not valid", async (body, field) => {
    const answer = await ask("POST", path, { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ field }]);
  });

  test("needs interaction:read", async () => {
    const body = { channel: "text" };
    const denied = await ask("POST", path, { body, key: await keyWith("interaction:write") });
    expect(denied.status).toBe(403);
    expect((await ask("POST", "/people/NONE/can-interact", { body })).status).toBe(404);
  });
});
