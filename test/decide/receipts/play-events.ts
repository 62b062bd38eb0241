import { DateTime } from "luxon";
import { outcomeOf } from "../../../src/decide/deliver/outcome.ts";
import {
  applyReceipts,
  type AppliedReceipts,
  type ReceiptState,
} from "../../../src/decide/receipts/apply-receipts.ts";
import type { LineType } from "../../../src/domain/vocabulary.ts";
import { isBeyondLimit } from "../../../src/decide/receipts/soft-failures.ts";
import type {
  CodeMeaning,
  ContactEffect,
  Progress,
  ReceiptTable,
} from "../../../src/decide/receipts/table.ts";
import { EMAIL, meaningOfEmailFailure } from "../../../src/decide/receipts/tables/email.ts";
import { TWILIO_CALL } from "../../../src/decide/receipts/tables/twilio-call.ts";
import { TWILIO_MESSAGE } from "../../../src/decide/receipts/tables/twilio-message.ts";
import { isAutoReply } from "../../../src/decide/replies/auto-reply.ts";
import { answerUnsubscribe } from "../../../src/decide/replies/unsubscribe.ts";
import type { Meaning } from "../../../src/domain/codes/meaning.ts";
import type { AttemptOutcome } from "../../../src/domain/interaction.ts";
import type { ProviderReceipt } from "../../../src/domain/receipts/provider-receipt.ts";
import { answerOf } from "../../../src/providers/answer/code-meaning.ts";
import { readSmtpFailure } from "../../../src/providers/smtp/answer.ts";
import { readTwilioTrouble } from "../../../src/providers/twilio/answer.ts";
import { interaction } from "../../ids.ts";

/** A row of the `events` of test/conformance/guard.json. */
export interface EventRow {
  readonly id: string;
  readonly title: string;
  readonly channel: "text" | "voice" | "email";
  readonly given?: { readonly now?: string; readonly scheduledAtTo?: string };
  readonly steps: readonly EventStep[];
  readonly expected: { readonly contact?: object; readonly contactAfterStep?: readonly object[] };
}

interface EventStep {
  readonly at: string;
  readonly kind: string;
  readonly http?: number;
  readonly body?: { readonly status?: string; readonly code?: number; readonly message?: string };
  readonly error?: string;
  readonly MessageSid?: string;
  readonly MessageStatus?: string;
  readonly CallStatus?: string;
  readonly AnsweredBy?: string;
  readonly ErrorCode?: string;
  readonly signature?: string;
  readonly lineType?: LineType;
  readonly code?: number;
  readonly text?: string;
  readonly action?: string;
  readonly status?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly subject?: string;
  readonly method?: string;
}

interface Contact {
  valid?: false;
  textable?: false;
  optedOut?: true;
}

/** The result of the steps, in the words of the table. */
export interface Played {
  last: Progress & { scheduledAtFrom?: string };
  details?: string | null;
  next: string;
  contact: Contact;
  contactAfterStep: object[];
  via: string[];
  transitionsTo: Record<string, number>;
  webhookHttp: number[];
  http?: number;
  countsAsCall: boolean | null;
  attemptsSpent: number;
  circuit?: string;
  sameMessageId?: boolean;
  resendsBeforeReconciliation?: number;
  alerts: string[];
}

/** The interaction under test, between two steps. */
interface Play {
  readonly row: EventRow;
  readonly table: ReceiptTable;
  readonly played: Played;
  readonly softFailures: Date[];
  state: ReceiptState;
}

const TABLES = { text: TWILIO_MESSAGE, voice: TWILIO_CALL, email: EMAIL } as const;

/** Runs the steps of a row on the pure rules: answers to a request as delivery handles them, the rest as receipts. */
export function playEvents(row: EventRow): Played {
  const play: Play = {
    row,
    table: TABLES[row.channel],
    softFailures: [],
    state: { acceptedAs: null, receipts: [] },
    played: {
      last: { status: "inProgress", statusDetails: null },
      next: "none",
      contact: {},
      contactAfterStep: [],
      via: [],
      transitionsTo: {},
      webhookHttp: [],
      countsAsCall: null,
      attemptsSpent: 0,
      alerts: [],
    },
  };
  for (const step of row.steps) {
    playStep(play, step);
    const { valid = true, textable = true, optedOut = false } = play.played.contact;
    play.played.contactAfterStep.push({ valid, textable, optedOut });
  }
  return play.played;
}

