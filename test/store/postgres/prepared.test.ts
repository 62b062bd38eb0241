import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPreparedDb, openPool } from "../../../src/store/postgres/db.ts";
import { retryOnOutage } from "../../../src/store/postgres/retry.ts";
import { useDatabase } from "../../database.ts";

const { url, pool } = useDatabase();
// one connection, so that every statement finds those that were prepared before
const own = openPool({ url, actor: "test", max: 1, prepared: true, onLost: () => {} });
const db = createPreparedDb(own);

beforeAll(() => pool.query("create table public.parts (id int primary key, size int)"));
afterAll(() => own.end());

const sizeOf = async (id: number): Promise<unknown> => {
  const { rows } = await sql`select size from public.parts where id = ${id}`.execute(db);
  return rows[0];
};

const named = async (): Promise<{ name: string; timesPlanned: number }[]> => {
  const { rows } = await own.query(
    `select name, (generic_plans + custom_plans)::int as "timesPlanned" from pg_prepared_statements where statement like '%public.parts%'`,
  );
  return rows;
};

test("a statement is prepared once a connection, whatever its parameters", async () => {
  await pool.query("insert into public.parts values (1, 10), (2, 20)");
  expect([await sizeOf(1), await sizeOf(2), await sizeOf(3)]).toEqual([
    { size: 10 },
    { size: 20 },
    undefined,
  ]);
  expect(await named()).toEqual([
    { name: expect.stringMatching(/^tidings_\d+_[\da-f]{40}$/), timesPlanned: 3 },
  ]);
});

test("another Kysely over the same connections prepares its own statements under other names", async () => {
  const other = createPreparedDb(own);
  const { rows } = await sql`select ${1}::int + 1 as two`.execute(other);
  expect(rows).toEqual([{ two: 2 }]);
  expect(await sizeOf(1)).toEqual({ size: 10 });
});

test("a plan is made once, also for an array of one, and does not read the whole table", async () => {
  await pool.query("vacuum analyze public.parts");
  const among = (ids: readonly number[]) =>
    sql`select sum(size) from public.parts where id = any(${ids}::int[])`.execute(db);
  for (let times = 0; times < 12; times += 1) await among([times]);
  const { rows: known } = await own.query<{ name: string; replanned: number }>(
    `select name, custom_plans::int as replanned from pg_prepared_statements where statement like '%public.parts%any($1%'`,
  );
  expect(known).toEqual([{ name: expect.any(String), replanned: 0 }]);
  const { rows } = await own.query(`explain execute ${known[0]?.name}('{1}')`);
  // $1 and no value: the kept plan
  expect(JSON.stringify(rows)).toMatch(/Index (?:Only )?Scan.*\(id = ANY \(\$1\)\)/);
});

test("a statement whose result has another type since a migration works again after one failure", async () => {
  const all = () => sql`select * from public.parts where id = ${1}`.execute(db);
  await all();
  await pool.query("alter table public.parts add column colour text");
  await expect(all()).rejects.toMatchObject({ code: "0A000" });
  expect((await all()).rows).toEqual([{ id: 1, size: 10, colour: null }]);
});

test("a statement that its connection has lost works again after one failure", async () => {
  await sizeOf(1);
  await own.query("deallocate all");
  await expect(sizeOf(1)).rejects.toMatchObject({ code: "26000" });
  expect(await sizeOf(1)).toEqual({ size: 10 });
});

test("writes that wait for the database try such a statement again, so that no answer of a provider is lost", async () => {
  const onOutage = (): undefined => undefined;
  await sizeOf(1);
  await own.query("deallocate all");
  expect(await retryOnOutage(() => sizeOf(1), { onOutage })).toEqual({ size: 10 });
  const all = () => sql`select * from public.parts where id = ${2}`.execute(db);
  await retryOnOutage(all, { onOutage });
  await pool.query("alter table public.parts add column weight int");
  expect((await retryOnOutage(all, { onOutage })).rows).toMatchObject([{ id: 2, weight: null }]);
  // Postgres does not support it, and another try does not help
  const unsupported = () =>
    sql`select size from public.parts where id = ${1} group by size for update`.execute(db);
  await expect(retryOnOutage(unsupported, { onOutage })).rejects.toMatchObject({ code: "0A000" });
});
