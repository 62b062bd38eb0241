import { setTimeout as sleep } from "node:timers/promises";
import { signForm } from "../../src/providers/twilio/callbacks.ts";
import { openMailClient } from "../mail/mail-client.ts";
import { freePort } from "../own-postgres.ts";
import type { Random } from "./random.ts";
import { TEXT_ACCOUNT } from "./received.ts";

/** The public address of the daemons. This file acts as the proxy that leads from it to one of them. */
const PUBLIC_URL = "https://tidings.lender.example";
const BOUNCE_ADDRESS = "bounces@lender.example";
export const OUR_ADDRESS = "notices@lender.example";
export const OUR_NUMBER = "+15005550006";
/** A provider gives up a call after this time. A daemon that is alive answers at once. */
const ANSWER_MS = 10_000;
const RETRY_MS = 150;

/** The endpoints of the daemons, as providers see them. Any daemon may be dead. */
export interface Endpoints {
  /** The settings of one daemon. */
  settingsOf(daemon: number): Readonly<Record<string, string>>;
  /** Posts a signed form until a daemon accepts it. False if no daemon did within `withinMs`. */
  post(url: string, form: Readonly<Record<string, string>>, withinMs: number): Promise<boolean>;
  /** Hands an email over until a daemon accepts it. */
  mail(mail: InboundMail, withinMs: number): Promise<boolean>;
}

export interface InboundMail {
  readonly source: string;
  /** Empty for a report. */
  readonly from: string;
  readonly to: string;
}

interface Ports {
  readonly http: number;
  readonly mail: number;
}

/** Chooses the ports of this number of daemons. */
export async function openEndpoints(daemons: number, random: Random): Promise<Endpoints> {
  const ports: Ports[] = [];
  while (ports.length < daemons) ports.push({ http: await freePort(), mail: await freePort() });

  const until = async (withinMs: number, attempt: (to: Ports) => Promise<boolean>) => {
    const end = performance.now() + withinMs;
    while (performance.now() < end) {
      // a daemon that is dead accepts no connection
      if (await attempt(random.pick(ports)).catch(() => false)) return true;
      await sleep(RETRY_MS);
    }
    return false;
  };

  return {
    settingsOf(daemon) {
      const { http = 0, mail = 0 } = ports[daemon] ?? {};
      return {
        HTTP_PORT: String(http),
        HTTP_PUBLIC_URL: PUBLIC_URL,
        MAIL_PORT: String(mail),
        EMAIL_BOUNCE_ADDRESS: BOUNCE_ADDRESS,
        EMAIL_BOUNCE_TOKENS: "yes",
        TWILIO_ANSWERS_KEYWORDS: "no",
      };
    },
    post: (url, form, withinMs) => until(withinMs, ({ http }) => postOnce(http, url, form)),
    mail: (given, withinMs) => until(withinMs, ({ mail }) => mailOnce(mail, given)),
  };
}

/** Twilio signs the public URL, and sends no fragment. */
async function postOnce(
  port: number,
  url: string,
  form: Readonly<Record<string, string>>,
): Promise<boolean> {
  const signed = new URL(url, PUBLIC_URL);
  signed.hash = "";
  const answer = await fetch(`http://127.0.0.1:${port}${signed.pathname}${signed.search}`, {
    method: "POST",
    headers: { "X-Twilio-Signature": signForm(TEXT_ACCOUNT.authToken, signed.href, form) },
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  await answer.arrayBuffer();
  return answer.ok;
}

async function mailOnce(port: number, { source, from, to }: InboundMail): Promise<boolean> {
  const client = await openMailClient(port);
  const tooLate = setTimeout(() => client.drop(), ANSWER_MS);
  try {
    const answers = await client.give(source, [to], from);
    return answers.every((answer) => answer.startsWith("250"));
  } finally {
    clearTimeout(tooLate);
    client.drop();
  }
}
