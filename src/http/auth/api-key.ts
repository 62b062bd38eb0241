import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { findApiKey } from "../../store/api/api-keys.ts";
import type { Db } from "../../store/postgres/db.ts";
import type { Caller } from "../core/caller.ts";

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

/** Who holds a key; undefined where nobody does. */
export type ReadKey = (key: string) => Promise<Caller | undefined>;

/** A key is looked up once in so long: a statement a request is half of what a small request costs. */
const REMEMBERED_MS = 1_000;
const MOST_REMEMBERED = 1_000;

/** Reads keys, and remembers by their hashes those that were right: one that is revoked is refused a second later. */
export function openKeys(db: Db): ReadKey {
  const remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();
  return async (key) => {
    const prefix = KEY.exec(key)?.[1];
    if (prefix === undefined) return undefined;
    const hash = hashOf(key);
    const name = hash.toString("hex");
    const before = remembered.get(name);
    if (before !== undefined && performance.now() < before.until) return before.caller;
    const caller = await findCaller(db, prefix, hash);
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    if (caller === undefined) remembered.delete(name);
    else remembered.set(name, { caller, until: performance.now() + REMEMBERED_MS });
    return caller;
  };
}

/** Takes as long for a wrong key as for a right one. */
async function findCaller(db: Db, prefix: string, hash: Buffer): Promise<Caller | undefined> {
  const known = await findApiKey(db, prefix);
  const isRight = timingSafeEqual(hash, known?.hash ?? NO_HASH);
  if (known === undefined || !isRight) return undefined;
  return { id: `key:${known.id}`, name: known.name, scopes: new Set(known.scopes) };
}
