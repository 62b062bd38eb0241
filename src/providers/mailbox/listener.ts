import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
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
  /** Only tests set other limits. */
  readonly limits?: Partial<ListenerLimits>;
}

/** The limits of what one client may do. */
export interface ListenerLimits {
  /** Without a byte from the client (ms). */
  readonly silenceMs: number;
  /** From the connection to its end, also for a client that sends a byte now and then (ms). */
  readonly sessionMs: number;
  readonly clients: number;
  /** A message of more bytes is cut off, with its connection. */
  readonly readBytes: number;
}

export interface MailListener {
  readonly port: number;
  close(): Promise<void>;
}

/** More is refused. Of what is accepted only the beginning is kept, because reports and replies are at the beginning. */
const LARGEST_MAIL = 30 * 2 ** 20;
const LARGEST_KEPT = 262_144;
/** Mail servers reuse a connection for a few minutes at most; Postfix for five. */
const LIMITS: ListenerLimits = {
  silenceMs: 60_000,
  sessionMs: 600_000,
  clients: 50,
  readBytes: 2 * LARGEST_MAIL,
};
/** RFC 5321, 4.5.3.1.8, requires no more. */
const MOST_RECIPIENTS = 100;
const CLOSE_MS = 2_000;

/**
 * Takes mail in for bounce and reply addresses, by LMTP or SMTP. A message is accepted only after it is durable: the mail server
 * in front of it keeps it until then. It sends nothing.
 */
export async function openMailListener(options: ListenerOptions): Promise<MailListener> {
  const limits = { ...LIMITS, ...options.limits };
  const server = new SMTPServer({
    lmtp: options.protocol === "lmtp",
    authOptional: true,
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    logger: false,
    size: LARGEST_MAIL,
    maxClients: limits.clients,
    maxRecipients: MOST_RECIPIENTS,
    socketTimeout: limits.silenceMs,
    closeTimeout: CLOSE_MS,
    onRcptTo({ address }, _session, callback) {
      callback(options.isOurs(address) ? null : reply(550, "5.1.1 No such address here"));
    },
    onData(stream, session, callback) {
      const { envelope } = session;
      const cutOff = (): void =>
        [...server.connections].find((one) => one.session === session)?.close();

      const mailFrom = envelope.mailFrom === false ? "" : envelope.mailFrom.address;
      const recipients = envelope.rcptTo.map(({ address }) => address);
      const { readBytes } = limits;
      void giveAnswers(options, stream, { mailFrom, recipients, readBytes, cutOff, callback });
    },
  });
  // a client that disconnects in the middle is no fault of ours
  server.on("error", () => {});
  server.server.on("connection", (socket: Socket) => limitSession(socket, limits.sessionMs));
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

function limitSession(socket: Socket, sessionMs: number): void {
  const timer = setTimeout(() => socket.destroy(), sessionMs);
  socket.once("close", () => clearTimeout(timer));
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
  readonly readBytes: number;
  /** Ends the connection. */
  readonly cutOff: () => void;
}

/** Never rejects. A message to several addresses is taken in for each of them. */
async function takeIn(
  options: ListenerOptions,
  stream: SMTPServerDataStream,
  { mailFrom, recipients, readBytes, cutOff }: Session,
): Promise<Answer[]> {
  const source = await readSource(stream, readBytes).catch(() => null);
  if (source === null) {
    if (stream.sizeExceeded) options.onTooLarge();
    cutOff();
    return recipients.map(() => BUSY);
  }
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

/** Throws RangeError for a message without an end: the library would read it forever. */
async function readSource(stream: SMTPServerDataStream, readBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (size < LARGEST_KEPT) chunks.push(chunk.subarray(0, LARGEST_KEPT - size));
    size += chunk.length;
    if (size > readBytes) throw new RangeError("the message does not end");
  }
  return Buffer.concat(chunks);
}

const reply = (responseCode: number, text: string): Error =>
  Object.assign(new Error(text), { responseCode });
const BUSY = reply(451, "4.3.0 Not stored; try again later");
