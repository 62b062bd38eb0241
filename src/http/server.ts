import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { Fault } from "../domain/fault.ts";

export interface Listen {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

export interface HttpServer {
  readonly port: number;
  /** Takes no new request, and gives those under way this long to be answered. */
  stop(graceMs: number): Promise<void>;
}

/** A client that dawdles holds a socket and nothing else, and not for long. */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 16 * 1_024,
};
const MOST_CONNECTIONS = 1_000;
const SWEEP_MS = 50;

/** Listens. Throws HTTP_PORT_UNAVAILABLE where it cannot. */
export async function openServer(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: Listen,
): Promise<HttpServer> {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false });
  const server = createServer(LIMITS, (request, response) => {
    if (hasSeveralHosts(request)) refuseHosts(response);
    else void listener(request, response);
  });
  server.maxConnections = MOST_CONNECTIONS;
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw new Fault("HTTP_PORT_UNAVAILABLE", `${host}:${port} gives ${code}`, error);
  }
  // listening on TCP: the address has a port
  const address = server.address() as AddressInfo;
  return { port: address.port, stop: (graceMs) => drain(server, graceMs) };
}

/** Node accepts several Host headers and reads the first. A proxy may read another one, so RFC 9112 3.2 asks for a 400. */
const hasSeveralHosts = ({ headersDistinct }: IncomingMessage): boolean =>
  (headersDistinct["host"]?.length ?? 0) > 1;

function refuseHosts(response: ServerResponse): void {
  response.writeHead(400, { "Content-Type": "application/json", Connection: "close" });
  response.end(JSON.stringify({ status: 400, message: "Send one Host header.", errors: [] }));
}

async function drain(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, "close");
  server.close();
  // a client that was answered meanwhile keeps its connection open for the next request
  const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
  await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
  clearInterval(sweep);
  server.closeAllConnections();
  await closed;
}
