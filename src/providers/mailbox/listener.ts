import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import type { Envelope } from "./parse-mail.ts";

export interface ListenerOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly protocol: "lmtp" | "smtp";
  /** True for an address of ours. Mail to any other is refused, so that this is no open relay. */
  readonly isOurs: (address: string) => boolean;
  /** Resolves to true once the email is durable, and to false if it must be offered again. May reject. */
  readonly take: (source: Buffer, envelope: Envelope) => Promise<void>;
  /** Called for mail that is too large. */
  readonly onTooLarge: () => void;
}

export interface MailListener {
  readonly port: number;
  close(): Promise<void>;
}

/** More is refused. Of what is accepted only the beginning is kept, because reports and replies are at the beginning. */
const LARGEST_MAIL = 30 * 2 ** 20;
const LARGEST_KEPT = 262_144;
const SILENCE_MS = 60_000;
const MOST_CLIENTS = 50;
const CLOSE_MS = 2_000;

/**
 * Takes mail in for bounce and reply addresses, by LMTP or SMTP. A message is accepted only after it is durable: the mail server
 * in front of it keeps it until then. It sends nothing.
 */
export async function openMailListener(options: ListenerOptions): Promise<MailListener> {
  const server = new SMTPServer({
    lmtp: options.protocol === "lmtp",
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    size: LARGEST_MAIL,
    maxClients: MOST_CLIENTS,
    socketTimeout: SILENCE_MS,
    closeTimeout: CLOSE_MS,
    onRcptTo({ address }, _session, callback) {
      callback(options.isOurs(address) ? null : reply(550, "5.1.1 No such address here"));
    },
    onData(stream, { envelope }, callback) {
      const mailFrom = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
      const recipients = envelope.rcptTo.map(({ address }) => address);
      void giveAnswers(options, stream, { mailFrom, recipients, callback });
    },
  });
  // a client that disconnects in the middle is no fault of ours
  server.on("error", () => {});
  server.listen(options.port, options.host);
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      await closed.promise;
    },
  };
}

type Answer = string | Error;
type Callback = (error?: Error | null) => void;

/** An LMTP client wants one answer for each recipient. */
async function giveAnswers(
  options: ListenerOptions,
  stream: SMTPServerDataStream,
  { callback, ...session }: Session & { readonly callback: Callback },
): Promise<void> {
  const answers = await takeIn(options, stream, session);
  if (options.protocol === "lmtp") answerAll(callback, answers);
  else callback(firstFault(answers));
}

const firstFault = (answers: readonly Answer[]): Error | null =>
  answers.find((answer) => answer instanceof Error) ?? null;

/** The types of the library do not have the answers of LMTP. */
const answerAll = (callback: Callback, answers: readonly Answer[]): void =>
  (callback as (error: null, answers: readonly Answer[]) => void)(null, answers);

interface Session {
  readonly mailFrom: string;
  readonly recipients: readonly string[];
}

/** Never rejects. A message to several addresses is taken in for each of them. */
async function takeIn(
  options: ListenerOptions,
  stream: SMTPServerDataStream,
  { mailFrom, recipients }: Session,
): Promise<Answer[]> {
  const source = await readSource(stream).catch(() => null);
  if (source === null) return recipients.map(() => BUSY);
  if (stream.sizeExceeded) {
    options.onTooLarge();
    return recipients.map(() => reply(552, "5.3.4 Message too large"));
  }
  const answers: Answer[] = [];
  for (const rcptTo of recipients) {
    const taken = await options.take(source, { mailFrom, rcptTo }).then(
      () => true,
      () => false,
    );
    answers.push(taken ? "2.0.0 Taken" : BUSY);
  }
  return answers;
}

async function readSource(stream: SMTPServerDataStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < LARGEST_KEPT) chunks.push(chunk.subarray(0, LARGEST_KEPT - size));
    size += chunk.length;
  }
  return Buffer.concat(chunks);
}

const reply = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode });
const BUSY = reply(451, "4.3.0 Not stored; try again later");
