import { createSign } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { verpToken } from "../../../src/decide/receipts/verp.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { createSnsReader, isOfSns } from "../../../src/providers/ses/sns.ts";
import { createReceiptIntake } from "../../../src/receipt-intake.ts";
import { applyWaiting } from "../../../src/receipts/applier.ts";
import { loadLinkKeys } from "../../../src/store/api/secrets.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertLender, insertType } from "../../lender.ts";
import { createAuthority } from "../../providers/certificates.ts";
import { insertAccepted } from "../../receipts.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool, db } = database;
const TOPIC = "arn:aws:sns:us-east-1:111111111111:bounces";
const CERTIFICATE_URL = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-1.pem";
const authority = createAuthority("Example CA");
const identity = authority.issue("sns.us-east-1.amazonaws.com");
const foreign = authority.issue("sns.us-east-1.amazonaws.com");
const old = authority.issue("sns.us-east-1.amazonaws.com", { from: -20, to: -10 });
let certificate = identity.cert;
const fetched: string[] = [];
const confirmed: string[] = [];

const served = useServer(database, {
  callbacks: {
    isOfTwilio: undefined,
    keep: createReceiptIntake({ db, emit: () => {}, outages: trackOutages(() => {}) }),
    sns: {
      // a new reader each time, so that no certificate is remembered between the tests
      read: (body) =>
        createSnsReader({
          topicArn: TOPIC,
          now: () => new Date(),
          fetchText: (url) => {
            fetched.push(url);
            return Promise.resolve(certificate);
          },
        })(body),
      confirm: (url) => {
        confirmed.push(url);
        return Promise.resolve();
      },
    },
  },
});

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
beforeEach(() => {
  certificate = identity.cert;
  fetched.length = 0;
  confirmed.length = 0;
});

/** An address that sends many forgeries is put off. */
const REFUSED = [403, 429];

type Fields = Record<string, string>;

const NOTIFICATION = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"];
const CONFIRMATION = [
  "Message",
  "MessageId",
  "SubscribeURL",
  "Timestamp",
  "Token",
  "TopicArn",
  "Type",
];

function signed(fields: Fields, key = identity.key): Fields {
  const all: Fields = {
    Type: "Notification",
    MessageId: "m-1",
    TopicArn: TOPIC,
    Timestamp: new Date().toISOString(),
    SignatureVersion: "2",
    SigningCertURL: CERTIFICATE_URL,
    ...fields,
  };
  const names = all["Type"] === "Notification" ? NOTIFICATION : CONFIRMATION;
  const text = names.flatMap((name) =>
    all[name] === undefined ? [] : [`${name}\n${all[name]}\n`],
  );
  const Signature = createSign("RSA-SHA256").update(text.join("")).sign(key, "base64");
  return { ...all, Signature };
}

