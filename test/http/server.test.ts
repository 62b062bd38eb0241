import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { openServer, type HttpServer, type ServerLimits } from "../../src/http/server.ts";
import { NEVER_MS } from "../never.ts";

const servers: HttpServer[] = [];
const host = "127.0.0.1";
async function serve(
  fetch: (request: Request) => Response | Promise<Response>,
  limits: Partial<ServerLimits> = {},
): Promise<HttpServer> {
  const server = await openServer(fetch, { host, port: 0, limits });
  servers.push(server);
  return server;
}
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(0).catch(() => {});
});

/** Reads a raw socket until it ends. */
async function send(port: number, text: string, localAddress = host): Promise<string> {
  const socket = connect({ port, host, localAddress });
  let answer = "";
  socket.on("data", (chunk) => (answer += String(chunk)));
  socket.on("error", () => {});
  socket.write(text);
  await new Promise((resolve) => void socket.once("close", resolve));
  return answer;
}
const dial = async (port: number): Promise<Socket> => {
  const socket = connect(port, host);
  await once(socket, "connect");
  return socket;
};

test("a port in use is a fault", async () => {
  const { port } = await serve(() => new Response("x"));
  await expect(openServer(() => new Response("x"), { host, port })).rejects.toMatchObject({
    code: "HTTP_PORT_UNAVAILABLE",
    message: `HTTP_PORT_UNAVAILABLE: 127.0.0.1:${port} gives EADDRINUSE`,
  });
});

describe("stopping", () => {
  test("answers requests in flight, and takes no new ones", async () => {
    const { promise: asked, resolve: hear } = Promise.withResolvers<void>();
    const { promise: go, resolve: release } = Promise.withResolvers<void>();
    const server = await serve(async () => {
      hear();
      await go;
      return new Response("done");
    });
    const url = `http://${host}:${server.port}/`;
    const inFlight = fetch(url);
    await asked;
    const stopped = server.stop(NEVER_MS);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
    release();
    expect(await (await inFlight).text()).toBe("done");
    await stopped;
  });

  test("cuts off requests that outlast the grace period", async () => {
    const { promise: asked, resolve: hear } = Promise.withResolvers<void>();
    const server = await serve(() => {
      hear();
      return new Promise<Response>(() => {});
    });
    const inFlight = fetch(`http://${host}:${server.port}/`).catch(() => "cut off");
    await asked;
    await server.stop(100);
    expect(await inFlight).toBe("cut off");
  });

  test("does not wait for idle connections", async () => {
    const server = await serve(() => new Response("x"));
    await (await fetch(`http://${host}:${server.port}/`)).text();
    const idle = await dial(server.port);
    await expect(server.stop(NEVER_MS)).resolves.toBeUndefined();
    await once(idle, "close");
  });
});

describe("slow and invalid clients", () => {
  const QUICK = { headersMs: 300, requestMs: 600, exchangeMs: 900, checkEveryMs: 50 };

  test.each([
    ["headers", "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1\r\n"],
    ["a body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"],
  ])("%s that never end are cut off", async (_, unfinished) => {
    const { port } = await serve(async (request) => new Response(await request.text()), QUICK);
    expect(await send(port, unfinished)).toMatch(/^HTTP\/1\.1 408 /);
  });

  test("a client that reads nothing is cut off", async () => {
    const { promise: lost, resolve: lose } = Promise.withResolvers<string>();
    const { port } = await serve((request) => {
      request.signal.addEventListener("abort", () => lose("cut off"));
      return new Response("x".repeat(20_000_000));
    }, QUICK);
    const socket = await dial(port);
    socket.on("error", () => {});
    socket.pause();
    socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(3));
    expect(await lost).toBe("cut off");
    socket.destroy();
  });

  test("one address cannot take all connections", async () => {
    const { port } = await serve(() => new Response("x"), { connectionsPerAddress: 5 });
    const held = await Promise.all(Array.from({ length: 5 }, () => dial(port)));
    expect(await send(port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "one too many").toBe("");
    const request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    expect(await send(port, request, "127.0.0.2"), "another address").toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of held) socket.destroy();
    await expect.poll(() => send(port, request)).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("headers beyond 16 KB are refused", async () => {
    const { port } = await serve(() => new Response("x"));
    const long = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(await send(port, long)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("a request that is not HTTP is refused", async () => {
    const { port } = await serve(() => new Response("x"));
    expect(await send(port, "hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a client that disconnects during a request does not affect others", async () => {
    const { promise: asked, resolve: hear } = Promise.withResolvers<void>();
    const { port } = await serve(async (request) => {
      hear();
      return new Response(await request.text());
    });
    const socket = await dial(port);
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    await asked;
    socket.destroy();
    const answered = await fetch(`http://${host}:${port}/`, { method: "POST", body: "fine" });
    expect(await answered.text()).toBe("fine");
  });
});
