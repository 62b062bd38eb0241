import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TokenSource } from "../../../src/http/core/deps.ts";
import { useDatabase } from "../../database.ts";
import { insertHouse } from "../interactions/scene.ts";
import { useServer } from "../served.ts";

const ISSUER = "https://login.example.com/";
const AUDIENCE = "tidings";
const TYPES = "/notification-types";

/** A token issuer that can be switched to fail. */
let keySet: Server;
let isDown = false;
let fetched = 0;
const right = await generateKeyPair("RS256", { extractable: true });
const wrong = await generateKeyPair("RS256");
const source: { -readonly [Key in keyof TokenSource]: TokenSource[Key] } = {
  jwksUrl: "",
  issuer: ISSUER,
  audience: AUDIENCE,
  maxAgeMs: 86_400_000,
};

beforeAll(async () => {
  const jwk = { ...(await exportJWK(right.publicKey)), kid: "k1", alg: "RS256", use: "sig" };
  keySet = createServer((_request, response) => {
    fetched += 1;
    response.statusCode = isDown ? 500 : 200;
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ keys: [jwk] }));
  });
  keySet.listen(0, "127.0.0.1");
  await once(keySet, "listening");
  source.jwksUrl = `http://127.0.0.1:${(keySet.address() as AddressInfo).port}/jwks`;
});
afterAll(() => void keySet.close());

const database = useDatabase();
const served = useServer(database, () => ({ tokens: source }));
beforeAll(() => insertHouse(database.pool));

interface Made {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly alg?: string;
  readonly kid?: string;
  readonly typ?: string;
  readonly key?: Parameters<SignJWT["sign"]>[0];
}
const now = (): number => Math.floor(Date.now() / 1_000);
function make({ claims = {}, alg = "RS256", kid = "k1", typ, key = right.privateKey }: Made = {}) {
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "client-7",
    scope: "notificationType:read",
    iat: now(),
    exp: now() + 300,
    ...claims,
  };
  return new SignJWT(payload)
    .setProtectedHeader({ alg, kid, ...(typ !== undefined && { typ }) })
    .sign(key);
}
const ask = (token: string, method = "GET", body?: object) =>
  served.ask(method, TYPES, {
    key: null,
    headers: { Authorization: `Bearer ${token}` },
    ...(body && { body }),
  });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

test("while the issuer's keys cannot be fetched, a token is neither accepted nor called invalid", async () => {
  isDown = true;
  const { status, headers, body } = await ask(await make());
  isDown = false;
  expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
  expect(body.message).toBe("The keys of the token issuer cannot be fetched. Try again.");
});

describe("a valid token", () => {
  test.each([
    ["scope", { scope: "openid notificationType:read" }],
    ["scp as a text", { scope: undefined, scp: "notificationType:read" }],
    ["scp as a list", { scope: undefined, scp: ["notificationType:read"] }],
    ["one audience of several", { aud: ["other", AUDIENCE] }],
    ["a clock that is some seconds off", { exp: now() - 10 }],
  ])("is accepted: %s", async (_, claims) => {
    expect((await ask(await make({ claims }))).status).toBe(200);
  });

  test("allows only its scopes", async () => {
    const { status } = await ask(await make(), "POST", { onStatus: "initiated" });
    expect(status).toBe(403);
    const claims = { scope: "notificationType:write" };
    expect((await ask(await make({ claims }), "POST", { onStatus: "initiated" })).status).toBe(200);
  });

  test("costs the issuer one request in all", async () => {
    const before = fetched;
    await Promise.all(Array.from({ length: 5 }, async () => ask(await make())));
    expect(fetched).toBe(before);
  });
});

