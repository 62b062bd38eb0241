import { createHmac } from "node:crypto";
import { connect } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { readRelays } from "../../../src/domain/receipts/relay.ts";
import { createSnsReader } from "../../../src/providers/ses/sns.ts";
import { createSignatureCheck, signForm } from "../../../src/providers/twilio/callbacks.ts";
import { createReceiptIntake } from "../../../src/receipt-intake.ts";
import { createReplyIntake } from "../../../src/reply-intake.ts";
import { createPolicyReader } from "../../../src/store/guard/policy.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool, db } = database;
const PUBLIC_URL = "https://tidings.lender.example";
const TOKEN = "the-token";
const SECRET = "a secret of the relay, long";
const TOPIC = "arn:aws:sns:us-east-1:123456789012:ses";
const FORM = "application/x-www-form-urlencoded";
/** Certificates that the reader of SNS asked for. */
const asked: string[] = [];

const served = useServer(database, {
  publicUrl: PUBLIC_URL,
  callbacks: {
    isOfTwilio: createSignatureCheck([TOKEN]),
    relays: readRelays(
      JSON.stringify({
        relay: {
          secret: SECRET,
          signature: { header: "X-Relay-Signature", prefix: "" },
          events: "events",
          fields: { status: "type", message: "id" },
          statuses: { bounced: "failed" },
        },
      }),
    ),
    sns: {
      read: createSnsReader({
        topicArn: TOPIC,
        now: () => new Date(),
        fetchText: async (url) => {
          asked.push(url);
          return "not a certificate";
        },
      }),
      confirm: async (url) => void asked.push(url),
    },
    keep: createReceiptIntake({ db, emit: () => {}, outages: trackOutages(() => {}) }),
    takeText: createReplyIntake({
      db,
      emit: () => {},
      clock: () => new Date(),
      seal: undefined,
      lender: { country: "US", timeZone: "America/New_York", languages: ["en"] },
      readPolicy: createPolicyReader(),
    }),
  },
});

beforeAll(() => insertLender(pool));

/** Everything that a door may write. */
async function written(): Promise<string> {
  const { rows } = await pool.query<{ all: string }>(
    `select concat_ws(' ', (select count(*) from tidings.receipts), (select count(*) from tidings.inbound_messages),
       (select count(*) from tidings.consent_records), (select count(*) from tidings.interactions)) as all`,
  );
  return rows[0]?.all ?? "";
}

interface Outcome {
  readonly status: number;
  /** The events of the request. */
  readonly events: readonly string[];
}

async function send(path: string, init: RequestInit): Promise<Outcome> {
  const before = served.emitted.length;
  const response = await fetch(`${served.origin}${path}`, { redirect: "manual", ...init });
  await response.arrayBuffer();
  await expect.poll(() => served.emitted.length).toBeGreaterThan(before);
  const events = served.emitted
    .slice(before)
    .map((line) => (JSON.parse(line) as { readonly event: string }).event);
  return { status: response.status, events };
}

const DOORS = [
  "/providers/twilio/status",
  "/providers/twilio/inbound",
  "/providers/relays/relay",
  "/providers/ses",
  "/opt-out/1-aaaaaaaaaaaaaaaaaaaaaaaaaa",
];

const bytes = (...values: readonly number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values);
const HOSTILE: readonly (readonly [string, RequestInit])[] = [
  ["no body", { method: "POST" }],
  [
    "three megabytes",
    { method: "POST", headers: { "Content-Type": FORM }, body: "a=".padEnd(3_000_000, "x") },
  ],
  [
    "100,000 fields",
    { method: "POST", headers: { "Content-Type": FORM }, body: "a=&".repeat(5_000) },
  ],
  [
    "bytes that are no UTF-8",
    { method: "POST", headers: { "Content-Type": FORM }, body: bytes(0xff, 0xfe, 0x00, 0xc3) },
  ],
  [
    "broken escapes",
    {
      method: "POST",
      headers: { "Content-Type": FORM },
      body: "MessageSid=%&From=%E0%A4%A&Body=%00",
    },
  ],
  ["another type", { method: "POST", headers: { "Content-Type": "text/xml" }, body: "<a/>" }],
  [
    "a type without its boundary",
    { method: "POST", headers: { "Content-Type": "multipart/form-data" }, body: "x" },
  ],
  [
    "an encoding that it is not",
    { method: "POST", headers: { "Content-Type": FORM, "Content-Encoding": "gzip" }, body: "x" },
  ],
  [
    "JSON of 100,000 levels",
    { method: "POST", headers: { "Content-Type": "application/json" }, body: "[".repeat(100_000) },
  ],
  [
    "JSON that is null",
    { method: "POST", headers: { "Content-Type": "application/json" }, body: "null" },
  ],
  [
    "a signature of 8 kB",
    {
      method: "POST",
      headers: {
        "Content-Type": FORM,
        "X-Twilio-Signature": "x".repeat(8_000),
        "X-Relay-Signature": "x".repeat(4_000),
      },
      body: "a=b",
    },
  ],
  [
    "a proxy's headers",
    {
      method: "POST",
      headers: {
        "Content-Type": FORM,
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-For": "127.0.0.1",
      },
      body: "a=b",
    },
  ],
  ...["PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"].map(
    (method) => [`the method ${method}`, { method }] as const,
  ),
];

