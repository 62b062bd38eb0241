import { afterAll, beforeAll, expect, test } from "vitest";
import type { Pool } from "pg";
import { createWorkReader } from "../../src/observe/work-reader.ts";
import { createDb, openPool } from "../../src/store/postgres/db.ts";
import { useDatabase } from "../database.ts";
import { insertInteraction } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { NEVER_MS } from "../never.ts";
import { openSlowProxy, type PostgresProxy } from "../store/postgres-proxy.ts";

const database = useDatabase();
const line = { latencyMs: 0 };
let proxy: PostgresProxy;
let pool: Pool;

beforeAll(async () => {
  await insertLender(database.pool);
  await insertType(database.pool, { id: 1 });
  proxy = await openSlowProxy(database.url, line);
  pool = openPool({ url: proxy.url, actor: "test", max: 1, onLost: () => {} });
});
afterAll(async () => {
  await proxy.close();
  await pool.end();
});

test("readers within the age share one read, and a later one sees what has changed", async () => {
  const shared = createWorkReader(createDb(pool), ["email"], {
    maxAgeMs: NEVER_MS,
    deadlineMs: NEVER_MS,
  });
  const [one, other] = await Promise.all([shared(), shared()]);
  expect(one?.work.channels).toMatchObject({ email: { due: 0 } });
  expect(other).toBe(one);
  const scheduledAtFrom = new Date(Date.now() - 60_000);
  await insertInteraction(database.pool, { scheduledAtFrom });
  expect(await shared()).toBe(one);
  const times = { maxAgeMs: 0, deadlineMs: NEVER_MS };
  const fresh = await createWorkReader(createDb(pool), ["email"], times)();
  expect(fresh?.work.channels.email).toMatchObject({ due: 1 });
  expect(fresh?.work.channels.email?.oldestDueSeconds).toBeGreaterThanOrEqual(60);
});

test("a database that is silent leaves the reader without an answer and not waiting", async () => {
  const read = createWorkReader(createDb(pool), ["email"], { maxAgeMs: 0, deadlineMs: 50 });
  line.latencyMs = NEVER_MS;
  expect(await read()).toBeUndefined();
  expect(await read()).toBeUndefined();
});
