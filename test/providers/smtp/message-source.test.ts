import PostalMime, { type Email } from "postal-mime";
import { describe, expect, test } from "vitest";
import type { EmailMessage } from "../../../src/domain/deliver/message.ts";
import { sourceOf } from "../../../src/providers/smtp/message-source.ts";
import { email } from "../messages.ts";
import { interaction } from "../../ids.ts";

async function compose(
  fields: Partial<EmailMessage> = {},
): Promise<{ source: string; mail: Email }> {
  const { bytes } = await sourceOf(email(fields), undefined);
  return { source: bytes.toString("latin1"), mail: await PostalMime.parse(bytes) };
}

const header = (mail: Email, name: string): string | undefined =>
  mail.headers.find(({ key }) => key === name.toLowerCase())?.value;

describe("an email as receivers see it", () => {
  test("has both parts, one recipient, its identity, and the mark of an automatic message", async () => {
    const { mail } = await compose({
      interactionId: interaction("42"),
      messageId: "chain-7@lender.example",
      language: "es",
    });
    expect(mail.from).toMatchObject({ name: "Example Lender", address: "notices@lender.example" });
    expect(mail.to).toEqual([{ name: "Jane Doe", address: "jane.doe@example.com" }]);
    expect(mail.cc ?? []).toEqual([]);
    expect(mail.bcc ?? []).toEqual([]);
    expect(mail.messageId).toBe("<chain-7@lender.example>");
    expect(mail.text?.trim()).toBe("Dear Jane");
    expect(mail.html?.trim()).toBe("<p>Dear Jane</p>");
    expect(header(mail, "Auto-Submitted")).toBe("auto-generated");
    expect(header(mail, "X-Tidings-Interaction-ID")).toBe("42");
    expect(header(mail, "Content-Language")).toBe("es");
    expect(mail.date).toBe("2026-03-02T15:04:05.000Z");
  });

  test("without HTML is plain text, without a name bare", async () => {
    const { source, mail } = await compose({ html: null, toName: null });
    expect(source).toContain("Content-Type: text/plain");
    expect(source).not.toContain("multipart");
    expect(mail.to).toEqual([{ name: "", address: "jane.doe@example.com" }]);
  });

  test("is the same message at every attempt of its chain", async () => {
    const fields = { messageId: "chain-9@lender.example" };
    const [first, second] = await Promise.all([compose(fields), compose(fields)]);
    expect(first.mail.messageId).toBe(second.mail.messageId);
  });

  test.each([
    ["letters of any script", "Jürgen 王小明 Мария", "Jürgen 王小明 Мария"],
    ["emoji, joined ones too", "Jane 👩‍👩‍👧 Doe 🏳️‍🌈", "Jane 👩‍👩‍👧 Doe 🏳️‍🌈"],
    ["a comma and quotes", 'Doe, "Jane" (Mrs.)', 'Doe, "Jane" (Mrs.)'],
    [
      "line breaks that would begin a header",
      "Jane\r\nBcc: john@example.com",
      "Jane Bcc: john@example.com",
    ],
    ["a line break alone", "Jane\nDoe", "Jane Doe"],
    ["a null", "Jane\u0000Doe", "Jane Doe"],
    ["Unicode's line ends", "Jane\u2028Doe\u2029", "JaneDoe"],
    ["characters that turn the reading direction", "Jane \u202Eeod\u202C\u2066\u200F", "Jane eod"],
    [
      "words that pass for encoded ones",
      "=?utf-8?q?Jane=0D=0ABcc:_x?=",
      "= ?utf-8?q?Jane=0D=0ABcc:_x?=",
    ],
    ["half a character", "Jane \uD83D Doe", "Jane \uFFFD Doe"],
  ])("carries %s, in the name and in the subject", async (_, given, seen) => {
    const { mail, source } = await compose({ toName: given, subject: given });
    expect(mail.subject).toBe(seen);
    expect(mail.to).toEqual([{ name: seen, address: "jane.doe@example.com" }]);
    expect(source).not.toMatch(/^Bcc:/imu);
  });

  test("the sender's name cannot inject a header", async () => {
    const from = "Lender\r\nBcc: x@example.com\r\n\r\nHello <notices@lender.example>";
    const { source } = await compose({ from });
    expect(source).not.toMatch(/^(Bcc:|Hello)/imu);
    const { envelope } = await sourceOf(email({ from }), undefined);
    expect(envelope.to).toEqual(["jane.doe@example.com"]);
  });

  test("keeps its body to the letter, dots and long lines included", async () => {
    const body = `.\r\n..\r\nFrom here\r\n${"long ".repeat(500)}\r\n👋 ¡Hola!\r\n.\r\nend`;
    const { mail } = await compose({ text: body, html: null });
    expect(mail.text?.replaceAll("\r\n", "\n").trim()).toBe(body.replaceAll("\r\n", "\n"));
  });

  test("writes a domain of any script as the DNS knows it", async () => {
    const { envelope } = await sourceOf(email({ to: "jane@exämple.com" }), undefined);
    expect(envelope.to).toEqual(["jane@xn--exmple-cua.com"]);
  });

  test("has the given bounce address, or the sender's own", async () => {
    const told = await sourceOf(email(), "bounces@lender.example");
    expect(told.envelope.from).toBe("bounces@lender.example");
    const own = await sourceOf(email(), undefined);
    expect(own.envelope.from).toBe("notices@lender.example");
  });

  test("has the same bytes whenever it is composed again, and others for another content", async () => {
    const message = email();
    const once = await sourceOf(message, undefined);
    const again = await sourceOf({ ...message }, undefined);
    const other = await sourceOf({ ...message, text: "Dear Joe" }, undefined);
    expect(again.bytes.equals(once.bytes)).toBe(true);
    const boundaryOf = ({ bytes }: typeof once): string | undefined =>
      /boundary="?([^"\r]+)/.exec(bytes.toString("latin1"))?.[1];
    expect(boundaryOf(other)).not.toBe(boundaryOf(once));
  });
});
