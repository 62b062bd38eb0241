import { setTimeout as sleep } from "node:timers/promises";
import {
  CamelCasePlugin,
  Kysely,
  type KyselyPlugin,
  PostgresDialect,
  type PostgresPool,
  type UnknownRow,
} from "kysely";
import { Pool, types, type ClientBase } from "pg";
import { parseExactJson } from "../../domain/values/exact-json.ts";
import { preparing } from "./prepared.ts";
import { followPrimary } from "./primary.ts";
import { openSessions, type SessionOptions } from "./session.ts";
import type { Tables } from "./tables.ts";

export type Db = Kysely<Tables>;

/** The connection, actor and size of a pool. */
export interface PoolOptions extends SessionOptions {
  readonly max: number;
  /** Gets the error code of each idle connection that broke. The pool itself replaces them. */
  readonly onLost: (code: string) => void;
}

/**
 * Opens a pool without connecting. Each connection gets the settings of `session.ts` before its first use. A broken
 * idle connection is reported to `onLost` only: pg emits the error on the pool and on the client, and an error event
 * without a listener ends the process.
 */
export function openPool({ max, onLost, ...session }: PoolOptions): Pool {
  const { Client, forget } = followPrimary(session.url);
  const open = openSessions(session);
  const prepare = (client: ClientBase): Promise<void> =>
    open(client).catch((error: unknown) => {
      forget();
      throw error;
    });
  // pg awaits the hook, though its type says that it returns nothing
  const hooks: object = { onConnect: prepare, Client };
  const pool = new Pool({
    connectionString: session.url,
    max,
    connectionTimeoutMillis: 5_000,
    // a connection whose other end does not answer is closed in minutes, not in hours
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: "tidings",
    types: { getTypeParser: parserOf },
    // statements of a pipeline are sent at once; others are awaited one by one as before
    pipeline: true,
    ...hooks,
  });
  pool.on("error", (error) => onLost("code" in error ? String(error.code) : error.name));
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** The longest wait for the connections of a pool to close (ms). */
const CLOSE_POOL_MS = 2_000;

/** Closes a pool. A connection whose statement gets no answer is not waited for: the daemon has more to close, and then ends. */
export const closePool = (pool: Pool): Promise<void> =>
  Promise.race([pool.end(), sleep(CLOSE_POOL_MS, undefined, { ref: false })]);

const JSON_TYPES: ReadonlySet<number> = new Set([types.builtins.JSON, types.builtins.JSONB]);

/** Reads values as pg does, except JSON, whose numbers keep their digits. */
const parserOf = (type: number, format?: "text" | "binary"): unknown =>
  JSON_TYPES.has(type) && format !== "binary" ? parseExactJson : types.getTypeParser(type, format);

/** Kysely over a pool. Columns arrive in camelCase; keys inside jsonb are not changed. */
export const createDb = (pool: Pool): Db => over(pool);

/** Kysely as `createDb` gives it, which prepares each statement once a connection. The pool must be opened with `prepared`. */
export const createPreparedDb = (pool: Pool): Db => over(preparing(pool));

const over = (pool: PostgresPool): Db =>
  new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [renaming(new CamelCasePlugin({ maintainNestedObjectKeys: true }))],
  }).withSchema("tidings");

/**
 * The plugin of Kysely with another loop over the rows: it finds the names of the columns once for each result. Kysely looks up each name for
 * each row, which took a tenth of Node's time for a notice.
 */
const renaming = (plugin: CamelCasePlugin): KyselyPlugin => ({
  transformQuery: (args) => plugin.transformQuery(args),
  async transformResult({ queryId, result }) {
    const [first] = result.rows;
    if (first === undefined) return result;
    const renamed = await plugin.transformResult({ queryId, result: { rows: [first] } });
    return { ...result, rows: renameAll(result.rows, first, renamed.rows[0] ?? {}) };
  },
});

function renameAll(
  rows: readonly UnknownRow[],
  first: UnknownRow,
  renamed: UnknownRow,
): UnknownRow[] {
  const columns = Object.keys(first);
  const names = Object.keys(renamed);
  if (names.every((name, index) => name === columns[index])) return [...rows];
  return rows.map((row) => {
    const copy: UnknownRow = {};
    for (let at = 0; at < columns.length; at += 1) copy[names[at] ?? ""] = row[columns[at] ?? ""];
    return copy;
  });
}
