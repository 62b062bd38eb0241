import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Endpoints, OUR_ADDRESS, OUR_NUMBER } from "./endpoints.ts";
import type { Random } from "./random.ts";

/** A message from a borrower, with the reading that it must get. */
export interface Reply {
  readonly channel: "text" | "email";
  /** The number or address. */
  readonly from: string;
  readonly providerMessageId: string;
  readonly reading: "optOut" | "optIn" | "none";
  readonly sentAt: number;
  /** Undefined while no daemon has accepted it. */
  acceptedAt?: number;
}

/** So few that each of them replies often. */
export const REPLYING_BORROWERS = 20;
export const replyingNumber = (n: number): string => `+1614557${String(n).padStart(4, "0")}`;
export const replyingAddress = (n: number): string => `lou${n}@example.com`;

/** The words of the one text that confirms an opt-out. */
export const OPT_OUT_CONFIRMED = "Lender: You will get no more texts.";

/** The words, with the reading that the test of the phrases requires. */
const WORDS: readonly (readonly [string, Reply["reading"]])[] = [
  ["STOP", "optOut"],
  ["Please stop texting me", "optOut"],
  ["No más mensajes", "optOut"],
  ["Who is this?", "none"],
];
const PAUSE_MS = 120;
/** Twilio repeats a text until it is accepted. This is longer than any outage of a run. */
const GIVE_UP_MS = 90_000;

export interface RepliesOptions {
  readonly endpoints: Endpoints;
  readonly random: Random;
  readonly end: number;
}

/**
 * Borrowers write until `end`, each one message at a time. Resolves to all messages, once they are accepted. About half of the numbers
 * end as opted out.
 */
export async function replyUntil({ endpoints, random, end }: RepliesOptions): Promise<Reply[]> {
  const replies: Reply[] = [];
  const isBusy = new Set<string>();
  const isOptedOut = new Set<string>();

  const write = async (channel: Reply["channel"], n: number): Promise<void> => {
    const from = channel === "text" ? replyingNumber(n) : replyingAddress(n);
    if (isBusy.has(from)) return;
    isBusy.add(from);
    // only a text opts in, and some borrowers write STOP again
    const returns = channel === "text" && isOptedOut.has(from) && random.below(3) > 0;
    const [words, reading] = returns ? (["START", "optIn"] as const) : random.pick(WORDS);
    const reply: Reply = {
      channel,
      from,
      providerMessageId: idOf(channel),
      reading,
      sentAt: Date.now(),
    };
    replies.push(reply);
    if (await send(endpoints, reply, words)) reply.acceptedAt = Date.now();
    if (reading === "optOut") isOptedOut.add(from);
    if (reading === "optIn") isOptedOut.delete(from);
    isBusy.delete(from);
  };

  const writing: Promise<void>[] = [];
  while (Date.now() < end) {
    await sleep(random.below(2 * PAUSE_MS));
    const channel = random.pick(["text", "text", "email"] as const);
    writing.push(write(channel, 1 + random.below(REPLYING_BORROWERS)));
  }
  await Promise.all(writing);
  return replies;
}

const idOf = (channel: Reply["channel"]): string =>
  channel === "text"
    ? `SM${randomBytes(16).toString("hex")}`
    : `<${randomBytes(8).toString("hex")}@example.com>`;

async function send(endpoints: Endpoints, reply: Reply, words: string): Promise<boolean> {
  const { channel, from, providerMessageId } = reply;
  if (channel === "text") {
    const form = { MessageSid: providerMessageId, From: from, To: OUR_NUMBER, Body: words };
    return await endpoints.post("/providers/twilio/inbound", form, GIVE_UP_MS);
  }
  const source = `From: ${from}\nTo: ${OUR_ADDRESS}\nMessage-ID: ${providerMessageId}\nSubject: Re: A notice\nContent-Type: text/plain; charset=utf-8\n\n${words}\n`;
  return await endpoints.mail({ source, from, to: OUR_ADDRESS }, GIVE_UP_MS);
}
