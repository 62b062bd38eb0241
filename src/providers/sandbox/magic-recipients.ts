/** How the sandbox's mail server treats a message. */
export type MailboxPlay =
  /** Taken, and bounced afterwards. */
  | { readonly act: "bounceLater" }
  | {
      readonly act: "refuse";
      readonly at: "RCPT TO" | "DATA";
      readonly code: number;
      readonly text: string;
    }
  /** No answer after the message, ever. */
  | { readonly act: "hang" }
  /** The message is taken, and the connection dropped in place of an answer. */
  | { readonly act: "takeAndDrop" };

/** How the sandbox's Twilio treats a request. */
export type NumberPlay =
  | {
      readonly act: "reply";
      readonly status: number;
      readonly code: number;
      readonly message: string;
      readonly retryAfterSeconds?: number;
      /** The text is taken all the same. */
      readonly taken?: true;
    }
  /** The text is taken with 201, and its status says that it has failed. */
  | { readonly act: "fail"; readonly status: "failed" | "undelivered"; readonly code: number }
  | { readonly act: "hang" }
  | { readonly act: "takeAndDrop" };

/** A recipient to test with. */
export interface Magic<Play> {
  readonly description: string;
  /** Only the first attempt of a message fares so; the next is accepted. */
  readonly once?: true;
  readonly play: Play;
}

const refuse = (at: "RCPT TO" | "DATA", code: number, text: string): MailboxPlay => ({
  act: "refuse",
  at,
  code,
  text,
});

const MAILBOX_FULL = refuse("DATA", 452, "4.2.2 The mailbox is full");

/** By the part of the address before the @; any domain will do. */
export const MAGIC_MAILBOXES: Readonly<Record<string, Magic<MailboxPlay>>> = {
  "no-such-mailbox": {
    description: "refused for good: no such mailbox; the contact is marked invalid",
    play: refuse("RCPT TO", 550, "5.1.1 No such mailbox here"),
  },
  "refused-spam": {
    description: "refused for good: taken for spam",
    play: refuse("DATA", 554, "5.7.1 Message refused as spam"),
  },
  "mailbox-full": {
    description: "not now, at every attempt: the mailbox is full",
    play: MAILBOX_FULL,
  },
  "mailbox-full-once": {
    description: "not now: the mailbox is full; accepted at the second attempt",
    once: true,
    play: MAILBOX_FULL,
  },
  "greylisted-once": {
    description: "not now: greylisted; accepted at the second attempt",
    once: true,
    play: refuse("DATA", 451, "4.7.1 Greylisted, try again later"),
  },
  "rate-limited-once": {
    description: "we send too fast; accepted at the second attempt, and no attempt is spent",
    once: true,
    play: refuse("DATA", 454, "Throttling failure: maximum sending rate exceeded"),
  },
  hangs: {
    description: "no answer after the message: outcome unknown, and it was not taken",
    play: { act: "hang" },
  },
  "dropped-after-data": {
    description:
      "message taken, connection dropped before the answer, at every attempt: outcome unknown",
    play: { act: "takeAndDrop" },
  },
  "dropped-after-data-once": {
    description:
      "message taken, connection dropped before the answer: outcome unknown; the second attempt is answered",
    once: true,
    play: { act: "takeAndDrop" },
  },
  "late-bounce": {
    description:
      "accepted, and a second later bounced: no such mailbox; the contact is marked invalid",
    play: { act: "bounceLater" },
  },
};

const reply = (status: number, code: number, message: string): NumberPlay => ({
  act: "reply",
  status,
  code,
  message,
});

/** Those up to +15005550009 are Twilio's own, from the documentation of its test credentials; the others are ours. */
export const MAGIC_NUMBERS: Readonly<Record<string, Magic<NumberPlay>>> = {
  "+15005550001": {
    description: "refused for good: not a phone number (21211); the contact is marked invalid",
    play: reply(400, 21211, "The 'To' number is not a valid phone number"),
  },
  "+15005550002": {
    description: "refused for good: cannot be reached by text (21612)",
    play: reply(400, 21612, "The 'To' number is not currently reachable via SMS"),
  },
  "+15005550003": {
    description: "refused for good: the account may not text this country (21408)",
    play: reply(400, 21408, "Permission to send an SMS has not been enabled for the region"),
  },
  "+15005550004": {
    description: "refused for good: the borrower opted out (21610)",
    play: reply(400, 21610, "Attempt to send to unsubscribed recipient"),
  },
  "+15005550009": {
    description: "refused for good: not a mobile number (21614)",
    play: reply(400, 21614, "The 'To' number is not a mobile number"),
  },
  "+15005550101": {
    description:
      "we send too fast (429, Retry-After 1 s); accepted at the second attempt, and no attempt is spent",
    once: true,
    play: {
      act: "reply",
      status: 429,
      code: 20429,
      message: "Too Many Requests",
      retryAfterSeconds: 1,
    },
  },
  "+15005550102": {
    description: "text taken, then answered with 500: outcome unknown",
    play: { act: "reply", status: 500, code: 20500, message: "Internal Server Error", taken: true },
  },
  "+15005550103": {
    description: "no answer: outcome unknown, and it was not taken",
    play: { act: "hang" },
  },
  "+15005550104": {
    description: "text taken, connection dropped before the answer: outcome unknown",
    play: { act: "takeAndDrop" },
  },
  "+15005550105": {
    description:
      "answered with 503, and not taken: outcome unknown; accepted at the second attempt",
    once: true,
    play: reply(503, 20503, "Service Unavailable"),
  },
  "+15005550106": {
    description: "answered with 201 and the status failed: filtered as spam (30007)",
    play: { act: "fail", status: "failed", code: 30007 },
  },
  "+15005550107": {
    description:
      "answered with 201 and the status undelivered: handset not reached (30003), at every attempt",
    play: { act: "fail", status: "undelivered", code: 30003 },
  },
};
