import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { findApiKey } from "../store/api-keys.ts";
import type { Db } from "../store/db.ts";
import type { Caller } from "./caller.ts";

/** `tdg_` and eight letters that may be shown, then 256 random bits. */
const KEY = /^(tdg_[a-z2-7]{8})_[A-Za-z0-9_-]{43}$/;
const LETTERS = "abcdefghijklmnopqrstuvwxyz234567";

const hashOf = (key: string): Buffer => createHash("sha256").update(key).digest();
const NO_HASH = Buffer.alloc(32);

/** A new key: `key` is shown once, the rest is kept. */
export interface MadeKey {
  readonly key: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

export function makeKey(): MadeKey {
  const letters = [...randomBytes(8)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
  const prefix = `tdg_${letters}`;
  const key = `${prefix}_${randomBytes(32).toString("base64url")}`;
  return { key, prefix, hash: hashOf(key) };
}

/** Who holds the key; undefined where nobody does. Takes as long for a wrong key as for a right one. */
export async function callerOfKey(db: Db, key: string): Promise<Caller | undefined> {
  const prefix = KEY.exec(key)?.[1];
  if (prefix === undefined) return undefined;
  const known = await findApiKey(db, prefix);
  const isRight = timingSafeEqual(hashOf(key), known?.hash ?? NO_HASH);
  if (known === undefined || !isRight) return undefined;
  return { id: `key:${known.id}`, name: known.name, scopes: new Set(known.scopes) };
}
