import type { ClientBase, Pool, PoolClient } from "pg";
import { withMethod } from "./with-method.ts";

/**
 * The schema in which graphile-worker stores our jobs. It is not graphile-worker's default: a core system that uses the
 * library in the same database would share that schema, and one of the two would migrate it under the other.
 */
export const QUEUE_SCHEMA = "tidings_queue";

/**
 * A channel of NOTIFY belongs to the whole database, and graphile-worker's names do not depend on the schema: a
 * migration of ours would stop the workers of a core system ("breaking migration"), and each of its jobs would wake our
 * workers.
 */
const CHANNELS = /\b(jobs:insert|worker:migrate)\b/g;

/**
 * The channel on which graphile-worker announces that its schema was migrated. Each role that may connect to the database can
 * notify on it, and graphile-worker ends at an announcement of a breaking migration. So this name is never translated
 * back for graphile-worker, and the queue reads the database instead.
 */
export const MIGRATION_CHANNEL = `${QUEUE_SCHEMA}:worker:migrate`;
const JOB_CHANNEL = `${QUEUE_SCHEMA}:jobs:insert`;
const ownChannels = (text: string): string => text.replaceAll(CHANNELS, `${QUEUE_SCHEMA}:$1`);

/** Wraps the pool for graphile-worker: channel names become ours, in its migrations as well. */
export function withOwnChannels(pool: Pool): Pool {
  const connect = (callback?: ConnectCallback): unknown =>
    callback
      ? pool.connect((error, client, release) =>
          callback(error, client && renameChannels(client), release),
        )
      : pool.connect().then(renameChannels);
  return withMethod(pool, "connect", connect);
}

type ConnectCallback = (
  error: Error | undefined,
  client: PoolClient | undefined,
  release: (release?: unknown) => void,
) => void;

type Query = (text: unknown, values?: unknown, ...rest: unknown[]) => unknown;

const renamed = new WeakSet<ClientBase>();

function renameChannels(client: PoolClient): PoolClient {
  if (!renamed.has(client)) {
    renamed.add(client);
    // runs before graphile-worker's listener, which compares the name with its own
    client.prependListener("notification", (message) => {
      if (message.channel === JOB_CHANNEL) message.channel = "jobs:insert";
    });
  }
  const query = client.query.bind(client) as Query;
  return withMethod(client, "query", (text: unknown, values?: unknown, ...rest: unknown[]) =>
    query(
      renameInStatement(text),
      Array.isArray(values) ? values.map(renameValue) : values,
      ...rest,
    ),
  );
}

function renameInStatement(statement: unknown): unknown {
  if (typeof statement === "string") return ownChannels(statement);
  const hasText = typeof statement === "object" && statement !== null && "text" in statement;
  return hasText ? { ...statement, text: ownChannels(String(statement.text)) } : statement;
}

/** The only value with a channel name is that of pg_notify in a migration. */
const renameValue = (value: unknown): unknown =>
  value === "worker:migrate" ? ownChannels(value) : value;
