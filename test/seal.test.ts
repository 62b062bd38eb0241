import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { isSealed, type SealedContent } from "../src/domain/sealed-content.ts";
import { createSeal, deriveKeys, type Seal } from "../src/seal.ts";
import { interaction } from "./ids.ts";

const newKey = (): string => randomBytes(32).toString("base64");
const OWNER = { interactionId: interaction("7"), channel: "email" } as const;
const CONTENT = { subject: "Your case", bodyText: "Größe, 数, 😀" };

function open(...keys: string[]): Seal {
  const seal = createSeal(keys);
  if (seal === undefined) throw new Error("no seal");
  return seal;
}

const flipped = (
  { sealed }: SealedContent,
  part: "iv" | "tag" | "data" | "commitment",
): SealedContent => {
  const bytes = Buffer.from(sealed[part], "base64");
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return { sealed: { ...sealed, [part]: bytes.toString("base64") } };
};

test("without a key there is no seal", () => {
  expect(createSeal([])).toBeUndefined();
});

test("sealed content shows nothing, and is opened unchanged", () => {
  const seal = open(newKey());
  const sealed = seal.seal(CONTENT, OWNER);
  expect(isSealed(sealed)).toBe(true);
  expect(JSON.stringify(sealed)).not.toContain("case");
  expect(seal.unseal(sealed, OWNER)).toEqual(CONTENT);
});

test("sealing the same content twice gives different results", () => {
  const seal = open(newKey());
  expect(seal.seal(CONTENT, OWNER)).not.toEqual(seal.seal(CONTENT, OWNER));
});

test("a new first key seals, and the old key still opens", () => {
  const [old, fresh] = [newKey(), newKey()];
  const sealed = open(old).seal(CONTENT, OWNER);
  const rotated = open(fresh, old);
  expect(rotated.unseal(sealed, OWNER)).toEqual(CONTENT);
  expect(rotated.seal(CONTENT, OWNER).sealed.keyId).toBe(open(fresh).keyId);
});

test("a key that is not configured is named, and the error shows nothing of it", () => {
  const old = newKey();
  const sealed = open(old).seal(CONTENT, OWNER);
  expect(() => open(newKey()).unseal(sealed, OWNER)).toThrow(
    `CONTENT_KEY_UNKNOWN: content of interaction 7 is sealed with key ${open(old).keyId}`,
  );
});

test("a seal keeps the commitment when it seals again, and content of the same key that does not fit it is broken", () => {
  const [old, fresh] = [newKey(), newKey()];
  const rotated = open(fresh, old);
  const sealed = open(old).seal(CONTENT, OWNER);
  const resealed = rotated.reseal(sealed, OWNER);
  expect(open(fresh).unseal(resealed, OWNER)).toEqual(CONTENT);
  expect(resealed.sealed.commitment).toBe(sealed.sealed.commitment);
  const other = rotated.seal({ subject: "Other" }, OWNER);
  const forged = { sealed: { ...other.sealed, commitment: sealed.sealed.commitment } };
  expect(() => rotated.unseal(forged, OWNER)).toThrow("SEAL_BROKEN: content of interaction 7");
});

test.each(["iv", "tag", "data", "commitment"] as const)("a changed %s breaks the seal", (part) => {
  const seal = open(newKey());
  expect(() => seal.unseal(flipped(seal.seal(CONTENT, OWNER), part), OWNER)).toThrow(
    "SEAL_BROKEN: content of interaction 7",
  );
});

test("a key of another length is refused when the daemon starts", () => {
  expect(() => readConfig({ CONTENT_KEY: `${newKey()},c2hvcnQ=` })).toThrow("CONTENT_KEY");
  expect(readConfig({ CONTENT_KEY: `${newKey()}, ${newKey()}` }).contentKeys).toHaveLength(2);
});

test.each([
  ["another interaction", { interactionId: interaction("8"), channel: "email" }],
  ["another channel", { interactionId: interaction("7"), channel: "text" }],
] as const)("content sealed for %s cannot be opened", (_, owner) => {
  const seal = open(newKey());
  expect(() => seal.unseal(seal.seal(CONTENT, owner), OWNER)).toThrow(
    "SEAL_BROKEN: content of interaction 7",
  );
});

test("keys for other purposes differ from each other and from the content key", () => {
  const [one, other] = [newKey(), newKey()];
  const derived = deriveKeys([one, other], "signedPaths");
  const all = [...derived, ...deriveKeys([one], "another"), ...[one, other].map(fromBase64)];
  expect(new Set(all.map((key) => key.toString("hex"))).size).toBe(5);
  expect(derived.map((key) => key.length)).toEqual([32, 32]);
  expect(deriveKeys([one], "signedPaths")[0]).toEqual(derived[0]);
});

const fromBase64 = (key: string): Buffer => Buffer.from(key, "base64");