async function post(body: unknown): Promise<number> {
  const response = await fetch(`${served.origin}/providers/ses`, {
    method: "POST",
    // SNS says so, although the body is JSON
    headers: { "Content-Type": "text/plain; charset=UTF-8" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  await response.arrayBuffer();
  return response.status;
}

const bounceOf = (id: InteractionId, source = "bounces@lender.example"): string =>
  JSON.stringify({
    notificationType: "Bounce",
    bounce: {
      bounceType: "Permanent",
      bouncedRecipients: [
        {
          emailAddress: "zebra@example.com",
          action: "failed",
          status: "5.1.1",
          diagnosticCode: "smtp; 550 5.1.1 <zebra@example.com> user unknown",
        },
      ],
    },
    mail: {
      source,
      messageId: "0100-ses",
      headers: [{ name: "Message-ID", value: `<tidings.${id}@lender.example>` }],
    },
  });

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

describe("a notification that SNS signed", () => {
  test("of a bounce fails the message, matched by its original Message-ID, without an address", async () => {
    const id = await sendEmail();
    expect(await post(signed({ Message: bounceOf(id) }))).toBe(204);
    expect(await standing(id)).toBe("failed emailBounced");
    const { rows } = await pool.query("select from tidings.receipts r where r::text ~ 'zebra'");
    expect(rows).toEqual([]);
  });

  test("names the attempt by the token of its bounce address", async () => {
    const id = await sendEmail();
    const source = `bounces+${verpToken(id, await loadLinkKeys(db))}@lender.example`;
    await post(signed({ Message: bounceOf("999999999" as InteractionId, source) }));
    expect(await standing(id)).toBe("failed emailBounced");
  });

  test("of a delivery is a delivery", async () => {
    const id = await sendEmail();
    const delivery = bounceOf(id).replace('"Bounce"', '"Delivery"');
    await post(signed({ Message: delivery }));
    expect(await standing(id)).toBe("succeeded emailDelivered");
  });

  test("of a complaint opts the address out, on record", async () => {
    const contact = { contactType: "email", value: "pat@example.com" };
    const sent = { channel: "email", provider: "smtp", contactId: "CT-EMAIL", contact };
    const id = await insertAccepted(pool, null, sent);
    await post(signed({ Message: bounceOf(id).replace('"Bounce"', '"Complaint"') }));
    expect(await standing(id)).toContain("emailSpamReported");
    const { rows } = await pool.query(
      "select scope, source from tidings.consent_records where interaction_id = $1 order by scope",
      [id],
    );
    expect(rows).toEqual([
      { scope: "collection", source: "complaint" },
      { scope: "marketing", source: "complaint" },
    ]);
  });

  test("confirms a subscription to the topic, at Amazon only", async () => {
    const SubscribeURL = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription";
    const fields = { Type: "SubscriptionConfirmation", Message: "confirm", Token: "t" };
    expect(await post(signed({ ...fields, SubscribeURL }))).toBe(204);
    expect(confirmed).toEqual([SubscribeURL]);
    const elsewhere = { ...fields, SubscribeURL: "https://sns.attacker.example/" };
    expect(await post(signed(elsewhere))).toBe(403);
    expect(confirmed).toHaveLength(1);
  });
});

describe("what changes nothing", () => {
  const anHourAgo = new Date(Date.now() - 3_700_000).toISOString();

  test.each<[string, Fields]>([
    ["another topic", { TopicArn: `${TOPIC}-other` }],
    ["an old message", { Timestamp: anHourAgo }],
    ["a certificate of another host", { SigningCertURL: "https://attacker.example/x.pem" }],
    ["a certificate without TLS", { SigningCertURL: CERTIFICATE_URL.replace("https", "http") }],
    ["a certificate that is none", { SigningCertURL: CERTIFICATE_URL.replace(".pem", ".txt") }],
    ["an unknown version", { SignatureVersion: "3" }],
    ["an unknown type", { Type: "UnsubscribeConfirmation" }],
  ])("%s", async (_, fields) => {
    const id = await sendEmail();
    expect(REFUSED).toContain(await post(signed({ Message: bounceOf(id), ...fields })));
    expect(await standing(id)).toBe("attempted emailSent");
  });

  test("words that were changed, another signer, and a certificate that is over", async () => {
    const id = await sendEmail();
    const message = signed({ Message: bounceOf(await sendEmail()) });
    const forged = [
      { ...message, Message: bounceOf(id) },
      signed({ Message: bounceOf(id) }, foreign.key),
      { ...message, Signature: "" },
    ];
    for (const one of forged) expect(REFUSED).toContain(await post(one));
    certificate = old.cert;
    expect(REFUSED).toContain(await post(signed({ Message: bounceOf(id) }, old.key)));
    expect(await standing(id)).toBe("attempted emailSent");
  });

  test("no certificate is fetched from a host that is not Amazon's", async () => {
    await post(
      signed({
        Message: "x",
        SigningCertURL: "https://sns.us-east-1.amazonaws.com.evil.example/x.pem",
      }),
    );
    expect(fetched).toEqual([]);
  });

  test.each([
    ["{", 400],
    ["null", 403],
    ["[]", 403],
    [" ".repeat(300_000), 413],
  ])("a body like %#", async (body, status) => {
    const answered = await post(body);
    expect(status === 403 ? REFUSED : [status]).toContain(answered);
  });
});

test.each([
  ["https://sns.us-east-1.amazonaws.com/x.pem", true],
  ["https://sns.cn-north-1.amazonaws.com.cn/x.pem", true],
  ["https://sns.us-east-1.amazonaws.com:444/x.pem", false],
  ["https://user@sns.us-east-1.amazonaws.com/x.pem", false],
  ["https://bucket.s3.amazonaws.com/x.pem", false],
  ["http://sns.us-east-1.amazonaws.com/x.pem", false],
  ["nothing", false],
])("%s is of SNS: %s", (url, expected) => {
  expect(isOfSns(url)).toBe(expected);
});
