/** A later report of another mail server. */
export interface MailReport {
  /** The time after the acceptance (ms). */
  readonly afterMs: number;
  /** RFC 3464, or complaint for RFC 5965. */
  readonly action: "delivered" | "delayed" | "failed" | "complaint";
  readonly code: string | null;
  readonly words: string | null;
}

/** A later status of a text. */
export interface TextReport {
  /** The time after the acceptance (ms) from which Twilio has this status. */
  readonly afterMs: number;
  readonly status: "sent" | "delivered" | "undelivered" | "failed";
  readonly code?: number;
  /** The time after the acceptance (ms) of the callback, if it is another one. */
  readonly calledBackAfterMs?: number;
  /** The number of callbacks with this status; 1 if not given. */
  readonly times?: number;
}

/** The behavior of the sandbox's mail server for a message. */
export type MailboxScript =
  /** The message is accepted and reported on afterwards. */
  | { readonly kind: "report"; readonly reports: readonly MailReport[] }
  | {
      readonly kind: "refuse";
      readonly at: "RCPT TO" | "DATA";
      readonly code: number;
      readonly text: string;
    }
  /** The message never gets an answer. */
  | { readonly kind: "hang" }
  /** The message is accepted, and the connection is dropped instead of an answer. */
  | { readonly kind: "acceptAndDrop" };

/** The behavior of the sandbox's Twilio for a request. */
export type NumberScript =
  | {
      readonly kind: "reply";
      readonly status: number;
      readonly code: number;
      readonly message: string;
      readonly retryAfterSeconds?: number;
      /** True if the text is accepted despite the answer. */
      readonly accepted?: true;
    }
  /** The text is accepted and reported on afterwards, by callbacks and to those who ask. */
  | { readonly kind: "report"; readonly reports: readonly TextReport[] }
  /** The text is answered with 201, and its status is a failure. */
  | { readonly kind: "fail"; readonly status: "failed" | "undelivered"; readonly code: number }
  | { readonly kind: "hang" }
  | { readonly kind: "acceptAndDrop" };

/** A test recipient with a fixed behavior. */
export interface ScriptedRecipient<Script> {
  readonly description: string;
  /** Applies to the first attempt of a message only. The next attempt is accepted. */
  readonly once?: true;
  readonly script: Script;
  /** The answer of the recipient to the first message. */
  readonly answer?: string;
  /** True if a program answers: an out-of-office reply. */
  readonly isAutomatic?: true;
}

const refuse = (at: "RCPT TO" | "DATA", code: number, text: string): MailboxScript => ({
  kind: "refuse",
  at,
  code,
  text,
});

const MAILBOX_FULL = refuse("DATA", 452, "4.2.2 The mailbox is full");

const mailReport = (
  afterMs: number,
  action: MailReport["action"],
  code: string | null,
  words: string | null = null,
): MailReport => ({ afterMs, action, code, words });

const MAIL_DELIVERED = mailReport(500, "delivered", "2.0.0");
const MAIL_BOUNCED = mailReport(1_000, "failed", "5.1.1", "550 5.1.1 No such mailbox there");
const reportMail = (...reports: readonly MailReport[]): MailboxScript => ({
  kind: "report",
  reports,
});

