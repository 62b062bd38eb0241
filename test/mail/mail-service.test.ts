import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import { systemClock } from "../../src/clock.ts";
import { verpToken } from "../../src/decide/receipts/verp.ts";
import { messageIdLocalPart } from "../../src/decide/receipts/message-id.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { openMail } from "../../src/mail/mail-service.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { loadLinkKeys } from "../../src/store/api/secrets.ts";
import { useDatabase } from "../database.ts";
import { chain } from "../ids.ts";
import { depsOn } from "../deps.ts";
import { insertInProgress, recordAnswer } from "../receipts.ts";
import { insertLender, insertType } from "../lender.ts";
import { type MailClient, openMailClient } from "./mail-client.ts";

const database = useDatabase();
const { pool, db } = database;
const emitted: { readonly event: string; readonly fields: object }[] = [];
const open = new AsyncDisposableStack();
let port = 0;
let client: MailClient;
let keys: readonly Buffer[];

/** Resolves to the port of the listener. */
async function openService(
  into: AsyncDisposableStack,
  settings: Readonly<Record<string, string>>,
): Promise<number> {
  await openMail(into, {
    config: readConfig({ MAIL_PORT: "0", ...settings }),
    db,
    clock: systemClock,
    seal: undefined,
    emit: (event, fields) => void emitted.push({ event, fields }),
  });
  const opened = emitted.findLast(({ event }) => event === "mail.opened")?.fields;
  return (opened as { readonly port: number }).port;
}

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  keys = await loadLinkKeys(db);
  port = await openService(open, {
    EMAIL_BOUNCE_ADDRESS: "bounces@lender.example",
    EMAIL_BOUNCE_TOKENS: "yes",
  });
  client = await openMailClient(port);
});
afterAll(async () => {
  client.drop();
  await open.disposeAsync();
});
beforeEach(async () => {
  emitted.length = 0;
  await pool.query(
    "update tidings.contacts set opted_out_at = null, marketing_opted_out_at = null, valid = true",
  );
});

interface Sent {
  readonly id: InteractionId;
  readonly address: string;
}

/** An email that was accepted, with its bounce address. */
async function sendEmail(): Promise<Sent> {
  const id = await insertInProgress(pool, {
    channel: "email",
    provider: "smtp",
    theme: "opsCollDebt",
    contactId: "CT-EMAIL",
    contact: { contactType: "email", value: "pat@example.com" },
  });
  await recordAnswer(pool, id, null, "emailSent");
  return { id, address: `bounces+${verpToken(id, keys)}@lender.example` };
}

const PLAIN = "bounces@lender.example";
const signedId = (id: string): string => messageIdLocalPart(chain(id), keys);
/** The id of a message with the signature of the one before it. */
const otherId = (id: string): string =>
  `${signedId(String(Number(id) - 1)).replace(/\.\d+/u, `.${id}`)}@`;

/** A report of the fixtures, about a message of the test. */
const reportAbout = (name: string, { id, address }: Sent): string =>
  readFileSync(`test/decide/receipts/bounces/${name}.eml`, "utf8")
    .replaceAll(/bounces?\+4711-k3jx9q2mfa@bounce\.lender\.example/giu, address)
    .replaceAll("tidings.4711@", `${signedId(id)}@`)
    .replaceAll("jo.doe@example.com", "pat@example.com");

const statusOf = async (id: InteractionId): Promise<string | undefined> => {
  await pool.query("update tidings.receipt_queue set run_at = now()");
  await applyWaiting(depsOn(database));
  const { rows } = await pool.query<{ standing: string }>(
    "select concat_ws(' ', status, status_details) as standing from tidings.interactions where id = $1",
    [id],
  );
  return rows[0]?.standing;
};

const countReceipts = async (): Promise<number> =>
  (await pool.query("select from tidings.receipts")).rowCount ?? 0;

const events = (): string[] =>
  emitted.map(({ event, fields }) => `${event} ${Object.values(fields).join(" ")}`);

