import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { SCOPES, type Scope } from "../../src/domain/vocabulary.ts";
import { generateKey } from "../../src/api-key.ts";
import { createKeyReader } from "../../src/http/auth/api-key.ts";
import { revokeApiKey } from "../../src/store/api/api-keys.ts";
import { createDb, openPool } from "../../src/store/postgres/db.ts";
import { useDatabase } from "../database.ts";
import { insertLender } from "../lender.ts";
import { useServer } from "./served.ts";

const database = useDatabase();
const { pool, db } = database;
const served = useServer(database);
const { ask, keyWith } = served;
beforeAll(() => insertLender(pool));

const TYPES = "/notification-types";
const DRAFT = { onStatus: "initiated" };

describe("credentials", () => {
  test("a request without credentials gets a 401 that names the scheme", async () => {
    const { status, headers, body } = await ask("GET", TYPES, { key: null });
    expect([status, headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(body.message).toBe("Missing or invalid credentials.");
  });

  test.each([
    ["a word", () => "secret"],
    ["nothing", () => ""],
    ["a key that was never made", () => generateKey().key],
  ])("%s is no key", async (_, key) => {
    const { status, headers } = await ask("GET", TYPES, { key: key() });
    expect([status, headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  });

  test("a key with one character changed is invalid", async () => {
    const key = await keyWith("notificationType:read");
    expect((await ask("GET", TYPES, { key })).status).toBe(200);
    const wrong = key.slice(0, -1) + (key.endsWith("A") ? "B" : "A");
    expect((await ask("GET", TYPES, { key: wrong })).status).toBe(401);
  });

  test("only the hash of a key is stored", async () => {
    const key = await keyWith("notificationType:read");
    const { rows } = await pool.query<{ row: string }>(
      "select to_jsonb(k)::text as row from tidings.api_keys k",
    );
    const secret = key.split("_").slice(2).join("_");
    expect(rows.some(({ row }) => row.includes(secret))).toBe(false);
  });

  test("a revoked key is refused after a second and not before", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const readKey = createKeyReader(db);
    const key = await keyWith("notificationType:read");
    const { rows } = await pool.query<{ name: string }>(
      "select name from tidings.api_keys order by id desc limit 1",
    );
    expect(await readKey(key)).toBeDefined();
    expect(await revokeApiKey(db, rows[0]?.name ?? "")).toBe(true);
    vi.advanceTimersByTime(999);
    expect(await readKey(key)).toBeDefined();
    vi.advanceTimersByTime(1);
    expect(await readKey(key)).toBeUndefined();
    vi.useRealTimers();
    expect((await ask("GET", TYPES, { key })).status).toBe(401);
  });

  test("a token is refused where no issuer is configured", async () => {
    const headers = { Authorization: "Bearer abc.def.ghi" };
    expect((await ask("GET", TYPES, { key: null, headers })).status).toBe(401);
  });

  const NEEDS: readonly (readonly [method: string, path: string, scope: Scope])[] = [
    ["GET", TYPES, "notificationType:read"],
    ["GET", `${TYPES}/1`, "notificationType:read"],
    ["POST", TYPES, "notificationType:write"],
    ["PUT", `${TYPES}/1`, "notificationType:write"],
    ["GET", "/case-types/bankruptcy/notification-types", "notificationType:read"],
    ["PUT", "/case-types/bankruptcy/notification-types", "notificationType:write"],
  ];
  test.each(NEEDS)(
    "%s %s requires %s, and no other scope is enough",
    async (method, path, scope) => {
      const others = SCOPES.filter((one) => one !== scope);
      const key = await keyWith(...others);
      const { status, body } = await ask(method, path, {
        key,
        ...(method !== "GET" && { body: {} }),
      });
      expect([status, body.message]).toEqual([403, `Missing scope: this requires ${scope}.`]);
    },
  );
});

describe("paths and methods", () => {
  test("an unknown path is 404 and points to /docs", async () => {
    const { status, body } = await ask("GET", "/nothing");
    expect([status, body.message]).toEqual([404, "Not found. /docs lists all paths."]);
  });

  test.each([
    ["DELETE", TYPES, "GET, HEAD, POST"],
    ["PATCH", `${TYPES}/1`, "GET, HEAD, PUT"],
    ["DELETE", `${TYPES}/1`, "GET, HEAD, PUT"],
    ["POST", "/healthz", "GET, HEAD"],
    ["OPTIONS", TYPES, "GET, HEAD, POST"],
  ])("%s %s is 405, and Allow says what is", async (method, path, allow) => {
    const { status, headers } = await ask(method, path);
    expect([status, headers.get("allow")]).toEqual([405, allow]);
  });

  test("HEAD answers as GET does, without a body", async () => {
    const { status, body } = await ask("HEAD", TYPES);
    expect([status, body]).toEqual([200, ""]);
  });

  test.each(["abc", "0", "-1", "1.0", "99999999999", "1%00"])(
    "%s is no id of a type",
    async (id) => {
      const { status, body } = await ask("GET", `${TYPES}/${id}`);
      expect([status, body.errors[0]?.field]).toEqual([400, "notificationTypeId"]);
    },
  );

  test("a NUL in a path is 400 and not a 500", async () => {
    const { status } = await ask("GET", "/case-types/%00/notification-types");
    expect(status).toBe(400);
  });
});

describe("the request body", () => {
  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    ask("POST", TYPES, { body, headers });

  test.each(["{", "", "{'a': 1}", '{"onStatus": "initiated"} x', "﻿{}x"])(
    "%j is broken JSON",
    async (body) => {
      const { status, body: refused } = await post(body);
      expect([status, refused.message]).toEqual([400, "The body is not valid JSON."]);
    },
  );

  test.each(["text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""])(
    "Content-Type %j is not taken",
    async (type) => {
      const { status, body } = await post("{}", { "Content-Type": type });
      expect([status, body.errors[0]?.field]).toEqual([415, "Content-Type"]);
    },
  );

  test("application/json may have a charset", async () => {
    const headers = { "Content-Type": "Application/JSON; charset=utf-8" };
    expect((await post(DRAFT, headers)).status).toBe(200);
  });

  test("bytes that are not UTF-8 are refused", async () => {
    const key = await keyWith("notificationType:write");
    const { status } = await fetch(`${served.origin}${TYPES}`, {
      method: "POST",
      headers: { "X-API-KEY": key, "Content-Type": "application/json" },
      body: Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff]), Buffer.from('"}')]),
    });
    expect(status).toBe(400);
  });

  test.each(["[]", "null", "1", '"x"'])("%s is not an object", async (body) => {
    expect((await post(body)).status).toBe(422);
  });

  test("more than 1 MB is 413, with or without Content-Length", async () => {
    const large = JSON.stringify({ ...DRAFT, description: "x".repeat(2 ** 20) });
    expect((await post(large)).status).toBe(413);
    const key = await keyWith("notificationType:write");
    const streaming = {
      method: "POST",
      headers: { "X-API-KEY": key, "Content-Type": "application/json" },
      body: new Blob([large]).stream(),
      duplex: "half" as const,
    };
    const streamed = await fetch(`${served.origin}${TYPES}`, streaming);
    expect(streamed.status).toBe(413);
  });

  test.each([
    ["a NUL", { ...DRAFT, name: "a\0b" }, "name"],
    ["half a surrogate pair", { ...DRAFT, name: "\uD83C" }, "name"],
    ["a key with a NUL", { ...DRAFT, onCondition: [{ "\0": 1 }] }, "onCondition[0]"],
    [
      "a key __proto__",
      '{"onStatus": "initiated", "onCondition": [{"__proto__": {}}]}',
      "onCondition[0]",
    ],
    [
      "a number that a double cannot hold",
      '{"onStatus": "initiated", "onCondition": [{"fieldName": "a", "value": 9007199254740993}]}',
      "onCondition[0].value",
    ],
  ])("%s cannot be stored, and is said so", async (_, body, field) => {
    const refused = await post(body);
    expect([refused.status, refused.body.errors[0]?.field]).toEqual([422, field]);
  });

  test("a megabyte of brackets is refused without a stack overflow", async () => {
    const deep = `{"onCondition":${"[".repeat(400_000)}${"]".repeat(400_000)}}`;
    expect((await post(deep)).status).toBe(422);
    const wide = `{"onCondition":[${"0,".repeat(400_000)}0]}`;
    expect((await post(wide)).status).toBe(422);
  });

  test("no error repeats a value of the request", async () => {
    const secret = "pat@example.com";
    const { body } = await post({ ...DRAFT, channel: secret, name: secret.repeat(9), unit: 7 });
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(body.errors).toEqual([
      { field: "name", message: "must have at most 50 characters" },
      {
        field: "channel",
        message:
          'must be one of "voice", "email", "fax", "text", "chat", "mail", "gui", "document"',
      },
      { field: "unit", message: 'must be one of "calendarDays", "businessDays"' },
    ]);
  });
});

