import type { FactSheet } from "../../../domain/deliver/fact-sheet.ts";
import type { EmailMessage, Message } from "../../../domain/deliver/message.ts";
import type { Rendered } from "../../../domain/guard/facts.ts";
import { rendered as renderedFacts } from "../../../domain/guard/content-facts.ts";
import type { Lender } from "../../../domain/lender.ts";
import { segmentsOf } from "../../../template/language/segments.ts";
import type { Template, TemplateFacts } from "../../../domain/template/template.ts";
import type { TemplateStatement } from "../../../domain/vocabulary.ts";

/** A rendered message, with the known facts about its template and its subject. */
export interface RenderedMessage {
  readonly message: Message;
  readonly template: Template & Partial<TemplateFacts>;
  readonly facts: Pick<FactSheet, "loans" | "case">;
  readonly lender: Lender;
}

// The words of the law and of the Bureau's forms, in English and Spanish. Matched in lower case, with simple spaces and quotes.
const REPLY_STOP = /\b(?:reply|text|send|respond|responda|envíe|conteste)\b.{0,40}\bstop\b/;
const OPT_OUT_WORDS =
  /unsubscribe|opt[- ]?out|stop (?:emails|texts|messages|receiving)|dejar de recibir|darse de baja/;
const LINK = /https?:\/\/\S+/;
/** By language, because 12 CFR 1006.18(e) asks for the statement of a debt collector in the language of the message. */
const MINI_MIRANDA: Readonly<Partial<Record<string, RegExp>>> = {
  en: /attempt to collect a debt.*will be used for that purpose/,
  es: /intento de cobrar una deuda.*se usará para ese fin/,
};
const FROM_COLLECTOR: Readonly<Partial<Record<string, RegExp>>> = {
  en: /from a debt collector/,
  es: /de un cobrador de deudas/,
};
const TIME_BARRED =
  /law limits how long you can be sued|cannot (?:and will not )?sue you|will not sue you|la ley limita|no (?:le )?demandar/;
const BANKRUPTCY =
  /not an attempt to collect|informational purposes only|no es un intento de cobrar|fines? informativos?/;
const DEMAND =
  /\b(?:please pay|pay now|pay by|must pay|you must pay|amount due|payment is due|send (?:your )?payment|pague|debe pagar|monto vencido)\b/;
const URGENT =
  /\b(?:pay|payment)\b[^.]{0,60}\b(?:today|now|immediately|at once|within (?:24|48) hours)\b|\b(?:pague|pago)\b[^.]{0,60}\b(?:hoy|ahora|inmediatamente)\b/;
const SUIT =
  /\b(?:sue you|file (?:a )?suit|lawsuit|legal action|take you to court|garnish|demandarle|acción legal)\b/;
const REPOSSESSION =
  /\brepossess|\bforeclos|\bejecución hipotecaria|\brecuperar (?:el|su) vehículo/;
const DEBT =
  /\b(?:debts?|owe[ds]?|owing|past due|delinquen\w*|loans?|balance|payments?|collect(?:ion|or|ions|ors)?|deudas?|adeuda|préstamos?|saldo|pagos?|cobr\w*)\b/;
const SHORTENER =
  /\b(?:bit\.ly|tinyurl\.com|goo\.gl|t\.co|ow\.ly|is\.gd|buff\.ly|rebrand\.ly|cutt\.ly|tiny\.cc|shorturl\.at|rb\.gy)\//;
const AD = /\badvertis(?:ement|ing)\b|^\s*(?:ad|anuncio)\s*:|\bpublicidad\b/m;

/** The fixed words of 12 CFR 1006 appendix B-1 and of 12 CFR 1022 appendix B, models B-1 and B-2. */
const MODEL_FORMS = [
  ["validationB1", /how can you dispute the debt\?.*what else can you do\?/],
  ["validationB1", /cómo puede disputar la deuda\?.*qué más puede hacer\?/],
  ["negativeReportB1", /we may report information about your account to credit bureaus/],
  ["negativeReportB2", /we have told a credit bureau about a late payment/],
] as const;

/** The defaults of the schema, for facts that the words of a message do not show or that only one channel has. */
const UNKNOWN = renderedFacts.parse({});

/**
 * Returns the facts of the guard about the content of a message, as far as its words show them or its template declares them. It reads
 * both parts of an email. A word that is not found counts as absent, so a disclosure in unusual words or in a language that is not known
 * here must be declared.
 */
export function renderedFactsOf(rendered: RenderedMessage): Rendered {
  const { message, template, lender } = rendered;
  const words = plain(wordsOf(message));
  const declared = new Set<TemplateStatement>(template.declares ?? []);
  const has = (statement: TemplateStatement, pattern: RegExp): boolean =>
    declared.has(statement) || pattern.test(words);
  const form = modelFormOf(words, declared);
  return {
    ...UNKNOWN,
    optOutMethods: optOutMethodsOf(message, words, declared),
    miniMiranda: miniMirandaOf(words, template.language, declared),
    timeBarredDisclosure: has("timeBarredDisclosure", TIME_BARRED),
    bankruptcyDisclaimer: has("bankruptcyDisclaimer", BANKRUPTCY),
    demandsPayment: template.asksForMoney === true || has("demandsPayment", DEMAND),
    urgentDemand: has("urgentDemand", URGENT),
    threatensSuit: has("threatensSuit", SUIT),
    threatensRepossession: has("threatensRepossession", REPOSSESSION),
    mentionsDebt:
      declared.has("mentionsDebt") || DEBT.test(words.replaceAll(plainName(lender), "")),
    onlyConfirmsOptOut: template.kind === "optOutConfirmation" && !LINK.test(words),
    ...(form !== undefined && { modelForm: form }),
    postalAddress: words.includes(plainAddress(lender)),
    adLabel: has("adLabel", AD),
    namesSender: namesSender(rendered, words),
    ...ofText(message, words),
    ...ofEmail(rendered),
  };
}

