import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import { openTextSink } from "../../src/providers/sandbox/text-sink.ts";
import { bodyOf, forward, giveBack, openProxy } from "../forward.ts";
import type { Random } from "./random.ts";

/** An email as it was accepted. */
export interface AcceptedMail {
  readonly messageId: string;
  /** The envelope's sender, to which reports go. */
  readonly returnPath: string;
  readonly to: string;
}

/** A text as it was accepted. */
export interface AcceptedText {
  readonly sid: string;
  readonly to: string;
  readonly body: string;
  /** Null if no status callback was asked for. */
  readonly callbackUrl: string | null;
}

/** Called with each message that was accepted, before the answer goes back. */
export interface Listeners {
  readonly onMail: (mail: AcceptedMail) => void;
  readonly onText: (text: AcceptedText) => void;
}
const NO_LISTENERS: Listeners = { onMail: () => {}, onText: () => {} };

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
async function openMailCounter(
  counts: Map<string, number>,
  random: Random,
  { onMail }: Listeners,
): Promise<SMTPServer> {
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onData(stream, { envelope }, callback) {
      const answer = (fault: Error | null): void => callback(fault);
      const taken = async (): Promise<null> => {
        const chunks: Buffer[] = [];
        for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk);
        const mail = Buffer.concat(chunks).toString("latin1");
        const messageId = /^Message-ID: <([^>]+)>/im.exec(mail)?.[1] ?? "none";
        // the signature after the id of the chain is left out
        countUp(counts, messageId.replace(/-[a-z2-7]+@/u, "@"));
        const returnPath = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
        onMail({ messageId, returnPath, to: envelope.rcptTo[0]?.address ?? "" });
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

/** A proxy in front of the sink of texts. It reads the URL of the callback, which the files of the sink do not have. */
async function openTextProxy(sinkUrl: string, { onText }: Listeners): Promise<Server> {
  return await openProxy(async (request, response) => {
    const forwarded = await forward(request, await bodyOf(request), sinkUrl);
    if (forwarded.status === 201) onText(acceptedText(forwarded.body, forwarded.text));
    giveBack(response, forwarded);
  });
}

function acceptedText(form: string, answer: string): AcceptedText {
  const { sid, to, body } = JSON.parse(answer) as Omit<AcceptedText, "callbackUrl">;
  return { sid, to, body, callbackUrl: new URLSearchParams(form).get("StatusCallback") };
}

/** Opens both sinks; texts are kept in `outbox`. */
export async function openReceived(
  outbox: string,
  random: Random,
  listeners: Listeners = NO_LISTENERS,
): Promise<Received> {
  const mails = new Map<string, number>();
  const mailServer = await openMailCounter(mails, random, listeners);
  const textSink = await openTextSink({ ...TEXT_ACCOUNT, outbox });
  const textProxy = await openTextProxy(textSink.url, listeners);
  const address = mailServer.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    twilioUrl: `http://127.0.0.1:${(textProxy.address() as AddressInfo).port}`,
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
      textProxy.closeAllConnections();
      await new Promise((closed) => textProxy.close(closed));
      await textSink.close();
      await new Promise<void>((closed) => mailServer.close(closed));
    },
  };
}
