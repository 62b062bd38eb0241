import { describe, expect, test } from "vitest";
import { checkSigned, signPath } from "../../../src/http/content/signed-url.ts";
import { getOrCreateSecret } from "../../../src/store/api/secrets.ts";
import { useDatabase } from "../../database.ts";

const signingKey = Buffer.alloc(32, 1);
const at = (moment: string) => ({ signingKey, clock: () => new Date(moment) });
const path = "/interactions/7/content";
const signed = new URL(
  signPath({ signingKey }, path, new Date("2031-03-03T15:15:00Z")),
  "http://x",
);
const parts = {
  path: signed.pathname,
  expires: signed.searchParams.get("expires") ?? "",
  signature: signed.searchParams.get("signature") ?? "",
};

describe("a signed path", () => {
  test("is valid until it expires", () => {
    expect(checkSigned(at("2031-03-03T15:00:00Z"), parts)).toBe("valid");
    expect(checkSigned(at("2031-03-03T15:14:59Z"), parts)).toBe("valid");
    expect(checkSigned(at("2031-03-03T15:15:00Z"), parts)).toBe("expired");
  });

  test.each([
    ["another path", { path: "/interactions/8/content" }],
    ["a later expiry", { expires: String(Number(parts.expires) + 1) }],
    ["an expiry that is no number", { expires: "never" }],
    ["no signature", { signature: "" }],
    ["a shorter signature", { signature: parts.signature.slice(0, -4) }],
    ["another signature", { signature: Buffer.alloc(32).toString("base64url") }],
  ])("with %s is forged", (_, changed) => {
    expect(checkSigned(at("2031-03-03T15:00:00Z"), { ...parts, ...changed })).toBe("forged");
  });

  test("of another key is forged", () => {
    const other = { signingKey: Buffer.alloc(32, 2), clock: () => new Date(0) };
    expect(checkSigned(other, parts)).toBe("forged");
  });
});

const { db } = useDatabase();

test("all daemons of an installation share the secret that whoever came first has made", async () => {
  const secrets = await Promise.all(
    Array.from({ length: 5 }, () => getOrCreateSecret(db, "paths")),
  );
  expect(new Set(secrets.map((secret) => secret.toString("hex"))).size).toBe(1);
  expect(secrets[0]).toHaveLength(32);
  expect(await getOrCreateSecret(db, "other")).not.toEqual(secrets[0]);
});
