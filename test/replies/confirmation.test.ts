import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { explain } from "../../src/commands/explain/explain.ts";
import { status } from "../../src/commands/status/status.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import { openTwilio } from "../../src/providers/twilio/twilio.ts";
import { type ArrivedInbound, createReplyIntake } from "../../src/reply-intake.ts";
import { createPolicyReader } from "../../src/store/guard/policy.ts";
import { runOn } from "../commands/run.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertInteraction } from "../interactions.ts";
import { insertLender } from "../lender.ts";
import { NEVER_MS } from "../never.ts";
import {
  accept,
  httpError,
  openScriptedHttp,
  type ScriptedHttp,
} from "../providers/scripted-http.ts";
import { runDueJobs } from "../queue.ts";
import { textMessage } from "./text-message.ts";

const database = useDatabase();
const { pool, db } = database;
let peer: ScriptedHttp;
let script = accept;
let deps: Deps;
let now: Date | undefined;
const clock = (): Date => now ?? new Date();

const takeInbound = createReplyIntake({
  db,
  emit: () => {},
  clock,
  seal: undefined,
  lender: { country: "US", timeZone: "America/New_York", languages: ["en"] },
  readPolicy: createPolicyReader(),
});

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(`
    insert into tidings.templates (id, version, channel, language, kind, theme, text_template) values
      (20, 1, 'text', 'en', 'optOutConfirmation', 'opsServicing', '{{lender.name}}: You will get no more texts.'),
      (21, 1, 'text', 'es', 'optOutConfirmation', 'opsServicing', '{{lender.name}}: No recibirá más textos.');
    update tidings.templates set status = 'active' where id in (20, 21)`);
  peer = await openScriptedHttp((...call) => script(...call));
  const provider = openTwilio({
    accountSid: `AC${"1".repeat(32)}`,
    authToken: "s3cret",
    from: "+15005550006",
    apiUrl: `http://127.0.0.1:${peer.port}`,
    deadlineMs: NEVER_MS,
  });
  const text = createChannel(provider, readConfig({}).channels.text);
  deps = depsOn(database, { channels: { text }, clock });
});
afterAll(() => peer.close());
beforeEach(async () => {
  now = undefined;
  script = accept;
  peer.forms.length = 0;
  await pool.query(`
    update tidings.contacts set opted_out_at = null, receive_text_messages = contact_type = 'phone', value = '+16145550101'
    where id = 'CT-PHONE';
    update tidings.borrowers set language = 'en'`);
});

/** Takes the text in and sends whatever follows. Returns the texts that left. */
async function reply(text: string, rest: Partial<ArrivedInbound> = {}): Promise<string[]> {
  await takeInbound(textMessage(text, rest));
  await runDueJobs(database, deps);
  return peer.forms.map((form) => `${form.get("To")} ${form.get("Body")}`);
}

interface Confirmation {
  readonly id: string;
  readonly status: string;
  readonly ruleId: string | null;
  readonly contactId: string | null;
}

async function confirmations(): Promise<Confirmation[]> {
  const { rows } = await pool.query<Confirmation>(
    `select i.id::text, i.status, i.compliance_guard_rule_id as "ruleId", i.contact_id as "contactId" from tidings.interactions i
     where i.reply_id = (select max(m.interaction_id) from tidings.inbound_messages m) order by i.id`,
  );
  return rows;
}

const EN = "+16145550101 Example Lender: You will get no more texts.";

describe("an opt-out by text", () => {
  test.each(["STOP", "please stop texting me"])(
    "%j gets one confirmation, judged and on record",
    async (words) => {
      expect(await reply(words)).toEqual([EN]);

      const [confirmation, ...rest] = await confirmations();
      expect(rest).toEqual([]);
      expect(confirmation).toMatchObject({
        status: "attempted",
        ruleId: null,
        contactId: "CT-PHONE",
      });
      const { rows } = await pool.query(
        "select outcome from tidings.judgements where interaction_id = $1",
        [confirmation?.id],
      );
      expect(rows).toEqual([{ outcome: "allow" }]);
      const { output } = await runOn(database, explain, confirmation?.id ?? "");
      expect(output.replaceAll(/\s+/g, " ")).toMatch(/confirms the opt-out of interaction \d+/);
    },
  );

  test("in Spanish is confirmed in the borrower's language", async () => {
    await pool.query("update tidings.borrowers set language = 'es-MX'");

    expect(await reply("basta")).toEqual(["+16145550101 Example Lender: No recibirá más textos."]);
  });

  test("that is repeated, or arrives at two daemons, is confirmed once", async () => {
    const message = textMessage("STOP");
    const taken = await Promise.all([message, message, message].map((one) => takeInbound(one)));
    expect(taken.filter(Boolean)).toHaveLength(1);

    expect(await reply("STOP")).toEqual([EN]);
  });

  test("after START is confirmed again", async () => {
    await reply("STOP");
    await reply("START");

    expect(await reply("STOP")).toEqual([EN, EN]);
  });
});

