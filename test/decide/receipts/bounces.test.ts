import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyReceipts, type ReceiptResult } from "../../../src/decide/receipts/apply-receipts.ts";
import type { MailReport } from "../../../src/decide/receipts/bounces/mail-report.ts";
import { readMail } from "../../../src/decide/receipts/bounces/read-mail.ts";
import { receiptOfMail } from "../../../src/decide/receipts/bounces/receipt-of-mail.ts";
import { EMAIL } from "../../../src/decide/receipts/tables/email.ts";
import { interactionOfVerp, verpAddress, verpToken } from "../../../src/decide/receipts/verp.ts";
import { readInbound } from "../../../src/decide/replies/read-inbound.ts";
import { parseMail } from "../../../src/providers/mailbox/parse-mail.ts";
import { interaction } from "../../ids.ts";

const FOLDER = new URL("./bounces/", import.meta.url);
const ENVELOPE = { mailFrom: null, rcptTo: null };

const sourceOf = (name: string): string => readFileSync(new URL(`${name}.eml`, FOLDER), "utf8");

async function reportsOf(source: string): Promise<MailReport[]> {
  const result = await parseMail(Buffer.from(source.replaceAll("\n", "\r\n")), ENVELOPE);
  if (result.kind === "refused") throw new Error(result.reason);
  return readMail(result.mail);
}

/** The last report of an email; all but one have a single one. */
async function reportOf(name: string): Promise<MailReport> {
  const report = (await reportsOf(sourceOf(name))).at(-1);
  if (report === undefined) throw new Error(`${name} has no report`);
  return report;
}

const RECEIVED_AT = new Date("2026-11-20T16:31:00Z");

function resultOf(report: MailReport): ReceiptResult {
  const receipt = receiptOfMail(report, "M1", RECEIVED_AT);
  const acceptedAs = {
    providerMessageId: "M1",
    rawStatus: "accepted",
    code: null,
    qualifier: null,
    receivedAt: RECEIVED_AT,
  };
  const state = { acceptedAs, receipts: [] };
  const context = { attempt: 1, latestAt: null, softFailures: [] };
  return applyReceipts(EMAIL, state, receipt === null ? [] : [receipt], context).after;
}

type Shape = readonly [
  name: string,
  kind: MailReport["kind"],
  enhanced: string | null,
  details: string,
  effects: string,
];

