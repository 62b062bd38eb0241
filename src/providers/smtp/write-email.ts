import * as base64 from "nodemailer/lib/base64";
import { foldLines, hasLongerLines, isPlainText } from "nodemailer/lib/mime-funcs";
import MimeNode from "nodemailer/lib/mime-node";
import * as quotedPrintable from "nodemailer/lib/qp";

/** An email with its headers, before they are encoded. */
export interface PlainEmail {
  readonly from: string;
  readonly to: { readonly name: string; readonly address: string };
  readonly subject: string;
  /** With its angle brackets. */
  readonly messageId: string;
  readonly date: Date;
  /** Hexadecimal; no content can have it by chance. */
  readonly boundary: string;
  readonly text: string;
  readonly html: string | null;
  /** The headers that come first. */
  readonly headers: Readonly<Record<string, string>>;
}

/** nodemailer encodes longer contents in slices of this many bytes, whose ends show in the result. */
const SLICE = 65_536;
const LINE = 76;

/**
 * Returns the message that nodemailer composes, byte by byte; undefined for long or empty contents, which nodemailer composes. Its tree of
 * parts and its general encoding of headers took half of Node's time of an email, so plain headers are written here as they are. Every
 * other value is encoded by nodemailer.
 */
export function writeEmail(email: PlainEmail): string | undefined {
  if (![email.text, email.html].every((content) => content === null || isShort(content)))
    return undefined;
  const first = [...firstHeaders(email), dateOf(email)];
  const text = { type: "text/plain; charset=utf-8", content: email.text };
  if (email.html === null) {
    const encoding = encodingOf(text.content);
    const last = [`Content-Transfer-Encoding: ${encoding}`, VERSION, `Content-Type: ${text.type}`];
    return `${[...first, ...last].join("\r\n")}\r\n\r\n${encode(text.content, encoding)}`;
  }
  const boundary = `--_NmP-${email.boundary}-Part_1`;
  const type = foldLines(`Content-Type: multipart/alternative; boundary="${boundary}"`, LINE);
  const parts = [text, { type: "text/html; charset=utf-8", content: email.html }];
  const written = parts.map((part) => `--${boundary}\r\n${writePart(part)}`).join("\r\n");
  return `${[...first, VERSION, type].join("\r\n")}\r\n\r\n${written}\r\n--${boundary}--\r\n`;
}

const VERSION = "MIME-Version: 1.0";

const isShort = (content: string): boolean => content !== "" && Buffer.byteLength(content) <= SLICE;

/** Encodes headers and addresses as every node does. */
const ENCODER = new MimeNode("text/plain");

function firstHeaders({ headers, from, to, subject, messageId }: PlainEmail): string[] {
  const written = Object.entries(headers).flatMap(([name, value]) => headerOf(name, value));
  return [
    ...written,
    ...senderOf(from).header,
    ...toHeaderOf(to),
    ...headerOf("Subject", subject),
    ...headerOf("Message-ID", messageId),
  ];
}

const dateOf = ({ date }: PlainEmail): string =>
  `Date: ${date.toUTCString().replace("GMT", "+0000")}`;

/** Printable ASCII without a quotation mark, which is encoded only if it looks like an encoded word. */
const PLAIN = /^[ !#-~]*$/;

/** One header, or none if its value is blank. */
function headerOf(name: string, value: string): string[] {
  const isPlain = PLAIN.test(value) && !value.includes("=?");
  return folded(name, isPlain ? value : ENCODER.encodeHeaderValue(name, value));
}

const folded = (name: string, value: string): string[] =>
  value.trim() === "" ? [] : [foldLines(`${name}: ${value}`, LINE)];

/** Senders are few, and nodemailer takes long to read their names. */
const senders = new Map<string, Sender>();
const MOST_SENDERS = 100;

interface Sender {
  readonly header: readonly string[];
  readonly address: string;
}

function senderOf(from: string): Sender {
  const known = senders.get(from);
  if (known !== undefined) return known;
  const header = folded("From", ENCODER.encodeHeaderValue("From", from));
  const sender = { header, address: nodemailerEnvelope(from, "").from };
  if (senders.size >= MOST_SENDERS) senders.clear();
  senders.set(from, sender);
  return sender;
}

/** An address that nodemailer leaves as it is. */
const PLAIN_ADDRESS = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}$/;

function toHeaderOf({ name, address }: PlainEmail["to"]): string[] {
  if (!PLAIN_ADDRESS.test(address) || !/^[\w ]*$/.test(name))
    return folded("To", ENCODER.encodeHeaderValue("To", { name, address }));
  return folded("To", name === "" ? address : `${name} <${address}>`);
}

/** The sender and the recipient of the message, as nodemailer gives them to the server. */
export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

/** Returns the envelope that nodemailer makes of the two addresses. `from` may have a name. */
export function envelopeOf(from: string, to: string): Envelope {
  const sender = PLAIN_ADDRESS.test(from) ? from : senderOf(from).address;
  return { from: sender, to: PLAIN_ADDRESS.test(to) ? [to] : nodemailerEnvelope("", to).to };
}

function nodemailerEnvelope(from: string, to: string): Envelope {
  const envelope = new MimeNode("text/plain").setEnvelope({ from, to: [to] }).getEnvelope();
  return { from: envelope.from || "", to: envelope.to };
}

type Encoding = "7bit" | "quoted-printable" | "base64";

interface Part {
  readonly type: string;
  readonly content: string;
}

function writePart({ type, content }: Part): string {
  const encoding = encodingOf(content);
  const head = `Content-Type: ${type}\r\nContent-Transfer-Encoding: ${encoding}`;
  return `${head}\r\n\r\n${encode(content, encoding)}`;
}

function encodingOf(content: string): Encoding {
  const isPlain = isPlainText(content);
  if (isPlain && !hasLongerLines(content, LINE)) return "7bit";
  // plain text has none of the characters that count against letters
  const isLatinText = isPlain ? /[A-Za-z]/.test(content) : isMostlyLatin(content);
  return isLatinText ? "quoted-printable" : "base64";
}

/** True if the text has more Latin letters than other letters and control characters. A match of each took six times as long. */
function isMostlyLatin(text: string): boolean {
  let more = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isLatin(code)) more += 1;
    else if (isForeign(code)) more -= 1;
  }
  return more > 0;
}

const isLatin = (code: number): boolean =>
  (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
/** Not ASCII, or a control character that is neither a tab nor the end of a line. */
const isForeign = (code: number): boolean =>
  code >= 0x80 || (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d);

function encode(content: string, encoding: Encoding): string {
  if (encoding === "quoted-printable") return quote(content);
  return encoding === "base64" ? base64.wrap(base64.encode(content), LINE) : content;
}

const isWhiteSpace = (character: string): boolean => character === " " || character === "\t";

/** nodemailer encodes the white space at the end last, and then breaks the last line again. */
function quote(content: string): string {
  let end = content.length;
  while (end > 0 && isWhiteSpace(content.charAt(end - 1))) end -= 1;
  const quoted = quotedPrintable.wrap(quotedPrintable.encode(content.slice(0, end)), LINE);
  if (end === content.length) return quoted;
  const lastLine = quoted.lastIndexOf("\n") + 1;
  const rest = quoted.slice(lastLine) + quotedPrintable.encode(content.slice(end));
  return quoted.slice(0, lastLine) + quotedPrintable.wrap(rest, LINE);
}
