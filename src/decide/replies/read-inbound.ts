import type { MailHeader } from "../../domain/receipts/parsed-mail.ts";
import { isAutoReply, isAutoText } from "./auto-reply.ts";
import { isReaction, withoutQuotes } from "./quotes.ts";
import { readReply, type Reply, type Route } from "./read-reply.ts";

/** An incoming text message, an email that is not a report, or the words of a call as an agent wrote them. */
export interface Inbound extends Route {
  readonly text: string;
  /** For email only. */
  readonly subject?: string;
  readonly headers?: readonly MailHeader[];
}

/** A reply with the known facts about its writer. */
export interface ReadInbound extends Reply {
  /** True if a program wrote it. It is then neither consent nor refusal, and must not be answered. */
  readonly isAutomatic: boolean;
}

const BY_PROGRAM: ReadInbound = {
  reading: "none",
  readings: [],
  suppresses: false,
  theme: "inbOther",
  keyword: null,
  isAutomatic: true,
};

/** Reads a message from a borrower, or from a program on the borrower's behalf. */
export function readInbound(inbound: Inbound): ReadInbound {
  const { channel, text, subject = "", headers = [] } = inbound;
  if (channel === "email") return readEmail(text, subject, headers);
  if (isReaction(text)) return BY_PROGRAM;
  const reply = { ...readReply(text, inbound), isAutomatic: false };
  // a plain refusal counts whatever surrounds it
  const isPlain = reply.reading !== "none" && reply.reading !== "unclear";
  return !isPlain && isAutoText(text) ? BY_PROGRAM : reply;
}

/** The subject is read if the body has no keyword, as in "Subject: STOP" with only a signature below. */
function readEmail(text: string, subject: string, headers: readonly MailHeader[]): ReadInbound {
  if (isAutoReply(headers, subject)) return BY_PROGRAM;
  const written = withoutQuotes(text);
  const isAnswer = /^\s*(?:re|rv|fwd?|aw)\s*:/iu.test(subject);
  const words = written === "" && !isAnswer ? subject : written;
  return { ...readReply(words, { channel: "email" }), isAutomatic: false };
}
