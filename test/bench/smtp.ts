import { createTransport } from "nodemailer";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { EmailMessage } from "../../src/domain/deliver/message.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { interaction } from "../ids.ts";
import { compare, type Comparison, shareOf } from "./compare.ts";
import { EMAIL_HTML, EMAIL_TEXT, insertPortfolio, type BenchResult, type Scene } from "./scene.ts";
import { deliverThrough, sendBare, type SinkCase, startSink } from "./wire.ts";

const CONNECTIONS = 10;
const CASES: readonly SinkCase[] = [
  { name: "smtp", answersAfterMs: 0, count: shareOf(3_000) },
  { name: "smtp: answers after 50 ms", answersAfterMs: 50, count: shareOf(1_000) },
];
const FROM = "Example Lender <notices@lender.example>";

/**
 * Sends emails through the whole of Tidings to a local sink. The other sides send the same messages on as many connections: a bare
 * loop over our own transport, and nodemailer's pool as a user would write it.
 */
export async function benchSmtp(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, Math.max(...CASES.map(({ count }) => count)));
  const results: BenchResult[] = [];
  for (const sinkCase of CASES) results.push(await compareEmails(scene, sinkCase));
  return results;
}

async function compareEmails(scene: Scene, sinkCase: SinkCase): Promise<Comparison> {
  const { name, count } = sinkCase;
  await using sink = await startSink("smtp", sinkCase);
  const provider = openSmtp({ url: `smtp://127.0.0.1:${sink.port}`, slots: CONNECTIONS });
  const pool = createTransport({
    host: "127.0.0.1",
    port: sink.port,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Infinity,
    ignoreTLS: true,
  });
  const carrier = createChannel(provider, readConfig({}).channels.email);
  const loop = { count, inFlight: CONNECTIONS, postgres: scene };
  let turn = 0;
  const comparison = await compare({
    name,
    ours: () =>
      deliverThrough(scene, carrier, { name: `${name} ${(turn += 1)}`, channel: "email", count }),
    others: {
      "a bare loop over our transport": () =>
        sendBare({ ...loop, send: (n) => provider.send(messageOf(n)) }),
      "a bare loop over nodemailer's pool": () =>
        sendBare({ ...loop, send: (n) => pool.sendMail(mailOf(n)) }),
    },
  });
  pool.close();
  await provider.close();
  return comparison;
}

const mailOf = (n: number): { from: string } & ReturnType<typeof contentsOf> => ({
  from: FROM,
  ...contentsOf(n),
});

const contentsOf = (n: number) => ({
  to: `pat.${n}@mail-${n % 10}.example`,
  subject: `Your case ${n}`,
  text: EMAIL_TEXT,
  html: EMAIL_HTML,
});

const messageOf = (n: number): EmailMessage => ({
  channel: "email",
  interactionId: interaction(n),
  messageId: `bench.${n}@lender.example`,
  date: new Date(),
  toName: null,
  language: "en",
  listUnsubscribe: null,
  ...mailOf(n),
});
