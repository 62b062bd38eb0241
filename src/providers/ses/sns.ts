import { createVerify, X509Certificate } from "node:crypto";
import type { SnsReading } from "../../domain/receipts/sns-reading.ts";

export interface SnsOptions {
  readonly topicArn: string;
  readonly now: () => Date;
  /** Fetches a certificate. Only tests replace it. */
  readonly fetchText?: (url: string) => Promise<string>;
}

const HOST = /^sns\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?$/u;
const OLDEST_MS = 3_600_000;
const FETCH_MS = 5_000;
const MOST_CERTIFICATES = 20;

/** True for a URL of Amazon SNS itself. Anybody can name another host in a message. */
export function isOfSns(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, port, username } = new URL(text);
  return protocol === "https:" && HOST.test(hostname) && port === "" && username === "";
}

/** Fetches a text of Amazon SNS within a deadline, and follows no redirect. */
export async function fetchFromSns(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "error", signal: AbortSignal.timeout(FETCH_MS) });
  if (!response.ok) throw new Error(`SNS answered ${response.status}`);
  return await response.text();
}

/** Returns a function that checks a message: its topic, its age, and its signature by a certificate of Amazon. It never rejects. */
export function createSnsReader(options: SnsOptions): (body: unknown) => Promise<SnsReading> {
  const { topicArn, now, fetchText = fetchFromSns } = options;
  const certificates = new Map<string, X509Certificate>();

  async function certificateAt(url: string): Promise<X509Certificate> {
    const known = certificates.get(url);
    if (known !== undefined) return known;
    const certificate = new X509Certificate(await fetchText(url));
    if (certificates.size >= MOST_CERTIFICATES) certificates.clear();
    certificates.set(url, certificate);
    return certificate;
  }

  return async (body) => {
    const fields = textsOf(body);
    const age = now().getTime() - Date.parse(fields["Timestamp"] ?? "");
    const certificateUrl = fields["SigningCertURL"] ?? "";
    const isExpected =
      fields["TopicArn"] === topicArn &&
      Math.abs(age) <= OLDEST_MS &&
      isOfSns(certificateUrl) &&
      new URL(certificateUrl).pathname.endsWith(".pem");
    if (!isExpected) return { kind: "refused" };
    const certificate = await certificateAt(certificateUrl).catch(() => undefined);
    if (certificate === undefined) return { kind: "unverified" };
    if (!isInForce(certificate, now()) || !isSigned(fields, certificate))
      return { kind: "refused" };
    return readingOf(fields);
  };
}

type Fields = Readonly<Partial<Record<string, string>>>;

const textsOf = (body: unknown): Fields =>
  typeof body === "object" && body !== null
    ? Object.fromEntries(Object.entries(body).filter(([, value]) => typeof value === "string"))
    : {};

const isInForce = ({ validFrom, validTo }: X509Certificate, now: Date): boolean =>
  Date.parse(validFrom) <= now.getTime() && now.getTime() <= Date.parse(validTo);

/** The signed fields of each type, in their order. */
const SIGNED: Readonly<Record<string, readonly string[]>> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
};
const ALGORITHMS: Readonly<Record<string, string>> = { "1": "RSA-SHA1", "2": "RSA-SHA256" };

function isSigned(fields: Fields, { publicKey }: X509Certificate): boolean {
  const names = SIGNED[fields["Type"] ?? ""];
  const algorithm = ALGORITHMS[fields["SignatureVersion"] ?? ""];
  if (names === undefined || algorithm === undefined) return false;
  const text = names.flatMap((name) => {
    const value = fields[name];
    return value === undefined ? [] : [`${name}\n${value}\n`];
  });
  const verify = createVerify(algorithm).update(text.join(""));
  return verify.verify(publicKey, fields["Signature"] ?? "", "base64");
}

function readingOf(fields: Fields): SnsReading {
  const { Message: message = "", SubscribeURL: subscribeUrl = "", Type: type } = fields;
  if (type === "Notification") return { kind: "notification", message };
  return isOfSns(subscribeUrl) ? { kind: "confirmation", subscribeUrl } : { kind: "refused" };
}