function playStep(play: Play, step: EventStep): void {
  switch (step.kind) {
    case "createAnswer":
      return playCreateAnswer(play, step);
    case "createError":
      return playRefusal(
        play,
        step,
        readTwilioTrouble({ at: "network", ...networkError(step.error) }),
      );
    case "smtpReply":
      return playSmtpReply(play, step);
    case "smtpError":
      return playRefusal(play, step, smtpError(step.error ?? ""));
    case "callback":
      return playCallback(play, step);
    case "dsn":
      return report(play, receiptOf(step, step.action ?? "failed", step.status ?? null));
    case "complaint":
      return report(play, receiptOf(step, "complaint", null));
    case "inboundMail":
      return playMail(step);
    case "lookup":
      return applyEffects(play, effectsOfLineType(step.lineType ?? "unknown"));
    case "http":
      return playHttp(play, step);
    default:
      throw new Error(`the kind ${step.kind} is unknown`);
  }
}

/** The effects of the line type that the core system has looked up. Only a landline is known to receive no texts. */
const effectsOfLineType = (lineType: LineType): ContactEffect[] =>
  lineType === "landline" ? [{ kind: "notTextable" }] : [];

const receiptOf = (step: EventStep, rawStatus: string, code: string | null): ProviderReceipt => ({
  providerMessageId: "SM1",
  rawStatus,
  code,
  qualifier: step.AnsweredBy ?? null,
  receivedAt: new Date(step.at),
});

function playCreateAnswer(play: Play, step: EventStep): void {
  const { http = 201, body = {} } = step;
  if (http < 300) return accept(play, receiptOf(step, body.status ?? "queued", null));
  const { code = null, message = null } = body;
  const trouble = { at: "reply", status: http, code, message, retryAfterMs: null } as const;
  playRefusal(play, step, readTwilioTrouble(trouble));
}

function networkError(code = "ECONNRESET"): { code: string; sent: boolean } {
  const isBeforeWriting =
    /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|CERT_|ERR_TLS|tls|dns)/u;
  return { code, sent: !isBeforeWriting.test(code) };
}

const smtpError = (error: string): { meaning: Meaning; seen: object } =>
  readSmtpFailure({ message: error, code: "ECONNECTION" }, error === "closedAfterData");

function playSmtpReply(play: Play, step: EventStep): void {
  const { code = 250, text = "" } = step;
  if (code < 300) return accept(play, receiptOf(step, "accepted", null));
  const enhanced = /\b([245])\.(\d{1,3})\.(\d{1,3})\b/u.exec(text)?.[0] ?? null;
  const response = `${code} ${text}`;
  const read = readSmtpFailure({ message: text, responseCode: code, response }, true);
  playRefusal(play, step, read, meaningOfEmailFailure(enhanced, String(code), text));
}

function accept(play: Play, acceptedAs: ProviderReceipt): void {
  play.played.attemptsSpent++;
  play.state = { ...play.state, acceptedAs };
  const first = applyReceipts(play.table, play.state, [], contextOf(play)).after;
  if (first.progress !== null) moveTo(play, first.progress);
  play.played.countsAsCall = first.countsAsCall;
}

/** The provider refused the message, or gave no answer: what delivery makes of it. */
function playRefusal(
  play: Play,
  step: EventStep,
  { meaning, seen }: { meaning: Meaning; seen: object },
  means?: CodeMeaning,
): void {
  const call = { provider: "peer", startedAt: performance.now(), personal: [] };
  const answer = answerOf(call, meaning, seen);
  const at = new Date(step.at);
  const attempt = {
    interactionId: interaction("7"),
    channel: play.row.channel,
    attempt: play.softFailures.length + 1,
    latestAt: contextOf(play).latestAt,
    claims: 1,
    claimedAt: at,
    startedAt: at,
    endedAt: at,
    blame: "message" as const,
  };
  const policy = { retries: [300_000, 1_800_000, 7_200_000], settleWaits: [60_000] };
  const settled = outcomeOf(attempt, answer, policy);
  const { played } = play;
  if (answer.kind !== "limited" && answer.kind !== "misconfigured") played.attemptsSpent++;
  played.details = settled.statusDetails;
  played.next = nextOf(answer.kind, settled, play.row.channel);
  if (played.next === "afterReconciliation") played.resendsBeforeReconciliation = 0;
  if (played.next === "resendOnce") played.sameMessageId = true;
  if (answer.kind === "misconfigured") played.circuit = meaning.scope ?? "account";
  moveTo(play, settled.nextAttemptAt === null ? settled : DUE_AGAIN);
  const { finding } = settled;
  if (finding !== null) applyEffects(play, [{ kind: finding }]);
  for (const effect of means?.contact ?? []) countSoft(play, effect, at);
}

