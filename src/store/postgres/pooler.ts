import { Client, type ClientBase } from "pg";
import { Fault } from "../../domain/fault.ts";
import { primaryOf } from "./primary.ts";

/** The limit for one connection or one answer (ms). */
const ANSWER_MS = 5_000;

const REFUSED =
  "The pooler in front of Postgres (such as PgBouncer with pool_mode = transaction or statement) gives every transaction another server connection. " +
  "Settings, LISTEN and locks of a session stop working there, and settings reach other sessions. " +
  "Let DATABASE_URL lead to Postgres itself, or to a pool with pool_mode = session.";

/** Opens a connection to the primary that sets nothing, for a check before settings are made. */
export async function openBareClient(url: string): Promise<Client> {
  const client = new Client({
    connectionString: await primaryOf(url),
    connectionTimeoutMillis: ANSWER_MS,
    query_timeout: ANSWER_MS,
    application_name: "tidings",
  });
  client.on("error", () => {});
  await client.connect();
  return client;
}

/** The process id that the server sent in its greeting. A pooler's greeting has an invented one. */
export const greetingPid = (client: ClientBase): number =>
  (client as ClientBase & { readonly processID: number }).processID;

/**
 * Throws DATABASE_UNSUITABLE if the pooler at `url` does not keep one server connection for each of ours. Outages are
 * thrown as they are. It changes nothing in any session.
 */
export async function checkPooler(url: string): Promise<void> {
  await using open = new AsyncDisposableStack();
  const connect = async (): Promise<Client> => {
    const client = await openBareClient(url);
    open.defer(() => client.end());
    return client;
  };
  const pair = [await connect(), await connect()] as const;
  if (!(await haveOwnServers(pair))) throw new Fault("DATABASE_UNSUITABLE", REFUSED);
}

type Pair = readonly [Client, Client];

/**
 * Two sessions never share a server process, and none changes its own. Poolers hand out either the connection that was
 * returned last or the one returned first. Returning them in both orders exposes both kinds.
 */
async function haveOwnServers(pair: Pair): Promise<boolean> {
  const one = await serverOf(pair[0]).catch(blamePool);
  const other = await serverOf(pair[1]).catch(blamePool);
  if (one === other) return false;
  for (const [first, last] of [pair, pair.toReversed(), pair] as Pair[]) {
    const servers = await serversInTransactions(pair);
    if (servers === undefined || servers[0] !== one || servers[1] !== other) return false;
    await first.query("commit");
    await last.query("commit");
  }
  return true;
}

/** The pooler accepted the connection and has no server for it, at least for now. */
function blamePool(error: unknown): never {
  if (!(error instanceof Error) || error.message !== "Query read timeout") throw error;
  throw new Error(
    `timeout exceeded when trying to connect: the pooler gave no server connection in ${ANSWER_MS} ms; its pool is too small, or in use`,
  );
}

async function serverOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ pid: number }>("select pg_catalog.pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
}

/** Undefined if transactions are refused, as in PgBouncer's statement mode. */
async function serversInTransactions([one, other]: Pair): Promise<[number, number] | undefined> {
  try {
    await one.query("begin");
    await other.query("begin");
  } catch (error) {
    if (error instanceof Error && /transaction/i.test(error.message)) return undefined;
    throw error;
  }
  return [await serverOf(one), await serverOf(other)];
}
