import { type QueryExecutorProvider, sql } from "kysely";
import { afterAll, expect, test } from "vitest";
import { createDb, createPreparedDb, openPool } from "../../../src/store/postgres/db.ts";
import { inPipeline } from "../../../src/store/postgres/pipeline.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import { openGatheringProxy, openRecordingProxy } from "../postgres-proxy.ts";

const { url, pool: outside } = useDatabase();
// one connection, so that a later statement uses the connection of an earlier one
const own = openPool({ url, actor: "test", max: 1, prepared: true, onLost: () => {} });
const db = createPreparedDb(own);
afterAll(() => own.end());

const wordOf = async (on: QueryExecutorProvider, word: string): Promise<string | undefined> =>
  (await sql<{ word: string }>`select ${word}::text as word`.execute(on)).rows[0]?.word;
const fail = (on: QueryExecutorProvider): Promise<unknown> => sql`select 1 / 0`.execute(on);

/** The same result, after more steps of Node. */
function inMoreSteps(result: Promise<unknown>): Promise<unknown> {
  let later = result;
  for (let steps = 0; steps < 9; steps += 1) later = later.finally(() => {});
  return later;
}

test("the statements are sent before the result of the first arrives, and each gets its own", async () => {
  const proxy = await openRecordingProxy(url);
  const pool = openPool({ url: proxy.url, actor: "test", max: 1, onLost: () => {} });
  const words = await createDb(pool)
    .transaction()
    .execute((transaction) =>
      inPipeline(transaction, (pipeline) =>
        Promise.all(["first", "second", "third"].map((word) => wordOf(pipeline, word))),
      ),
    );
  await pool.end();
  await proxy.close();
  expect(words).toEqual(["first", "second", "third"]);
  const { passed } = proxy;
  const sent = passed.slice(
    passed.findIndex((chunk) => chunk.includes("first")),
    passed.findLastIndex((chunk) => chunk.includes("third")),
  );
  expect(sent).not.toContain("answer");
});

test("after an error the transaction is rolled back, and the connection can be used again", async () => {
  const failed = db.transaction().execute(async (transaction) => {
    await sql`create table public.rolled_back ()`.execute(transaction);
    return await inPipeline(transaction, (pipeline) =>
      Promise.all([wordOf(pipeline, "before"), fail(pipeline), wordOf(pipeline, "after")]),
    );
  });
  await expect(failed).rejects.toThrow("division by zero");
  expect(await wordOf(db, "again")).toBe("again");
  const { rows } = await sql`select to_regclass('public.rolled_back') as table`.execute(db);
  expect(rows).toEqual([{ table: null }]);
});

test("the error is that of the first statement, though a reader of a later one takes fewer steps to its error", async () => {
  const aborted = /current transaction is aborted/;
  const proxy = await openGatheringProxy(url, { from: /division by zero/, to: aborted });
  const pool = openPool({ url: proxy.url, actor: "test", max: 1, onLost: () => {} });
  const failed = createDb(pool)
    .transaction()
    .execute((transaction) =>
      inPipeline(transaction, (pipeline) =>
        Promise.all([inMoreSteps(fail(pipeline)), wordOf(pipeline, "after")]),
      ),
    );
  await expect(failed).rejects.toThrow("division by zero");
  await pool.end();
  await proxy.close();
});

test("after an error the connection is kept until each statement has its answer", async () => {
  const holder = await outside.connect();
  await holder.query("select pg_advisory_lock(129)");
  const ended = Promise.allSettled([
    inPipeline(db, (pipeline) =>
      Promise.all([
        fail(pipeline),
        sql`select pg_advisory_xact_lock_shared(${129})`.execute(pipeline),
      ]),
    ),
  ]);
  try {
    await untilWaitingForLock(outside, { words: "pg_advisory_xact_lock_shared" });
    expect(own.idleCount).toBe(0);
  } finally {
    holder.release(true);
  }
  expect(await ended).toMatchObject([{ reason: { message: "division by zero" } }]);
});

test("no statement is sent once the work has ended, because the connection may have another user", async () => {
  const late = Promise.withResolvers<QueryExecutorProvider>();
  const ended = inPipeline(db, (pipeline) => {
    late.resolve(pipeline);
    return wordOf(pipeline, "in time");
  });
  expect(await ended).toBe("in time");
  await expect(wordOf(await late.promise, "late")).rejects.toThrow("the pipeline has ended");
});
