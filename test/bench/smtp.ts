import { createTransport } from "nodemailer";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { compare, report } from "./compare.ts";
import { EMAIL_HTML, EMAIL_TEXT, insertPortfolio, type Scene } from "./scene.ts";
import { deliverThrough, NOTICES, sendBare, startSink } from "./wire.ts";

const CONNECTIONS = 10;

/**
 * Sends emails through the whole of Tidings to a lean local sink; the other side is a bare loop over nodemailer's pool.
 */
export async function benchSmtp(scene: Scene): Promise<void> {
  await insertPortfolio(scene, NOTICES);
  const sink = await startSink("smtp");
  const url = `smtp://127.0.0.1:${sink.port}`;
  const provider = openSmtp({ url, slots: CONNECTIONS });
  const pool = createTransport({
    host: "127.0.0.1",
    port: sink.port,
    pool: true,
    maxConnections: CONNECTIONS,
    maxMessages: Infinity,
    ignoreTLS: true,
  });
  const carrier = createChannel(provider, readConfig({}).channels.email);
  let turn = 0;
  const bare = (n: number): Promise<unknown> =>
    pool.sendMail({
      from: "Example Lender <notices@lender.example>",
      to: `pat.${n}@example.com`,
      subject: `Your case ${n}`,
      text: EMAIL_TEXT,
      html: EMAIL_HTML,
    });
  report(
    await compare({
      name: "smtp",
      baseline: "a bare loop over nodemailer's pool, the same messages and connections",
      ours: () => deliverThrough(scene, carrier, { name: `SMTP-${(turn += 1)}`, channel: "email" }),
      theirs: () => sendBare(NOTICES, CONNECTIONS, bare),
    }),
  );
  pool.close();
  await provider.close();
  sink.close();
}