describe("a report", () => {
  test.each([
    ["postfix-user-unknown", "failed emailBounced", "bounce"],
    ["exchange-online-recipient-not-found", "failed emailBounced", "bounce"],
    ["gmail-over-quota", "failed emailBounced", "bounce"],
    ["postfix-delivered", "succeeded emailDelivered", "delivered"],
    ["postfix-delayed-warning", "attempted emailDeferred", "delayed"],
    ["qmail-no-mailbox", "failed emailBounced", "bounce"],
  ])("%s by its address moves the message to %s", async (name, standing, kind) => {
    const sent = await sendEmail();

    const answers = await client.give(reportAbout(name, sent), [sent.address]);

    expect(answers).toEqual([expect.stringMatching(/^250 /u)]);
    expect(await statusOf(sent.id)).toBe(standing);
    expect(events()).toContain(`mail.received ${kind} true`);
  });

  test.each([
    ["a guessed Message-ID", (id: string) => `tidings.${id}@`],
    ["a forged signature", (id: string) => `tidings.${id}-aaaaaaaaaa@`],
    ["the signature of another message", (id: string) => otherId(id)],
  ])("with %s bounces nothing", async (_, idOf) => {
    const sent = await sendEmail();
    const before = await countReceipts();
    const source = reportAbout("postfix-user-unknown", { ...sent, address: PLAIN });

    const answers = await client.give(source.replaceAll(/tidings\.\d+-\w+@/gu, idOf(sent.id)), [
      PLAIN,
    ]);

    expect(answers).toEqual([expect.stringMatching(/^250 /u)]);
    expect(await countReceipts()).toBe(before);
    expect(await statusOf(sent.id)).toBe("attempted emailSent");
    expect(events()).toContain("mail.received bounce false");
  });

  test.each(["no", "yes"])(
    "is matched by its Message-ID, with EMAIL_BOUNCE_TOKENS=%s",
    async (tokens) => {
      const sent = await sendEmail();
      await using own = new AsyncDisposableStack();
      const settings = { EMAIL_BOUNCE_ADDRESS: PLAIN, EMAIL_BOUNCE_TOKENS: tokens };
      const other = await openMailClient(await openService(own, settings));

      await other.give(reportAbout("postfix-user-unknown", { ...sent, address: PLAIN }), [PLAIN]);

      other.drop();
      expect(await statusOf(sent.id)).toBe("failed emailBounced");
    },
  );

  test("is accepted once, however often the mail server hands it over", async () => {
    const sent = await sendEmail();
    const source = reportAbout("postfix-user-unknown", sent);
    const before = await countReceipts();

    for (let time = 0; time < 3; time++) await client.give(source, [sent.address]);

    expect((await countReceipts()) - before).toBe(1);
  });

  test("of a complaint opts the address out, on record", async () => {
    const sent = await sendEmail();

    await client.give(reportAbout("ses-complaint", sent), [sent.address]);

    expect(await statusOf(sent.id)).toContain("emailSpamReported");
    const { rows } = await pool.query(
      "select scope, source from tidings.consent_records where interaction_id = $1 order by scope",
      [sent.id],
    );
    expect(rows).toEqual([
      { scope: "collection", source: "complaint" },
      { scope: "marketing", source: "complaint" },
    ]);
    // the core system reads what it changed
    const { rows: noted } = await pool.query<{ at: string; same: boolean }>(
      `select e.changes->'opted_out_at'->>'to' as at, e.changes->'marketing_opted_out_at'->>'to' is not null
         and (e.changes->'opted_out_at'->>'to')::timestamptz = k.opted_out_at as same
       from tidings.contact_events e join tidings.contacts k on k.id = e.contact_id where e.interaction_id = $1`,
      [sent.id],
    );
    expect(noted).toEqual([{ at: expect.any(String), same: true }]);
  });

  test("with a forged token changes nothing, even if its Message-ID is of no message", async () => {
    const sent = await sendEmail();
    const forged = {
      id: "999999999" as InteractionId,
      address: `bounces+${sent.id}-aaaaaaaaaa@lender.example`,
    };
    await client.give(reportAbout("postfix-user-unknown", forged), [forged.address]);

    expect(await statusOf(sent.id)).toBe("attempted emailSent");
  });
});

describe("a letter", () => {
  test("with STOP closes the address at once and is linked to what it answers", async () => {
    const sent = await sendEmail();
    const source = reportAbout("reply-of-a-person", sent).replace(/^My last mail.*$/mu, "STOP");

    await client.give(source, ["notices@lender.example"], "pat@example.com");

    const { rows } = await pool.query(
      "select opted_out_at is not null as opted from tidings.contacts where id = 'CT-EMAIL'",
    );
    expect(rows).toEqual([{ opted: true }]);
    expect(events()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^reply\.received \d+ email optOut 1 false$/u),
      ]),
    );
  });

  test.each(["out-of-office-spanish", "out-of-office-english", "vacation-with-precedence"])(
    "of a program (%s) is neither consent nor refusal, and is never answered",
    async (name) => {
      const sent = await sendEmail();

      await client.give(reportAbout(name, sent), [sent.address], "pat@example.com");

      const { rows } = await pool.query(
        "select opted_out_at is null as open from tidings.contacts where id = 'CT-EMAIL'",
      );
      expect(rows).toEqual([{ open: true }]);
      expect(events()).toEqual([expect.stringMatching(/^mail\.received autoReply/u)]);
    },
  );
});

