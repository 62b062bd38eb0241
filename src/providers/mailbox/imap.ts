import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { ImapFlow } from "imapflow";
import { isLoopback } from "../../domain/loopback.ts";

export interface ImapOptions {
  /** `imaps://user:password@host:993/INBOX`, or `imap://…` on this machine. */
  readonly url: string;
  /** Resolves to true once the email is durable, and to false if it must be offered again. May reject. */
  readonly take: (source: Buffer) => Promise<void>;
  /** Called when the mailbox is open after a start or a loss. */
  readonly onOpened: (folder: string) => void;
  /** Called when the session has ended or could not begin, with a code that names no address. Another one follows. */
  readonly onLost: (code: string) => void;
  /** The waits before another session (ms): the first, and the longest. Only tests set them. */
  readonly waits?: readonly [firstMs: number, longestMs: number];
}

export interface ImapReader {
  stop(): Promise<void>;
}

/** Handled messages are moved here, so that what is in the mailbox is what remains to be done. */
const HANDLED = "Tidings";
/** The server announces new mail. This is for servers that forget to (ms). */
const LOOK_EVERY_MS = 60_000;
const LONGEST_READ = 262_144;
const WAITS = [1_000, 300_000] as const;
const SILENCE_MS = 300_000;
const GREETING_MS = 15_000;

/**
 * Reads a mailbox until it is stopped. A message is moved only after it is durable, so none is lost: a session that ends in between
 * offers it again, and what it says is accepted once. A lost session is followed by another one, with growing waits.
 */
export function startImapReader(options: ImapOptions): ImapReader {
  const stopped = new AbortController();
  const [firstMs, longestMs] = options.waits ?? WAITS;
  const loop = async (): Promise<void> => {
    let waitMs = firstMs;
    while (!stopped.signal.aborted) {
      const opened = await runSession(options, stopped.signal);
      waitMs = opened ? firstMs : Math.min(waitMs * 2, longestMs);
      await sleep(waitMs, undefined, { signal: stopped.signal }).catch(() => {});
    }
  };
  const done = loop();
  return {
    stop: async () => {
      stopped.abort();
      await done;
    },
  };
}

/** Resolves to true if the mailbox could be opened. Never rejects. */
async function runSession(options: ImapOptions, signal: AbortSignal): Promise<boolean> {
  const client = newClient(options.url);
  const onStop = (): void => client.close();
  signal.addEventListener("abort", onStop);
  let opened = false;
  try {
    await client.connect();
    const folder = folderOf(options.url);
    await client.mailboxOpen(folder);
    await client.mailboxCreate(HANDLED);
    opened = true;
    options.onOpened(folder);
    await readUntilEnd(client, options, signal);
  } catch (error) {
    if (!signal.aborted) options.onLost(codeOf(error));
  } finally {
    signal.removeEventListener("abort", onStop);
    client.close();
  }
  return opened;
}

async function readUntilEnd(
  client: ImapFlow,
  { take }: ImapOptions,
  signal: AbortSignal,
): Promise<void> {
  while (client.usable && !signal.aborted) {
    // it listens before it looks, so that nothing arrives unnoticed in between
    const news = listenForNews(client);
    try {
      await takeAll(client, take);
      // by itself the library begins to listen after 15 s, and a server may announce new mail only then; the next command ends it
      void client.idle().catch(() => {});
      await news.arrived;
    } finally {
      news.end();
    }
  }
  if (!signal.aborted) throw Object.assign(new Error("closed"), { code: "Closed" });
}

interface News {
  readonly arrived: Promise<unknown>;
  end(): void;
}

/** Resolves when the server announces mail, the session ends, or it is time to look again. */
function listenForNews(client: ImapFlow): News {
  const ended = new AbortController();
  const { signal } = ended;
  const arrived = Promise.race([
    once(client, "exists", { signal }),
    once(client, "close", { signal }),
    sleep(LOOK_EVERY_MS, undefined, { signal }),
  ]).catch(() => {});
  return { arrived, end: () => ended.abort() };
}

/** Rejects if a message could not be stored: it and the rest stay where they are. */
async function takeAll(client: ImapFlow, take: ImapOptions["take"]): Promise<void> {
  const found = await client.search({ deleted: false }, { uid: true });
  for (const uid of found || []) {
    const range = String(uid);
    // a command inside a running fetch would never be answered, so each message is fetched by itself
    const message = await client.fetchOne(
      range,
      { source: { start: 0, maxLength: LONGEST_READ } },
      { uid: true },
    );
    if (!message || message.source === undefined) continue;
    await take(message.source).catch((cause: unknown) => {
      throw Object.assign(new Error("not stored", { cause }), { code: "NotStored" });
    });
    if (!(await client.messageMove(range, HANDLED, { uid: true })))
      throw Object.assign(new Error("not moved"), { code: "NotMoved" });
  }
}

function newClient(text: string): ImapFlow {
  const url = new URL(text);
  const secure = url.protocol === "imaps:";
  const client = new ImapFlow({
    host: url.hostname,
    port: Number(url.port || (secure ? 993 : 143)),
    secure,
    // without TLS the library would send the password in the clear
    ...(!secure && !isLoopback(url.hostname) && { doSTARTTLS: true }),
    auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) },
    // it would print what the server says
    logger: false,
    greetingTimeout: GREETING_MS,
    socketTimeout: SILENCE_MS,
  });
  // a failed command rejects its promise; without a listener the event would end the process
  client.on("error", () => {});
  return client;
}

const folderOf = (url: string): string =>
  decodeURIComponent(new URL(url).pathname.slice(1)) || "INBOX";

/** A word for the log. The server's own words may name an account. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  if ("authenticationFailed" in error && error.authenticationFailed === true) return "LoginRefused";
  if ("mailboxMissing" in error && error.mailboxMissing === true) return "NoMailbox";
  // a word of RFC 5530, such as NOPERM
  if ("serverResponseCode" in error && typeof error.serverResponseCode === "string")
    return error.serverResponseCode;
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