const DUE_AGAIN: Progress = { status: "scheduled", statusDetails: null };

function nextOf(kind: string, settled: AttemptOutcome, channel: string): string {
  if (kind === "unknown") return channel === "text" ? "afterReconciliation" : "resendOnce";
  if (kind === "misconfigured") return "afterFix";
  return settled.nextAttemptAt !== null || settled.status === "scheduled" ? "retry" : "none";
}

/** A failure of the soft kind that was answered at once: the third over a week ends the address. */
function countSoft(play: Play, effect: ContactEffect, at: Date): void {
  if (effect.kind !== "softFailure") return;
  play.softFailures.push(at);
  if (!isBeyondLimit(effect.limit, play.softFailures)) return;
  applyEffects(play, [{ kind: effect.limit.makes }]);
  play.played.next = "none";
  moveTo(play, { status: "failed", statusDetails: "emailBounced" });
}

function playCallback(play: Play, step: EventStep): void {
  if (step.signature !== undefined && step.signature !== "good") {
    play.played.webhookHttp.push(403);
    return;
  }
  play.played.webhookHttp.push(200);
  // a message that we never sent is put aside
  if (step.MessageSid !== undefined && step.MessageSid !== "SM1") return;
  const word = step.MessageStatus ?? step.CallStatus ?? "";
  report(play, receiptOf(step, word, step.ErrorCode ?? null));
}

function playMail(step: EventStep): void {
  const headers = Object.entries(step.headers ?? {}).map(([key, value]) => ({
    key: key.toLowerCase(),
    value,
  }));
  if (!isAutoReply(headers, step.subject ?? "")) throw new Error("a reply of a person: not played");
}

function playHttp({ played }: Play, { method = "GET" }: EventStep): void {
  const answer = answerUnsubscribe({ method, isGenuine: true });
  played.http = answer.http;
  if (answer.optsOut) played.contact.optedOut = true;
}

const contextOf = ({ row, softFailures }: Play) => ({
  attempt: 1,
  latestAt: row.given?.scheduledAtTo === undefined ? null : new Date(row.given.scheduledAtTo),
  softFailures,
});

function report(play: Play, receipt: ProviderReceipt): void {
  const applied = applyReceipts(play.table, play.state, [receipt], contextOf(play));
  play.state = applied.state;
  const { played } = play;
  played.countsAsCall = applied.after.countsAsCall;
  played.alerts.push(...applied.alertsRaised);
  if (applied.movedTo !== null) moveTo(play, applied.movedTo);
  applyEffects(play, applied.effectsAdded);
  for (const effect of applied.effectsWithdrawn) withdraw(played.contact, effect);
  if (applied.movedTo !== null) playNext(play, applied);
}

function playNext(play: Play, { after: { next } }: AppliedReceipts): void {
  const { played } = play;
  played.next = next.kind;
  if (next.kind === "afterFix") played.circuit = next.circuit;
  const isDueAgain = next.kind === "afterFix" ? next.isDueAgain : next.kind !== "none";
  if (!isDueAgain) return;
  played.details = played.last.statusDetails;
  moveTo(play, DUE_AGAIN);
  if ("notBefore" in next) played.last.scheduledAtFrom = openFrom(next.notBefore);
}

/** The first moment from then on within the window of the table: 8:00 to 21:00 in Columbus. */
function openFrom(at: Date): string {
  const local = DateTime.fromJSDate(at, { zone: "America/New_York" });
  const open = local.startOf("day").set({ hour: 8 });
  const isOver = local.hour >= 21;
  const from = isOver ? open.plus({ days: 1 }) : DateTime.max(local, open);
  return from.toUTC().toISO({ suppressMilliseconds: true }) ?? "";
}

function moveTo({ played }: Play, { status, statusDetails }: Progress): void {
  if (played.last.status !== "inProgress") played.via.push(played.last.status);
  if (played.last.status !== status)
    played.transitionsTo[status] = (played.transitionsTo[status] ?? 0) + 1;
  played.last = { status, statusDetails };
}

function applyEffects({ played: { contact } }: Play, effects: readonly ContactEffect[]): void {
  for (const { kind } of effects) {
    if (kind === "invalid") contact.valid = false;
    if (kind === "notTextable") contact.textable = false;
    if (kind === "optedOut") contact.optedOut = true;
  }
}

function withdraw(contact: Contact, { kind }: ContactEffect): void {
  if (kind === "invalid") delete contact.valid;
  if (kind === "notTextable") delete contact.textable;
}
