import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoints } from "./endpoints.ts";
import type { Random } from "./random.ts";
import type { AcceptedMail, AcceptedText, Listeners } from "./received.ts";

/** A report of a provider. */
export interface SentReport {
  readonly provider: "twilio" | "smtp";
  /** The provider's id of a text, or the interaction that the address of an email names. */
  readonly about: string;
  readonly rawStatus: string;
  readonly code: string | null;
  /** True once a daemon has accepted it. Without an answer it may be stored or not. */
  isAccepted: boolean;
}

/** The providers, which report on a message that they accepted: once or twice, late, in any order, or never. */
export interface Reporters extends Listeners {
  readonly sent: readonly SentReport[];
  /** The texts that Twilio has accepted. */
  readonly texts: readonly AcceptedText[];
  /** The reports that are not accepted or given up yet. */
  pending(): number;
}

type Words = readonly string[];
const TEXT_SCRIPTS: readonly Words[] = [
  ["sent", "delivered"],
  ["queued", "sent", "delivered"],
  ["sent", "delivered"],
  ["queued", "sent"],
  [],
];
/** A text that the carrier filters is not retried, and its number stays usable. */
const FAILING_TEXT_SCRIPTS: readonly Words[] = [
  ["sent", "undelivered 30007"],
  // the carrier reports a delivery late
  ["undelivered 30007", "delivered"],
];
const MAIL_SCRIPTS: readonly Words[] = [
  ["delivered 2.0.0"],
  ["delayed 4.4.1", "delivered 2.0.0"],
  ["relayed 2.0.0"],
  ["delayed 4.4.1"],
  [],
  ["failed 5.3.4"],
  // a late bounce
  ["delivered 2.0.0", "failed 5.3.4"],
];

const LATEST_REPORT_MS = 2_500;
/** One report in so many gets lost on the way, and one in so many comes twice. */
const LOST_OF = 8;
const TWICE_OF = 4;
/** The providers repeat a report for longer than any outage of a run. */
const GIVE_UP_MS = 90_000;

export interface ReportersOptions {
  readonly endpoints: Endpoints;
  readonly random: Random;
  /** True for numbers whose texts must count as delivered, because a limit counts them. */
  readonly mustArrive: (to: string) => boolean;
}

export function createReporters({ endpoints, random, mustArrive }: ReportersOptions): Reporters {
  const sent: SentReport[] = [];
  const texts: AcceptedText[] = [];
  let pending = 0;

  const report = async (one: SentReport, send: () => Promise<boolean>): Promise<void> => {
    if (random.below(LOST_OF) === 0) return;
    sent.push(one);
    const times = random.below(TWICE_OF) === 0 ? 2 : 1;
    pending += times;
    const once = async (): Promise<void> => {
      await sleep(random.below(LATEST_REPORT_MS));
      if (await send()) one.isAccepted = true;
      pending -= 1;
    };
    await Promise.all(Array.from({ length: times }, once));
  };

  const reportText = ({ sid, callbackUrl }: AcceptedText, word: string): void => {
    const [rawStatus = "", code = null] = word.split(" ");
    const form = {
      MessageSid: sid,
      MessageStatus: rawStatus,
      ...(code !== null && { ErrorCode: code }),
    };
    const one = { provider: "twilio", about: sid, rawStatus, code, isAccepted: false } as const;
    if (callbackUrl !== null) void report(one, () => endpoints.post(callbackUrl, form, GIVE_UP_MS));
  };

  const reportMail = ({ returnPath, to }: AcceptedMail, word: string): void => {
    const [rawStatus = "", code = ""] = word.split(" ");
    const about = /\+(\d+)-/u.exec(returnPath)?.[1] ?? "";
    const one = { provider: "smtp", about, rawStatus, code, isAccepted: false } as const;
    const source = notificationOf(to, { rawStatus, code });
    void report(one, () => endpoints.mail({ source, from: "", to: returnPath }, GIVE_UP_MS));
  };

  return {
    sent,
    texts,
    pending: () => pending,
    onText(text) {
      texts.push(text);
      const scripts = mustArrive(text.to)
        ? TEXT_SCRIPTS
        : [...TEXT_SCRIPTS, ...FAILING_TEXT_SCRIPTS];
      for (const word of random.pick(scripts)) reportText(text, word);
    },
    onMail(mail) {
      for (const word of random.pick(MAIL_SCRIPTS)) reportMail(mail, word);
    },
  };
}

/** A delivery status notification (RFC 3464). */
const notificationOf = (
  to: string,
  { rawStatus, code }: { readonly rawStatus: string; readonly code: string },
): string => `From: Mail Delivery System <MAILER-DAEMON@mx.example.net>
To: <bounces@lender.example>
Subject: Report
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.net.

--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; ${to}
Action: ${rawStatus}
Status: ${code}

--part--
`;
