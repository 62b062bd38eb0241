import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { openTextSink } from "../../src/providers/sandbox/text-sink.ts";
import type { Random } from "./random.ts";

/** The messages that arrived, counted by Message-ID or, for texts, by body. */
export interface Received {
  readonly smtpUrl: string;
  readonly twilioUrl: string;
  mails(): ReadonlyMap<string, number>;
  texts(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

const SLOWEST_ANSWER_MS = 400;

const countUp = (counts: Map<string, number>, key: string): void =>
  void counts.set(key, (counts.get(key) ?? 0) + 1);

/**
 * A mail server that counts messages and answers after a while. It counts what it accepted whether or not the answer
 * arrived.
 */
async function openMailCounter(counts: Map<string, number>, random: Random): Promise<SMTPServer> {
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onData(stream, _session, callback) {
      const answer = (fault: Error | null): void => callback(fault);
      const taken = async (): Promise<null> => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
        const mail = Buffer.concat(chunks).toString("latin1");
        countUp(counts, /^Message-ID: <([^>]+)>/im.exec(mail)?.[1] ?? "none");
        await sleep(random.below(SLOWEST_ANSWER_MS));
        return null;
      };
      // an email that ends with the death of its sender was not accepted
      void taken()
        .catch((error: Error) => error)
        .then(answer);
    },
  });
  server.on("error", () => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}

/** Of the daemons of a run. */
export const TEXT_ACCOUNT = { accountSid: `AC${"0".repeat(32)}`, authToken: "chaos" };

/** Opens both sinks; texts are kept in `outbox`. */
export async function openReceived(outbox: string, random: Random): Promise<Received> {
  const mails = new Map<string, number>();
  const mailServer = await openMailCounter(mails, random);
  const textSink = await openTextSink({ ...TEXT_ACCOUNT, outbox });
  const address = mailServer.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    twilioUrl: textSink.url,
    mails: () => mails,
    async texts() {
      const texts = new Map<string, number>();
      for (const file of await readdir(outbox)) {
        const { body } = JSON.parse(await readFile(join(outbox, file), "utf8")) as { body: string };
        countUp(texts, body);
      }
      return texts;
    },
    async close() {
      await textSink.close();
      await new Promise<void>((closed) => mailServer.close(closed));
    },
  };
}
