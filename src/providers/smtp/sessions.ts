import { setImmediate } from "node:timers/promises";
import type SMTPConnection from "nodemailer/lib/smtp-connection";
import type { EmailSource } from "./message-source.ts";
import type { SmtpFailure } from "./answer.ts";
import { newConnection, resetSession, sendOver, startSession, type Delivery } from "./session.ts";
import type { MailServer } from "./url.ts";

export interface SmtpSessions {
  /** Sends one message. The deadline ends it at any point. Never rejects. */
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

/** Servers count the messages of a session, and end one with too many. */
const MESSAGES_A_SESSION = 100;
/** Postfix delays its answers after ten errors in a session, and a refused recipient counts as two. */
const REFUSALS_A_SESSION = 4;

/**
 * Keeps sessions with a mail server from one message to the next, in place of nodemailer's pool. That pool either
 * resends by itself or, if configured not to, hides the 421 that ended a kept session. It also keeps using a session
 * whose replies no longer match its commands, so one doubled reply spoils every later message. Here a session is used
 * again only after the server accepted or refused a message with a reply.
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
    if (kept === undefined) return deliverInNewSession(mail, deadline);
    kept.busy = true;
    const delivery = await deliverInSession(kept, mail, deadline);
    const again = wasStale(delivery) && !deadline.aborted && !closed;
    return again ? deliver(mail, deadline) : delivery;
  }

  async function deliverInNewSession(mail: EmailSource, deadline: AbortSignal): Promise<Delivery> {
    const session = newSession();
    try {
      await startSession(session.connection, server.login, deadline);
    } catch (error) {
      session.connection.close();
      return { accepted: false, failure: error as SmtpFailure, handedOver: false };
    }
    return deliverInSession(session, mail, deadline);
  }

  return {
    deliver,
    close() {
      closed = true;
      for (const { connection } of sessions) connection.close();
    },
  };
}

/** Sends one message over a session. The session is kept only if the server accepted or refused the message with a reply. */
async function deliverInSession(
  session: Session,
  mail: EmailSource,
  deadline: AbortSignal,
): Promise<Delivery> {
  const { connection } = session;
  const delivery = await sendOver(connection, mail, deadline);
  session.carried += 1;
  const sound =
    delivery.accepted ||
    (refusedInWords(delivery.failure) && (await resetSession(connection, deadline)));
  if (!delivery.accepted) session.refused += 1;
  if (!sound || session.refused === REFUSALS_A_SESSION || session.carried === MESSAGES_A_SESSION) {
    connection.quit();
    return delivery;
  }
  // a server that answers twice is detected while no command awaits an answer: nodemailer then ends the session
  await setImmediate();
  session.busy = false;
  return delivery;
}

const refusedInWords = ({ responseCode = 0 }: SmtpFailure): boolean =>
  responseCode >= 400 && responseCode !== 421;

/** True if the server had ended a kept session before it read anything of the message. Another session can send it. */
function wasStale(delivery: Delivery): boolean {
  if (delivery.accepted || delivery.handedOver) return false;
  const { code, responseCode } = delivery.failure;
  return responseCode === undefined && (code === "ECONNECTION" || code === "ESOCKET");
}
