import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { isSealed, type SealedContent } from "../src/domain/sealed-content.ts";
import { openSeal, type Seal } from "../src/seal.ts";

const newKey = (): string => randomBytes(32).toString("base64");
const CONTENT = { subject: "Your case", bodyText: "Größe, 数, 😀" };

function open(...keys: string[]): Seal {
  const seal = openSeal(keys);
  if (seal === undefined) throw new Error("no seal");
  return seal;
}

const flipped = ({ sealed }: SealedContent, part: "iv" | "tag" | "data"): SealedContent => {
  const bytes = Buffer.from(sealed[part], "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return { sealed: { ...sealed, [part]: bytes.toString("base64") } };
};

test("without a key there is no seal", () => {
  expect(openSeal([])).toBeUndefined();
});

test("what is sealed shows nothing of itself and comes back whole", () => {
  const seal = open(newKey());
  const sealed = seal.seal(CONTENT);
  expect(isSealed(sealed)).toBe(true);
  expect(JSON.stringify(sealed)).not.toContain("case");
  expect(seal.unseal(sealed)).toEqual(CONTENT);
});

test("the same content is never sealed twice alike", () => {
  const seal = open(newKey());
  expect(seal.seal(CONTENT)).not.toEqual(seal.seal(CONTENT));
});

test("a new first key seals, and the old one still opens", () => {
  const [old, fresh] = [newKey(), newKey()];
  const sealed = open(old).seal(CONTENT);
  const rotated = open(fresh, old);
  expect(rotated.unseal(sealed)).toEqual(CONTENT);
  expect(rotated.seal(CONTENT).sealed.keyId).toBe(open(fresh).keyId);
});

test("a key that is gone is named, and nothing of it told", () => {
  const old = newKey();
  const sealed = open(old).seal(CONTENT);
  expect(() => open(newKey()).unseal(sealed)).toThrow(
    `CONTENT_KEY_UNKNOWN: content sealed with key ${open(old).keyId}`,
  );
});

test.each(["iv", "tag", "data"] as const)("a changed %s is noticed", (part) => {
  const seal = open(newKey());
  expect(() => seal.unseal(flipped(seal.seal(CONTENT), part))).toThrow(
    "it is not what that key sealed",
  );
});

test("a key of another length is refused when the daemon starts", () => {
  expect(() => readConfig({ CONTENT_KEY: `${newKey()},c2hvcnQ=` })).toThrow("CONTENT_KEY");
  expect(readConfig({ CONTENT_KEY: `${newKey()}, ${newKey()}` }).contentKeys).toHaveLength(2);
});
