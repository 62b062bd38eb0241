import { expect, test } from "vitest";
import { parseMail } from "../../../src/providers/mailbox/parse-mail.ts";

const ENVELOPE = { mailFrom: "", rcptTo: "bounces@lender.example" };
const HEAD = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n';

test("thousands of empty parts are refused before they are parsed", async () => {
  const source = Buffer.from(HEAD + "--b\r\n\r\n\r\n".repeat(20_000));
  expect(await parseMail(source, ENVELOPE)).toEqual({ kind: "refused", reason: "too many parts" });
});

test("an email that the parser rejects is refused, in words that quote nothing", async () => {
  const source = Buffer.from(`${"X-Header: jo.doe@example.com\r\n".repeat(6_000)}\r\nbody`);
  expect(await parseMail(source, ENVELOPE)).toEqual({
    kind: "refused",
    reason: "cannot be parsed",
  });
});

test("of a long email the first 256 kB are read", async () => {
  const source = Buffer.from(`Subject: long\r\n\r\n${"words ".repeat(200_000)}`);
  const result = await parseMail(source, ENVELOPE);
  if (result.kind === "refused") throw new Error(result.reason);
  expect(result.mail.subject).toBe("long");
  expect(result.mail.text.length).toBeLessThan(262_144);
});

test("of an email of many lines the first 10,000 are read", async () => {
  const source = Buffer.from(`Subject: long\r\n\r\n${"a\n".repeat(100_000)}`);
  const result = await parseMail(source, ENVELOPE);
  if (result.kind === "refused") throw new Error(result.reason);
  expect(result.mail.text.split("\n").length).toBeLessThan(10_001);
});

test("the envelope, decoded headers, text and parts are given", async () => {
  const source = Buffer.from(
    [
      "Subject: =?UTF-8?Q?Adi=C3=B3s?=",
      "Auto-Submitted: auto-replied",
      'Content-Type: multipart/mixed; boundary="b"',
      "",
      "--b",
      "Content-Type: text/html; charset=utf-8",
      "",
      "<style>p{}</style><p>One &amp; two</p><p>three</p>",
      "--b",
      "Content-Type: message/rfc822",
      "",
      "Subject: inner",
      "",
      "inner text",
      "--b--",
    ].join("\r\n"),
  );
  const result = await parseMail(source, ENVELOPE);
  if (result.kind === "refused") throw new Error(result.reason);
  const { mail } = result;
  expect(mail).toMatchObject({ ...ENVELOPE, subject: "Adiós", text: "One & two\nthree" });
  expect(mail.headers).toContainEqual({ key: "auto-submitted", value: "auto-replied" });
  expect(mail.parts).toMatchObject([{ mimeType: "message/rfc822" }]);
  expect(mail.inner).toMatchObject({ subject: "inner", mailFrom: null, inner: null });
});

test("messages that pass on messages are opened twice and no further", async () => {
  const wrap = (inner: string): string => `Content-Type: message/rfc822\r\n\r\n${inner}`;
  const result = await parseMail(Buffer.from(wrap(wrap(wrap("Subject: deep\r\n\r\nx")))), ENVELOPE);
  if (result.kind === "refused") throw new Error(result.reason);
  expect(result.mail.inner?.inner?.inner).toBeNull();
});
