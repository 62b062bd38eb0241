import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { countStandings } from "../interactions.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { createAuthority } from "../providers/certificates.ts";
import { openMailPeer } from "../providers/mail-peer.ts";
import { openScriptedSmtp, type Script, type ScriptedSmtp } from "../providers/scripted-smtp.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool } = database;
const emitted: { event: string; why?: unknown }[] = [];
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: minute(0) }));
afterEach(async () => {
  vi.useRealTimers();
  emitted.length = 0;
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const minute = (count: number): Date => new Date(Date.UTC(2031, 2, 3, 15, count));

function channelTo(url: string, slots: number): Deps {
  const provider = openSmtp({ url, slots, deadlineMs: 60_000 });
  opened.push(provider);
  const config = readConfig({ EMAIL_RETRIES: "3s 3s 3s", EMAIL_SETTLES: "1s" });
  const emit: Deps["emit"] = (event, fields) => void emitted.push({ event, ...fields });
  return depsOn(database, {
    channels: { email: createChannel(provider, config.channels.email) },
    emit,
  });
}

async function serve(script: Script, slots = 4): Promise<{ peer: ScriptedSmtp; deps: Deps }> {
  const peer = await openScriptedSmtp(script);
  opened.push(peer);
  return { peer, deps: channelTo(`smtp://tidings:secret@127.0.0.1:${peer.port}`, slots) };
}

/** Case changes of many borrowers, each with a different address. */
async function change(name: string, count: number): Promise<void> {
  await pool.query(
    `with people as (
       insert into tidings.borrowers (id, name) select $1 || n, '{"firstName": "Pat"}' from generate_series(1, $2::int) n
       on conflict do nothing)
     insert into tidings.contacts (id, borrower_id, contact_type, value)
     select 'CT-' || $1 || n, $1 || n, 'email', lower($1) || n || '@example.com' from generate_series(1, $2::int) n
     on conflict do nothing`,
    [`${name}-`, count],
  );
  await insertChanges(
    pool,
    Array.from({ length: count }, (_, n) => ({
      caseId: `${name}-${n + 1}`,
      status: "initiated",
      borrowerId: `${name}-${n + 1}`,
    })),
  );
}

const invalidContacts = async (name: string): Promise<number> => {
  const { rowCount } = await pool.query(
    "select from tidings.contacts where id like 'CT-' || $1 || '-%' and not valid",
    [name],
  );
  return rowCount ?? 0;
};

const countEmitted = (event: string): number => emitted.filter((one) => one.event === event).length;

async function runAt(count: number, deps: Deps): Promise<void> {
  vi.setSystemTime(minute(count));
  await runDueJobs(database, deps);
}

describe("a provider that refuses everybody", () => {
  test.each<[string, string]>([
    ["WORDS", "554 5.9.9 Computer says no (ref 4XyZ1)"],
    ["SES", "554 Message rejected: Sending suspended for this account."],
    ["SENDGRID", "550 The from address does not match a verified Sender Identity."],
    ["EXCHANGE", "554 5.2.252 SendAsDenied; not allowed to send as notices"],
    ["DEADALL", "550 5.1.1 No such user"],
  ])("in the manner of %s stops the channel, and no attempt is spent", async (name, reply) => {
    let refuses = true;
    const { peer, deps } = await serve({
      dot: () => (refuses ? `${reply}\r\n` : "250 2.0.0 Ok\r\n"),
    });
    await change(name, 20);
    await runAt(0, deps);
    expect(await countStandings(pool, name)).toEqual({ "scheduled 1": 20 });
    expect(await invalidContacts(name)).toBe(0);
    expect(countEmitted("provider.stopped")).toBe(1);
    const asked = peer.mails.length;
    await runAt(2, deps);
    expect(peer.mails.length - asked).toBeLessThan(3);

    refuses = false;
    await runAt(4, deps);
    await runAt(6, deps);
    await runAt(8, deps);
    expect(await countStandings(pool, name)).toEqual({ "attempted emailSent 1": 20 });
    expect(countEmitted("provider.restored")).toBe(1);
  });

  test("one notice after the other stops the channel at the third, and the first two go out again", async () => {
    let refuses = true;
    const { deps } = await serve({
      dot: () => (refuses ? "554 Computer says no\r\n" : "250 2.0.0 Ok\r\n"),
    });
    for (const name of ["SLOWA", "SLOWB", "SLOWC"]) {
      await change(name, 1);
      await runDueJobs(database, deps);
    }
    expect(await countStandings(pool, "SLOW_")).toEqual({
      "failed emailBounced 1": 2,
      "scheduled 1": 1,
      "scheduled 2": 2,
    });
    expect(emitted.find(({ event }) => event === "provider.stopped")?.why).toBe(
      "Refused for all recipients: Refused permanently",
    );
    refuses = false;
    await runAt(2, deps);
    await runAt(4, deps);
    expect(await countStandings(pool, "SLOW_")).toEqual({
      "failed emailBounced 1": 2,
      "attempted emailSent 1": 1,
      "attempted emailSent 2": 2,
    });
  });
});

test("a recipient that is refused in unknown words is failed, and the others are sent", async () => {
  const { peer, deps } = await serve({
    RCPT: () =>
      /<one-[12]@/u.test(peer.heard.at(-1) ?? "")
        ? "554 5.9.9 Computer says no\r\n"
        : "250 2.1.5 Ok\r\n",
  });
  await change("ONE", 20);
  await runAt(0, deps);
  expect(await countStandings(pool, "ONE")).toEqual({
    "attempted emailSent 1": 18,
    "failed emailBounced 1": 2,
  });
  expect(countEmitted("provider.stopped")).toBe(0);
});

test("a certificate that is not trusted stops the channel, and no attempt is spent", async () => {
  const peer = await openMailPeer(createAuthority("Unknown Authority").issue("127.0.0.1"));
  opened.push(peer);
  const deps = channelTo(`smtp://127.0.0.1:${peer.port}?requireTLS=true`, 4);
  await change("CERT", 20);
  await runAt(0, deps);
  await runAt(2, deps);
  expect(await countStandings(pool, "CERT")).toEqual({ "scheduled 1": 20 });
  expect(countEmitted("provider.stopped")).toBe(1);
  expect(peer.received).toEqual([]);
});

test("a quota that is used up slows the channel down, and no attempt is spent", async () => {
  let isUsedUp = true;
  const { peer, deps } = await serve({
    dot: () => (isUsedUp ? "550 5.4.5 Daily user sending limit exceeded\r\n" : "250 2.0.0 Ok\r\n"),
  });
  await change("QUOTA", 60);
  await runAt(0, deps);
  await runAt(10, deps);
  expect(await countStandings(pool, "QUOTA")).toEqual({ "scheduled 1": 60 });
  expect(peer.mails.length).toBeLessThan(12);
  expect(countEmitted("provider.stopped")).toBe(1);
  isUsedUp = false;
  for (const hour of [7, 8, 9]) await runAt(hour * 60, deps);
  expect(await countStandings(pool, "QUOTA")).toEqual({ "attempted emailSent 1": 60 });
});
test.each([
  ["GREETING", "421 Too many concurrent SMTP connections; please try again later."],
  ["EXIM450", "450 4.7.0 Concurrent session limit of 3 exceeded"],
])(
  "a server that allows three sessions, by %s, gets three from then on, and no attempt is spent",
  async (name, reply) => {
    let open = 0;
    let most = 0;
    let turnedAway = 0;
    const { deps } = await serve(
      {
        connect(socket) {
          open += 1;
          socket.once("close", () => (open -= 1));
          if (open > 3) {
            turnedAway += 1;
            socket.end(`${reply}\r\n`);
            return undefined;
          }
          most = Math.max(most, open);
          return "220 mx.example.net ready\r\n";
        },
      },
      10,
    );
    await change(name, 100);
    for (let count = 0; count < 3; count += 1) await runAt(count, deps);
    expect(await countStandings(pool, name)).toEqual({ "attempted emailSent 1": 100 });
    expect(most).toBe(3);
    const before = turnedAway;
    await change(`${name}2`, 100);
    for (let count = 3; count < 6; count += 1) await runAt(count, deps);
    expect(await countStandings(pool, `${name}2`)).toEqual({ "attempted emailSent 1": 100 });
    expect(turnedAway - before).toBeLessThan(4);
    expect(countEmitted("provider.stopped")).toBe(0);
  },
);

describe("a recipient domain whose server hangs", () => {
  test("holds its own mail only: the others are sent while it hangs, though its mail came first", async () => {
    const hangs = Promise.withResolvers<void>();
    const { peer, deps } = await serve(
      {
        RCPT: (socket) => {
          if (peer.heard.at(-1)?.includes("@hangs.example") !== true) return "250 2.1.5 Ok\r\n";
          void hangs.promise.then(() => socket.write("450 4.2.0 Not now\r\n"));
          return undefined;
        },
      },
      10,
    );
    await change("HANGS", 40);
    await pool.query(
      "update tidings.contacts set value = split_part(value, '@', 1) || '@hangs.example' where id like 'CT-HANGS-%'",
    );
    await change("GOOD", 60);
    const sending = runDueJobs(database, deps);
    await expect.poll(() => countStandings(pool, "GOOD")).toEqual({ "attempted emailSent 1": 60 });
    const hanging = peer.heard.filter((line) => line.includes("@hangs.example")).length;
    expect(hanging).toBeGreaterThan(0);
    expect(hanging).toBeLessThan(4);
    expect(Object.keys(await countStandings(pool, "HANGS"))).not.toContain(
      "failed emailDeferred 1",
    );
    hangs.resolve();
    await sending;
  });
});
