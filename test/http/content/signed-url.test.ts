import { describe, expect, test } from "vitest";
import { checkSignature, signPath } from "../../../src/http/content/signed-url.ts";
import { getOrCreateSecret } from "../../../src/store/api/secrets.ts";
import { useDatabase } from "../../database.ts";

const key = Buffer.alloc(32, 1);
const URL_ID = "0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f11";
const at = (moment: string, signingKeys: readonly Buffer[] = [key]) => ({
  signingKeys,
  clock: () => new Date(moment),
});
const NOW = at("2031-03-03T15:00:00Z");
const signed = new URL(
  signPath(NOW, {
    path: "/recorded-content/7",
    urlId: URL_ID,
    expiresAt: new Date("2031-03-03T15:15:00Z"),
  }),
  "http://x",
);
const permission = {
  path: signed.pathname,
  expires: signed.searchParams.get("expires") ?? "",
  urlId: signed.searchParams.get("urlId") ?? "",
};
const signature = signed.searchParams.get("signature") ?? "";

describe("a signed path", () => {
  test("is valid until it expires", () => {
    expect(checkSignature(NOW, permission, signature)).toBe("valid");
    expect(checkSignature(at("2031-03-03T15:14:59Z"), permission, signature)).toBe("valid");
    expect(checkSignature(at("2031-03-03T15:15:00Z"), permission, signature)).toBe("expired");
  });

  test.each([
    ["another path", { path: "/recorded-content/8" }],
    ["a later expiry", { expires: String(Number(permission.expires) + 1) }],
    ["an expiry that is no number", { expires: "never" }],
    ["another id", { urlId: "0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f12" }],
  ])("with %s is forged", (_, changed) => {
    expect(checkSignature(NOW, { ...permission, ...changed }, signature)).toBe("forged");
  });

  test.each([
    ["no", ""],
    ["a shorter", signature.slice(0, -4)],
    ["another", Buffer.alloc(32).toString("base64url")],
  ])("with %s signature is forged", (_, given) => {
    expect(checkSignature(NOW, permission, given)).toBe("forged");
  });

  test("of an older key is valid, and of an unknown key forged", () => {
    const newer = Buffer.alloc(32, 2);
    const moment = "2031-03-03T15:00:00Z";
    expect(checkSignature(at(moment, [newer, key]), permission, signature)).toBe("valid");
    expect(checkSignature(at(moment, [newer]), permission, signature)).toBe("forged");
  });
});

const { db } = useDatabase();

test("all daemons of an installation share one secret, whichever creates it", async () => {
  const secrets = await Promise.all(
    Array.from({ length: 5 }, () => getOrCreateSecret(db, "paths")),
  );
  expect(new Set(secrets.map((secret) => secret.toString("hex"))).size).toBe(1);
  expect(secrets[0]).toHaveLength(32);
  expect(await getOrCreateSecret(db, "other")).not.toEqual(secrets[0]);
});
