import { createHmac } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { verpToken } from "../../../src/decide/receipts/verp.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { readRelays } from "../../../src/domain/receipts/relay.ts";
import { createReceiptIntake } from "../../../src/receipt-intake.ts";
import { applyWaiting } from "../../../src/receipts/applier.ts";
import { loadLinkKeys } from "../../../src/store/api/secrets.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertLender, insertType } from "../../lender.ts";
import { insertAccepted } from "../../receipts.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool, db } = database;
const SECRET = "a secret of the relay, long";
const relays = readRelays(
  JSON.stringify({
    "mail-relay": {
      secret: SECRET,
      signature: { header: "X-Relay-Signature", prefix: "sha256=" },
      events: "events",
      fields: {
        status: "type",
        message: "message.headers.message-id",
        code: "reason.code",
        words: "reason.text",
      },
      statuses: { delivered: "delivered", bounced: "failed", deferred: "delayed" },
    },
  }),
);
const served = useServer(database, {
  callbacks: {
    isOfTwilio: undefined,
    relays,
    keep: createReceiptIntake({ db, emit: () => {}, outages: trackOutages(() => {}) }),
  },
});

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const signatureOf = (body: string): string =>
  `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`;

async function post(body: string, signature = signatureOf(body), name = "mail-relay") {
  const response = await fetch(`${served.origin}/providers/relays/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Relay-Signature": signature },
    body,
  });
  await response.arrayBuffer();
  return response.status;
}

const eventAbout = (message: string, type: string, reason: object = {}): string =>
  JSON.stringify({ events: [{ type, message: { headers: { "message-id": message } }, reason }] });

const sendEmail = (): Promise<InteractionId> =>
  insertAccepted(pool, null, { channel: "email", provider: "smtp" });

async function standing(id: InteractionId): Promise<string | undefined> {
  await pool.query("update tidings.receipt_queue set run_at = now()");
  await applyWaiting(depsOn(database));
  const { rows } = await pool.query<{ standing: string }>(
    "select concat_ws(' ', status, status_details) as standing from tidings.interactions where id = $1",
    [id],
  );
  return rows[0]?.standing;
}

const countReceipts = async (): Promise<number> =>
  (await pool.query("select from tidings.receipts")).rowCount ?? 0;

describe("a signed webhook of a relay", () => {
  test.each([
    ["bounced", { code: "5.1.1", text: "550 5.1.1 no such user" }, "failed emailBounced"],
    ["delivered", {}, "succeeded emailDelivered"],
    ["deferred", { text: "451 4.3.0 try later" }, "attempted emailDeferred"],
  ])("%s moves the message, matched by its Message-ID", async (type, reason, expected) => {
    const id = await sendEmail();
    expect(await post(eventAbout(`<tidings.${id}@lender.example>`, type, reason))).toBe(204);
    expect(await standing(id)).toBe(expected);
  });

  test("names the attempt by the token of its bounce address", async () => {
    const id = await sendEmail();
    const address = `bounces+${verpToken(id, await loadLinkKeys(db))}@lender.example`;
    await post(eventAbout(address, "bounced", { code: "5.1.1" }));
    expect(await standing(id)).toBe("failed emailBounced");
  });

  test("is accepted once, and keeps no address of a person", async () => {
    const id = await sendEmail();
    const body = eventAbout(`tidings.${id}@lender.example`, "bounced", {
      text: "550 5.1.1 <zebra@example.com> unknown",
    });
    const before = await countReceipts();
    for (let time = 0; time < 3; time++) expect(await post(body)).toBe(204);
    expect((await countReceipts()) - before).toBe(1);
    const { rows } = await pool.query("select from tidings.receipts r where r::text ~ 'zebra'");
    expect(rows).toEqual([]);
  });

  test("with a word that is not in the mapping changes nothing", async () => {
    const id = await sendEmail();
    expect(await post(eventAbout(`tidings.${id}@lender.example`, "opened"))).toBe(204);
    expect(await standing(id)).toBe("attempted emailSent");
  });
});

test("all events of one webhook are taken in, however many", async () => {
  const id = await sendEmail();
  const events = Array.from({ length: 2_500 }, (_, n) => ({
    type: `o${n}`,
    message: { headers: { "message-id": `tidings.${id}@lender.example` } },
  }));
  const before = await countReceipts();
  expect(await post(JSON.stringify({ events }))).toBe(204);
  expect((await countReceipts()) - before).toBe(2_500);
});

test.each([
  ["null", 1],
  ['{"events": "x"}', 1],
  ['{"events": [null, 1, {}]}', 3],
  [eventAbout("nothing", "bounced"), 1],
])("what the mapping cannot read is counted in one event: %s", async (body, count) => {
  const { length } = served.emitted;
  expect(await post(body)).toBe(204);
  const said = served.emitted.slice(length).filter((line) => line.includes("receipts.notRead"));
  expect(said.map((line) => JSON.parse(line) as unknown)).toEqual([
    expect.objectContaining({ provider: "mail-relay", receipts: count }),
  ]);
});

describe("what changes nothing", () => {
  test.each([
    ["a forged signature", (body: string) => post(body, `sha256=${"0".repeat(64)}`), 403],
    ["no signature", (body: string) => post(body, ""), 403],
    [
      "a signature without its prefix",
      (body: string) => post(body, signatureOf(body).slice(7)),
      403,
    ],
    ["an unknown relay", (body: string) => post(body, signatureOf(body), "other"), 404],
    ["a name of the language", (body: string) => post(body, signatureOf(body), "constructor"), 404],
    ["no JSON", () => post("{"), 400],
    ["no event", () => post("[]"), 204],
    ["an event of no message", () => post(eventAbout("nothing", "bounced")), 204],
    ["a huge body", () => post(" ".repeat(300_000)), 413],
  ])("%s", async (_, send, status) => {
    const id = await sendEmail();
    const before = await countReceipts();
    expect(await send(eventAbout(`tidings.${id}@lender.example`, "bounced"))).toBe(status);
    expect(await countReceipts()).toBe(before);
  });
});

test.each([
  ["{", /not JSON/u],
  ['{"x": {"secret": "short"}}', /x\.secret is wrong/u],
  ['{"Bad Name": {}}', /is wrong/u],
])("a file of relays like %s is refused without its values", (text, message) => {
  expect(() => readRelays(text)).toThrow(message);
  expect(() => readRelays(text)).not.toThrow(/short/u);
});