describe("a token is invalid", () => {
  test.each([
    ["that has expired", { exp: now() - 3_600 }],
    ["that never expires", { exp: undefined }],
    ["that is not valid yet", { nbf: now() + 3_600 }],
    ["of another issuer", { iss: "https://evil.example.com/" }],
    ["for another audience", { aud: "somebody-else" }],
    ["of nobody", { sub: undefined }],
    ["issued too long ago", { iat: now() - 2 * 86_400, exp: now() + 300 }],
    ["issued in the future", { iat: now() + 3_600 }],
    ["without the time of issue", { iat: undefined }],
    ["with an empty subject", { sub: "" }],
    ["with a subject that is a number", { sub: 7 }],
    ["with a subject that is an object", { sub: { id: 7 } }],
    ["with half a surrogate pair as subject", { sub: "\uD83C" }],
    ["with a client that is a number", { client_id: 7 }],
    ["with a client that is empty", { client_id: "" }],
    ["with a client that is blank", { client_id: " " }],
    ["with a line break in the client", { client_id: "x\nSec 1  interaction 1  canceled" }],
    ["with an escape sequence in the client", { client_id: "x\u001b[31m" }],
    ["with a client that reads like an actor", { client_id: "operator:the.ceo" }],
    ["with a client of more than 64 characters", { client_id: "x".repeat(65) }],
    ["with a subject as name that is no name", { client_id: undefined, sub: "a b" }],
  ])("%s", async (_, claims) => {
    const { status, headers } = await ask(await make({ claims }));
    expect([status, headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  });

  test("signed by another key", async () => {
    expect((await ask(await make({ key: wrong.privateKey }))).status).toBe(401);
    expect((await ask(await make({ kid: "k2", key: wrong.privateKey }))).status).toBe(401);
  });

  test("signed with a shared secret, or not at all", async () => {
    const secret = Buffer.from(JSON.stringify(await exportJWK(right.publicKey)));
    expect((await ask(await make({ alg: "HS256", key: secret }))).status).toBe(401);
    const none = `${part({ alg: "none" })}.${part({ iss: ISSUER, aud: AUDIENCE, sub: "x", exp: now() + 300 })}.`;
    expect((await ask(none)).status).toBe(401);
  });

  test("with claims that were changed after signing", async () => {
    const [head, , signature] = (await make()).split(".");
    const claims = part({ iss: ISSUER, aud: AUDIENCE, sub: "admin", exp: now() + 300 });
    expect((await ask(`${head}.${claims}.${signature}`)).status).toBe(401);
  });

  test.each(["x", "a.b.c", "..."])("%j", async (token) => {
    expect((await ask(token)).status).toBe(401);
  });

  test("of another scheme than Bearer", async () => {
    const headers = { Authorization: `Basic ${Buffer.from("a:b").toString("base64")}` };
    expect((await served.ask("GET", TYPES, { key: null, headers })).status).toBe(401);
  });
});

test("neither tokens nor subjects appear in the log", async () => {
  await ask(await make({ claims: { sub: "pat@example.com" } }));
  await ask("a.b.c");
  expect(served.emitted.join("\n")).not.toMatch(/eyJ|a\.b\.c|pat@example/);
  expect(served.emitted.join("\n")).toMatch(/"caller":"token:[0-9a-f]{16}"/);
});

describe("a token and a key of the same name", () => {
  const typed = useServer(database, () => ({ tokens: { ...source, type: "at+jwt" } }));

  test("are different actors on record", async () => {
    const body = { channel: "voice", status: "succeeded" };
    const path = "/people/BO-1/interactions";
    const scope = "interaction:read interaction:write";
    const token = await make({ claims: { client_id: "test-1", scope } });
    const headers = { Authorization: `Bearer ${token}` };
    const byToken = await served.ask("POST", path, { key: null, headers, body });
    const byKey = await served.ask("POST", path, { body });
    const { rows } = await database.pool.query(
      "select moved_by from tidings.interaction_transitions where interaction_id = any($1) order by id",
      [[byToken.body.data["id"], byKey.body.data["id"]]],
    );
    expect(rows).toEqual([{ moved_by: "token:test-1" }, { moved_by: "key:test-1" }]);
    expect(byToken.body.data["createdBy"]).toMatchObject({
      id: expect.stringMatching(/^token:[0-9a-f]{16}$/) as string,
    });
  });

  test.each([
    ["at+jwt", 200],
    ["application/at+jwt", 200],
    ["JWT", 401],
    [undefined, 401],
  ])("where a type is required, typ %s gets %i", async (typ, status) => {
    const token = await make({ ...(typ !== undefined && { typ }) });
    const headers = { Authorization: `Bearer ${token}` };
    expect((await typed.ask("GET", TYPES, { key: null, headers })).status).toBe(status);
  });
});
