import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Doors, OUR_ADDRESS, OUR_NUMBER } from "./doors.ts";
import type { Random } from "./random.ts";

/** What a borrower wrote, and how it must be read. */
export interface Answer {
  readonly channel: "text" | "email";
  /** The number or address. */
  readonly from: string;
  readonly providerMessageId: string;
  readonly reading: "optOut" | "optIn" | "none";
  readonly sentAt: number;
  /** Undefined while no daemon has accepted it. */
  acceptedAt?: number;
}

/** So few that each of them answers often. */
export const ANSWERING_BORROWERS = 20;
export const answeringNumber = (n: number): string => `+1614557${String(n).padStart(4, "0")}`;
export const answeringAddress = (n: number): string => `lou${n}@example.com`;

/** The words of the one text that confirms an opt-out. */
export const OPT_OUT_CONFIRMED = "Lender: You will get no more texts.";

/** The words, with the reading that the test of the phrases requires. */
const WORDS: readonly (readonly [string, Answer["reading"]])[] = [
  ["STOP", "optOut"],
  ["Please stop texting me", "optOut"],
  ["No más mensajes", "optOut"],
  ["Who is this?", "none"],
];
const PAUSE_MS = 120;
/** Longer than any outage: a borrower's text is repeated by Twilio until it is accepted. */
const GIVE_UP_MS = 90_000;

export interface AnswersOptions {
  readonly doors: Doors;
  readonly random: Random;
  readonly end: number;
}

/**
 * Borrowers write until `end`, each one thing at a time. Resolves to what was written, once it is accepted. About half of the numbers
 * end as opted out.
 */
export async function answerUntil({ doors, random, end }: AnswersOptions): Promise<Answer[]> {
  const answers: Answer[] = [];
  const isBusy = new Set<string>();
  const isClosed = new Set<string>();

  const write = async (channel: Answer["channel"], n: number): Promise<void> => {
    const from = channel === "text" ? answeringNumber(n) : answeringAddress(n);
    if (isBusy.has(from)) return;
    isBusy.add(from);
    // only a text opts in, and STOP is also repeated
    const returns = channel === "text" && isClosed.has(from) && random.below(3) > 0;
    const [words, reading] = returns ? (["START", "optIn"] as const) : random.pick(WORDS);
    const answer: Answer = {
      channel,
      from,
      providerMessageId: idOf(channel),
      reading,
      sentAt: Date.now(),
    };
    answers.push(answer);
    if (await hand(doors, answer, words)) answer.acceptedAt = Date.now();
    if (reading === "optOut") isClosed.add(from);
    if (reading === "optIn") isClosed.delete(from);
    isBusy.delete(from);
  };

  const writing: Promise<void>[] = [];
  while (Date.now() < end) {
    await sleep(random.below(2 * PAUSE_MS));
    const channel = random.pick(["text", "text", "email"] as const);
    writing.push(write(channel, 1 + random.below(ANSWERING_BORROWERS)));
  }
  await Promise.all(writing);
  return answers;
}

const idOf = (channel: Answer["channel"]): string =>
  channel === "text"
    ? `SM${randomBytes(16).toString("hex")}`
    : `<${randomBytes(8).toString("hex")}@example.com>`;

async function hand(doors: Doors, answer: Answer, words: string): Promise<boolean> {
  const { channel, from, providerMessageId } = answer;
  if (channel === "text") {
    const form = { MessageSid: providerMessageId, From: from, To: OUR_NUMBER, Body: words };
    return await doors.post("/providers/twilio/inbound", form, GIVE_UP_MS);
  }
  const source = `From: ${from}\nTo: ${OUR_ADDRESS}\nMessage-ID: ${providerMessageId}\nSubject: Re: A notice\nContent-Type: text/plain; charset=utf-8\n\n${words}\n`;
  return await doors.mail({ source, from, to: OUR_ADDRESS }, GIVE_UP_MS);
}