/** By the part of the address before the @, or by its tag after a plus sign. Every domain works. */
export const SCRIPTED_MAILBOXES: Readonly<Record<string, ScriptedRecipient<MailboxScript>>> = {
  "no-such-mailbox": {
    description: "refused permanently: no such mailbox; the contact is marked invalid",
    script: refuse("RCPT TO", 550, "5.1.1 No such mailbox here"),
  },
  "refused-spam": {
    description: "refused permanently: classified as spam",
    script: refuse("DATA", 554, "5.7.1 Message refused as spam"),
  },
  "mailbox-full": {
    description: "not now, at every attempt: the mailbox is full",
    script: MAILBOX_FULL,
  },
  "mailbox-full-once": {
    description: "not now: the mailbox is full; accepted at the second attempt",
    once: true,
    script: MAILBOX_FULL,
  },
  "greylisted-once": {
    description: "not now: greylisted; accepted at the second attempt",
    once: true,
    script: refuse("DATA", 451, "4.7.1 Greylisted, try again later"),
  },
  "rate-limited-once": {
    description: "we send too fast; accepted at the second attempt, and no attempt is spent",
    once: true,
    script: refuse("DATA", 454, "Throttling failure: maximum sending rate exceeded"),
  },
  hangs: {
    description: "no answer after the message: outcome unknown, and it was not accepted",
    script: { kind: "hang" },
  },
  "dropped-after-data": {
    description:
      "message accepted, connection dropped before the answer, at every attempt: outcome unknown",
    script: { kind: "acceptAndDrop" },
  },
  "dropped-after-data-once": {
    description:
      "message accepted, connection dropped before the answer: outcome unknown; the second attempt is answered",
    once: true,
    script: { kind: "acceptAndDrop" },
  },
  "late-bounce": {
    description:
      "accepted, and a second later bounced: no such mailbox; the contact is marked invalid",
    script: reportMail(MAIL_BOUNCED),
  },
  delivered: {
    description: "accepted, and half a second later reported as delivered",
    script: reportMail(MAIL_DELIVERED),
  },
  "delivered-then-bounced": {
    description:
      "accepted, reported as delivered, and half a second later bounced: succeeded becomes failed",
    script: reportMail(MAIL_DELIVERED, MAIL_BOUNCED),
  },
  "bounced-out-of-order": {
    description: "accepted, bounced, and only then reported as delayed: the bounce stays",
    script: reportMail(
      { ...MAIL_BOUNCED, afterMs: 300 },
      mailReport(600, "delayed", "4.4.1", "451 4.4.1 No answer from host"),
    ),
  },
  "reported-twice": {
    description: "accepted, and reported as delivered twice: one row and one change",
    script: reportMail(MAIL_DELIVERED, MAIL_DELIVERED),
  },
  "delayed-then-delivered": {
    description: "accepted, reported as delayed, and then as delivered",
    script: reportMail(
      mailReport(300, "delayed", "4.2.0", "450 4.2.0 Greylisted"),
      mailReport(800, "delivered", "2.0.0"),
    ),
  },
  complaint: {
    description: "accepted, delivered, and reported as spam: the borrower has opted out",
    script: reportMail(MAIL_DELIVERED, mailReport(800, "complaint", null)),
  },
  "replies-stop": {
    description: "accepted, delivered, and answered: the borrower opts this address out",
    script: reportMail(MAIL_DELIVERED),
    answer: "Please unsubscribe me from these emails.",
  },
  "replies-unclear": {
    description: "accepted, delivered, and answered with words that a person must read",
    script: reportMail(MAIL_DELIVERED),
    answer: "Can you stop by my office about this?",
  },
  "out-of-office": {
    description: "accepted, delivered, and answered by a program: nothing changes",
    script: reportMail(MAIL_DELIVERED),
    answer: "I am away. Please stop by after Monday.",
    isAutomatic: true,
  },
};

const reply = (status: number, code: number, message: string): NumberScript => ({
  kind: "reply",
  status,
  code,
  message,
});

const TEXT_SENT: TextReport = { afterMs: 200, status: "sent" };
const TEXT_DELIVERED: TextReport = { afterMs: 500, status: "delivered" };
const reportText = (...reports: readonly TextReport[]): NumberScript => ({
  kind: "report",
  reports,
});

