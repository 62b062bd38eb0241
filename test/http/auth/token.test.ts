import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TokenSource } from "../../../src/http/core/deps.ts";
import { useDatabase } from "../../database.ts";
import { useServer } from "../served.ts";

const ISSUER = "https://login.example.com/";
const AUDIENCE = "tidings";
const TYPES = "/notification-types";

/** An issuer of tokens that can be told to fail. */
let keySet: Server;
let isDown = false;
let fetched = 0;
const right = await generateKeyPair("RS256", { extractable: true });
const wrong = await generateKeyPair("RS256");
const source: { -readonly [Key in keyof TokenSource]: TokenSource[Key] } = {
  jwksUrl: "",
  issuer: ISSUER,
  audience: AUDIENCE,
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

const served = useServer(useDatabase(), () => ({ tokens: source }));

interface Made {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly alg?: string;
  readonly kid?: string;
  readonly key?: Parameters<SignJWT["sign"]>[0];
}
const now = (): number => Math.floor(Date.now() / 1_000);
function make({ claims = {}, alg = "RS256", kid = "k1", key = right.privateKey }: Made = {}) {
  const payload = {
    iss: ISSUER,
    aud: AUDIENCE,
    sub: "client-7",
    scope: "notificationType:read",
    iat: now(),
    exp: now() + 300,
    ...claims,
  };
  return new SignJWT(payload).setProtectedHeader({ alg, kid }).sign(key);
}
const ask = (token: string, method = "GET", body?: object) =>
  served.ask(method, TYPES, {
    key: null,
    headers: { Authorization: `Bearer ${token}` },
    ...(body && { body }),
  });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

test("while the issuer's keys cannot be fetched, nobody is called a liar", async () => {
  isDown = true;
  const { status, headers, body } = await ask(await make());
  isDown = false;
  expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
  expect(body.message).toBe("The keys of the token issuer cannot be fetched; try again.");
});

describe("a token that is right", () => {
  test.each([
    ["scope", { scope: "openid notificationType:read" }],
    ["scp as a text", { scope: undefined, scp: "notificationType:read" }],
    ["scp as a list", { scope: undefined, scp: ["notificationType:read"] }],
    ["one audience of several", { aud: ["other", AUDIENCE] }],
    ["a clock that is some seconds off", { exp: now() - 10 }],
  ])("is taken: %s", async (_, claims) => {
    expect((await ask(await make({ claims }))).status).toBe(200);
  });

  test("may do no more than its scopes", async () => {
    const { status } = await ask(await make(), "POST", { onStatus: "initiated" });
    expect(status).toBe(403);
    const claims = { scope: "notificationType:write" };
    expect((await ask(await make({ claims }), "POST", { onStatus: "initiated" })).status).toBe(200);
  });

  test("costs the issuer one request, whatever is asked", async () => {
    const before = fetched;
    await Promise.all(Array.from({ length: 5 }, async () => ask(await make())));
    expect(fetched).toBe(before);
  });
});

describe("a token is refused", () => {
  test.each([
    ["that has expired", { exp: now() - 3_600 }],
    ["that never expires", { exp: undefined }],
    ["that is not valid yet", { nbf: now() + 3_600 }],
    ["of another issuer", { iss: "https://evil.example.com/" }],
    ["for another audience", { aud: "somebody-else" }],
    ["of nobody", { sub: undefined }],
  ])("%s", async (_, claims) => {
    const { status, headers } = await ask(await make({ claims }));
    expect([status, headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
  });

  test("that another key signed", async () => {
    expect((await ask(await make({ key: wrong.privateKey }))).status).toBe(401);
    expect((await ask(await make({ kid: "k2", key: wrong.privateKey }))).status).toBe(401);
  });

  test("that a shared secret signed, or nobody", async () => {
    const secret = Buffer.from(JSON.stringify(await exportJWK(right.publicKey)));
    expect((await ask(await make({ alg: "HS256", key: secret }))).status).toBe(401);
    const none = `${part({ alg: "none" })}.${part({ iss: ISSUER, aud: AUDIENCE, sub: "x", exp: now() + 300 })}.`;
    expect((await ask(none)).status).toBe(401);
  });

  test("whose words were changed after it was signed", async () => {
    const [head, , signature] = (await make()).split(".");
    const claims = part({ iss: ISSUER, aud: AUDIENCE, sub: "admin", exp: now() + 300 });
    expect((await ask(`${head}.${claims}.${signature}`)).status).toBe(401);
  });

  test.each(["x", "a.b.c", "..."])("%j", async (token) => {
    expect((await ask(token)).status).toBe(401);
  });

  test("of another kind than Bearer", async () => {
    const headers = { Authorization: `Basic ${Buffer.from("a:b").toString("base64")}` };
    expect((await served.ask("GET", TYPES, { key: null, headers })).status).toBe(401);
  });
});

test("no token ever stands in the log, nor whom it names", async () => {
  await ask(await make({ claims: { sub: "pat@example.com" } }));
  await ask("a.b.c");
  expect(served.emitted.join("\n")).not.toMatch(/eyJ|a\.b\.c|pat@example/);
  expect(served.emitted.join("\n")).toMatch(/"caller":"token:[0-9a-f]{16}"/);
});
