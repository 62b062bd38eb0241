import { Readable } from "node:stream";
import SMTPConnection, { type SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { EmailSource } from "./message-source.ts";
import type { SmtpFailure } from "./answer.ts";
import type { MailServer } from "./url.ts";

/** How one message fared: the reply that took it, or what came instead and whether any of it may have left. */
export type Delivery =
  | { readonly taken: true; readonly info: SMTPConnectionSendInfo }
  | { readonly taken: false; readonly failure: SmtpFailure; readonly handedOver: boolean };

/** A minute of silence ends a session, idle or not. */
const SILENCE_MS = 60_000;

const PIECE = 16_384;

export function newConnection({ options }: MailServer): SMTPConnection {
  const connection = new SMTPConnection({
    ...options,
    socketTimeout: SILENCE_MS,
    // a server that never closes its end would keep the process from ending
    socketCloseTimeout: 0,
  });
  // steps listen for themselves; between them an error nobody hears would end the process
  connection.on("error", () => {});
  return connection;
}

/** Connects, greets and signs in. Rejects with a `SmtpFailure`. */
export async function startSession(
  connection: SMTPConnection,
  login: MailServer["login"],
  deadline: AbortSignal,
): Promise<void> {
  await step(connection, deadline, (done) => connection.connect(done));
  if (login === null || !connection.allowsAuth) return;
  await step(connection, deadline, (done) => connection.login({ ...login }, done));
}

/** Hands one message over. Never rejects. */
export async function sendOver(
  connection: SMTPConnection,
  mail: EmailSource,
  deadline: AbortSignal,
): Promise<Delivery> {
  const source = inPieces(mail.bytes);
  try {
    const info = await step<SMTPConnectionSendInfo>(connection, deadline, (done) =>
      connection.send({ ...mail.envelope, to: [...mail.envelope.to] }, source, done),
    );
    if (source.readableEnded) return { taken: true, info };
    // a 250 that overtook the message answers something else
    return { taken: false, failure: failure("EPROTOCOL", "Answered too early"), handedOver: true };
  } catch (error) {
    // the source is first read after the server's 354, the leave to write the message
    return { taken: false, failure: error as SmtpFailure, handedOver: source.readableDidRead };
  } finally {
    // whatever was said, the rest of the message would be taken for commands
    if (source.readableDidRead && !source.readableEnded) connection.close();
  }
}

/**
 * A stream can tell how far it was read. In pieces, between which the server is listened to: what it says before it can
 * have the whole message is then heard before the stream is at its end.
 */
function inPieces(bytes: Buffer): Readable {
  let at = 0;
  return new Readable({
    read() {
      setImmediate(() => this.push(at < bytes.length ? bytes.subarray(at, (at += PIECE)) : null));
    },
  });
}

/** Clears the way for another message after a refusal; false if the session is of no more use. */
export async function resetSession(
  connection: SMTPConnection,
  deadline: AbortSignal,
): Promise<boolean> {
  try {
    return await step<boolean>(connection, deadline, (done) => connection.reset(done));
  } catch {
    return false;
  }
}

/** One step of a session. However the session ends meanwhile, by the deadline too, the step rejects. */
function step<Result>(
  connection: SMTPConnection,
  deadline: AbortSignal,
  run: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const onDeadline = (): void => connection.close();
  // nodemailer ends the session first and tells the reason, such as a 421, afterwards
  const onEnd = (): void => queueMicrotask(() => reject(endedBy(deadline)));
  connection.once("error", reject);
  connection.once("end", onEnd);
  deadline.addEventListener("abort", onDeadline);
  run((error, result) => (error ? reject(error) : resolve(result as Result)));
  return promise.finally(() => {
    connection.off("error", reject);
    connection.off("end", onEnd);
    deadline.removeEventListener("abort", onDeadline);
  });
}

const endedBy = (deadline: AbortSignal): Error =>
  deadline.aborted
    ? failure("ETIMEDOUT", "No answer in time")
    : failure("ECONNECTION", "Connection closed");

const failure = (code: string, message: string): Error =>
  Object.assign(new Error(message), { code });
