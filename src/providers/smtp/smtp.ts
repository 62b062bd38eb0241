import { BAD_ADDRESS, MALFORMED_SENDER } from "../../domain/codes/smtp-meanings.ts";
import { readReply } from "../../domain/codes/smtp-reply.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { EmailMessage } from "../../domain/deliver/message.ts";
import type { ProviderAnswer } from "../../domain/provider-answer.ts";
import { credentialForms } from "../answer/credential-forms.ts";
import { within } from "../answer/deadline.ts";
import { isMailbox, sourceOf } from "./message-source.ts";
import { answerOf, evidenceOf, type Call } from "../answer/code-meaning.ts";
import type { Provider } from "../answer/provider.ts";
import { readSmtpFailure } from "./answer.ts";
import { openSmtpSessions } from "./sessions.ts";
import { readSmtpUrl } from "./url.ts";

export interface SmtpOptions {
  /** See `readSmtpUrl`. */
  readonly url: string;
  /** The number of messages in flight, each on its own connection. */
  readonly slots?: number;
  /** For one call in total: connecting, signing in and sending. */
  readonly deadlineMs?: number;
  /** The bounce address of a message; the sender's address if not given. */
  readonly envelopeFrom?: (interactionId: InteractionId) => string;
}

/** Sends email through a mail submission server. Throws on a URL that cannot be read. */
export function openSmtp(options: SmtpOptions): Provider<EmailMessage> {
  const { url, slots = 10, deadlineMs = 30_000, envelopeFrom } = options;
  const server = readSmtpUrl(url);
  const sessions = openSmtpSessions(server);
  const secrets = server.login ? credentialForms(server.login.user, server.login.pass) : [];

  async function send(message: EmailMessage): Promise<ProviderAnswer> {
    const call: Call = {
      provider: "smtp",
      startedAt: performance.now(),
      personal: [...personalIn(message), ...secrets],
    };
    if (!isMailbox(message.to)) return answerOf(call, BAD_ADDRESS, {});
    const mail = await sourceOf(message, envelopeFrom?.(message.interactionId));
    if (!isMailbox(mail.envelope.from)) return answerOf(call, MALFORMED_SENDER, {});

    const delivery = await within(deadlineMs, (deadline) => sessions.deliver(mail, deadline));
    if (delivery.accepted) {
      const { response, serverMessageId } = delivery.info;
      const messageId = serverMessageId ?? queueIdIn(response);
      const evidence = evidenceOf(call, { ...readReply(response), left: mail.bytes });
      return {
        kind: "accepted",
        messageId,
        status: "attempted",
        statusDetails: "emailSent",
        evidence,
      };
    }
    const { meaning, seen } = readSmtpFailure(delivery.failure, delivery.handedOver);
    return answerOf(call, meaning, delivery.handedOver ? { ...seen, left: mail.bytes } : seen);
  }

  return { name: "smtp", slots, send, close: async () => sessions.close() };
}

/** Servers often quote the recipient, sometimes without the domain. */
function personalIn({ to, toName }: EmailMessage): string[] {
  return [to, to.slice(0, to.lastIndexOf("@")), ...(toName ?? "").split(/\s+/u)];
}

/** Postfix replies `queued as 4XyZ`, Exim `id=1abc-2def-3g`. An operator searches the server's log for this id. */
function queueIdIn(response: string): string | null {
  return /\b(?:queued as |id=)([\w.-]+)/iu.exec(response)?.[1] ?? null;
}
