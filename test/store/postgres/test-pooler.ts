import { randomInt } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { listenOnLoopback } from "../../../src/providers/sandbox/loopback.ts";

/** The behavior of a test's pooler, in PgBouncer's words. */
export interface PoolerOptions {
  readonly poolMode: "transaction" | "session";
  /** Server connections at most. */
  readonly poolSize?: number;
  /** Hands out the connection that was given back first, not last. */
  readonly roundRobin?: boolean;
  /** Startup parameters that are refused, as PgBouncer refuses `options`. */
  readonly refuses?: readonly string[];
}

export interface TestPooler {
  /** The URL of the same database, through the pooler. */
  readonly url: string;
  close(): Promise<void>;
}

interface Frame {
  readonly type: string;
  readonly bytes: Buffer;
}

interface Server {
  readonly socket: Socket;
  client: Client | undefined;
}

interface Client {
  readonly socket: Socket;
  readonly waiting: Buffer[];
  server: Server | undefined;
}

/**
 * A pooler in front of a Postgres on a Unix socket: it greets clients itself and gives them a server connection for one
 * transaction, or for the whole session. It knows as much of the protocol as that takes.
 */
export async function openTestPooler(url: string, options: PoolerOptions): Promise<TestPooler> {
  const { poolMode, poolSize = 10, roundRobin = false, refuses = [] } = options;
  const direct = new URL(url);
  const path = join(direct.searchParams.get("host") ?? "", ".s.PGSQL.5432");
  const startup = startupOf({ user: direct.username, database: direct.pathname.slice(1) });
  const idle: Server[] = [];
  const queue: Client[] = [];
  let servers = 0;

  const release = (server: Server): void => {
    if (server.client) server.client.server = undefined;
    server.client = undefined;
    const next = queue.shift();
    if (next) attach(next, server);
    else idle.push(server);
  };
  const attach = (client: Client, server: Server): void => {
    server.client = client;
    client.server = server;
    for (const bytes of client.waiting.splice(0)) server.socket.write(bytes);
  };
  const openServer = (): void => {
    servers += 1;
    const socket = connect(path).on("error", () => {});
    const server: Server = { socket, client: undefined };
    let greeted = false;
    socket.write(startup);
    readFrames(socket, ({ type, bytes }) => {
      if (greeted) server.client?.socket.write(bytes);
      const isIdle = type === "Z" && bytes.toString("latin1", 5) === "I";
      if (isIdle && (!greeted || poolMode === "transaction")) release(server);
      if (isIdle) greeted = true;
    });
  };
  const send = (client: Client, bytes: Buffer): void => {
    if (client.server) return void client.server.socket.write(bytes);
    client.waiting.push(bytes);
    if (client.waiting.length > 1) return;
    const server = roundRobin ? idle.shift() : idle.pop();
    if (server) return attach(client, server);
    queue.push(client);
    if (servers < poolSize) openServer();
  };

  const proxy = createServer((socket) => {
    const client: Client = { socket, waiting: [], server: undefined };
    socket
      .on("error", () => {})
      .on("close", () => {
        const { server } = client;
        if (server) {
          servers -= 1;
          server.client = undefined;
          server.socket.destroy();
        }
      });
    greet(socket, refuses, () =>
      readFrames(socket, ({ type, bytes }) => {
        if (type === "X") socket.destroy();
        else send(client, bytes);
      }),
    );
  });
  const loopback = await listenOnLoopback(proxy);
  direct.searchParams.delete("host");
  direct.hostname = "127.0.0.1";
  direct.port = String(loopback.port);
  return {
    url: direct.href,
    async close() {
      for (const { socket } of idle) socket.destroy();
      await loopback.close();
    },
  };
}

const PROTOCOL_3 = 196_608;

function startupOf(parameters: Readonly<Record<string, string>>): Buffer {
  const body = Buffer.from(`${Object.entries(parameters).flat().join("\0")}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length);
  head.writeInt32BE(PROTOCOL_3, 4);
  return Buffer.concat([head, body]);
}

function frameOf(type: string, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => bytes.writeInt32BE(value, 4 * at));
  return bytes;
}

/** Answers the startup message, or refuses it. The process id in its answer is invented. */
function greet(socket: Socket, refuses: readonly string[], then: () => void): void {
  socket.once("data", (packet: Buffer) => {
    const words = packet.toString("utf8", 8).split("\0");
    const refused = refuses.find((name) => words.some((word, at) => at % 2 === 0 && word === name));
    if (refused !== undefined) {
      const text = `SFATAL\0C08P01\0Munsupported startup parameter: ${refused}\0\0`;
      return void socket.end(frameOf("E", Buffer.from(text)));
    }
    socket.write(frameOf("R", numbers(0)));
    socket.write(frameOf("K", numbers(randomInt(1, 2 ** 30), 1)));
    socket.write(frameOf("Z", Buffer.from("I")));
    then();
  });
}

/** Cuts a stream into messages: a letter, a length that counts itself, a body. */
function readFrames(socket: Socket, onFrame: (frame: Frame) => void): void {
  let rest = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5) {
      const end = 1 + rest.readInt32BE(1);
      if (rest.length < end) return;
      const bytes = rest.subarray(0, end);
      rest = rest.subarray(end);
      onFrame({ type: bytes.toString("latin1", 0, 1), bytes });
    }
  });
}