function wordsOf(message: Message): string {
  if (message.channel === "text") return message.body;
  const { subject, text, html } = message;
  return [subject, text, html === null ? "" : withoutTags(html)].join("\n");
}

/** Removes the tags. Text that a browser hides is kept, which is good enough to find words. */
const withoutTags = (html: string): string =>
  html
    .replaceAll(/<(style|script)\b[\s\S]*?<\/\1>/gi, " ")
    .replaceAll(/<a\b[^>]*\bhref="([^"]*)"[^>]*>/gi, " $1 ")
    .replaceAll(/(?:<[^>]*>|&nbsp;|\s)+/g, " ")
    .replaceAll("&amp;", "&")
    .replaceAll("&#39;", "'");

const plain = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[‘’]/g, "'")
    .replaceAll(/\s{2,}|[^\S ]/g, " ")
    .trim();

/** Returns a function that computes a text once for each lender. */
function once(read: (lender: Lender) => string): (lender: Lender) => string {
  const known = new WeakMap<Lender, string>();
  return (lender) => {
    const value = known.get(lender) ?? read(lender);
    known.set(lender, value);
    return value;
  };
}

const plainName = once(({ name }) => plain(name));
const plainAddress = once(({ postalAddress }) => plain(postalAddress));

type Declared = ReadonlySet<TemplateStatement>;

function modelFormOf(words: string, declared: Declared): Rendered["modelForm"] {
  const found = MODEL_FORMS.find(([form, pattern]) => declared.has(form) || pattern.test(words));
  return found?.[0];
}

function optOutMethodsOf(
  message: Message,
  words: string,
  declared: Declared,
): ("replyStop" | "link")[] {
  const hasHeader = message.channel === "email" && message.listUnsubscribe !== null;
  const hasLink = hasHeader || (OPT_OUT_WORDS.test(words) && LINK.test(words));
  return [
    ...(declared.has("replyStop") || REPLY_STOP.test(words) ? ["replyStop" as const] : []),
    ...(hasLink ? ["link" as const] : []),
  ];
}

function miniMirandaOf(
  words: string,
  language: string,
  declared: Declared,
): "none" | "initial" | "subsequent" {
  const [spoken = ""] = language.toLowerCase().split("-");
  const says = (statement: TemplateStatement, patterns: typeof MINI_MIRANDA): boolean =>
    declared.has(statement) || patterns[spoken]?.test(words) === true;
  if (says("miniMirandaInitial", MINI_MIRANDA)) return "initial";
  return says("miniMirandaSubsequent", FROM_COLLECTOR) ? "subsequent" : "none";
}

/** A text that begins with a name and a colon names its sender, also by a shorter name of the lender. */
const PREFIX = /^[^\s:][^:]{0,59}: /;

function namesSender({ message, lender }: RenderedMessage, words: string): boolean {
  if (words.includes(plainName(lender))) return true;
  return message.channel === "text"
    ? PREFIX.test(message.body)
    : plain(message.from).includes(plainName(lender)) || /^[^<@]+</.test(message.from);
}

function ofText(message: Message, words: string): Partial<Rendered> {
  if (message.channel !== "text") return {};
  const { body } = message;
  return {
    characters: Array.from(body).length,
    segments: Math.max(1, segmentsOf(body).segments),
    hasPublicUrlShortener: SHORTENER.test(words),
  };
}

function ofEmail(rendered: RenderedMessage): Partial<Rendered> {
  const { message } = rendered;
  if (message.channel !== "email") return {};
  const { listUnsubscribe } = message;
  return {
    subjectIdentifiesDebt: subjectIdentifiesDebt(message, rendered),
    // src/providers/smtp/message-source.ts writes both headers together
    ...(listUnsubscribe !== null && {
      listUnsubscribe,
      listUnsubscribePost: "List-Unsubscribe=One-Click",
    }),
  };
}

/** Comment 42(a)(1)-1: the current creditor and one more identifier, such as a number of the account. */
function subjectIdentifiesDebt(
  { subject }: EmailMessage,
  { facts, lender }: RenderedMessage,
): boolean {
  const words = plain(subject);
  const identifiers = [
    facts.case?.id ?? null,
    ...facts.loans.flatMap(({ id, externalId, displayId }) => [id, externalId, displayId]),
  ].filter((one): one is NonNullable<typeof one> => one !== null && one !== "");
  return words.includes(plainName(lender)) && identifiers.some((one) => words.includes(plain(one)));
}