/** Numbers up to +15005550009 are Twilio's, from the documentation of its test credentials. The others are ours. */
export const SCRIPTED_NUMBERS: Readonly<Record<string, ScriptedRecipient<NumberScript>>> = {
  "+15005550001": {
    description: "refused permanently: not a phone number (21211); the contact is marked invalid",
    script: reply(400, 21211, "The 'To' number is not a valid phone number"),
  },
  "+15005550002": {
    description: "refused permanently: cannot be reached by text (21612)",
    script: reply(400, 21612, "The 'To' number is not currently reachable via SMS"),
  },
  "+15005550003": {
    description: "refused permanently: the account may not text this country (21408)",
    script: reply(400, 21408, "Permission to send an SMS has not been enabled for the region"),
  },
  "+15005550004": {
    description: "refused permanently: the borrower opted out (21610)",
    script: reply(400, 21610, "Attempt to send to unsubscribed recipient"),
  },
  "+15005550009": {
    description: "refused permanently: not a mobile number (21614)",
    script: reply(400, 21614, "The 'To' number is not a mobile number"),
  },
  "+15005550101": {
    description:
      "we send too fast (429, Retry-After 1 s); accepted at the second attempt, and no attempt is spent",
    once: true,
    script: {
      kind: "reply",
      status: 429,
      code: 20429,
      message: "Too Many Requests",
      retryAfterSeconds: 1,
    },
  },
  "+15005550102": {
    description: "text accepted, then answered with 500: outcome unknown",
    script: {
      kind: "reply",
      status: 500,
      code: 20500,
      message: "Internal Server Error",
      accepted: true,
    },
  },
  "+15005550103": {
    description: "no answer: outcome unknown, and it was not accepted",
    script: { kind: "hang" },
  },
  "+15005550104": {
    description: "text accepted, connection dropped before the answer: outcome unknown",
    script: { kind: "acceptAndDrop" },
  },
  "+15005550105": {
    description:
      "answered with 503, and not accepted: outcome unknown; accepted at the second attempt",
    once: true,
    script: reply(503, 20503, "Service Unavailable"),
  },
  "+15005550106": {
    description: "answered with 201 and the status failed: filtered as spam (30007)",
    script: { kind: "fail", status: "failed", code: 30007 },
  },
  "+15005550107": {
    description:
      "answered with 201 and the status undelivered: handset not reached (30003), at every attempt",
    script: { kind: "fail", status: "undelivered", code: 30003 },
  },
  "+15005550110": {
    description: "accepted, sent, and half a second later delivered",
    script: reportText(TEXT_SENT, TEXT_DELIVERED),
  },
  "+15005550111": {
    description: "accepted, sent, and not delivered: unknown handset (30005); no more texts to it",
    script: reportText(TEXT_SENT, { afterMs: 500, status: "undelivered", code: 30005 }),
  },
  "+15005550112": {
    description:
      "accepted, not delivered (30003), and then delivered after all: the next attempt is withdrawn",
    script: reportText(
      TEXT_SENT,
      { afterMs: 400, status: "undelivered", code: 30003 },
      { afterMs: 900, status: "delivered" },
    ),
  },
  "+15005550113": {
    description: "accepted, and called back out of order: delivered comes before sent",
    script: reportText({ ...TEXT_SENT, calledBackAfterMs: 900 }, TEXT_DELIVERED),
  },
  "+15005550114": {
    description: "accepted, and called back three times as delivered: one row and one change",
    script: reportText({ ...TEXT_DELIVERED, times: 3 }),
  },
  "+15005550115": {
    description: "accepted, and never reported on: NoReceipt after TEXT_RECEIPT_WITHIN",
    script: reportText(),
  },
  "+15005550120": {
    description: "accepted, delivered, and answered with STOP: the number is opted out",
    script: reportText(TEXT_SENT, TEXT_DELIVERED),
    answer: "STOP",
  },
  "+15005550121": {
    description: "accepted, delivered, and answered with an opt-out in plain words",
    script: reportText(TEXT_SENT, TEXT_DELIVERED),
    answer: "please quit texting me at this number",
  },
  "+15005550122": {
    description: "accepted, delivered, and answered with an opt-out in Spanish",
    script: reportText(TEXT_SENT, TEXT_DELIVERED),
    answer: "ya no me manden mensajes por favor",
  },
  "+15005550123": {
    description:
      "accepted, delivered, and answered with words that may be an opt-out: a person must read them",
    script: reportText(TEXT_SENT, TEXT_DELIVERED),
    answer: "can you stop by tomorrow?",
  },
  "+15005550124": {
    description: "accepted, delivered, and answered with a refusal of all contact",
    script: reportText(TEXT_SENT, TEXT_DELIVERED),
    answer: "stop contacting me",
  },
};
