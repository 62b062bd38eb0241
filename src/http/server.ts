import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener, type HttpBindings } from "@hono/node-server";
import { Fault } from "../domain/fault.ts";
import { clientAddress } from "./auth/client-address.ts";

export interface Listen {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Only tests set other limits. */
  readonly limits?: Partial<ServerLimits>;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no new request, and gives requests in flight this long to be answered. */
  stop(graceMs: number): Promise<void>;
}

/** The limits of one exchange (ms) and of connections. */
export interface ServerLimits {
  readonly headersMs: number;
  readonly requestMs: number;
  /** From the request's headers to the last byte of the response. */
  readonly exchangeMs: number;
  readonly checkEveryMs: number;
  readonly connections: number;
  readonly connectionsPerAddress: number;
}

const LIMITS: ServerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  exchangeMs: 60_000,
  checkEveryMs: 2_000,
  connections: 1_000,
  connectionsPerAddress: 200,
};
const KEEP_ALIVE_MS = 5_000;
const MAX_HEADER_BYTES = 16 * 1_024;
const CLOSE_IDLE_EVERY_MS = 50;

/** An app, such as Hono's `fetch`. */
type Fetch = (request: Request, env: HttpBindings) => Response | Promise<Response>;

/** Listens. Throws HTTP_PORT_UNAVAILABLE where it cannot. */
export async function openServer(fetch: Fetch, listen: Listen): Promise<HttpServer> {
  const { host, port } = listen;
  const server = createLimitedServer(fetch, { ...LIMITS, ...listen.limits });
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new Fault("HTTP_PORT_UNAVAILABLE", `${host}:${port} gives ${code}`, error);
  }
  // a server that listens on TCP has an address with a port
  const address = server.address() as AddressInfo;
  const closeUnused = trackUnused(server);
  return { port: address.port, stop: (graceMs) => drain(server, graceMs, closeUnused) };
}

function createLimitedServer(fetch: Fetch, limits: ServerLimits): Server {
  const listener = getRequestListener((request, env) => fetch(request, env as HttpBindings), {
    overrideGlobalObjects: false,
  });
  const options = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const server = createServer(options, (request, response) => {
    if (hasSeveralHosts(request)) return refuseHosts(response);
    limitExchange(response, limits.exchangeMs);
    void listener(request, response);
  });
  server.maxConnections = limits.connections;
  limitConnections(server, limits.connectionsPerAddress);
  return server;
}

/** Node accepts several Host headers and reads the first. A proxy may read another one, so RFC 9112 3.2 asks for a 400. */
const hasSeveralHosts = ({ headersDistinct }: IncomingMessage): boolean =>
  (headersDistinct["host"]?.length ?? 0) > 1;

function refuseHosts(response: ServerResponse): void {
  response.writeHead(400, { "Content-Type": "application/json", Connection: "close" });
  response.end(JSON.stringify({ status: 400, message: "Send one Host header.", errors: [] }));
}

/** Node limits how long a client may send, but not how long it may take to read. */
function limitExchange(response: ServerResponse, exchangeMs: number): void {
  const timer = setTimeout(() => response.destroy(), exchangeMs);
  response.once("close", () => clearTimeout(timer));
}

/** Closes new connections of an address that has too many open, so that one client cannot take all of them. */
function limitConnections(server: Server, perAddress: number): void {
  const open = new Map<string, number>();
  server.on("connection", (socket) => {
    const address = clientAddress({ socket });
    const before = open.get(address) ?? 0;
    if (before >= perAddress) return socket.destroy();
    open.set(address, before + 1);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
    return undefined;
  });
}

/**
 * Node counts a connection on which nothing has been sent as busy, so `closeIdleConnections` leaves it open. Browsers and load
 * balancers open such connections in advance. Returns a function that closes them.
 */
function trackUnused(server: Server): () => void {
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  return () => {
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
  };
}

async function drain(server: Server, graceMs: number, closeUnused: () => void): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // a client that got its response meanwhile keeps the connection open for its next request
  const sweep = setInterval(() => {
    server.closeIdleConnections();
    closeUnused();
  }, CLOSE_IDLE_EVERY_MS);
  await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
  clearInterval(sweep);
  server.closeAllConnections();
  await closed;
}
