import { SMTPServer, type SMTPServerDataStream } from "smtp-server";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { bounceLater } from "./bounce.ts";
import { listenOnLoopback } from "./loopback.ts";
import { openOutbox } from "./outbox.ts";
import { openPlays } from "./scripts.ts";
import { MAGIC_MAILBOXES, type MailboxPlay } from "./magic-recipients.ts";

/** A stand-in for a provider. */
export interface Sink {
  readonly url: string;
  close(): Promise<void>;
}

type HttpError = Extract<MailboxPlay, { act: "refuse" }>;
export interface MailSinkOptions {
  readonly outbox: string;
  /** Hears of what becomes of a mail after it was taken. */
  readonly onReceipt?: (receipt: Receipt) => void;
}

/** What becomes of a mail: an answer, or none. */
type Verdict = HttpError | "taken" | "silence" | "drop";

const LARGEST_MAIL = 1_048_576;
const LONGEST_HEAD = 65_536;
const TOO_LARGE: HttpError = {
  act: "refuse",
  at: "DATA",
  code: 552,
  text: "5.3.4 Message too large",
};
const NOT_KEPT: HttpError = {
  act: "refuse",
  at: "DATA",
  code: 451,
  text: "4.3.0 The sandbox could not keep the mail",
};

/**
 * A mail server on loopback for trying things out: it sends nothing on, writes every mail it takes to
 * `<outbox>/<interaction id>.eml`, and plays the magic mailboxes.
 */
export async function openMailSink(options: MailSinkOptions): Promise<Sink> {
  const receive = await openReceiver(options);
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    // the plays bring their own
    hideENHANCEDSTATUSCODES: true,
    size: LARGEST_MAIL,
    socketTimeout: 600_000,
    onRcptTo({ address }, _session, callback) {
      const play = MAGIC_MAILBOXES[localPart(address)]?.play;
      callback(play?.act === "refuse" && play.at === "RCPT TO" ? errorOf(play) : null);
    },
    onData(stream, { envelope, remotePort }, callback) {
      const answer = (verdict: Verdict): void => {
        if (verdict === "drop") loopback.drop(remotePort);
        else if (verdict !== "silence") callback(verdict === "taken" ? null : errorOf(verdict));
      };
      void receive(stream, envelope.rcptTo[0]?.address ?? "").then(answer);
    },
  });
  // a client that goes away in the middle of a mail is no fault of the sandbox
  server.on("error", () => {});
  const loopback = await listenOnLoopback(server.server);
  return { url: `smtp://127.0.0.1:${loopback.port}`, close: () => loopback.close() };
}

/** Never rejects. */
type Receive = (stream: SMTPServerDataStream, to: string) => Promise<Verdict>;

async function openReceiver({ outbox, onReceipt = () => {} }: MailSinkOptions): Promise<Receive> {
  const files = await openOutbox(outbox);
  const choosePlay = openPlays(MAGIC_MAILBOXES);

  async function judge(mail: Buffer, to: string): Promise<Verdict> {
    const play = choosePlay(localPart(to), headerOf(mail, "Message-ID"));
    if (play?.act === "refuse") return play;
    if (play?.act === "hang") return "silence";
    const id = headerOf(mail, "X-Tidings-Interaction-ID");
    await files.write(/^[\w-]{1,100}$/u.test(id) ? id : "mail", ".eml", mail);
    if (play?.act === "bounceLater") bounceLater(id, onReceipt);
    return play?.act === "takeAndDrop" ? "drop" : "taken";
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

async function readMail(stream: SMTPServerDataStream): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (!stream.sizeExceeded) chunks.push(chunk);
  }
  return stream.sizeExceeded ? null : Buffer.concat(chunks);
}

/** The value of a header that stands on one line. */
function headerOf(mail: Buffer, name: string): string {
  const [head = ""] = mail.toString("latin1", 0, LONGEST_HEAD).split("\r\n\r\n", 1);
  const start = `${name.toLowerCase()}:`;
  const line = head.split("\r\n").find((one) => one.toLowerCase().startsWith(start));
  return line?.slice(start.length).trim() ?? "";
}

const localPart = (address: string): string =>
  address.slice(0, address.lastIndexOf("@")).toLowerCase();

const errorOf = ({ code, text }: HttpError): Error =>
  Object.assign(new Error(text), { responseCode: code });
