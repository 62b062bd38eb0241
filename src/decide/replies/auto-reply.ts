import type { MailHeader } from "../../domain/receipts/parsed-mail.ts";
import { sentencesOf } from "./normalize.ts";
import { findPhrase, parsePhrase } from "./phrase.ts";

/**
 * Headers that only a program writes. RFC 3834 names the first; the others are older, or belong to Exchange, cPanel,
 * qmail, Exim and mailing lists.
 */
const BY_PROGRAM: readonly { readonly key: RegExp; readonly value: RegExp }[] = [
  { key: /^auto-submitted$/u, value: /^(?!\s*no\s*(?:;|$))\s*\S/iu },
  { key: /^x-(?:mail-)?auto-?(?:reply|respond|response|responder)(?:-from)?$/u, value: /^/u },
  { key: /^x-auto-response-suppress$/u, value: /\b(?:all|oof|autoreply|dr|ndr|rn|nrn)\b/iu },
  { key: /^precedence$/u, value: /\b(?:bulk|junk|list|auto[_-]?reply)\b/iu },
  { key: /^x-precedence$/u, value: /\b(?:bulk|junk|auto[_-]?reply)\b/iu },
  { key: /^list-(?:id|unsubscribe)$/u, value: /\S/u },
  { key: /^return-path$/u, value: /^\s*<\s*>\s*$/u },
  { key: /^x-failed-recipients$/u, value: /\S/u },
  { key: /^x-(?:vacation|out-of-office|oof-reply)$/u, value: /^/u },
  { key: /^content-type$/u, value: /^\s*multipart\/report\b/iu },
];

/** The first words of the subject of an automatic reply. */
const SUBJECT =
  /^\s*(?:(?:re|rv|aw|fwd?)\s*:\s*)*(?:\[?(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer)|out of (?:the )?office|away from (?:the |my )?(?:office|desk)|on vacation|vacation (?:reply|response)|respuesta autom[aá]tica|contestaci[oó]n autom[aá]tica|fuera de (?:la )?oficina|ausente|ausencia|de vacaciones|automatische antwort|abwesenheit\p{L}*|r[eé]ponse automatique|absence du bureau|resposta autom[aá]tica|risposta automatica)\b)/iu;

/**
 * True if a program wrote the email: an out-of-office reply, a list, a report. Such email is neither consent nor
 * refusal, and is never answered.
 */
export function isAutoReply(headers: readonly MailHeader[], subject: string): boolean {
  const byProgram = headers.some(({ key, value }) =>
    BY_PROGRAM.some((header) => header.key.test(key) && header.value.test(value)),
  );
  return byProgram || SUBJECT.test(subject);
}

/** The first words of automatic replies from phones and text services. */
const SENTENCES_OF_PROGRAMS = [
  "auto|automatic|automated reply|response|message",
  "autoreply|autoresponse",
  "this is an auto|automatic|automated reply|response|message",
  "im driving with do not disturb",
  "im driving sent from my car",
  "respuesta|mensaje automatica|automatico",
  "este es un mensaje automatico",
  "esta es una respuesta automatica",
  "reply|text|send|txt stop|end|cancel|quit|unsubscribe|stopall to unsubscribe|opt|end|cancel|stop|quit",
  "responda|responde|envie|envia|mande alto|stop|parar|cancelar|baja para",
].map(parsePhrase);

/** True for a text with sentences that only a program writes, such as "Reply STOP to unsubscribe". */
export function isAutoText(text: string): boolean {
  return sentencesOf(text).some(({ words }) =>
    SENTENCES_OF_PROGRAMS.some((phrase) => findPhrase(words, phrase)?.from === 0),
  );
}
