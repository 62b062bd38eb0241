import { callbackify } from "node:util";
import { Client, type ClientConfig } from "pg";
import { hostsOf } from "../../domain/values/database-hosts.ts";

/** The limit for a connection to one host, and for its answer (ms). Together they are shorter than the wait of a pool for a connection. */
const ANSWER_MS = 2_000;

/** The SQLSTATE of a write in a session that only reads. It counts as an outage, because a standby may be promoted. */
const READ_ONLY = "25006";

/** The error of a server that only answers queries. `which` names the server, not its password. */
export const standbyError = (which: string): Error =>
  Object.assign(
    new Error(
      `${which} is a standby that only answers queries; DATABASE_URL must lead to the primary`,
    ),
    { code: READ_ONLY },
  );

/** The error of a database whose new sessions only read, as hosts set it while a disk is full. It counts as an outage too. */
export const readOnlyError = (database: string): Error =>
  Object.assign(
    new Error(
      `new sessions of ${database} are read-only; its disk may be full. Afterwards reset default_transaction_read_only`,
    ),
    { code: READ_ONLY },
  );

type Done = (error: Error, client: Client) => void;

/** Connects to the host of a database that is the primary. */
export interface PrimaryPlace {
  /** The client of a pool. Each connects to the primary that is known, or looks for it. */
  readonly Client: typeof Client;
  /** Makes the next connection look for the primary again. */
  readonly forget: () => void;
}

/**
 * Follows the primary of the hosts in a URL, as `target_session_attrs=read-write` does in libpq. pg itself knows one host only. The
 * primary is remembered until a connection to it fails, so a host that does not answer delays only the search.
 */
export function followPrimary(url: string): PrimaryPlace {
  const hosts = hostsOf(url);
  let found: Promise<string> | undefined;
  const forget = (): void => {
    found = undefined;
  };
  const primary = (): Promise<string> => (found ??= findPrimary(hosts));
  const connectTo = async <Moved extends Client>(
    client: Moved,
    connect: () => Promise<unknown>,
  ): Promise<Moved> => {
    try {
      moveTo(client, await primary());
      await connect();
      return client;
    } catch (error) {
      forget();
      throw error;
    }
  };
  // a pool constructs its clients itself, so this is a class
  class PrimaryClient extends Client {
    constructor(config?: ClientConfig) {
      super({ ...config, connectionString: hosts[0] });
    }

    override connect(): Promise<this>;
    override connect(done: Done): void;
    override connect(done?: Done): Promise<this> | void {
      const connect = (): Promise<this> => connectTo(this, () => super.connect());
      if (done === undefined) return connect();
      callbackify(connect)(done);
    }
  }
  return { Client: hosts.length > 1 ? PrimaryClient : Client, forget };
}

/** The URL of the primary among a database's hosts. A URL with one host is returned as it is. */
export async function primaryOf(url: string): Promise<string> {
  const hosts = hostsOf(url);
  return hosts.length > 1 ? await findPrimary(hosts) : url;
}

function moveTo(client: Client, url: string): void {
  const { host, port } = new Client({ connectionString: url });
  Object.assign(client, { host, port });
}

interface Answer {
  readonly url: string;
  /** Grows with each promotion; null: the host is a standby. */
  readonly timeline: number | null;
}

/**
 * Asks all hosts at once. If two of them take writes, an old primary was started again after the promotion: its timeline is lower, and
 * the highest wins. Throws the error of a standby if one answered, otherwise that of the first host.
 */
async function findPrimary(hosts: readonly string[]): Promise<string> {
  const asked = await Promise.allSettled(hosts.map(ask));
  const answers = asked.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  const [best] = answers
    .filter(({ timeline }) => timeline !== null)
    .toSorted((one, other) => Number(other.timeline) - Number(one.timeline));
  if (best) return best.url;
  if (answers.length > 0) throw standbyError("Each host that answers");
  throw asked.find((one) => one.status === "rejected")?.reason;
}

// the file name of the write-ahead log begins with the timeline, in hexadecimal digits
const TIMELINE = `
  select case when not pg_catalog.pg_is_in_recovery()
    then ('x' || pg_catalog.left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn()), 8))::pg_catalog.bit(32)::int
  end as timeline`;

async function ask(url: string): Promise<Answer> {
  const client = new Client({
    connectionString: url,
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    application_name: "tidings",
  });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ timeline: number | null }>(TIMELINE);
    return { url, timeline: rows[0]?.timeline ?? null };
  } finally {
    await client.end().catch(() => {});
  }
}