describe("Idempotency-Key", () => {
  const post = (key: string, body: object, rest: { path?: string; apiKey?: string } = {}) =>
    ask("POST", rest.path ?? TYPES, {
      body,
      headers: { "Idempotency-Key": key },
      ...(rest.apiKey !== undefined && { key: rest.apiKey }),
    });
  const count = async (name: string): Promise<number | null> =>
    (await pool.query("select from tidings.notification_types where name = $1", [name])).rowCount;

  test("a repeated request is done once and gets the same response", async () => {
    const first = await post("k-1", { ...DRAFT, name: "Once" });
    const again = await post("k-1", { ...DRAFT, name: "Once" });
    expect(again.body).toEqual(first.body);
    expect(await count("Once")).toBe(1);
  });

  test("ten simultaneous requests are done once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => post("k-2", { ...DRAFT, name: "Ten" })),
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(answers.map(({ body }) => body.data["id"])).size).toBe(1);
    expect(await count("Ten")).toBe(1);
  });

  test("a key with another body or another path is refused", async () => {
    const made = await post("k-3", { ...DRAFT, name: "Third" });
    const body = await post("k-3", { ...DRAFT, name: "Fourth" });
    expect([body.status, body.body.errors[0]?.field]).toEqual([422, "Idempotency-Key"]);
    const path = `${TYPES}?typeId=${Number(made.body.data["id"])}`;
    expect((await post("k-3", { ...DRAFT, name: "Third" }, { path })).status).toBe(422);
    expect(await count("Fourth")).toBe(0);
  });

  test("the same key of another caller is independent", async () => {
    const apiKey = await keyWith("notificationType:write");
    const mine = await post("k-4", { ...DRAFT, name: "Mine" });
    const theirs = await post("k-4", { ...DRAFT, name: "Mine" }, { apiKey });
    expect(theirs.body.data["id"]).not.toBe(mine.body.data["id"]);
  });

  test("the key of a refused request can be used for the corrected one", async () => {
    expect((await post("k-5", { ...DRAFT, status: "active" })).status).toBe(422);
    expect((await post("k-5", { ...DRAFT, name: "Corrected" })).status).toBe(200);
  });

  test("keys are deleted after 24 hours", async () => {
    await post("k-6", { ...DRAFT, name: "Day" });
    await post("k-7", { ...DRAFT, name: "Other day" });
    const { rowCount: before } = await pool.query("select from tidings.idempotency_keys");
    await pool.query(
      "update tidings.idempotency_keys set created_at = created_at - interval '25 hours'",
    );
    await post("k-6", { ...DRAFT, name: "Day" });
    expect(await count("Day")).toBe(2);
    const { rowCount } = await pool.query("select from tidings.idempotency_keys");
    expect([Number(before) > 2, rowCount]).toEqual([true, 1]);
  });

  test("nothing of the request body is stored", async () => {
    await post("k-8", { ...DRAFT, name: "Secret name" });
    const { rows } = await pool.query<{ row: string }>(
      "select to_jsonb(k)::text as row from tidings.idempotency_keys k",
    );
    expect(JSON.stringify(rows)).not.toContain("Secret name");
  });

  test.each(["has space", "x".repeat(256)])("%j is not a valid key", async (key) => {
    const { status, body } = await post(key, DRAFT);
    expect([status, body.errors[0]?.field]).toEqual([400, "Idempotency-Key"]);
  });
});

