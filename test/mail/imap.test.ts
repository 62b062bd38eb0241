import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { readConfig } from "../../src/config.ts";
import { messageIdLocalPart } from "../../src/decide/receipts/message-id.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { openMail } from "../../src/mail/mail-service.ts";
import { type ImapReader, startImapReader } from "../../src/providers/mailbox/imap.ts";
import { loadLinkKeys } from "../../src/store/api/secrets.ts";
import { useDatabase } from "../database.ts";
import { chain } from "../ids.ts";
import { insertLender, insertType } from "../lender.ts";
import { insertAccepted } from "../receipts.ts";
import { type ImapPeer, type ImapScript, openImapPeer } from "./imap-peer.ts";

const database = useDatabase();
const { pool, db } = database;
const opened: AsyncDisposableStack[] = [];

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.disposeAsync();
});

interface Reading {
  readonly peer: ImapPeer;
  readonly taken: string[];
  readonly said: string[];
}

const SUBJECT = /^Subject: (.*)$/mu;

/** A reader before a scripted server. `take` decides on each message. */
async function read(
  take: (subject: string) => Promise<boolean> | boolean = () => true,
  script: ImapScript = {},
): Promise<Reading> {
  const peer = await openImapPeer(script);
  const [taken, said]: [string[], string[]] = [[], []];
  const reader: ImapReader = startImapReader({
    url: peer.url,
    waits: [5, 20],
    take: async (source) => {
      const [, subject = ""] = SUBJECT.exec(source.toString()) ?? [];
      const isTaken = await take(subject.trim());
      if (!isTaken) throw new Error("not stored");
      taken.push(subject.trim());
    },
    onOpened: () => void said.push("opened"),
    onLost: (code) => void said.push(code),
  });
  const open = new AsyncDisposableStack();
  open.defer(() => peer.close());
  open.defer(() => reader.stop());
  opened.push(open);
  return { peer, taken, said };
}

const mail = (subject: string): string => `Subject: ${subject}\n\nbody\n`;

describe("a mailbox", () => {
  test("is emptied: what was there, and what the server announces later", async () => {
    const { peer, taken } = await read();
    peer.receive(mail("one"));
    await expect.poll(() => taken).toEqual(["one"]);

    await expect.poll(() => peer.heard.at(-1)).toBe("IDLE");
    peer.receive(mail("two"));
    peer.receive(mail("three"));

    await expect.poll(() => taken).toEqual(["one", "two", "three"]);
    await expect.poll(() => peer.handled.length).toBe(3);
    expect(peer.inbox.size).toBe(0);
  });

  test("that drops the connection is opened again, and nothing is lost", async () => {
    const { peer, taken, said } = await read();
    await expect.poll(() => said).toEqual(["opened"]);

    peer.drop();
    peer.receive(mail("after the loss"));

    await expect.poll(() => taken).toEqual(["after the loss"]);
    expect(said.filter((one) => one === "opened").length).toBeGreaterThan(1);
  });

  test("keeps a message until it is durable", async () => {
    let isStored = false;
    const { peer, taken, said } = await read(() => isStored);
    peer.receive(mail("patient"));

    await expect.poll(() => said).toContain("NotStored");
    expect([peer.inbox.size, peer.handled.length]).toEqual([1, 0]);
    isStored = true;
    await expect.poll(() => taken).toEqual(["patient"]);
    await expect.poll(() => peer.inbox.size).toBe(0);
  });

  test("offers a message again if the session ends between storing and moving it", async () => {
    let drops = 2;
    const { peer, taken } = await read(() => true, {
      dropsAt: (command) => command.startsWith("UID MOVE") && (drops -= 1) >= 0,
    });
    peer.receive(mail("twice"));

    await expect.poll(() => peer.handled.length).toBe(1);
    expect(taken).toEqual(["twice", "twice", "twice"]);
  });

  test("that refuses the login is tried again, and the log has no word of the server", async () => {
    let refuses = true;
    const { taken, said, peer } = await read(() => true, { refusesLogin: () => refuses });
    await expect.poll(() => said.filter((one) => one === "LoginRefused").length).toBeGreaterThan(2);

    refuses = false;
    peer.receive(mail("welcome"));

    await expect.poll(() => taken).toEqual(["welcome"]);
    expect(said.join(" ")).not.toMatch(/reports|secret/u);
  });

  test("that does not exist is reported as such, without the words of the server", async () => {
    const { said } = await read(() => true, { isEmpty: true });
    await expect.poll(() => said).toContain("NoMailbox");
    expect(said.filter((one) => one !== "NoMailbox")).toEqual([]);
  });

  test("a reader that stops leaves no connection open", async () => {
    const { peer, said } = await read();
    await expect.poll(() => said).toEqual(["opened"]);
    await opened.pop()?.disposeAsync();
    expect(peer.inbox.size).toBe(0);
  });
});

test("a bounce in the mailbox becomes a receipt of its message, once", async () => {
  const peer = await openImapPeer();
  const open = new AsyncDisposableStack();
  open.defer(() => peer.close());
  opened.push(open);
  const id: InteractionId = await insertAccepted(pool, null, {
    channel: "email",
    provider: "smtp",
  });
  const source = readFileSync("test/decide/receipts/bounces/postfix-user-unknown.eml", "utf8")
    .replaceAll("tidings.4711@", `${messageIdLocalPart(chain(id), await loadLinkKeys(db))}@`)
    .replaceAll("4711-k3jx9q2mfa", "none");
  peer.receive(source);
  peer.receive(source);
  const emitted: string[] = [];

  await openMail(open, {
    config: readConfig({ MAIL_IMAP_URL: peer.url }),
    db,
    clock: systemClock,
    seal: undefined,
    emit: (event) => void emitted.push(event),
  });

  await expect.poll(() => peer.handled.length).toBe(2);
  const { rows } = await pool.query("select raw_status, code from tidings.receipts");
  expect(rows).toEqual([{ raw_status: "failed", code: "5.1.1" }]);
  expect(emitted).toEqual(["mailbox.opened", "mail.received", "mail.received"]);
});

test.each(["imap://user:pass@mail.example.com/INBOX", "https://mail.example.com", "INBOX"])(
  "%s is refused, because the password would leave in the clear, or it is no mailbox",
  (url) => {
    expect(() => readConfig({ MAIL_IMAP_URL: url })).toThrow(/MAIL_IMAP_URL/u);
  },
);
