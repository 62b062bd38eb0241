import { randomBytes } from "node:crypto";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { check } from "../../src/commands/check/check.ts";
import { useDatabase } from "../database.ts";
import { insertInteraction } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { httpError, openScriptedHttp, reply } from "../providers/scripted-http.ts";
import { openScriptedSmtp } from "../providers/scripted-smtp.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1, caseTypes: ["bankruptcy", "disputeOfDebt"] });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

interface Result {
  readonly check: string;
  readonly result: string;
  readonly sentence: string;
  readonly examples?: readonly string[];
}

/** Runs `tidings check … --json` with these settings. */
async function results(
  settings: Readonly<Record<string, string>> = {},
  ...words: readonly string[]
): Promise<{ code: number; of: (name: string) => Result | undefined; all: readonly Result[] }> {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  const { code, output } = await runOn(database, check, ...words, "--json");
  const { results: all } = JSON.parse(output) as { results: Result[] };
  return { code, all, of: (name) => all.find((one) => one.check === name) };
}

const LIVE = {
  DELIVERY: "live",
  EMAIL_FROM: "notices@lender.example",
  TWILIO_ACCOUNT_SID: `AC${"1".repeat(32)}`,
  TWILIO_AUTH_TOKEN: "not-so-secret",
  TWILIO_FROM: "+15005550006",
};

