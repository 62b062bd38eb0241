import { beforeAll, expect, test } from "vitest";
import { generateKey } from "../../../src/api-key.ts";
import { createKeyReader } from "../../../src/http/auth/api-key.ts";
import { insertApiKey } from "../../../src/store/api/api-keys.ts";
import { useDatabase } from "../../database.ts";

const { db, pool } = useDatabase();
const { key, prefix, hash } = generateKey();
beforeAll(async () => {
  await insertApiKey(db, { name: "shared", prefix, hash, scopes: ["interaction:read"] });
});

/** The connections that the work takes from the pool. */
async function connectionsOf(work: () => Promise<unknown>): Promise<number> {
  let taken = 0;
  const count = (): void => void (taken += 1);
  pool.on("acquire", count);
  await work();
  pool.off("acquire", count);
  return taken;
}

test("requests with one key that come together share its lookup, and the first writes its use", async () => {
  const readKey = createKeyReader(db);
  const taken = await connectionsOf(async () => {
    const callers = await Promise.all(Array.from({ length: 30 }, () => readKey(key)));
    expect(new Set(callers.map((caller) => caller?.name))).toEqual(new Set(["shared"]));
  });
  expect(taken, "the lookup, and the note that the key was used").toBe(2);
  expect(await connectionsOf(() => readKey(key)), "from the cache").toBe(0);
});

test("a lookup that fails is not kept", async () => {
  const failing = createKeyReader(db);
  await pool.query("alter table tidings.api_keys rename to api_keys_away");
  const results = await Promise.allSettled([failing(key), failing(key)]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  await pool.query("alter table tidings.api_keys_away rename to api_keys");
  expect(await failing(key)).toMatchObject({ name: "shared" });
});