describe("every response", () => {
  test.each([
    ["GET", TYPES, 200],
    ["GET", "/nothing", 404],
    ["POST", TYPES, 415],
  ])("%s %s (%i) has an id and safe headers", async (method, path, expected) => {
    const { status, headers } = await ask(method, path);
    expect(status).toBe(expected);
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(Object.fromEntries(headers)).toMatchObject({
      "cache-control": "no-store",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
    });
  });

  test("is logged with route and caller, never with the path", async () => {
    const before = served.emitted.length;
    await ask("GET", "/case-types/CT-secret/notification-types");
    expect(served.emitted.slice(before).map((line): unknown => JSON.parse(line))).toEqual([
      expect.objectContaining({
        event: "http.answered",
        method: "GET",
        route: "/case-types/:caseTypeId/notification-types",
        status: 404,
        caller: "key:1",
      }),
    ]);
  });
});

describe("health", () => {
  /** A result is reused for a second. */
  async function expectReadiness(expected: object): Promise<void> {
    const read = async () => (await ask("GET", "/readyz", { key: null })).body;
    await expect.poll(read).toEqual(expected);
  }

  test("/healthz needs no key", async () => {
    const { status, body } = await ask("GET", "/healthz", { key: null });
    expect([status, body]).toEqual([200, { status: "alive" }]);
  });

  test("/readyz is ready with a database, its migrations and a queue that moves", async () => {
    const { status, body } = await ask("GET", "/readyz", { key: null });
    expect([status, body]).toEqual([
      200,
      { status: "ready", failing: [], unresolvedCaseChanges: 0 },
    ]);
  });

  test("/readyz is not ready while no job is worked on, or while a migration is missing", async () => {
    await pool.query(
      "select tidings_queue.add_job('settle_unknown_outcomes', '{}', run_at => now() - interval '2 minutes')",
    );
    await expectReadiness({ status: "notReady", failing: ["queue"], unresolvedCaseChanges: 0 });
    await pool.query("select tidings_queue.add_job('deliver_interactions', '{}')");
    await pool.query(
      "update tidings_queue._private_jobs set locked_at = now(), locked_by = 'w' where run_at > now() - interval '1 minute'",
    );
    // a job is being worked on
    await expectReadiness({ status: "ready", failing: [], unresolvedCaseChanges: 0 });
    await pool.query("delete from tidings_queue._private_jobs");
    await pool.query(
      "update tidings.kysely_migration set name = '_' || name where name like '0010%'",
    );
    await expectReadiness({
      status: "notReady",
      failing: ["migrations"],
      unresolvedCaseChanges: 0,
    });
    await pool.query("update tidings.kysely_migration set name = ltrim(name, '_')");
  });

  test("/readyz is not ready while a case change waits and no daemon takes it; one that fails is only counted", async () => {
    await pool.query(
      "insert into tidings.resolve_queue (case_change_ids, attempts, queued_at) values ('{1,2}', 1, now() - interval '1 hour')",
    );
    await expectReadiness({ status: "ready", failing: [], unresolvedCaseChanges: 2 });
    await pool.query("update tidings.resolve_queue set attempts = 0");
    await expectReadiness({
      status: "notReady",
      failing: ["resolving"],
      unresolvedCaseChanges: 2,
    });
    await pool.query("delete from tidings.resolve_queue");
  });
});