describe.each(DOORS)("POST %s", (path) => {
  test.each(HOSTILE)("with %s: refused, one event, nothing changes", async (_, init) => {
    const before = await written();

    const { status, events } = await send(path, init);

    expect(status).toBeGreaterThanOrEqual(200);
    expect(status).toBeLessThan(500);
    if (!path.startsWith("/opt-out") && init.method === "POST") expect(status).not.toBe(204);
    expect(events).toEqual([expect.stringMatching(/^http\.(?:denied|publicAnswered|answered)$/u)]);
    expect(await written()).toBe(before);
  });
});

test.each([
  "/providers/relays/__proto__",
  "/providers/relays/constructor",
  "/providers/relays/%00",
  "/providers/relays/..%2f..%2fetc",
  `/providers/relays/${"x".repeat(5_000)}`,
  "/opt-out/%00",
  "/opt-out/%F0%9F%92%A9",
  "/opt-out/%E0%A4%A",
  "/providers/twilio/status?interaction=%",
])("%s is no door", async (path) => {
  const { status } = await send(path, {
    method: "POST",
    headers: { "Content-Type": FORM },
    body: "a=b",
  });
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test("a signature for the host that a proxy names is not one for our public URL", async () => {
  const path = "/providers/twilio/inbound";
  const form = {
    MessageSid: `SM${"a".repeat(32)}`,
    From: "+16145550101",
    To: "+15005550006",
    Body: "STOP",
  };
  const before = await written();
  const { status } = await send(path, {
    method: "POST",
    headers: {
      "Content-Type": FORM,
      "X-Forwarded-Host": "evil.example",
      "X-Twilio-Signature": signForm(TOKEN, `https://evil.example${path}`, form),
    },
    body: new URLSearchParams(form).toString(),
  });
  expect([status, await written()]).toEqual([403, before]);
});

test.each([
  "null",
  "7",
  '"x"',
  "[]",
  "{}",
  '{"events": 7}',
  '{"events": [null, 7, {"type": {}}]}',
  "{",
  "",
])("a relay that signs %j changes nothing", async (body) => {
  const before = await written();
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  const { status } = await send("/providers/relays/relay", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Relay-Signature": signature },
    body,
  });
  expect([204, 400]).toContain(status);
  expect(await written()).toBe(before);
});

test.each([
  "http://sns.us-east-1.amazonaws.com/cert.pem",
  "https://sns.us-east-1.amazonaws.com.evil.example/cert.pem",
  "https://evil.example/sns.us-east-1.amazonaws.com.pem",
  "https://sns.us-east-1.amazonaws.com@evil.example/cert.pem",
  "file:///etc/passwd",
])("a notification of SNS with the certificate %s fetches nothing", async (url) => {
  asked.length = 0;
  const body = JSON.stringify({
    Type: "Notification",
    MessageId: "1",
    TopicArn: TOPIC,
    Message: "{}",
    Timestamp: new Date().toISOString(),
    SignatureVersion: "2",
    Signature: "AAAA",
    SigningCertURL: url,
  });
  const { status } = await send("/providers/ses", { method: "POST", body });
  expect([status, asked]).toEqual([403, []]);
});

test("a notification whose certificate cannot be read is to be repeated, and is no fault of ours", async () => {
  const body = JSON.stringify({
    Type: "Notification",
    MessageId: "1",
    TopicArn: TOPIC,
    Message: "{}",
    Timestamp: new Date().toISOString(),
    SignatureVersion: "2",
    Signature: "AAAA",
    SigningCertURL: "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem",
  });
  const before = await written();
  const { status } = await send("/providers/ses", { method: "POST", body });
  expect([status, await written()]).toEqual([429, before]);
});

/** Sends bytes and resolves to the status line; empty if the connection is closed without one. */
async function sendRaw(text: string): Promise<string> {
  const socket = connect(Number(new URL(served.origin).port), "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket.setEncoding("utf8") as AsyncIterable<string>) answer += chunk;
  return answer.split("\r\n", 1)[0] ?? "";
}

test.each([
  ["two lengths", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nabc"],
  ["a negative length", "Content-Length: -1\r\n\r\n"],
  ["a chunk of no size", "Transfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ["a body that ends early", "Content-Length: 100\r\n\r\na=b"],
])("a request with %s ends without a 5xx", async (_, rest) => {
  const before = await written();
  const line = await sendRaw(
    `POST /providers/twilio/inbound HTTP/1.1\r\nHost: x\r\nContent-Type: ${FORM}\r\n${rest}`,
  );
  expect(line).not.toMatch(/ 5\d\d /u);
  expect(await written()).toBe(before);
});
