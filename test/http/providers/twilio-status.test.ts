import { getExpectedTwilioSignature } from "twilio/lib/webhooks/webhooks.js";
import { describe, expect, test } from "vitest";
import { createSignatureCheck } from "../../../src/providers/twilio/callbacks.ts";
import { createReceiptIntake } from "../../../src/receipt-intake.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { useDatabase } from "../../database.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const PUBLIC_URL = "https://lender.example/tidings";
const TOKENS = ["new-token", "old-token"];
const PATH = "/providers/twilio/status";
const SID = `SM${"1".repeat(32)}`;

const served = useServer(database, {
  publicUrl: PUBLIC_URL,
  callbacks: {
    isOfTwilio: createSignatureCheck(TOKENS),
    keep: createReceiptIntake({ db: database.db, emit: () => {}, outages: trackOutages(() => {}) }),
  },
});

interface Sent {
  readonly query?: string;
  readonly token?: string;
  readonly signature?: string;
  readonly type?: string;
}

/** Posts a form as Twilio does, with its own function for the signature. Returns the status of the answer. */
async function post(form: Record<string, string> | string, sent: Sent = {}): Promise<number> {
  const { query = "", token = "new-token", type = "application/x-www-form-urlencoded" } = sent;
  const fields = typeof form === "string" ? {} : form;
  const signature =
    sent.signature ?? getExpectedTwilioSignature(token, `${PUBLIC_URL}${PATH}${query}`, fields);
  const body = typeof form === "string" ? form : new URLSearchParams(form).toString();
  const response = await fetch(`${served.origin}${PATH}${query}`, {
    method: "POST",
    headers: { "Content-Type": type, "X-Twilio-Signature": signature },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

const callback = (status: string, rest: Record<string, string> = {}): Record<string, string> => ({
  MessageSid: SID,
  MessageStatus: status,
  AccountSid: `AC${"1".repeat(32)}`,
  From: "+15005550006",
  To: "+16145550107",
  ApiVersion: "2010-04-01",
  ...rest,
});

async function kept(): Promise<object[]> {
  const { rows } = await database.pool.query<object>(
    `select r.raw_status, r.code, r.interaction_id, r.reported_at, to_jsonb(r)::text ~ '614' as names_a_person
     from tidings.receipts r order by r.id`,
  );
  return rows;
}

describe("a status callback", () => {
  test("that Twilio signed is stored once, without numbers of people", async () => {
    const form = callback("undelivered", { ErrorCode: "30005", RawDlrDoneDate: "2611201631" });
    expect(await post(form, { query: "?interaction=77" })).toBe(204);
    expect(await post(form, { query: "?interaction=77" })).toBe(204);
    expect(await kept()).toEqual([
      {
        raw_status: "undelivered",
        code: "30005",
        interaction_id: "77",
        reported_at: new Date("2026-11-20T16:31:00Z"),
        names_a_person: false,
      },
    ]);
  });

  test("may be signed with the token that is being replaced", async () => {
    expect(await post(callback("sent"), { token: "old-token" })).toBe(204);
  });

  test.each<[string, Record<string, string> | string, Sent, number]>([
    ["with another token", callback("delivered"), { token: "x" }, 403],
    ["without a signature", callback("delivered"), { signature: "" }, 403],
    ["with a malformed signature", callback("delivered"), { signature: "å".repeat(50) }, 403],
    ["as JSON", "{}", { type: "application/json" }, 415],
    ["with a huge body", "a=".padEnd(20_000, "b"), {}, 413],
    ["with a great many fields", "a&".repeat(300), {}, 413],
    ["with bytes that are no text", "%", { signature: "x" }, 403],
    ["without a message", { MessageStatus: "delivered" }, {}, 400],
    ["with a malformed message", { ...callback("delivered"), MessageSid: "SM1'--" }, {}, 400],
    ["with a malformed status", callback("x".repeat(50)), {}, 400],
    ["without fields", {}, {}, 400],
  ])("%s changes nothing", async (_, form, sent, status) => {
    const before = await kept();
    expect(await post(form, sent)).toBe(status);
    expect(await kept()).toEqual(before);
  });

  test("whose interaction was changed on the way is forged", async () => {
    const url = `${PUBLIC_URL}${PATH}?interaction=1`;
    const form = callback("delivered");
    const signature = getExpectedTwilioSignature("new-token", url, form);
    expect(await post(form, { query: "?interaction=2", signature })).toBe(403);
  });

  test("that is forged is one event, and an address that forges many is slowed down", async () => {
    const before = served.emitted.filter((line) => line.includes("forgedCallback")).length;
    const statuses = await Promise.all(
      Array.from({ length: 30 }, () => post(callback("delivered"), { signature: "forged" })),
    );
    const forged = statuses.filter((status) => status === 403).length;
    expect(new Set(statuses)).toEqual(new Set([403, 429]));
    const after = served.emitted.filter((line) => line.includes("forgedCallback")).length;
    expect(after - before).toBe(forged);
  });

  test("of a flood is stored, and none is lost", async () => {
    const sids = Array.from({ length: 150 }, (_, n) => `SM${String(n).padStart(32, "0")}`);
    const statuses = await Promise.all(
      sids.map((MessageSid) => post({ ...callback("delivered"), MessageSid })),
    );
    expect(new Set(statuses)).toEqual(new Set([204]));
    const { rowCount } = await database.pool.query(
      "select from tidings.receipts where provider_message_id = any($1)",
      [sids],
    );
    expect(rowCount).toBe(150);
  });
});

describe("receipts that wait to be stored", () => {
  test("are limited in number, and refused beyond it", async () => {
    const keep = createReceiptIntake({
      db: database.db,
      emit: () => {},
      outages: trackOutages(() => {}),
    });
    const receipt = (n: number) => ({
      provider: "twilio",
      providerMessageId: `MM${n}`,
      interactionId: null,
      rawStatus: "sent",
      code: null,
      qualifier: null,
      reportedAt: null,
      payload: null,
    });
    const results = await Promise.all(Array.from({ length: 3_000 }, (_, n) => keep([receipt(n)])));
    const stored = results.filter(Boolean).length;
    expect(stored).toBeGreaterThanOrEqual(2_000);
    expect(stored).toBeLessThan(3_000);
    const { rowCount } = await database.pool.query(
      "select from tidings.receipts where provider_message_id like 'MM%'",
    );
    expect(rowCount).toBe(stored);
  });
});

test("without tokens nothing is genuine", () => {
  const isOfTwilio = createSignatureCheck([]);
  expect(isOfTwilio({ signature: "x", url: PUBLIC_URL, form: new URLSearchParams() })).toBe(false);
});
