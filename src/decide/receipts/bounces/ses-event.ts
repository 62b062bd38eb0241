import { enhancedCodeIn, shortWords, verpTokenIn, type RelayEvent } from "./relay-events.ts";

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
    enhanced: enhancedCodeIn(code || words),
    words: words === "" ? null : shortWords(words),
    messageId: /<?(tidings\.[^<>\s@]{1,200}@[^<>\s@]{1,200})/u.exec(messageIdIn(mail))?.[1] ?? null,
    verpToken: verpTokenIn(textOf(mail["source"])),
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

/** The words of the server, without their type. */
const diagnosticOf = (recipient: Json): string =>
  textOf(recipient["diagnosticCode"]).replace(/^smtp;\s*/iu, "");

const REPORTS: Readonly<Record<string, (event: Json) => Report>> = {
  Bounce: (event) => {
    const bounce = json(event["bounce"]);
    const recipient = firstOf(bounce["bouncedRecipients"]);
    return {
      status: "failed",
      words: diagnosticOf(recipient),
      // SES says that a permanent bounce without a code means that there is no such mailbox
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
      words: diagnosticOf(recipient),
      code: textOf(recipient["status"]),
    };
  },
};
