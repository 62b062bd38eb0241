import { CamelCasePlugin, Kysely, PostgresDialect, sql, type RawBuilder } from "kysely";
import { Pool, types } from "pg";
import { parseExactJson } from "../../domain/exact-json.ts";
import type { DB } from "./schema.ts";
import { openSessions, type SessionOptions } from "./session.ts";

export type Db = Kysely<DB>;

/** Where a pool connects, in whose name it writes, and how large it may get. */
export interface PoolOptions extends SessionOptions {
  readonly max: number;
  /** Receives the error code of each idle connection that broke; the pool replaces them by itself. */
  readonly onLost: (code: string) => void;
}

/**
 * Opens a pool without connecting. Each connection gets the settings of `session.ts` before its first use. A broken idle
 * connection reaches `onLost` and nothing else: pg emits the error on the pool and on the client, and an error event
 * without a listener ends the process.
 */
export function openPool({ max, onLost, ...session }: PoolOptions): Pool {
  // pg awaits the hook, though its type says that it returns nothing
  const hooks: object = { onConnect: openSessions(session) };
  const pool = new Pool({
    connectionString: session.url,
    max,
    connectionTimeoutMillis: 5_000,
    // a connection whose other end fell silent is given up in minutes, not in hours
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    application_name: "tidings",
    types: { getTypeParser: parserOf },
    ...hooks,
  });
  pool.on("error", (error) => onLost("code" in error ? String(error.code) : error.name));
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

const JSON_TYPES: ReadonlySet<number> = new Set([types.builtins.JSON, types.builtins.JSONB]);

/** As pg reads values, but for JSON, whose numbers keep their digits. */
const parserOf = (type: number, format?: "text" | "binary"): unknown =>
  JSON_TYPES.has(type) && format !== "binary" ? parseExactJson : types.getTypeParser(type, format);

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
