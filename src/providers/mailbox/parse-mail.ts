import PostalMime, { type Email } from "postal-mime";
import type { MailPart, ParsedMail } from "../../domain/receipts/parsed-mail.ts";

/** A report is a few kilobytes. At most it returns the original with its attachments. */
const LONGEST_READ = 262_144;
/** postal-mime takes seconds for a quarter of a million empty lines. An attachment of 256 kB has 3,500. */
const MOST_LINES = 10_000;
/** postal-mime takes seconds for a hundred thousand empty parts. A person's email never has many. */
const MOST_DELIMITERS = 200;
const LIMITS = { maxNestingDepth: 20, maxHeadersSize: 131_072, maxRfc822NestingDepth: 0 };
/** The number of opened messages that only forward another one. */
const MOST_WRAPPERS = 2;

/** The envelope of an email; null if only the stored message is known. */
export interface Envelope {
  readonly mailFrom: string | null;
  readonly rcptTo: string | null;
}

export type ParseResult =
  | { readonly kind: "parsed"; readonly mail: ParsedMail }
  /** The email has too many parts, headers or levels. It is set aside and not read. */
  | { readonly kind: "refused"; readonly reason: string };

/** Parses an email. Of an email longer than 256 kB or 10,000 lines only the beginning is read. Never rejects. */
export async function parseMail(source: Buffer, envelope: Envelope): Promise<ParseResult> {
  const read = firstLines(source.subarray(0, LONGEST_READ));
  if (delimitersIn(read) > MOST_DELIMITERS) return { kind: "refused", reason: "too many parts" };
  try {
    return { kind: "parsed", mail: await parse(read, envelope, MOST_WRAPPERS) };
  } catch {
    // the parser's error may quote the message
    return { kind: "refused", reason: "cannot be parsed" };
  }
}

function firstLines(source: Buffer): Buffer {
  let end = -1;
  for (let line = 0; line < MOST_LINES; line++) {
    end = source.indexOf("\n", end + 1);
    if (end === -1) return source;
  }
  return source.subarray(0, end);
}

function delimitersIn(source: Buffer): number {
  let count = 0;
  for (let at = source.indexOf("\n--"); at !== -1; at = source.indexOf("\n--", at + 1)) count++;
  return count;
}

async function parse(
  source: Buffer | string,
  envelope: Envelope,
  wrappers: number,
): Promise<ParsedMail> {
  const options = { ...LIMITS, forceRfc822Attachments: true, attachmentEncoding: "utf8" } as const;
  const email = await PostalMime.parse(source, options);
  const parts = partsOf(email);
  const wrapped = wrappers > 0 ? onlyMessage(parts) : undefined;
  return {
    ...envelope,
    headers: email.headers.map(({ key, value }) => ({ key, value })),
    subject: email.subject ?? "",
    text: email.text ?? textOfHtml(email.html ?? ""),
    parts,
    inner: wrapped === undefined ? null : await parse(wrapped.text, NO_ENVELOPE, wrappers - 1),
  };
}

const NO_ENVELOPE: Envelope = { mailFrom: null, rcptTo: null };

const partsOf = ({ attachments }: Email): MailPart[] =>
  attachments.flatMap(({ mimeType, content }) =>
    typeof content === "string" ? [{ mimeType, text: content }] : [],
  );

const REPORT =
  /^message\/(?:global-)?(?:delivery-status|feedback-report|disposition-notification)$/u;

/** A message that is forwarded whole. In a report it is the original message, which is not opened. */
function onlyMessage(parts: readonly MailPart[]): MailPart | undefined {
  if (parts.some(({ mimeType }) => REPORT.test(mimeType))) return undefined;
  const messages = parts.filter(({ mimeType }) => /^message\/(?:rfc822|global)$/u.test(mimeType));
  return messages.length === 1 ? messages[0] : undefined;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&nbsp;": " ",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#39;": "'",
  "&amp;": "&",
};

/** The words of an HTML text, one line per block. They are only searched, never shown. */
function textOfHtml(html: string): string {
  return withoutHidden(html)
    .replaceAll(/<(?:br|\/p|\/div|\/tr|\/li|\/h\d)\b[^<>]*>/giu, "\n")
    .replaceAll(/<[^<>]*>/gu, "")
    .replaceAll(/&(?:nbsp|lt|gt|quot|#39|amp);/gu, (entity) => ENTITIES[entity] ?? entity)
    .replaceAll(/[ \t]+/gu, " ")
    .trim();
}

/** Removes elements that a reader never sees. An element that is never closed hides the rest. Each is read once. */
function withoutHidden(html: string): string {
  const shown: string[] = [];
  const lower = html.toLowerCase();
  let at = 0;
  for (const open of html.matchAll(/<(style|script|head)\b/giu)) {
    if (open.index < at) continue;
    shown.push(html.slice(at, open.index));
    const end = lower.indexOf(`</${open[1]?.toLowerCase()}`, open.index);
    at = end === -1 ? html.length : end;
  }
  return [...shown, html.slice(at)].join("");
}
