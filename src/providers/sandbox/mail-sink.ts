import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";
import { parseInteractionId } from "../../domain/ids.ts";
import { type Answered, createReplies, type OnReply } from "./later-replies.ts";
import { reportLater } from "./later-reports.ts";
import { listenOnLoopback } from "./loopback.ts";
import { createOutbox } from "./outbox.ts";
import { createScripts } from "./scripts.ts";
import { SCRIPTED_MAILBOXES, type MailboxScript } from "./scripted-recipients.ts";

/** A local server in place of a provider. */
export interface Sink {
  readonly url: string;
  close(): Promise<void>;
}

type SmtpRefusal = Extract<MailboxScript, { kind: "refuse" }>;
export interface MailSinkOptions {
  readonly outbox: string;
  /** Called when an accepted email bounces. */
  readonly onReceipt?: (receipt: ArrivedReceipt) => void;
  /** Called when a scripted recipient answers an email. */
  readonly onReply?: OnReply;
}

/** The result for an email: an answer, no answer, or a dropped connection. */
type Verdict = SmtpRefusal | "accepted" | "silence" | "drop";

const LARGEST_MAIL = 1_048_576;
const LONGEST_HEAD = 65_536;
const TOO_LARGE: SmtpRefusal = {
  kind: "refuse",
  at: "DATA",
  code: 552,
  text: "5.3.4 Message too large",
};
const NOT_KEPT: SmtpRefusal = {
  kind: "refuse",
  at: "DATA",
  code: 451,
  text: "4.3.0 The sandbox could not keep the mail",
};

/**
 * A mail server on loopback for tests and demos. It forwards nothing, writes every accepted email to
 * `<outbox>/<interaction id>.eml` and follows the scripts of the scripted mailboxes.
 */
export async function openMailSink(options: MailSinkOptions): Promise<Sink> {
  const receive = await openReceiver(options);
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    // the scripts contain their own
    hideENHANCEDSTATUSCODES: true,
    size: LARGEST_MAIL,
    socketTimeout: 600_000,
    onRcptTo({ address }, _session, callback) {
      const script = SCRIPTED_MAILBOXES[localPart(address)]?.script;
      callback(script?.kind === "refuse" && script.at === "RCPT TO" ? errorOf(script) : null);
    },
    onData(stream, { envelope, remotePort }, callback) {
      const answer = (verdict: Verdict): void => {
        if (verdict === "drop") loopback.drop(remotePort);
        else if (verdict !== "silence") callback(verdict === "accepted" ? null : errorOf(verdict));
      };
      void receive(stream, envelope.rcptTo[0]?.address ?? "").then(answer);
    },
  });
  // a client that disconnects in the middle of an email is not a fault of the sandbox
  server.on("error", () => {});
  const loopback = await listenOnLoopback(server.server);
  return { url: `smtp://127.0.0.1:${loopback.port}`, close: () => loopback.close() };
}

/** Never rejects. */
type Receive = (stream: SMTPServerDataStream, to: string) => Promise<Verdict>;

async function openReceiver({
  outbox,
  onReceipt = () => {},
  onReply = () => {},
}: MailSinkOptions): Promise<Receive> {
  const reply = createReplies(onReply);
  const files = await createOutbox(outbox);
  const chooseScript = createScripts(SCRIPTED_MAILBOXES);

  async function judge(mail: Buffer, to: string): Promise<Verdict> {
    const script = chooseScript(localPart(to), headerOf(mail, "Message-ID"));
    if (script?.kind === "refuse") return script;
    if (script?.kind === "hang") return "silence";
    const id = parseInteractionId(headerOf(mail, "X-Tidings-Interaction-ID"));
    await files.write(id ?? "mail", ".eml", mail);
    if (script?.kind === "report" && id !== undefined) reportLater(id, script.reports, onReceipt);
    answerFor(mail, to, reply);
    return script?.kind === "acceptAndDrop" ? "drop" : "accepted";
  }

  return async (stream, to) => {
    try {
      const mail = await readMail(stream);
      return mail === null ? TOO_LARGE : await judge(mail, to);
    } catch {
      return NOT_KEPT;
    }
  };
}

/** An email is answered to its own sender. */
function answerFor(mail: Buffer, from: string, reply: (answered: Answered) => void): void {
  const [, tag = ""] = localPart(from).split("+");
  const recipient = SCRIPTED_MAILBOXES[localPart(from)] ?? SCRIPTED_MAILBOXES[tag];
  if (recipient?.answer === undefined) return;
  const to = /<([^>]+)>/u.exec(headerOf(mail, "From"))?.[1] ?? headerOf(mail, "From");
  const headers = recipient.isAutomatic ? [{ key: "auto-submitted", value: "auto-replied" }] : [];
  reply({
    channel: "email",
    provider: "mailbox",
    from,
    to,
    subject: "Re: About your case",
    text: recipient.answer,
    headers,
  });
}

async function readMail(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (!stream.sizeExceeded) chunks.push(chunk);
  }
  return stream.sizeExceeded ? null : Buffer.concat(chunks);
}

/** The value of a header that takes one line. */
function headerOf(mail: Buffer, name: string): string {
  const [head = ""] = mail.toString("latin1", 0, LONGEST_HEAD).split("\r\n\r\n", 1);
  const start = `${name.toLowerCase()}:`;
  const line = head.split("\r\n").find((one) => one.toLowerCase().startsWith(start));
  return line?.slice(start.length).trim() ?? "";
}

const localPart = (address: string): string =>
  address.slice(0, address.lastIndexOf("@")).toLowerCase();

const errorOf = ({ code, text }: SmtpRefusal): Error =>
  Object.assign(new Error(text), { responseCode: code });