describe("bad input", () => {
  test("a letter with bytes that the database does not hold is kept as a reply", async () => {
    const source =
      "From: pat@example.com\nMessage-ID: <nul@example.com>\nSubject: a\u0000b\n\nSTOP\u0000 \ud800";
    const answers = await client.give(source, ["notices@lender.example"], "pat@example.com");
    expect(answers).toEqual([expect.stringMatching(/^250 /u)]);
  });

  test.each([
    ["a NUL in base64", "c3RvcAAgcGxlYXNl"],
    ["a sign that is cut in two", Buffer.from(`${"x".repeat(49_999)}😀😀`).toString("base64")],
  ])("a letter with %s is kept as a reply", async (name, body) => {
    const { rowCount: before } = await pool.query("select from tidings.inbound_messages");
    const lines = body.replaceAll(/.{76}/gu, "$&\n");
    const source = `From: pat@example.com\nMessage-ID: <${name.replaceAll(" ", ".")}@example.com>\nSubject: =?utf-8?B?YQBi?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n${lines}`;
    const answers = await client.give(source, ["notices@lender.example"], "pat@example.com");
    expect(answers).toEqual([expect.stringMatching(/^250 /u)]);
    const { rowCount: after } = await pool.query("select from tidings.inbound_messages");
    expect(after).toBe((before ?? 0) + 1);
  });

  test("mail to an address that is not ours is refused, so this is no relay", async () => {
    const answers = await client.give("Subject: x\n\nx", ["someone@elsewhere.example"]);
    expect(answers).toEqual([expect.stringMatching(/^550 5\.1\.1/u)]);
  });

  test.each([
    ["no headers", "hello"],
    ["nothing", ""],
    ["20,000 parts", `Content-Type: multipart/mixed; boundary=x\n\n${"--x\n\n".repeat(20_000)}`],
    // these two once took a minute, in which the daemon did nothing else
    ["a sender of 100,000 signs", `From: ${"@".repeat(100_000)}\n\nx`],
    ["20,000 hidden elements", `Content-Type: text/html\n\n${"<style></style".repeat(18_000)}`],
    ["bytes that are no text", "\u0000\u0001\u00ff".repeat(1_000)],
  ])("%s: taken, changes nothing, one event", async (_, source) => {
    const before = await countReceipts();

    const answers = await client.give(source, ["bounces@lender.example"]);

    expect(answers).toEqual([expect.stringMatching(/^250 /u)]);
    expect(await countReceipts()).toBe(before);
    expect(emitted.filter(({ event }) => event.startsWith("mail."))).toHaveLength(1);
  });

  test("a client that hangs up in the middle of a message disturbs no other", async () => {
    const other = await openMailClient(port);
    await other.ask("MAIL FROM:<>");
    await other.ask("RCPT TO:<bounces@lender.example>");
    await other.ask("DATA");
    other.drop();

    const sent = await sendEmail();
    await client.give(reportAbout("postfix-user-unknown", sent), [sent.address]);
    expect(await statusOf(sent.id)).toBe("failed emailBounced");
  });

  test("no event contains an address or a word of an email", async () => {
    const sent = await sendEmail();
    await client.give(reportAbout("reply-of-a-person", sent), [sent.address], "pat@example.com");
    expect(JSON.stringify(emitted)).not.toMatch(/example\.com|mailbox table|returned/iu);
  });
});

test("several recipients get one answer each by LMTP", async () => {
  const [one, other] = [await sendEmail(), await sendEmail()];

  const answers = await client.give(reportAbout("postfix-user-unknown", one), [
    one.address,
    other.address,
  ]);

  expect(answers).toEqual([expect.stringMatching(/^250/u), expect.stringMatching(/^250/u)]);
});

test("while the database refuses the receipt, the mail server is asked to keep it", async () => {
  const sent = await sendEmail();
  const source = reportAbout("postfix-user-unknown", sent);
  await pool.query("alter table tidings.receipts rename to receipts_away");
  const [answer] = await client.give(source, [sent.address]);
  await pool.query("alter table tidings.receipts_away rename to receipts");

  expect(answer).toMatch(/^451 4\.3\.0/u);
  await client.give(source, [sent.address]);
  expect(await statusOf(sent.id)).toBe("failed emailBounced");
});