describe("the installation", () => {
  test("of the sandbox passes, with a sentence for each check", async () => {
    const { code, all } = await results({ CONTENT_KEY: randomBytes(32).toString("base64") });
    // the sandbox has no facts of the guard
    expect(all.filter(({ result }) => result !== "ok")).toMatchObject([
      { check: "guardFacts", result: "warning" },
    ]);
    expect(code).toBe(0);
    expect(all.map((one) => one.check)).toEqual(
      expect.arrayContaining([
        "settings",
        "database",
        "schema",
        "clock",
        "contentKey",
        "policy",
        "providers",
      ]),
    );
    for (const { sentence } of all) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  test("signs in at live providers and sends nothing", async () => {
    const mail = await openScriptedSmtp();
    const twilio = await openScriptedHttp(reply(200, { status: "active" }));
    opened.push(mail, twilio);
    const { of } = await results({
      ...LIVE,
      SMTP_URL: `smtp://tidings:secret@127.0.0.1:${mail.port}`,
      TWILIO_API_URL: `http://127.0.0.1:${twilio.port}`,
    });
    expect(of("email")).toMatchObject({ result: "ok" });
    expect(of("text")).toMatchObject({ result: "ok" });
    expect(of("lender")).toMatchObject({ result: "warning" });
    expect(mail.heard.some((line) => line.startsWith("AUTH"))).toBe(true);
    expect(mail.heard.filter((line) => line.startsWith("MAIL"))).toEqual([]);
  });

  test("reports every failure at once, without a credential", async () => {
    const mail = await openScriptedSmtp({
      AUTH: () => "535 5.7.8 tidings secret not accepted\r\n",
    });
    const twilio = await openScriptedHttp(httpError(401, 20003));
    opened.push(mail, twilio);
    const { code, all, of } = await results({
      ...LIVE,
      SMTP_URL: `smtp://tidings:s3cretword@127.0.0.1:${mail.port}`,
      TWILIO_API_URL: `http://127.0.0.1:${twilio.port}`,
      HTTP_PORT: "0",
      HTTP_PUBLIC_URL: "http://127.0.0.1:1",
    });
    expect(code).toBe(1);
    expect(of("email")?.sentence).toMatch(/^The provider cannot be used: .*535 5\.7\.8/);
    expect(of("text")?.sentence).toMatch(/^The provider cannot be used: .*20003/);
    expect(of("publicUrl")).toMatchObject({ result: "failed" });
    expect(JSON.stringify(all)).not.toMatch(/s3cretword|not-so-secret/);
  });

  test("with settings that are not valid names each of them", async () => {
    const { code, all } = await results({ DELIVERY: "loud", LENDER_COUNTRY: "Utopia" });
    expect(code).toBe(1);
    expect(all).toHaveLength(1);
    expect(all[0]?.sentence).toMatch(/DELIVERY: .*LENDER_COUNTRY: /);
  });

  test("whose database does not answer is still checked for the rest", async () => {
    vi.stubEnv("DELIVERY", "sandbox");
    const away = { url: "postgres://tidings@127.0.0.1:1/x" };
    const { code, output } = await runOn(away, check);
    expect(code).toBe(1);
    expect(output).toMatch(
      /^FAILED {3}database: It cannot be reached \(connect ECONNREFUSED .*\): check that it runs/m,
    );
    expect(output).toMatch(/^ok {7}providers: /m);
  });

  test("with content of a key that is not there names the key", async () => {
    await insertInteraction(pool, {
      status: "succeeded",
      sensitive: true,
      content: { sealed: { keyId: "0a1b2c3d" } },
    });
    const { of } = await results();
    expect(of("contentKey")).toMatchObject({
      result: "failed",
      sentence: expect.stringContaining("0a1b2c3d") as string,
    });
  });
});

test("`check data` counts what would only fail when due, with ids and reasons", async () => {
  await pool.query(`
    insert into tidings.case_types (id) values ('fraud');
    insert into tidings.borrowers (id, language) values ('BO-ES', 'es'), ('BO-NONE', 'en');
    insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages) values
      ('CT-BAD', 'BO-2', 'phone', 'personal', '0000000', true), ('CT-BARE', 'BO-ES', 'phone', null, '+16145550108', true);`);
  await insertType(pool, { id: 5, templateId: 1 });
  await insertInteraction(pool, { personId: "BO-ES", channel: "text", notificationTypeId: 5 });
  await insertInteraction(pool, { personId: "BO-NONE", loanIds: ["LN-404"] });
  const { code, of } = await results({}, "data");
  expect(code).toBe(1);
  expect(of("caseTypesWithoutType")).toMatchObject({ result: "warning", examples: ["fraud"] });
  expect(of("languagesWithoutTemplate")?.examples).toEqual(["1 in es", "5 in es"]);
  expect(of("unknownLoans")).toMatchObject({ result: "failed", examples: ["LN-404"] });
  expect(of("phonesWithoutLabel")).toMatchObject({ result: "warning", examples: ["CT-BARE"] });
  expect(of("unusableValues")).toMatchObject({ result: "failed", examples: ["CT-BAD"] });
  expect(of("typesWithoutTemplate")).toMatchObject({ result: "ok" });
  const { examples } = of("borrowersWithoutContact") ?? {};
  expect(examples).toEqual([
    expect.stringMatching(/^borrower BO-ES by text: .*CT-BARE was passed over, because its label/),
    expect.stringMatching(/^borrower BO-NONE by email: The borrower has no contact/),
  ]);
  await pool.query("update tidings.templates set status = 'deprecated' where id = 1");
  const { of: then } = await results({}, "data");
  expect(then("typesWithoutTemplate")).toMatchObject({ result: "failed", examples: ["1", "5"] });
  expect((await runOn(database, check, "data")).output).not.toContain("0000000");
});

test("nothing else can be checked by itself", async () => {
  await expect(runOn(database, check, "money")).rejects.toMatchObject({
    code: "ARGUMENTS_INVALID",
  });
});

test("a change of the policy that cannot be read is named", async () => {
  expect((await results()).of("policy")).toMatchObject({ result: "ok" });
  await pool.query(
    `insert into tidings.guard_policy_changes (change, rule_id, entry_id, value, reason)
     values ('set', 'time.window', 'US.window.other', '{"to": "07:00"}', 'r')`,
  );
  expect((await results()).of("policy")).toMatchObject({
    result: "failed",
    sentence: expect.stringMatching(/change \d+ of time\.window: value must begin before it ends/),
  });
});
