import { withoutNames } from "./without-names.ts";
import type { RelayEvent } from "./relay-events.ts";

type Json = Readonly<Record<string, unknown>>;
const json = (value: unknown): Json =>
  typeof value === "object" && value !== null ? (value as Json) : {};
const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
const firstOf = (value: unknown): Json => json(Array.isArray(value) ? value[0] : undefined);

/** Reads a notification of Amazon SES; undefined if it reports nothing about a delivery. */
export function sesEventOf(notification: unknown): RelayEvent | undefined {
  const event = json(notification);
  const mail = json(event["mail"]);
  const type = textOf(event["notificationType"]) || textOf(event["eventType"]);
  const report = REPORTS[type]?.(event);
  if (report === undefined) return undefined;
  const { status, words, code } = report;
  return {
    rawStatus: status,
    enhanced: /\b[245]\.\d{1,3}\.\d{1,3}\b/u.exec(code || words)?.[0] ?? null,
    words: words === "" ? null : (withoutNames(words, [])?.slice(0, 250) ?? null),
    messageId: /<?(tidings\.[^<>\s@]{1,200}@[^<>\s@]{1,200})/u.exec(messageIdIn(mail))?.[1] ?? null,
    verpToken: /\+([\w.=-]{1,64})@/u.exec(textOf(mail["source"]))?.[1]?.toLowerCase() ?? null,
  };
}

/** SES gives a message another id. The original Message-ID is among the headers. */
function messageIdIn(mail: Json): string {
  const headers: readonly unknown[] = Array.isArray(mail["headers"]) ? mail["headers"] : [];
  const header = headers.map(json).find(({ name }) => textOf(name).toLowerCase() === "message-id");
  return textOf(header?.["value"]) || textOf(json(mail["commonHeaders"])["messageId"]);
}

interface Report {
  readonly status: string;
  readonly words: string;
  readonly code: string;
}

const REPORTS: Readonly<Record<string, (event: Json) => Report>> = {
  Bounce: (event) => {
    const bounce = json(event["bounce"]);
    const recipient = firstOf(bounce["bouncedRecipients"]);
    return {
      status: "failed",
      words: textOf(recipient["diagnosticCode"]).replace(/^smtp;\s*/iu, ""),
      // a permanent bounce without a code is of no mailbox, by the words of SES
      code: textOf(recipient["status"]) || (bounce["bounceType"] === "Permanent" ? "5.1.1" : ""),
    };
  },
  Complaint: () => ({ status: "complaint", words: "", code: "" }),
  Delivery: (event) => ({
    status: "delivered",
    words: textOf(json(event["delivery"])["smtpResponse"]),
    code: "",
  }),
  DeliveryDelay: (event) => {
    const recipient = firstOf(json(event["deliveryDelay"])["delayedRecipients"]);
    return {
      status: "delayed",
      words: textOf(recipient["diagnosticCode"]).replace(/^smtp;\s*/iu, ""),
      code: textOf(recipient["status"]),
    };
  },
};
