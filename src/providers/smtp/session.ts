import { Readable } from "node:stream";
import SMTPConnection, { type SMTPConnectionSendInfo } from "nodemailer/lib/smtp-connection";
import type { EmailSource } from "./message-source.ts";
import type { SmtpFailure } from "./answer.ts";
import type { MailServer } from "./url.ts";

/** The result of one message: the reply that accepted it, or the failure and whether any of it may have been sent. */
export type Delivery =
  | { readonly accepted: true; readonly info: SMTPConnectionSendInfo }
  | { readonly accepted: false; readonly failure: SmtpFailure; readonly handedOver: boolean };

/** A session ends after a minute of silence, idle or not. */
const SILENCE_MS = 60_000;

const PIECE = 16_384;

/** Creates a connection that is not open yet. `connect` opens it. */
export function newConnection({ options }: MailServer): SMTPConnection {
  const connection = new SMTPConnection({
    ...options,
    socketTimeout: SILENCE_MS,
    // a server that never closes its end would keep the process from ending
    socketCloseTimeout: 0,
  });
  // steps have their own listeners; between steps an unhandled error would end the process
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

/** Sends one message. Never rejects. */
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
    if (source.readableEnded) return { accepted: true, info };
    // a 250 that arrived before the message was sent answers another command
    return {
      accepted: false,
      failure: failure("EPROTOCOL", "Answered too early"),
      handedOver: true,
    };
  } catch (error) {
    // the source is first read after the server's 354, the permission to send the message
    return { accepted: false, failure: error as SmtpFailure, handedOver: source.readableDidRead };
  } finally {
    // whatever the reply was, the server would read the rest of the message as commands
    if (source.readableDidRead && !source.readableEnded) connection.close();
  }
}

/**
 * A stream shows how far it was read. It is written in pieces, so that a reply that the server sends before it can have
 * the whole message is read before the stream is at its end.
 */
function inPieces(bytes: Buffer): Readable {
  let at = 0;
  return new Readable({
    read() {
      setImmediate(() => this.push(at < bytes.length ? bytes.subarray(at, (at += PIECE)) : null));
    },
  });
}

/** Resets the session after a refusal. False if the session cannot be used again. */
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

/** Runs one step of a session. The step rejects if the session ends meanwhile, also by the deadline. */
function step<Result>(
  connection: SMTPConnection,
  deadline: AbortSignal,
  run: (done: (error?: Error | null, result?: Result) => void) => void,
): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const onDeadline = (): void => connection.close();
  // nodemailer ends the session first and reports the reason, such as a 421, afterwards
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
