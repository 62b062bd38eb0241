import { connect, createServer } from "node:net";
import { join } from "node:path";
import { listenOnLoopback } from "../../src/providers/sandbox/loopback.ts";

export interface FickleProxy {
  /** Of the same database, through the proxy. */
  readonly url: string;
  close(): Promise<void>;
}

/** Stands before a Postgres on a Unix socket, and hangs up in place of every answer that matches. */
export async function openFickleProxy(url: string, hangsUpAt: RegExp): Promise<FickleProxy> {
  const direct = new URL(url);
  const socket = join(direct.searchParams.get("host") ?? "", ".s.PGSQL.5432");
  const server = createServer((client) => {
    const postgres = connect(socket);
    client.on("data", (chunk: Buffer) => postgres.write(chunk));
    postgres.on("data", (chunk: Buffer) => {
      if (hangsUpAt.test(chunk.toString("latin1"))) client.destroy();
      else client.write(chunk);
    });
    client.on("error", () => {}).on("close", () => postgres.destroy());
    postgres.on("error", () => {}).on("close", () => client.destroy());
  });
  const loopback = await listenOnLoopback(server);
  direct.searchParams.delete("host");
  direct.hostname = "127.0.0.1";
  direct.port = String(loopback.port);
  return { url: direct.href, close: () => loopback.close() };
}
