import { once } from "node:events";
import { connect } from "node:net";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { within } from "../../src/providers/answer/deadline.ts";

/** A server in another thread, which answers also while this one stands still. */
const SERVER = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer((socket) => socket.on("data", () => socket.write("250 OK")));
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

const standStill = (ms: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

test("an answer that arrived while the process stood still counts, although the deadline has passed", async () => {
  const server = new Worker(SERVER, { eval: true });
  const [port] = (await once(server, "message")) as [number];
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const answered = within(200, async (deadline) => {
    const ends = once(socket, "data", { signal: deadline });
    socket.write("message");
    setImmediate(() => standStill(400));
    const [answer] = (await ends) as [Buffer];
    return answer.toString();
  });
  await expect(answered).resolves.toBe("250 OK");
  socket.destroy();
  await server.terminate();
});
