import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { createSignatureCheck } from "../../../src/providers/twilio/callbacks.ts";
import { createReplyIntake } from "../../../src/reply-intake.ts";
import { createPolicyReader } from "../../../src/store/guard/policy.ts";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool, db } = database;
const PUBLIC_URL = "https://lender.example/tidings";
const PATH = "/providers/twilio/inbound";
const TOKEN = "the-token";

const served = useServer(database, {
  publicUrl: PUBLIC_URL,
  callbacks: {
    isOfTwilio: createSignatureCheck([TOKEN]),
    keep: () => Promise.resolve(true),
    takeText: createReplyIntake({
      db,
      emit: () => {},
      clock: systemClock,
      seal: undefined,
      lender: { country: "US", timeZone: "America/New_York", languages: ["en"] },
      readPolicy: createPolicyReader(),
    }),
  },
});

beforeAll(() => insertLender(pool));
beforeEach(async () => {
  await pool.query("update tidings.contacts set opted_out_at = null");
});

let sids = 0;
const textFrom = (from: string, body: string): Record<string, string> => {
  sids += 1;
  return {
    MessageSid: `SM${String(sids).padStart(32, "0")}`,
    AccountSid: `AC${"1".repeat(32)}`,
    From: from,
    To: "+15005550006",
    Body: body,
    NumSegments: "1",
  };
};

interface Answered {
  readonly status: number;
  readonly type: string | null;
  readonly text: string;
}

async function post(form: Record<string, string>, signature?: string): Promise<Answered> {
  const url = `${PUBLIC_URL}${PATH}`;
  const response = await fetch(`${served.origin}${PATH}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "X-Twilio-Signature": signature ?? getExpectedTwilioSignature(TOKEN, url, form),
    },
    body: new URLSearchParams(form).toString(),
  });
  const type = response.headers.get("content-type");
  return { status: response.status, type, text: await response.text() };
}

const optedOut = async (): Promise<boolean | undefined> =>
  (
    await pool.query<{ opted: boolean }>(
      "select opted_out_at is not null as opted from tidings.contacts where id = 'CT-PHONE'",
    )
  ).rows[0]?.opted;
const countInbound = async (): Promise<number> =>
  (await pool.query("select from tidings.inbound_messages")).rowCount ?? 0;

describe("a text that Twilio hands over", () => {
  test("is in force when it is answered, and the answer sends nothing", async () => {
    const answered = await post(textFrom("+16145550101", "STOP"));

    expect(answered).toEqual({
      status: 200,
      type: "text/xml",
      text: '<?xml version="1.0" encoding="UTF-8"?><Response></Response>',
    });
    expect(await optedOut()).toBe(true);
  });

  test("is accepted once, and a repeated callback gets the same answer", async () => {
    const form = textFrom("+16145550101", "STOP");
    const before = await countInbound();

    const answers = [await post(form), await post(form), await post(form)];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await countInbound()) - before).toBe(1);
  });

  test.each<[string, Record<string, string>, boolean]>([
    ["STOP", {}, true],
    [" Unsubscribe ", {}, true],
    ["please stop texting me", {}, false],
    // Advanced Opt-Out has keywords that the lender chose
    ["adios", { OptOutType: "STOP" }, true],
    ["stop", { OptOutType: "" }, true],
  ])("%j with %j: Twilio has answered it: %s", async (body, more, isAnswered) => {
    const form = { ...textFrom("+16145550101", body), ...more };
    expect((await post(form)).status).toBe(200);

    const { rows } = await pool.query(
      "select provider_replied from tidings.inbound_messages where provider_message_id = $1",
      [form["MessageSid"]],
    );
    expect(rows).toEqual([{ provider_replied: isAnswered }]);
  });

  test("may have any words, and none", async () => {
    const words = ["", "🛑", "\u0000", "<script>", "x".repeat(5_000)];
    for (const body of words) expect((await post(textFrom("+16145550101", body))).status).toBe(200);
    expect(await optedOut()).toBe(false);
  });
});

describe("what is refused changes nothing", () => {
  test.each([
    ["no signature", ""],
    ["a signature of something else", "AAAAAAAAAAAAAAAAAAAAAAAAAAA="],
  ])("%s", async (_, signature) => {
    const before = await countInbound();
    const { status } = await post(textFrom("+16145550101", "STOP"), signature);
    expect([status, await countInbound(), await optedOut()]).toEqual([403, before, false]);
  });

  test("words that were changed on the way", async () => {
    const form = textFrom("+16145550101", "hello");
    const signature = getExpectedTwilioSignature(TOKEN, `${PUBLIC_URL}${PATH}`, form);
    expect((await post({ ...form, Body: "STOP" }, signature)).status).toBe(403);
  });

  test.each([{ MessageSid: "" }, { MessageSid: "SM1" }, { From: "" }, { To: "1".repeat(41) }])(
    "a form with %j",
    async (wrong) => {
      const before = await countInbound();
      const { status } = await post({ ...textFrom("+16145550101", "STOP"), ...wrong });
      expect([status, await countInbound()]).toEqual([400, before]);
    },
  );

  test("a huge form", async () => {
    const { status } = await post(textFrom("+16145550101", "x".repeat(100_000)));
    expect(status).toBe(413);
  });
});