const SHAPES: readonly Shape[] = [
  ["arf-not-spam", "unknown", null, "emailSent", ""],
  ["barracuda-reputation", "bounce", "5.0.0", "emailBounced", ""],
  ["barracuda-user-unknown", "bounce", "5.0.0", "emailBounced", "invalid"],
  ["base64-parts", "bounce", "5.2.2", "emailBounced", "softFailure"],
  ["challenge-response", "autoReply", null, "emailSent", ""],
  ["comcast-complaint", "complaint", null, "emailSpamReported", "optedOut"],
  ["comcast-not-our-customer", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["domino-not-listed", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["eai-global-status", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["empty", "unknown", null, "emailSent", ""],
  ["exchange-2010-no-diagnostic", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["exchange-delayed", "delayed", "4.4.7", "emailDeferred", ""],
  ["exchange-online-access-denied", "bounce", "5.4.1", "emailBounced", "invalid"],
  ["exchange-online-recipient-not-found", "bounce", "5.1.10", "emailBounced", "invalid"],
  ["exim-delayed-warning", "delayed", null, "emailDeferred", ""],
  ["exim-no-status-part", "bounce", null, "emailBounced", "invalid"],
  ["exim-status-part", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["forwarded-to-two", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["french-in-words", "bounce", "5.2.2", "emailBounced", "softFailure"],
  ["german-in-words", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["gmail-delayed", "delayed", "4.4.1", "emailDeferred", ""],
  ["gmail-inactive", "bounce", "5.2.1", "emailBounced", "invalid"],
  ["gmail-no-such-user", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["gmail-over-quota", "bounce", "5.2.2", "emailBounced", "softFailure"],
  ["gmail-unauthenticated", "bounce", "5.7.26", "emailBounced", ""],
  ["html-only", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["icloud-no-such-user", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["icloud-over-quota", "bounce", "5.2.2", "emailBounced", "softFailure"],
  ["japanese-in-words", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["malformed-fields", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["malformed-no-action", "bounce", "5.2.1", "emailBounced", "invalid"],
  ["malformed-status-as-text", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["malformed-truncated", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["mimecast-invalid-recipient", "bounce", "5.0.0", "emailBounced", "invalid"],
  ["mimecast-policy", "bounce", "5.0.0", "emailBounced", ""],
  ["nested-forwarded", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["no-reason-given", "unknown", null, "emailSent", ""],
  ["out-of-office-english", "autoReply", null, "emailSent", ""],
  ["out-of-office-spanish", "autoReply", null, "emailSent", ""],
  ["outlook-consumer-mailbox-unavailable", "bounce", "5.5.0", "emailBounced", "invalid"],
  ["outlook-junk-report", "complaint", null, "emailSpamReported", "optedOut"],
  ["postfix-delayed-warning", "delayed", "4.4.1", "emailDeferred", ""],
  ["postfix-delivered", "delivered", "2.0.0", "emailDelivered", ""],
  ["postfix-host-not-found", "bounce", "5.4.4", "emailBounced", "softFailure"],
  ["postfix-relayed", "relayed", "2.0.0", "emailSent", ""],
  ["postfix-user-unknown", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["proofpoint-blocked", "bounce", "5.7.0", "emailBounced", ""],
  ["proofpoint-user-unknown", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["qmail-no-mailbox", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["qmail-remote-refused", "bounce", "5.2.2", "emailBounced", "softFailure"],
  ["read-receipt", "autoReply", null, "emailSent", ""],
  ["reply-of-a-person", "reply", null, "emailSent", ""],
  ["sendmail-deferred-warning", "delayed", "4.2.0", "emailDeferred", ""],
  ["sendmail-user-unknown", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["ses-bounce", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["ses-complaint", "complaint", null, "emailSpamReported", "optedOut"],
  ["spanish-exchange", "bounce", "5.1.1", "emailBounced", "invalid"],
  ["spanish-in-words", "bounce", "5.2.2", "emailBounced", "softFailure"],
  ["vacation-with-precedence", "autoReply", null, "emailSent", ""],
  ["yahoo-deferred-until-expired", "bounce", "4.7.0", "emailBounced", ""],
  ["yahoo-no-account", "bounce", "5.0.0", "emailBounced", "invalid"],
];

/** Emails that name no message: the copy was lost, or there never was one. */
const WITHOUT_MESSAGE_ID = new Set([
  "challenge-response",
  "domino-not-listed",
  "empty",
  "exim-delayed-warning",
  "french-in-words",
  "german-in-words",
  "html-only",
  "japanese-in-words",
  "malformed-no-action",
  "malformed-truncated",
  "no-reason-given",
  "spanish-in-words",
]);

describe("emails that come back", () => {
  test("every fixture is in the table", () => {
    const names = readdirSync(FOLDER).map((file) => file.replace(".eml", ""));
    expect(SHAPES.map(([name]) => name)).toEqual(names.toSorted());
    expect(SHAPES.filter(([, kind]) => kind === "bounce").length).toBeGreaterThanOrEqual(25);
  });

  test.each(SHAPES)("%s is %s %s: %s %s", async (name, kind, enhanced, details, effects) => {
    const report = await reportOf(name);
    expect(report).toMatchObject({ kind, enhanced });
    const result = resultOf(report);
    expect(result.progress?.statusDetails).toBe(details);
    expect(result.contact.map((effect) => effect.kind).join(" ")).toBe(effects);
  });

  test.each(SHAPES)("%s names no person", async (name) => {
    for (const report of await reportsOf(sourceOf(name))) {
      const { reference, ...said } = report;
      expect(JSON.stringify(said)).not.toMatch(/jo\.?doe|jos[eé]|@/iu);
      expect(JSON.stringify(reference)).not.toMatch(/jo\.?doe|jos[eé]/iu);
    }
  });

  test.each(SHAPES)("%s leads to its message", async (name) => {
    const { messageId, verpToken: token } = (await reportOf(name)).reference;
    expect(messageId).toBe(WITHOUT_MESSAGE_ID.has(name) ? null : "tidings.4711@lender.example");
    expect(token).toBe(name === "empty" ? null : "4711-k3jx9q2mfa");
  });

  test("a report on several recipients is one report each", async () => {
    const reports = await reportsOf(sourceOf("forwarded-to-two"));
    expect(reports.map(({ action }) => action)).toEqual(["expanded", "failed"]);
  });

  test("lines that end without a carriage return read alike", async () => {
    for (const [name] of SHAPES) {
      const result = await parseMail(Buffer.from(sourceOf(name)), ENVELOPE);
      if (result.kind === "refused") throw new Error(result.reason);
      expect(readMail(result.mail)).toEqual(await reportsOf(sourceOf(name)));
    }
  });
});

describe("an email that is not a report", () => {
  const mail = (headers: string, text: string): Promise<MailReport[]> =>
    reportsOf(`${headers}\n\n${text}`);

  test("an empty envelope sender makes an email without a reason automatic, not a bounce", async () => {
    const result = await parseMail(Buffer.from("From: x@example.com\r\nSubject: Hi\r\n\r\nHello"), {
      mailFrom: "",
      rcptTo: "bounce+4711-k3jx9q2mfa@bounce.lender.example",
    });
    if (result.kind === "refused") throw new Error(result.reason);
    expect(readMail(result.mail)).toMatchObject([
      { kind: "autoReply", reference: { verpToken: "4711-k3jx9q2mfa" } },
    ]);
  });

  test("a person who writes about a bounce is a person", async () => {
    const text = "Your message could not be delivered to one or more recipients: 550 5.1.1";
    expect(await mail("From: jo@example.com\nSubject: Undeliverable?", text)).toMatchObject([
      { kind: "reply" },
    ]);
  });

  test("a report that a person forwards as text counts as the person's email", async () => {
    const text = "FYI\n\n> Final-Recipient: rfc822; jo@example.com\n> Status: 5.1.1";
    expect(await mail("From: jo@example.com\nSubject: Fwd: returned mail", text)).toMatchObject([
      { kind: "reply" },
    ]);
  });

  test("any bytes are read", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        const result = await parseMail(Buffer.from(bytes), ENVELOPE);
        if (result.kind === "parsed") expect(readMail(result.mail).length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });

  test("any change of a fixture is read, and names no person", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SHAPES.map(([name]) => sourceOf(name))),
        fc.nat(),
        fc.string({ maxLength: 20 }),
        async (source, place, text) => {
          const at = place % source.length;
          const result = await parseMail(
            Buffer.from(source.slice(0, at) + text + source.slice(at + text.length)),
            ENVELOPE,
          );
          if (result.kind === "parsed") expect(readMail(result.mail).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

test.each([
  "a",
  "a.",
  "<br",
  "<style",
  "\n",
  " \n",
  "-",
  ">",
  '"',
  "550 ",
  "a@",
  "@a",
  "re: ",
  "mailbox ",
  "On x wrote:\n",
  "your message to ",
  "a b c ",
  "bounce+",
])("250 kB of %j are read, in a report and in a reply", async (unit) => {
  const body = unit.repeat(250_000 / unit.length);
  const to = `To: ${body.slice(0, 60_000).replaceAll("\n", "")}`;
  const heads = ["From: MAILER-DAEMON\nSubject: Undeliverable", "From: x\nSubject: Re: x"];
  const types = ["text/plain", "text/html"];
  for (const head of heads.flatMap((one) => types.map((type) => `${one}\nContent-Type: ${type}`))) {
    const result = await parseMail(Buffer.from(`${head}\n${to}\n\n${body}`), ENVELOPE);
    const mails = result.kind === "parsed" ? [result.mail] : [];
    expect(mails.flatMap(readMail)).toHaveLength(mails.length);
    for (const { text } of mails)
      expect(readInbound({ channel: "email", text }).reading).toBeDefined();
  }
});

test("a report finds its interaction by the address it came to, and a forged one finds none", async () => {
  const key = Buffer.alloc(32, 7);
  const address =
    verpAddress("bounce@bounce.lender.example", verpToken(interaction("4711"), [key])) ?? "";
  const source = sourceOf("postfix-user-unknown").replaceAll(
    "bounce+4711-k3jx9q2mfa@bounce.lender.example",
    address.toUpperCase(),
  );
  const [report] = await reportsOf(source);
  expect(interactionOfVerp(report?.reference.verpToken ?? "", [key])).toBe("4711");
  const [forged] = await reportsOf(sourceOf("postfix-user-unknown"));
  expect(interactionOfVerp(forged?.reference.verpToken ?? "", [key])).toBeNull();
});
