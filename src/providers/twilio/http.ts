import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";
import { within } from "../answer/deadline.ts";

/** A call that brought no message: either no reply at all, or a reply that refuses or makes no sense. */
export type TwilioTrouble =
  | {
      readonly at: "network";
      readonly code: string;
      /** Whether anything of the request may have left. */
      readonly sent: boolean;
    }
  | {
      readonly at: "reply";
      readonly status: number;
      /** Twilio's own code and words, if the reply has them. */
      readonly code: number | null;
      readonly message: string | null;
      readonly retryAfterMs: number | null;
    };

/** Thrown through the Twilio client. Unlike the client's errors it holds no credentials, and only what is of this call. */
export class TwilioCallFailed extends Error {
  readonly trouble: TwilioTrouble;
  constructor(trouble: TwilioTrouble) {
    super("the call to Twilio failed");
    this.trouble = trouble;
  }
}

/** What the Twilio client asks of the http client it is given. */
interface TwilioRequest {
  readonly method: string;
  readonly uri: string;
  readonly username?: string;
  readonly password?: string;
  readonly headers?: Record<string, string>;
  readonly params?: Record<string, unknown>;
  readonly data?: Record<string, unknown>;
}

export interface TwilioHttp {
  /** Resolves with a JSON object of a 2xx reply. Rejects with TwilioCallFailed, also when the deadline passes. */
  request(request: TwilioRequest): Promise<{ statusCode: number; body: object; headers: object }>;
  close(): void;
}

interface TwilioHttpOptions {
  /** Stands for https://api.twilio.com; its path is not used. */
  readonly apiUrl: string | undefined;
  readonly slots: number;
  /** For the whole of one call. */
  readonly deadlineMs: number;
}

/** A message is about one kilobyte of JSON, a page of a hundred a few hundred. */
const LONGEST_BODY = 1_048_576;
/** A peer's word must not park a message for days. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** Replaces the Twilio client's axios, which cannot say whether a request left and keeps no Retry-After. */
export function openTwilioHttp({ apiUrl, slots, deadlineMs }: TwilioHttpOptions): TwilioHttp {
  const base = apiUrl === undefined ? undefined : new URL(apiUrl);
  const plain = base?.protocol === "http:";
  const agent = new (plain ? http : https).Agent({ keepAlive: true, maxSockets: slots });

  return {
    async request({ method, uri, username, password, headers, params, data }) {
      const url = new URL(uri);
      if (base !== undefined) {
        url.protocol = base.protocol;
        url.host = base.host;
      }
      for (const [name, value] of flatten(params)) url.searchParams.append(name, value);
      return within(deadlineMs, async (signal) => {
        const request = (plain ? http : https).request(url, {
          method: method.toUpperCase(),
          agent,
          headers: { ...headers },
          auth: `${username ?? ""}:${password ?? ""}`,
          signal,
        });
        const response = await exchange(request, new URLSearchParams(flatten(data)).toString());
        // a reply without its body still has its status
        return readReply(response, await readBody(response).catch(() => ""));
      });
    },
    close: () => agent.destroy(),
  };
}

function flatten(fields: Record<string, unknown> = {}): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((one) => ["string", "number", "boolean"].includes(typeof one))
      .map((one): [string, string] => [name, String(one)]),
  );
}

/**
 * Nothing can have left before the connection stood, and over TLS not before the peer's certificate was found good. The
 * agent may hand over a connection of an earlier call, which stands already.
 */
function exchange(request: ClientRequest, body: string): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let sent = false;
  request.on("socket", (socket) => {
    if (!socket.connecting) sent = true;
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", () => (sent = true));
  });
  request.on("response", resolve);
  request.on("error", (error: NodeJS.ErrnoException) => {
    const code = error.code === "ABORT_ERR" ? "ETIMEDOUT" : (error.code ?? "UNKNOWN");
    reject(new TwilioCallFailed({ at: "network", code, sent }));
  });
  request.end(body);
  return promise;
}

/** The body, or nothing of one that is too long. Rejects when it is cut short. */
async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LONGEST_BODY) return "";
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function readReply(
  { statusCode = 0, headers }: IncomingMessage,
  text: string,
): { statusCode: number; body: object; headers: object } {
  const body = parseObject(text);
  if (statusCode >= 200 && statusCode < 300 && body !== null) return { statusCode, body, headers };
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  throw new TwilioCallFailed({
    at: "reply",
    status: statusCode,
    code: typeof code === "number" ? code : null,
    message: typeof message === "string" ? message : null,
    retryAfterMs: readRetryAfter(headers["retry-after"], headers.date),
  });
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

/**
 * Seconds, or a date (RFC 9110, 10.2.3), which is read against the same reply's own Date, so that no two clocks are
 * compared.
 */
function readRetryAfter(retryAfter: string | undefined, date: string | undefined): number | null {
  if (retryAfter === undefined) return null;
  const ms = /^\d+$/u.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter) - Date.parse(date ?? "");
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
