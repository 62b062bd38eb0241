import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { openServer, type HttpServer } from "../../src/http/server.ts";

const servers: HttpServer[] = [];
const host = "127.0.0.1";
async function serve(
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<HttpServer> {
  const server = await openServer(fetch, { host, port: 0 });
  servers.push(server);
  return server;
}
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop(0).catch(() => {});
});

/** What comes back over a raw socket until it ends. */
async function send(port: number, text: string): Promise<string> {
  const socket = connect(port, host);
  let answer = "";
  socket.on("data", (chunk) => (answer += String(chunk)));
  socket.on("error", () => {});
  socket.write(text);
  await once(socket, "close");
  return answer;
}
const dial = async (port: number): Promise<Socket> => {
  const socket = connect(port, host);
  await once(socket, "connect");
  return socket;
};

test("a port that is held is a fault that says what to do", async () => {
  const { port } = await serve(() => new Response("x"));
  await expect(openServer(() => new Response("x"), { host, port })).rejects.toMatchObject({
    code: "HTTP_PORT_UNAVAILABLE",
    message: `HTTP_PORT_UNAVAILABLE: 127.0.0.1:${port} gives EADDRINUSE`,
  });
});

describe("stopping", () => {
  test("answers what is under way, and takes nothing new", async () => {
    const { promise: asked, resolve: hear } = Promise.withResolvers<void>();
    const { promise: go, resolve: release } = Promise.withResolvers<void>();
    const server = await serve(async () => {
      hear();
      await go;
      return new Response("done");
    });
    const url = `http://${host}:${server.port}/`;
    const underWay = fetch(url);
    await asked;
    const stopped = server.stop(5_000);
    await expect(fetch(url)).rejects.toThrow("fetch failed");
    release();
    expect(await (await underWay).text()).toBe("done");
    const answered = performance.now();
    await stopped;
    expect(performance.now() - answered, "nothing more is waited for").toBeLessThan(1_000);
  });

  test("cuts off what does not end in its grace", async () => {
    const { promise: asked, resolve: hear } = Promise.withResolvers<void>();
    const server = await serve(() => {
      hear();
      return new Promise<Response>(() => {});
    });
    const underWay = fetch(`http://${host}:${server.port}/`).catch(() => "cut off");
    await asked;
    const began = performance.now();
    await server.stop(100);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await underWay).toBe("cut off");
  });

  test("is not held up by connections that are idle", async () => {
    const server = await serve(() => new Response("x"));
    await (await fetch(`http://${host}:${server.port}/`)).text();
    const idle = await dial(server.port);
    const began = performance.now();
    await server.stop(500);
    expect(performance.now() - began).toBeLessThan(2_000);
    idle.destroy();
  });
});

describe("whoever dawdles or shouts", () => {
  test("headers that never end are cut off", async () => {
    const { port } = await serve(() => new Response("x"));
    const began = performance.now();
    const answer = await send(port, "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  test("headers beyond 16 KB are refused", async () => {
    const { port } = await serve(() => new Response("x"));
    const long = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${"x".repeat(20_000)}\r\n\r\n`;
    expect(await send(port, long)).toMatch(/^HTTP\/1\.1 431 /);
  });

  test("what is no HTTP is refused", async () => {
    const { port } = await serve(() => new Response("x"));
    expect(await send(port, "hello\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("a client that goes away in the middle hurts nobody", async () => {
    const { port } = await serve(async (request) => new Response(await request.text()));
    const socket = await dial(port);
    socket.write("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc");
    await sleep(50);
    socket.destroy();
    const answered = await fetch(`http://${host}:${port}/`, { method: "POST", body: "fine" });
    expect(await answered.text()).toBe("fine");
  });
});
