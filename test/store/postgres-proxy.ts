import { connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { listenOnLoopback } from "../../src/providers/sandbox/loopback.ts";

export interface PostgresProxy {
  /** The URL of the same database, through the proxy. */
  readonly url: string;
  close(): Promise<void>;
}

/** The client's end of one connection. */
interface Client {
  send(chunk: Buffer): void;
  hangUp(): void;
}
type OnAnswer = (chunk: Buffer) => void;

/** Listens in front of a Postgres on a Unix socket. `connected` returns a handler for each answer to that client. */
async function openProxy(
  url: string,
  connected: (client: Client) => OnAnswer,
  onRequest: (chunk: Buffer, client: Client) => void = () => {},
): Promise<PostgresProxy> {
  const direct = new URL(url);
  const socket = join(direct.searchParams.get("host") ?? "", ".s.PGSQL.5432");
  const server = createServer((client) => {
    const postgres = connect(socket);
    const end: Client = {
      send: (chunk) => void (client.destroyed || client.write(chunk)),
      hangUp: () => void client.destroy(),
    };
    const answer = connected(end);
    client.on("data", (chunk: Buffer) => {
      onRequest(chunk, end);
      postgres.write(chunk);
    });
    postgres.on("data", answer);
    client.on("error", () => {}).on("close", () => postgres.destroy());
    postgres.on("error", () => {}).on("close", () => client.destroy());
  });
  const loopback = await listenOnLoopback(server);
  direct.searchParams.delete("host");
  direct.hostname = "127.0.0.1";
  direct.port = String(loopback.port);
  return { url: direct.href, close: () => loopback.close() };
}

/** Hangs up instead of every answer that matches. */
export const openFickleProxy = (url: string, hangsUpAt: RegExp): Promise<PostgresProxy> =>
  openProxy(url, (client) => (chunk) => {
    if (hangsUpAt.test(chunk.toString("latin1"))) client.hangUp();
    else client.send(chunk);
  });

/** Loses every answer on a connection after a request on it that matches. `isLosing` resolves at the first such request. */
export async function openLosingProxy(
  url: string,
  after: RegExp,
): Promise<PostgresProxy & { readonly isLosing: Promise<void> }> {
  const { promise: isLosing, resolve } = Promise.withResolvers<void>();
  const lost = new WeakSet<Client>();
  const proxy = await openProxy(
    url,
    (client) => (chunk) => void (lost.has(client) || client.send(chunk)),
    (chunk, client) => {
      if (!after.test(chunk.toString("latin1"))) return;
      lost.add(client);
      resolve();
    },
  );
  return { ...proxy, isLosing };
}

/** Answers as a database does to a client that was busy: the answers from one that matches `from` to one that matches `to` arrive together. */
export const openGatheringProxy = (
  url: string,
  { from, to }: { readonly from: RegExp; readonly to: RegExp },
): Promise<PostgresProxy> =>
  openProxy(url, (client) => {
    let held = "";
    return (chunk) => {
      const text = chunk.toString("latin1");
      held = held === "" && !from.test(text) ? "" : held + text;
      if (held === "") return client.send(chunk);
      if (!to.test(held)) return;
      client.send(Buffer.from(held, "latin1"));
      held = "";
    };
  });

/** Keeps the requests in their order, and an "answer" for each part of an answer between them. */
export async function openRecordingProxy(
  url: string,
): Promise<PostgresProxy & { readonly passed: readonly string[] }> {
  const passed: string[] = [];
  const proxy = await openProxy(
    url,
    (client) => (chunk) => {
      passed.push("answer");
      client.send(chunk);
    },
    (chunk) => void passed.push(chunk.toString("latin1")),
  );
  return { ...proxy, passed };
}

/** A database that is far away: each answer takes `latencyMs`, and `bytesPerSecond` of them pass on each connection. Both are read for each answer. */
export const openSlowProxy = (
  url: string,
  line: { readonly latencyMs?: number; readonly bytesPerSecond?: number },
): Promise<PostgresProxy> =>
  openProxy(url, (client) => {
    let lineFreeAt = 0;
    let sent = Promise.resolve();
    return (chunk) => {
      lineFreeAt =
        Math.max(performance.now(), lineFreeAt) +
        (chunk.length * 1_000) / (line.bytesPerSecond ?? Infinity);
      const arrivesAt = lineFreeAt + (line.latencyMs ?? 0);
      sent = sent
        .then(() => sleep(Math.max(0, arrivesAt - performance.now())))
        .then(() => client.send(chunk));
    };
  });
