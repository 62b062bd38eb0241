import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { generateKey } from "../../src/api-key.ts";
import { createDb, openPool } from "../../src/store/postgres/db.ts";
import { useDatabase } from "../database.ts";
import { insertAllLogged, insertLogged } from "../interactions.ts";
import { insertHouse } from "./interactions/scene.ts";
import { useServer, type Answer } from "./served.ts";

const database = useDatabase();
const { pool } = database;
const TYPES = "/notification-types";
beforeAll(() => insertHouse(pool));

/** Counts the connections that are taken from the pool. */
function countingPool() {
  const counted = openPool({ url: database.url, actor: "test", max: 1, onLost: () => {} });
  let connections = 0;
  counted.on("acquire", () => (connections += 1));
  afterAll(() => counted.end());
  return { db: createDb(counted), connections: () => connections };
}

describe("readiness", () => {
  const health = countingPool();
  const served = useServer(database, { healthDb: health.db });

  test("queries the database once for many requests, from any sender", async () => {
    // the clock stands still, so that the result of the check stays valid for a second however long the requests take
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    // fewer than the 200 connections that one address may have, because the next test needs one more
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => served.ask("GET", "/readyz", { key: null })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const perCheck = health.connections();
    expect(perCheck, "one check is a few statements").toBeLessThan(8);
    vi.advanceTimersByTime(1_000);
    expect((await served.ask("GET", "/readyz", { key: null })).status).toBe(200);
    expect(health.connections()).toBe(2 * perCheck);
  });

  test("is never limited, so a flood does not make a healthy daemon look broken", async () => {
    const limited = await served.ask("GET", "/healthz", { key: null });
    expect(limited.status).toBe(200);
  });
});

describe("requests without valid credentials", () => {
  const lookups = countingPool();
  const served = useServer(database, { db: lookups.db, perSecond: 5 });
  const BURST = 10;

  test("are limited by their address, and callers behind the same address are not", async () => {
    const key = await served.keyWith("notificationType:read");
    expect((await served.ask("GET", TYPES, { key })).status).toBe(200);
    const before = lookups.connections();
    const guesses = await Promise.all(
      Array.from({ length: 100 }, () => served.ask("GET", TYPES, { key: generateKey().key })),
    );
    const statuses = guesses.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(0);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    // a guess that is over the limit costs the database nothing
    const lookedUp = lookups.connections() - before;
    expect(lookedUp).toBe(statuses.filter((status) => status === 401).length);
    const refused = guesses.find(({ status }) => status === 429);
    expect(refused?.body.message).toBe("Too many requests.");
    expect(Number(refused?.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await served.ask("GET", TYPES, { key })).status, "a known caller").toBe(200);
  });

  test("include requests without any credentials", async () => {
    const answers = await Promise.all(
      Array.from({ length: 3 * BURST }, () => served.ask("GET", "/docs", { key: null })),
    );
    expect(answers.some(({ status }) => status === 429)).toBe(true);
  });
});