describe("no confirmation", () => {
  test.each<[string, string, Partial<ArrivedInbound>]>([
    ["for one that Twilio has confirmed", "STOP", { providerReplied: true }],
    ["for a refusal of all contact", "stop contacting me", {}],
    ["for unclear words", "can you stop by tomorrow?", {}],
    ["for START", "START", {}],
    ["for an email", "STOP", { channel: "email", from: "pat@example.com", provider: "mailbox" }],
    ["for an unknown sender", "STOP", { from: "+12125550199" }],
  ])("%s", async (_, words, rest) => {
    expect(await reply(words, rest)).toEqual([]);
    expect(await confirmations()).toEqual([]);
  });

  test("five minutes later: it expires, on record", async () => {
    await takeInbound(textMessage("STOP"));
    now = new Date(Date.now() + 5 * 60_000 + 1_000);
    await runDueJobs(database, deps);

    expect(peer.forms).toEqual([]);
    expect(await confirmations()).toMatchObject([{ status: "failed", ruleId: "schedule.expired" }]);
  });

  test("by a template that does more than confirm: the guard refuses it", async () => {
    await pool.query(`
      insert into tidings.templates (id, version, channel, language, kind, theme, text_template) values
        (20, 2, 'text', 'en', 'optOutConfirmation', 'opsServicing', '{{lender.name}}: Done. See https://lender.example/pay');
      update tidings.templates set status = 'deprecated' where id = 20 and version = 1;
      update tidings.templates set status = 'active' where id = 20 and version = 2`);
    try {
      expect(await reply("STOP")).toEqual([]);
      expect(await confirmations()).toMatchObject([{ status: "failed", ruleId: "optout.confirm" }]);
    } finally {
      await pool.query(`
        insert into tidings.templates (id, version, channel, language, kind, theme, text_template) values
          (20, 3, 'text', 'en', 'optOutConfirmation', 'opsServicing', '{{lender.name}}: You will get no more texts.');
        update tidings.templates set status = 'deprecated' where id = 20 and version = 2;
        update tidings.templates set status = 'active' where id = 20 and version = 3`);
    }
  });

  test("after START: the text would say that the borrower is opted out", async () => {
    await takeInbound(textMessage("STOP"));
    const [confirmation] = await confirmations();
    expect(await reply("START")).toEqual([]);
    const { rows } = await pool.query(
      "select status, compliance_guard_rule_id as rule from tidings.interactions where id = $1",
      [confirmation?.id],
    );
    expect(rows).toEqual([{ status: "failed", rule: "contact.none" }]);
  });

  test("to a number that the core system has changed since", async () => {
    await takeInbound(textMessage("STOP"));
    await pool.query("update tidings.contacts set value = '+16145550199' where id = 'CT-PHONE'");
    await runDueJobs(database, deps);

    expect(peer.forms).toEqual([]);
    expect(await confirmations()).toMatchObject([{ status: "failed", ruleId: "contact.none" }]);
  });
});

test("a confirmation that the provider refuses is not sent again, and needs no case to be shown", async () => {
  script = httpError(400, 21610);
  await reply("STOP");

  expect(await confirmations()).toMatchObject([{ status: "failed" }]);
  expect(peer.forms).toHaveLength(1);
  expect((await runOn(database, status)).output).not.toContain("undefined");
});

test("the table refuses a confirmation of anything else, and a second one", async () => {
  await reply("STOP");
  const [confirmation] = await confirmations();
  const { rows } = await pool.query<{ reply: string }>(
    "select reply_id::text as reply from tidings.interactions where id = $1",
    [confirmation?.id],
  );
  const insert = (replyId: string): Promise<unknown> =>
    insertInteraction(pool, {
      channel: "text",
      replyId,
      previousInteractionId: replyId,
      caseChangeId: null,
      caseId: null,
      notificationTypeId: null,
      notificationTypeVersion: null,
    });

  await expect(insert(rows[0]?.reply ?? "")).rejects.toMatchObject({ code: "23505" });
  await expect(insert(confirmation?.id ?? "")).rejects.toMatchObject({
    constraint: "interactions_confirm_an_opt_out",
  });
});
