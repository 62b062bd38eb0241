import { CamelCasePlugin, Kysely, PostgresDialect, sql, type RawBuilder } from "kysely";
import { Pool } from "pg";
import type { DB } from "./schema.ts";

export type Db = Kysely<DB>;

/** Where a pool connects, and in whose name it writes. */
export interface PoolOptions {
  readonly url: string;
  /** Written into every transition as `moved_by`. */
  readonly actor: string;
  readonly max: number;
  /** Hears of idle connections that broke, by error code; the pool replaces them by itself. */
  readonly onLost: (code: string) => void;
  /** A statement that takes longer is given up (ms); none is unless given. */
  readonly statementMs?: number;
}

/**
 * Opens a pool without connecting. A broken idle connection reaches `onLost` and nothing else: pg emits it on the pool
 * and on the client, and an error event nobody hears ends the process.
 */
export function openPool({ url, actor, max, onLost, statementMs }: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: url,
    max,
    connectionTimeoutMillis: 5_000,
    // a connection whose other end fell silent is given up in minutes, not in hours
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: "tidings",
    ...(statementMs !== undefined && { statement_timeout: statementMs }),
    options: `-c tidings.actor=${actor.replaceAll(/[\\ ]/g, "\\$&")}`,
  });
  pool.on("error", (error) => onLost("code" in error ? String(error.code) : error.name));
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Kysely over a pool; columns arrive in camelCase, keys inside jsonb stay as they were stored. */
export function openDb(pool: Pool): Db {
  return new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  }).withSchema("tidings");
}

/** Rows as one json parameter, for json_to_recordset: one statement, of one shape, for any number of rows. */
export const asRows = (rows: readonly object[]): RawBuilder<string> =>
  sql<string>`${JSON.stringify(rows)}::json`;