describe("requests in flight", () => {
  const served = useServer(database);

  test("of one caller that are slow do not keep another caller waiting", async () => {
    const greedy = await served.keyWith("interaction:read");
    const other = await served.keyWith("interaction:read");
    const holder = await pool.connect();
    await holder.query("begin; lock table tidings.loans in access exclusive mode");
    const path = "/interactions?loanId=ext-ledger-1";
    const waiting = Array.from({ length: 60 }, () => served.ask("GET", path, { key: greedy }));
    const answer = await served.ask("GET", "/interactions?limit=1", { key: other });
    expect(answer.status).toBe(200);
    await holder.query("rollback");
    holder.release();
    const statuses = (await Promise.all(waiting)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
  });

  test("that are too many at once get a 429", async () => {
    const key = await served.keyWith("interaction:read");
    const holder = await pool.connect();
    await holder.query("begin; lock table tidings.loans in access exclusive mode");
    const path = "/interactions?loanId=ext-ledger-1";
    const answered: Answer[] = [];
    const waiting = Array.from({ length: 110 }, async () => {
      answered.push(await served.ask("GET", path, { key }));
    });
    await expect.poll(() => answered.length).toBe(6);
    const refusals = answered.map(({ status, headers }) => [status, headers.get("retry-after")]);
    expect(refusals).toEqual(refusals.map(() => [429, "1"]));
    await holder.query("rollback");
    holder.release();
    await Promise.all(waiting);
    expect(answered.slice(6).every(({ status }) => status === 200)).toBe(true);
  });
});

describe("a page of large interactions", () => {
  const served = useServer(database);
  const LARGE = 900_000;

  /** Sends requests and reads nothing. */
  async function stall(path: string, key: string, requests: number): Promise<Socket> {
    const { port, hostname } = new URL(served.origin);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.pause();
    const request = `GET ${path} HTTP/1.1\r\nHost: x\r\nX-API-KEY: ${key}\r\n\r\n`;
    socket.write(request.repeat(requests));
    return socket;
  }

  test("ends at 5 MB, and nextUrl continues the list", async () => {
    await pool.query("insert into tidings.borrowers (id) values ('BO-L')");
    const rows = Array.from({ length: 20 }, (_, n) => ({
      personId: "BO-L",
      content: { transcript: "x".repeat(LARGE) },
      startedAt: new Date(Date.UTC(2026, 2, 2, 20 - n)),
    }));
    const all = await insertAllLogged(pool, rows);
    for (const [query, expected] of [
      ["limit=100", all.toReversed()],
      ["limit=100&order=asc&sortBy=startedAt", all.toReversed()],
      ["limit=100&order=desc&sortBy=startedAt", all],
    ] as const) {
      const seen: string[] = [];
      let url: unknown = `/people/BO-L/interactions?${query}`;
      let pages = 0;
      while (typeof url === "string") {
        const { body, text } = await served.ask("GET", url);
        expect(text.length).toBeLessThan(7_000_000);
        expect(body["total"]).toBe(20);
        seen.push(...body.data.map((one) => String(one["id"])));
        url = body["nextUrl"];
        pages += 1;
      }
      expect(seen, query).toEqual(expected);
      expect(pages, query).toBe(4);
    }
  });

  test("continues backwards too", async () => {
    const last = await served.ask("GET", "/people/BO-L/interactions?limit=100&endingBefore=1");
    const { body } = last;
    expect(body.count).toBe(6);
    const { body: before } = await served.ask("GET", String(body["previousUrl"]));
    expect(before.count).toBe(6);
    const ids = [...before.data, ...body.data].map((one) => Number(one["id"]));
    expect(ids).toEqual(ids.toSorted((one, other) => other - one));
  });

  test("is in flight until it is read, or until the client has gone", async () => {
    const key = await served.keyWith("interaction:read");
    const path = "/people/BO-L/interactions?limit=100";
    const before = served.emitted.length;
    const sockets = await Promise.all(Array.from({ length: 2 }, () => stall(path, key, 4)));
    const answers = (): number =>
      served.emitted.slice(before).filter((line) => line.includes("http.answered")).length;
    // four are answered and unread, and the others wait for them
    await expect.poll(answers).toBe(4);
    const next = served.ask("GET", "/interactions?limit=1", { key });
    for (const socket of sockets) socket.destroy();
    expect((await next).status).toBe(200);
  });

  test("has at least one interaction, however large", async () => {
    await pool.query("insert into tidings.borrowers (id) values ('BO-XL')");
    const content = { transcript: "x".repeat(6_000_000) };
    for (let n = 0; n < 2; n += 1) await insertLogged(pool, { personId: "BO-XL", content });
    const { body } = await served.ask("GET", "/people/BO-XL/interactions");
    expect([body.count, body["total"], typeof body["nextUrl"]]).toEqual([1, 2, "string"]);
  });
});
