import * as base64 from "nodemailer/lib/base64";
import type MimeNode from "nodemailer/lib/mime-node";
import * as quotedPrintable from "nodemailer/lib/qp";

/** nodemailer encodes longer contents in slices of this many bytes, whose ends show in the result. */
const SLICE = 65_536;

/**
 * Returns the message that `message.build()` resolves to, byte by byte. nodemailer builds it from a dozen streams, which took most of
 * the CPU time of an email, so short text is encoded here at once, by its own encoders and with its own headers.
 */
export async function buildMessage(message: MimeNode): Promise<Buffer> {
  if (!isShortText(message)) return message.build();
  const text = write(message);
  return Buffer.from(/[\r\n]$/u.test(text) ? withLineFeed(text) : `${text}\r\n`);
}

const isShortText = ({ content = "", childNodes }: MimeNode): boolean =>
  typeof content === "string" &&
  Buffer.byteLength(content) <= SLICE &&
  childNodes.every((child) => isShortText(child));

const withLineFeed = (text: string): string => (text.endsWith("\r") ? `${text}\n` : text);

function write(node: MimeNode): string {
  const encoding = node.getTransferEncoding();
  // building the headers also sets the boundary
  const head = `${node.buildHeaders()}\r\n\r\n`;
  const body = typeof node.content === "string" ? encode(node.content, encoding) : "";
  const { multipart, boundary } = node;
  if (!multipart || typeof boundary !== "string") return head + body;
  const parts = node.childNodes.map((child) => `--${boundary}\r\n${write(child)}`);
  return `${head}${body}${parts.join("\r\n")}\r\n--${boundary}--\r\n`;
}

function encode(content: string, encoding: string | false): string {
  if (encoding === "quoted-printable") return quote(content);
  return encoding === "base64" ? base64.wrap(base64.encode(content), LINE) : content;
}

const LINE = 76;

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
