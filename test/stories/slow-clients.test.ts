import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { type DaemonProcess, spawnDaemon } from "../daemon-process.ts";
import { floodUntilClosed } from "../flood.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { freePort } from "../own-postgres.ts";

const { pool, url } = useDatabase();
const root = mkdtempSync(join(tmpdir(), "tidings-slow-clients-"));
const sockets: Socket[] = [];
const timers: NodeJS.Timeout[] = [];
let daemon: DaemonProcess;
let [httpPort, mailPort] = [0, 0];

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  [httpPort, mailPort] = [await freePort(), await freePort()];
  daemon = spawnDaemon({
    DATABASE_URL: url,
    DATA_DIR: root,
    HTTP_PORT: String(httpPort),
    HTTP_PUBLIC_URL: `http://127.0.0.1:${httpPort}`,
    MAIL_PORT: String(mailPort),
    EMAIL_BOUNCE_ADDRESS: "bounces@lender.example",
    SES_TOPIC_ARN: "arn:aws:sns:us-east-1:123456789012:ses",
    RELAYS: JSON.stringify({
      relay: {
        secret: "a secret of the relay, long",
        signature: { header: "X-Relay-Signature", prefix: "" },
        fields: { status: "type", message: "id" },
        statuses: { bounced: "failed" },
      },
    }),
  });
  await daemon.waitFor("daemon.started");
});
afterAll(async () => {
  for (const timer of timers) clearInterval(timer);
  for (const socket of sockets) socket.destroy();
  daemon.child.kill("SIGKILL");
  await daemon.ended;
  rmSync(root, { recursive: true, force: true });
});

const DOORS = [
  "/providers/twilio/status",
  "/providers/twilio/inbound",
  "/providers/relays/relay",
  "/providers/ses",
  "/opt-out/1-aaaaaaaaaaaaaaaaaaaaaaaaaa",
];

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1")
    .on("error", () => {})
    .resume();
  sockets.push(socket);
  await once(socket, "connect");
  return socket;
}

const post = (path: string, rest: string): string =>
  `POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n${rest}\r\n\r\n`;

/** Sends one byte now and then. */
async function drip(port: number, beginning: string): Promise<void> {
  const socket = await dial(port);
  if (port === mailPort) await once(socket, "data");
  socket.write(beginning);
  timers.push(setInterval(() => socket.destroyed || socket.write("x"), 50));
}

/** Sends as fast as the other side reads, and resolves when that has ended the connection. */
async function flood(port: number, beginning: string, chunk: Buffer): Promise<void> {
  const socket = await dial(port);
  if (port === mailPort) await once(socket, "data");
  socket.write(beginning);
  await floodUntilClosed(socket, chunk);
}

const ENVELOPE = "LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<bounces@lender.example>\r\nDATA\r\n";
const LINES = Buffer.from(`${"x".repeat(998)}\r\n`.repeat(500));
const HTTP_CHUNK = Buffer.from(`10000\r\n${"x".repeat(65_536)}\r\n`);

/** The memory of the daemon (MB). */
const memoryMb = (): number =>
  Number(
    /^VmRSS:\s+(\d+) kB/mu.exec(readFileSync(`/proc/${daemon.child.pid}/status`, "utf8"))?.[1],
  ) / 1_024;

test("slow and endless requests and mails delay no notice and fill no memory", async () => {
  const before = memoryMb();
  // 35 of each door are fewer than one address may have, so all of them are read
  for (const door of DOORS)
    for (let n = 0; n < 35; n += 1) await drip(httpPort, post(door, "Content-Length: 10000"));
  for (let n = 0; n < 40; n += 1) await drip(mailPort, ENVELOPE);

  const floods = Promise.all([
    ...DOORS.map((door) => flood(httpPort, post(door, "Transfer-Encoding: chunked"), HTTP_CHUNK)),
    flood(mailPort, ENVELOPE, LINES),
    flood(mailPort, ENVELOPE, LINES),
  ]);
  await insertChanges(
    pool,
    Array.from({ length: 20 }, (_, n) => ({
      caseId: `SLOW-${n}`,
      status: "initiated",
      at: new Date().toISOString(),
    })),
  );
  await expect
    .poll(async () => {
      const { rows } = await pool.query<{ sent: number }>(
        "select count(*)::int as sent from tidings.interactions where case_id like 'SLOW-%' and status = 'attempted'",
      );
      return rows[0]?.sent;
    })
    .toBe(20);
  await floods;
  expect(memoryMb() - before).toBeLessThan(200);
});
