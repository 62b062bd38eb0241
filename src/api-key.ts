import { createHash, randomBytes } from "node:crypto";

/** `tdg_` and eight letters that may be shown, then 256 random bits. */
const KEY = /^(tdg_[a-z2-7]{8})_[A-Za-z0-9_-]{43}$/;
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

/** A new API key: `key` is shown once, prefix and hash are stored. */
export interface GeneratedKey {
  readonly key: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

/** Makes a new key of 256 random bits. It is stored nowhere yet. */
export function generateKey(): GeneratedKey {
  const letters = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  const prefix = `tdg_${letters}`;
  const key = `${prefix}_${randomBytes(32).toString("base64url")}`;
  return { key, prefix, hash: hashKey(key) };
}

/** The part of a key that may be shown; undefined for a text that cannot be a key. */
export const prefixOf = (key: string): string | undefined => KEY.exec(key)?.[1];

/** A key has 256 random bits, so a plain SHA-256 of it is as safe as a slow hash. */
export const hashKey = (key: string): Buffer => createHash("sha256").update(key).digest();
