import { setImmediate } from "node:timers/promises";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { EmailSource } from "./message-source.ts";
import type { SmtpFailure } from "./answer.ts";
import { newConnection, resetSession, sendOver, startSession, type Delivery } from "./session.ts";
import type { MailServer } from "./url.ts";

export interface SmtpSessions {
  /** Hands one message over; the deadline ends it at any point. Never rejects. */
  deliver(mail: EmailSource, deadline: AbortSignal): Promise<Delivery>;
  /** Drops every session, in use or not. */
  close(): void;
}

interface Session {
  readonly connection: SMTPConnection;
  busy: boolean;
  carried: number;
  refused: number;
}

/** Servers count the messages of a session, and end one that goes on for ever. */
const MESSAGES_A_SESSION = 100;
/** Postfix answers slower and slower after ten errors in a session, and a refused recipient counts as two. */
const REFUSALS_A_SESSION = 4;

/**
 * Keeps sessions with a mail server from one message to the next. It stands where nodemailer's own pool would: that
 * pool either sends again by itself or, told not to, hides the 421 that ended a kept session; and it goes on with a
 * session whose replies no longer belong to its commands, so that one doubled reply spoils every message after it.
 * Here a session that did anything but take or refuse a message in words carries nothing more.
 */
export function openSmtpSessions(server: MailServer): SmtpSessions {
  const sessions = new Set<Session>();
  let closed = false;

  function newSession(): Session {
    const session: Session = {
      connection: newConnection(server),
      busy: true,
      carried: 0,
      refused: 0,
    };
    sessions.add(session);
    session.connection.once("end", () => sessions.delete(session));
    return session;
  }

  async function deliver(mail: EmailSource, deadline: AbortSignal): Promise<Delivery> {
    const kept = sessions.values().find(({ busy }) => !busy);
    if (kept === undefined) return deliverAfresh(mail, deadline);
    kept.busy = true;
    const delivery = await createChannel(kept, mail, deadline);
    const again = wasStale(delivery) && !deadline.aborted && !closed;
    return again ? deliver(mail, deadline) : delivery;
  }

  async function deliverAfresh(mail: EmailSource, deadline: AbortSignal): Promise<Delivery> {
    const session = newSession();
    try {
      await startSession(session.connection, server.login, deadline);
    } catch (error) {
      session.connection.close();
      return { taken: false, failure: error as SmtpFailure, handedOver: false };
    }
    return createChannel(session, mail, deadline);
  }

  return {
    deliver,
    close() {
      closed = true;
      for (const { connection } of sessions) connection.close();
    },
  };
}

async function createChannel(
  session: Session,
  mail: EmailSource,
  deadline: AbortSignal,
): Promise<Delivery> {
  const { connection } = session;
  const delivery = await sendOver(connection, mail, deadline);
  session.carried += 1;
  const sound =
    delivery.taken ||
    (refusedInWords(delivery.failure) && (await resetSession(connection, deadline)));
  if (!delivery.taken) session.refused += 1;
  if (!sound || session.refused === REFUSALS_A_SESSION || session.carried === MESSAGES_A_SESSION) {
    connection.quit();
    return delivery;
  }
  // a server that answers twice is found out while nothing awaits an answer: nodemailer then ends the session
  await setImmediate();
  session.busy = false;
  return delivery;
}

const refusedInWords = ({ responseCode = 0 }: SmtpFailure): boolean =>
  responseCode >= 400 && responseCode !== 421;

/** The server had ended a kept session before it saw anything of the message: another session can carry it. */
function wasStale(delivery: Delivery): boolean {
  if (delivery.taken || delivery.handedOver) return false;
  const { code, responseCode } = delivery.failure;
  return responseCode === undefined && (code === "ECONNECTION" || code === "ESOCKET");
}
