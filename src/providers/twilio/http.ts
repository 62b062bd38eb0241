import http, { type ClientRequest, type IncomingMessage } from "node:http";
import https from "node:https";

/** A call that returned no message: no reply at all, or a reply that refuses or makes no sense. */
export type TwilioTrouble =
  | {
      readonly at: "network";
      readonly code: string;
      /** True if anything of the request may have been sent. */
      readonly sent: boolean;
    }
  | {
      readonly at: "reply";
      readonly status: number;
      /** Twilio's code and message, if the reply has them. */
      readonly code: number | null;
      readonly message: string | null;
      readonly retryAfterMs: number | null;
    };

/**
 * Thrown through the Twilio client. Unlike the client's errors it contains no credentials and only data of this call.
 */
export class TwilioCallFailed extends Error {
  readonly trouble: TwilioTrouble;
  constructor(trouble: TwilioTrouble) {
    super("the call to Twilio failed");
    this.trouble = trouble;
  }
}

/** The fields of a request that the Twilio client passes to its HTTP client. */
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
  /** Replaces https://api.twilio.com; its path is not used. */
  readonly apiUrl: string | undefined;
  readonly slots: number;
  /** For one call in total. */
  readonly deadlineMs: number;
}

/** A message is about one kilobyte of JSON, and a page of a hundred is a few hundred kilobytes. */
const LONGEST_BODY = 1_048_576;
/** A server must not delay a message for days. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * Replaces the Twilio client's axios, which cannot report whether a request was sent and drops Retry-After. It makes few objects for
 * a call, with one timer and plain listeners: an AbortSignal, URL objects and an asynchronous iterator doubled its CPU time.
 */
export function openTwilioHttp({ apiUrl, slots, deadlineMs }: TwilioHttpOptions): TwilioHttp {
  const base = apiUrl === undefined ? undefined : new URL(apiUrl);
  const plain = base?.protocol === "http:";
  const agent = new (plain ? http : https).Agent({ keepAlive: true, maxSockets: slots });

  return {
    async request({ method, uri, username, password, headers, params, data }) {
      const { origin, path } = splitUri(uri);
      const { hostname, port } = base ?? hostOf(origin);
      const query = formOf(params);
      const request = (plain ? http : https).request({
        hostname,
        port,
        path: query === "" ? path : `${path}${path.includes("?") ? "&" : "?"}${query}`,
        method: method.toUpperCase(),
        agent,
        headers: { ...headers },
        auth: `${username ?? ""}:${password ?? ""}`,
      });
      return readReply(await exchange(request, formOf(data), deadlineMs));
    },
    close: () => agent.destroy(),
  };
}

const AFTER_SCHEME = "https://".length;

function splitUri(uri: string): { readonly origin: string; readonly path: string } {
  const end = uri.indexOf("/", AFTER_SCHEME);
  return { origin: uri.slice(0, end), path: uri.slice(end) };
}

type Host = Pick<URL, "hostname" | "port">;
const hosts = new Map<string, Host>();

/** The Twilio client calls few hosts, so each is parsed once. */
function hostOf(origin: string): Host {
  const host = hosts.get(origin) ?? new URL(origin);
  hosts.set(origin, host);
  return host;
}

const formOf = (fields: Record<string, unknown> | undefined): string =>
  fields === undefined ? "" : new URLSearchParams(flatten(fields)).toString();

function flatten(fields: Record<string, unknown>): [string, string][] {
  return Object.entries(fields).flatMap(([name, value]) =>
    [value]
      .flat()
      .filter((one) => ["string", "number", "boolean"].includes(typeof one))
      .map((one): [string, string] => [name, String(one)]),
  );
}

interface Reply {
  readonly response: IncomingMessage;
  /** Empty if the body is too long or was cut short: a reply without its body still has a status. */
  readonly text: string;
}

/**
 * Sends the request and reads the reply until the deadline. Nothing can have been sent before the connection was open and, over TLS,
 * the server's certificate was verified. The agent may reuse the open connection of an earlier call.
 */
function exchange(request: ClientRequest, body: string, deadlineMs: number): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  let sent = false;
  let answered = false;
  const timer = setTimeout(() => request.destroy(TIMED_OUT), deadlineMs);
  request.on("socket", (socket) => {
    if (!socket.connecting) sent = true;
    else socket.once("encrypted" in socket ? "secureConnect" : "connect", () => (sent = true));
  });
  request.on("response", (response) => {
    answered = true;
    readBody(response, (text) => {
      clearTimeout(timer);
      resolve({ response, text });
    });
  });
  request.on("error", ({ code = "UNKNOWN" }: NodeJS.ErrnoException) => {
    // only the body is missing, and its end is awaited
    if (answered) return;
    clearTimeout(timer);
    reject(new TwilioCallFailed({ at: "network", code, sent }));
  });
  request.end(body);
  return promise;
}

const TIMED_OUT = Object.assign(new Error("no reply in time"), { code: "ETIMEDOUT" });

/** Calls `done` once with the body; empty if it is too long or cut short. */
function readBody(response: IncomingMessage, done: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  response.on("data", (chunk: Buffer) => {
    size += chunk.length;
    chunks.push(chunk);
    if (size > LONGEST_BODY) response.destroy();
  });
  response.on("error", () => {});
  response.on("close", () => {
    const whole = response.complete && size <= LONGEST_BODY;
    done(whole ? Buffer.concat(chunks).toString() : "");
  });
}

function readReply({ response: { statusCode = 0, headers }, text }: Reply): {
  statusCode: number;
  body: object;
  headers: object;
} {
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
 * Reads seconds or a date (RFC 9110, 10.2.3). A date is compared with the Date header of the same reply, so no two
 * clocks are compared.
 */
function readRetryAfter(retryAfter: string | undefined, date: string | undefined): number | null {
  if (retryAfter === undefined) return null;
  const ms = /^\d+$/u.test(retryAfter)
    ? Number(retryAfter) * 1_000
    : Date.parse(retryAfter) - Date.parse(date ?? "");
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
