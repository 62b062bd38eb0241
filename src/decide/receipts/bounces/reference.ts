import type { ParsedMail } from "../../../domain/receipts/parsed-mail.ts";
import { fieldGroupsOf, headersOf, type Fields } from "./fields.ts";
import type { MailReference } from "./mail-report.ts";

const ORIGINAL = /^(?:message\/(?:rfc822|global)(?:-headers)?|text\/rfc822-headers)$/u;
/** True if a part is the message that a report returns. */
export const isOriginal = (mimeType: string): boolean => ORIGINAL.test(mimeType);

const MESSAGE_ID = /<([^<>\s@]{1,250}@[^<>\s@]{1,250})>/u;
/** At the beginning of a line, quoted or not: a report in prose contains the original below. */
const MESSAGE_ID_IN_TEXT = /^[> \t]*message-id:\s*<([^<>\s@]{1,250}@[^<>\s@]{1,250})>/imu;

/** Finds the message that a report is about, from the returned message and the report's recipient address. */
export function referenceOfReport(mail: ParsedMail): MailReference {
  const original = originalHeaders(mail);
  const reported = reportedFields(mail);
  return {
    messageId:
      messageIdIn(original.get("message-id")) ??
      originalIdIn(reported) ??
      MESSAGE_ID_IN_TEXT.exec(mail.text)?.[1] ??
      messageIdIn(headerOf(mail, "in-reply-to")) ??
      messageIdIn(headerOf(mail, "references")),
    verpToken: firstToken([
      mail.rcptTo,
      ...deliveryAddresses(mail),
      ...reported.map((fields) => fields.get("original-mail-from")),
      original.get("return-path"),
      ...reported.map((fields) => envelopeToken(fields.get("original-envelope-id"))),
    ]),
  };
}

/** Finds the message that a reply answers. */
export function referenceOfReply(mail: ParsedMail): MailReference {
  return {
    messageId:
      messageIdIn(headerOf(mail, "in-reply-to")) ??
      messageIdIn(headerOf(mail, "references")) ??
      originalIdIn(reportedFields(mail)),
    verpToken: firstToken([mail.rcptTo, ...deliveryAddresses(mail)]),
  };
}

function originalHeaders(mail: ParsedMail): Fields {
  const part = mail.parts.find(({ mimeType }) => isOriginal(mimeType));
  return headersOf(part?.text ?? "");
}

const reportedFields = ({ parts }: ParsedMail): Fields[] =>
  parts.filter(({ mimeType }) => !isOriginal(mimeType)).flatMap(({ text }) => fieldGroupsOf(text));

/** Gmail's delivery status and every read receipt name the message in these fields. */
const originalIdIn = (reported: readonly Fields[]): string | null =>
  reported
    .flatMap((fields) =>
      ["original-message-id", "x-original-message-id"].map((name) => fields.get(name)),
    )
    .map(messageIdIn)
    .find((id) => id !== null) ?? null;

/** Returns the first header of this name, which must be in lower case; undefined if there is none. */
export const headerOf = ({ headers }: ParsedMail, name: string): string | undefined =>
  headers.find(({ key }) => key === name)?.value;

const messageIdIn = (value: string | undefined): string | null =>
  MESSAGE_ID.exec(value ?? "")?.[1] ?? null;

/** Our envelope id is the token. An id of another server has another form or a wrong signature. */
const envelopeToken = (id: string | undefined): string | null =>
  id === undefined ? null : `envelope+${id}@`;

/** The recipient addresses that the servers noted on the way. */
const deliveryAddresses = (mail: ParsedMail): (string | undefined)[] =>
  ["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "to"].map((name) =>
    headerOf(mail, name),
  );

/** `bounce+TOKEN@domain`. Servers change the case of addresses, so the token is compared in lower case. */
function firstToken(addresses: readonly (string | null | undefined)[]): string | null {
  const found = addresses
    .map((address) => /[\w.-]{1,64}\+([\w.=-]{1,64})@/u.exec(address ?? "")?.[1])
    .find((token) => token !== undefined);
  return found?.toLowerCase() ?? null;
}
