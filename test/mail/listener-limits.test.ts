import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import {
  type ListenerLimits,
  type MailListener,
  openMailListener,
} from "../../src/providers/mailbox/listener.ts";
import { floodUntilClosed } from "../flood.ts";
import { NEVER_MS } from "../never.ts";
import { openMailClient } from "./mail-client.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Listening {
  readonly listener: MailListener;
  readonly taken: string[];
  /** The messages that were too large. */
  readonly refused: { count: number };
}

const NO_LIMITS: ListenerLimits = {
  silenceMs: NEVER_MS,
  sessionMs: NEVER_MS,
  clients: 50,
  readBytes: 2 ** 30,
};

async function listen(limits: Partial<ListenerLimits>): Promise<Listening> {
  const taken: string[] = [];
  const refused = { count: 0 };
  const listener = await openMailListener({
    host: "127.0.0.1",
    port: 0,
    protocol: "lmtp",
    isOurs: (address) => address.endsWith("@lender.example"),
    take: async (source) => void taken.push(source.toString()),
    onTooLarge: () => void (refused.count += 1),
    limits: { ...NO_LIMITS, ...limits },
  });
  closing.push(() => listener.close());
  return { listener, taken, refused };
}

const ENVELOPE = "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bounces@lender.example>\r\nDATA\r\n";

/** Says this after the greeting, and resolves once the server has answered with the code. */
async function dial(port: number, words = ENVELOPE, code = "354"): Promise<Socket> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  closing.push(() => socket.destroy());
  const answered = Promise.withResolvers<void>();
  let heard = "";
  socket.on("data", (chunk: Buffer) => {
    heard += chunk.toString();
    if (heard.includes(`${code} `)) answered.resolve();
  });
  // a client that speaks before the greeting is refused
  await once(socket, "data");
  socket.write(words);
  await answered.promise;
  return socket;
}

/** Another client is served as before. */
async function expectService({ listener, taken }: Listening): Promise<void> {
  const client = await openMailClient(listener.port);
  closing.push(() => client.drop());
  expect(await client.give("Subject: fine\n\nfine", ["bounces@lender.example"])).toEqual([
    expect.stringMatching(/^250 /u),
  ]);
  expect(taken.at(-1)).toContain("fine");
}

test("a client that sends a byte now and then is cut off at the end of its time", async () => {
  const listening = await listen({ sessionMs: 5_000 });
  const socket = await dial(listening.listener.port);
  const closed = once(socket, "close");
  const dripping = setInterval(() => socket.write("x"), 20);
  await closed;
  clearInterval(dripping);
  expect(listening.taken).toEqual([]);
});

test("a client that sends nothing is cut off", async () => {
  const listening = await listen({ silenceMs: 200 });
  // it may be cut off before this test has seen the greeting
  const socket = connect(listening.listener.port, "127.0.0.1")
    .on("error", () => {})
    .resume();
  closing.push(() => socket.destroy());
  await once(socket, "close");
  expect(listening.taken).toEqual([]);
});

test("a message without an end is cut off and not taken", async () => {
  const listening = await listen({ readBytes: 40 * 2 ** 20 });
  const socket = await dial(listening.listener.port);
  const lines = Buffer.from(`${"x".repeat(998)}\r\n`.repeat(1_000));
  await floodUntilClosed(socket, lines);
  expect(listening.taken).toEqual([]);
  expect(listening.refused.count).toBe(1);
  await expectService(listening);
});

test("a command without an end is cut off", async () => {
  const listening = await listen({});
  const socket = await dial(listening.listener.port, "", "220");
  socket.write(`MAIL FROM:<${"x".repeat(100_000)}`);
  await once(socket, "close");
  await expectService(listening);
});

test("one client more than may be connected is refused, and served once another has left", async () => {
  const listening = await listen({ clients: 3 });
  const sockets = [];
  for (let n = 0; n < 3; n += 1) sockets.push(await dial(listening.listener.port));
  const refused = connect(listening.listener.port, "127.0.0.1").on("error", () => {});
  closing.push(() => refused.destroy());
  const [words] = (await once(refused, "data")) as [Buffer];
  expect(words.toString()).toMatch(/^421 /u);
  const [first] = sockets;
  first?.destroy();
  await expect
    .poll(async () => {
      const again = connect(listening.listener.port, "127.0.0.1").on("error", () => {});
      closing.push(() => again.destroy());
      const [greeting] = (await once(again, "data")) as [Buffer];
      return greeting.toString().slice(0, 3);
    })
    .toBe("220");
});

test("a message has at most a hundred recipients", async () => {
  const { listener } = await listen({});
  const client = await openMailClient(listener.port);
  closing.push(() => client.drop());
  const recipients = Array.from({ length: 101 }, (_, n) => `bounces+${n}@lender.example`);
  expect(await client.give("Subject: x\n\nx", recipients)).toEqual([
    expect.stringMatching(/^452 /u),
  ]);
});
