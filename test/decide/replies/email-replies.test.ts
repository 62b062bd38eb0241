import { describe, expect, test } from "vitest";
import { isAutoReply } from "../../../src/decide/replies/auto-reply.ts";
import { withoutQuotes } from "../../../src/decide/replies/quotes.ts";
import { readInbound } from "../../../src/decide/replies/read-inbound.ts";
import type { MailHeader } from "../../../src/domain/receipts/parsed-mail.ts";

const headers = (...pairs: readonly (readonly [key: string, value: string])[]): MailHeader[] =>
  pairs.map(([key, value]) => ({ key, value }));

describe("automatic replies by email", () => {
  const stop = { channel: "email", text: "Please stop emailing me" } as const;

  test.each([
    ["RFC 3834, replied", "auto-submitted", "auto-replied"],
    ["RFC 3834, with a comment", "auto-submitted", " auto-generated (vacation)"],
    [
      "RFC 3834, notified",
      "Auto-Submitted".toLowerCase(),
      "auto-notified; owner-email=x@example.com",
    ],
    ["precedence of older programs", "precedence", "auto_reply"],
    ["precedence bulk", "precedence", "bulk"],
    ["precedence junk", "precedence", "Junk"],
    ["a mailing list", "list-id", "<news.example.com>"],
    ["cPanel", "x-autorespond", "your message"],
    ["qmail", "x-autoreply", "yes"],
    ["Mail.ru and Yandex", "x-mail-autoreply", "yes"],
    ["Exchange", "x-auto-response-suppress", "All"],
    ["a null sender", "return-path", "<>"],
    ["a report", "content-type", 'multipart/report; report-type=delivery-status; boundary="x"'],
    ["Exim's bounce", "x-failed-recipients", "who@example.com"],
  ])("%s: neither consent nor refusal", (_, key, value) => {
    expect(readInbound({ ...stop, headers: headers([key, value]) })).toMatchObject({
      reading: "none",
      isAutomatic: true,
      suppresses: false,
    });
  });

  test.each([
    "Out of Office: back on Monday",
    "Automatic reply: Your statement",
    "Auto-Reply: RE: your statement",
    "Re: Out of the office",
    "Away from my desk",
    "Vacation response",
    "Respuesta automática: su estado de cuenta",
    "RV: Respuesta automatica",
    "Fuera de la oficina",
    "Fuera de oficina hasta el lunes",
    "Ausente de la oficina",
    "De vacaciones",
    "Réponse automatique : relevé",
    "Abwesenheitsnotiz",
  ])("a subject only programs write: %s", (subject) => {
    expect(readInbound({ ...stop, subject })).toMatchObject({ reading: "none", isAutomatic: true });
  });

  test.each([
    ["Auto-Submitted: no", headers(["auto-submitted", "no"]), "Re: Your statement"],
    [
      "an ordinary answer",
      headers(["precedence", "normal"], ["return-path", "<jo@example.com>"]),
      "Re: Your statement",
    ],
    ["a subject about an office", [], "When is the office open?"],
    ["no headers", [], ""],
  ])("%s is not automatic", (_, given, subject) => {
    expect(isAutoReply(given, subject)).toBe(false);
    expect(readInbound({ ...stop, headers: given, subject }).reading).toBe("optOut");
  });
});

const OURS = "Your payment of $120.00 is due Friday. Reply STOP to opt out of these emails.";

describe("the words that the writer of an email added", () => {
  test.each([
    [
      "Gmail",
      `Thanks, paid.\n\nOn Fri, Nov 20, 2026 at 4:30 PM Example Lender <notices@example.com> wrote:\n\n> ${OURS}\n`,
      "Thanks, paid.",
    ],
    [
      "Gmail, wrapped",
      `Thanks, paid.\n\nOn Fri, Nov 20, 2026 at 4:30 PM Example Lender\n<notices@example.com> wrote:\n> ${OURS}`,
      "Thanks, paid.",
    ],
    [
      "Gmail in Spanish",
      `Ya pagué\n\nEl vie, 20 nov 2026 a las 16:30, Example Lender (<notices@example.com>)\nescribió:\n\n> ${OURS}`,
      "Ya pagué",
    ],
    [
      "Yahoo in Spanish",
      `Ya pagué\n\nExample Lender escribió el viernes, 20 de noviembre de 2026:\n${OURS}`,
      "Ya pagué",
    ],
    [
      "Outlook",
      `Thanks\n\n________________________________\nFrom: Example Lender <notices@example.com>\nSent: Friday\nSubject: Due\n\n${OURS}`,
      "Thanks",
    ],
    [
      "Outlook in Spanish",
      `Gracias\n\nDe: Example Lender <notices@example.com>\nEnviado: viernes\n\n${OURS}`,
      "Gracias",
    ],
    ["an older Outlook", `Thanks\n\n-----Original Message-----\n${OURS}`, "Thanks"],
    [
      "iPhone",
      `Ok\n\nSent from my iPhone\n\n> On Nov 20, 2026, at 4:30 PM, Example Lender <notices@example.com> wrote:\n> \n> ${OURS}`,
      "Ok",
    ],
    [
      "an answer below the quoted lines",
      `On Fri, Nov 20, 2026 Example Lender wrote:\n> ${OURS}\n\nI paid yesterday.`,
      "I paid yesterday.",
    ],
    ["an answer between quoted lines", `> Your payment is due.\nNo.\n> Reply STOP`, "No."],
    ["a signature", "Will pay Monday\n-- \nJo\nstop the war", "Will pay Monday"],
    ["nothing quoted", "On Monday I wrote: stop texting me", "On Monday I wrote: stop texting me"],
  ])("%s", (_, text, expected) => {
    expect(withoutQuotes(text)).toBe(expected);
  });

  test("our own words, quoted, are no opt-out", () => {
    const text = `Thanks, paid.\n\nOn Fri, Nov 20, 2026 Example Lender wrote:\n\n> ${OURS}`;
    expect(readInbound({ channel: "email", text, subject: "Re: Due" }).reading).toBe("none");
  });

  test("the borrower's word above them is one", () => {
    const text = `Stop\r\n\r\nOn Fri, Nov 20, 2026 Example Lender wrote:\r\n\r\n> ${OURS}`;
    expect(readInbound({ channel: "email", text, subject: "Re: Due" }).reading).toBe("optOut");
  });

  test("a subject counts where the body is empty, and never that of an answer", () => {
    const text = "\n-- \nJo";
    expect(readInbound({ channel: "email", text, subject: "STOP" }).reading).toBe("optOut");
    expect(readInbound({ channel: "email", text, subject: "Re: stop" }).reading).toBe("none");
  });
});
