import { timingSafeEqual } from "node:crypto";
import { hashKey, prefixOf } from "../../api-key.ts";
import { findApiKey, recordKeyUse } from "../../store/api/api-keys.ts";
import type { Db } from "../../store/postgres/db.ts";
import type { Caller } from "../core/caller.ts";

/** Resolves to the holder of a valid key, otherwise to undefined. */
export type ReadKey = (key: string) => Promise<Caller | undefined>;

/** One lookup per key and second: a lookup per request would be half the cost of a small request. */
const CACHE_MS = 1_000;
const MAX_CACHED = 1_000;
const NO_HASH = Buffer.alloc(32);

/**
 * Reads keys, and caches valid ones by their hash. A key that is revoked or expires is refused after at most a second.
 *
 * Requests that come together share one lookup. It precedes the limit of requests in flight: with one lookup each, they
 * took all connections, and those that waited for one longer than the pool allows got a 503.
 */
export function createKeyReader(db: Db): ReadKey {
  const cache = new Map<string, { readonly caller: Caller; readonly until: number }>();
  const lookups = new Map<string, Promise<Caller | undefined>>();

  async function lookUp(id: string, prefix: string, hash: Buffer): Promise<Caller | undefined> {
    const caller = await findCaller(db, prefix, hash);
    if (cache.size >= MAX_CACHED) cache.clear();
    if (caller === undefined) cache.delete(id);
    else cache.set(id, { caller, until: performance.now() + CACHE_MS });
    return caller;
  }

  return async (key) => {
    const prefix = prefixOf(key);
    if (prefix === undefined) return undefined;
    const hash = hashKey(key);
    const id = hash.toString("hex");
    const cached = cache.get(id);
    if (cached !== undefined && performance.now() < cached.until) return cached.caller;
    const shared = lookups.get(id);
    if (shared !== undefined) return await shared;
    const lookup = lookUp(id, prefix, hash).finally(() => lookups.delete(id));
    lookups.set(id, lookup);
    return await lookup;
  };
}

/** Takes the same time for a wrong key as for a right one. */
async function findCaller(db: Db, prefix: string, hash: Buffer): Promise<Caller | undefined> {
  const found = await findApiKey(db, prefix);
  const isRight = timingSafeEqual(hash, found?.hash ?? NO_HASH);
  if (found === undefined || !isRight) return undefined;
  if (!found.usedThisHour) await recordKeyUse(db, found.id);
  return {
    id: `key:${found.id}`,
    name: found.name,
    actor: `key:${found.name}`,
    keyPrefix: prefix,
    scopes: new Set(found.scopes),
  };
}