describe("while the database is unreachable", () => {
  const lost = openPool({
    url: "postgres://tidings@127.0.0.1:1/x",
    actor: "test",
    max: 1,
    onLost: () => {},
  });
  const away = useServer(database, { db: createDb(lost), healthDb: createDb(lost) });
  afterAll(() => lost.end());

  test("a caller gets a 503 with Retry-After, and no fault is logged", async () => {
    const { status, headers, body } = await away.ask("GET", TYPES, { key: generateKey().key });
    expect([status, headers.get("retry-after"), body.message]).toEqual([
      503,
      "5",
      "The database cannot be reached. Try again.",
    ]);
    expect(away.emitted.filter((line) => line.includes("http.failed"))).toEqual([]);
  });

  test("the server is alive and not ready", async () => {
    expect((await away.ask("GET", "/healthz")).status).toBe(200);
    const { status, body } = await away.ask("GET", "/readyz");
    expect([status, body]).toEqual([
      503,
      { status: "notReady", failing: ["database"], unresolvedCaseChanges: null },
    ]);
  });
});

describe("while the database is slow", () => {
  const hasty = openPool({
    url: database.url,
    actor: "test",
    max: 1,
    onLost: () => {},
    statementMs: 100,
  });
  const slow = useServer(database, { db: createDb(hasty) });
  afterAll(() => hasty.end());

  test("a statement is canceled, and its caller gets a 503", async () => {
    const holder = await pool.connect();
    await holder.query("begin; lock table tidings.case_types");
    const { status, headers, body } = await slow.ask("GET", "/case-types/x/notification-types");
    await holder.query("rollback");
    holder.release();
    expect([status, headers.get("retry-after"), body.message]).toEqual([
      503,
      "5",
      "The database took too long. Request less, or try again.",
    ]);
    expect((await slow.ask("GET", "/case-types/x/notification-types")).status).toBe(404);
  });
});

test("a 500 shows only the request id, and is logged with it", async () => {
  await pool.query("alter table tidings.case_types rename to case_types_gone");
  const { status, headers, body } = await ask("GET", "/case-types/x/notification-types");
  await pool.query("alter table tidings.case_types_gone rename to case_types");
  const requestId = headers.get("x-request-id");
  expect([status, body.message]).toEqual([
    500,
    `Internal server error. It is logged as request ${requestId}.`,
  ]);
  const failed = served.emitted.filter((line) => line.includes("http.failed"));
  expect(failed.map((line): unknown => JSON.parse(line))).toEqual([
    {
      event: "http.failed",
      requestId,
      method: "GET",
      route: "/case-types/:caseTypeId/notification-types",
      code: "42P01",
      detail: null,
    },
  ]);
});
