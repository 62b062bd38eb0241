import type { Client, Pool } from "pg";
import { Fault } from "../../domain/fault.ts";
import { JOB_NAMES } from "../../domain/jobs.ts";
import { checkPooler, greetingPid, openBareClient } from "./pooler.ts";
import { standbyError } from "./primary.ts";
import { QUEUE_SCHEMA } from "./queue-schema.ts";
import { settingsOf } from "./session.ts";

const OLDEST_POSTGRES = 150_000;

/** The properties of a database that the daemon depends on and cannot set in a session. */
export interface DatabaseFacts {
  /** The server process that answered. */
  readonly pid: number;
  readonly version: string;
  readonly versionNumber: number;
  readonly database: string;
  readonly role: string;
  readonly encoding: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  /** False under session_replication_role = replica. */
  readonly firesTriggers: boolean;
  /** True if both schemas exist or may be created. */
  readonly maySetUp: boolean;
  /** Tables of ours on which the role lacks rights that the daemon needs. */
  readonly closedTables: readonly string[];
  /** Schemas with our names that contain something else. */
  readonly foreignSchemas: readonly string[];
  /** True if row level security hides the queue's jobs from the role. */
  readonly hidesJobs: boolean;
  /** True if the role has the right that only daemons have. */
  readonly maySend: boolean;
}

/** The database that Tidings will use: the pool, and the URL for a check before the pool makes settings. */
export interface Place {
  readonly url: string;
  readonly pool: Pool;
}

/**
 * Checks everything that Tidings requires of the database, its role and the connection to it. Throws one
 * DATABASE_UNSUITABLE that names every obstacle in a sentence with the remedy. Outages are thrown as they are. A
 * standby counts as an outage, because it may be promoted.
 */
export async function checkPreconditions({ url, pool }: Place): Promise<void> {
  const { facts, poolerRefused } = await look(url);
  const obstacles = [...findObstacles(facts), ...poolerRefused];
  if (poolerRefused.length === 0 && !facts.isStandby && !facts.isReadOnly)
    obstacles.push(...(await findLostSettings(pool)));
  if (obstacles.length > 0) throw new Fault("DATABASE_UNSUITABLE", obstacles.join(" "));
  if (facts.isStandby) throw standbyError(facts.database);
}

async function look(
  url: string,
): Promise<{ facts: DatabaseFacts; poolerRefused: readonly string[] }> {
  const client = await openBareClient(url);
  try {
    const facts = await readFacts(client);
    const isDirect = facts.pid === greetingPid(client);
    return { facts, poolerRefused: isDirect ? [] : await refusalOf(url) };
  } finally {
    await client.end();
  }
}

async function refusalOf(url: string): Promise<string[]> {
  try {
    await checkPooler(url);
    return [];
  } catch (error) {
    if (error instanceof Fault) return [error.detail];
    throw error;
  }
}

// the names are qualified because this session has no search path yet
const FACTS = `
  select pg_catalog.pg_backend_pid() as pid, pg_catalog.current_setting('server_version') as version,
    pg_catalog.current_setting('server_version_num')::int as "versionNumber",
    pg_catalog.current_database() as database, current_user as role,
    pg_catalog.current_setting('server_encoding') as encoding,
    pg_catalog.pg_is_in_recovery() as "isStandby",
    pg_catalog.current_setting('default_transaction_read_only') = 'on' as "isReadOnly",
    pg_catalog.current_setting('session_replication_role') = 'origin' as "firesTriggers",
    pg_catalog.has_database_privilege(pg_catalog.current_database(), 'create')
      or (pg_catalog.to_regnamespace('tidings') is not null and pg_catalog.to_regnamespace($1) is not null) as "maySetUp",
    coalesce((
      select pg_catalog.array_agg(c.relname::text order by c.relname)
      from pg_catalog.pg_class c
      where c.relnamespace = pg_catalog.to_regnamespace('tidings') and c.relkind = 'r' and not (
        pg_catalog.has_schema_privilege(c.relnamespace, 'usage') and pg_catalog.has_table_privilege(c.oid, 'select')
        and (c.relname not in ('interactions', 'workers') or (
          pg_catalog.has_table_privilege(c.oid, 'insert') and pg_catalog.has_table_privilege(c.oid, 'update'))))
    ), '{}') as "closedTables",
    exists (
      select from pg_catalog.pg_class c
      where c.relnamespace = pg_catalog.to_regnamespace($1) and c.relkind = 'r' and (
        not pg_catalog.has_schema_privilege(c.relnamespace, 'usage')
        or not pg_catalog.has_table_privilege(c.oid, 'select')
        or pg_catalog.row_security_active(c.oid) and not exists (
          select from pg_catalog.pg_policy p
          where p.polrelid = c.oid and p.polpermissive and (
            p.polroles = '{0}' or exists (select from pg_catalog.unnest(p.polroles) r where pg_catalog.pg_has_role(r, 'usage')))))
    ) as "hidesJobs",
    not exists (
      select from pg_catalog.pg_proc f
      where f.pronamespace = pg_catalog.to_regnamespace('tidings') and f.proname = 'right_to_send'
        and not pg_catalog.has_function_privilege(f.oid, 'execute')
    ) as "maySend"`;

async function readFacts(client: Client): Promise<DatabaseFacts> {
  const { rows } = await client.query<Omit<DatabaseFacts, "foreignSchemas">>(FACTS, [QUEUE_SCHEMA]);
  const [facts] = rows;
  if (facts === undefined) throw new Error("the facts returned no row");
  return { ...facts, foreignSchemas: await findForeignSchemas(client) };
}

// A database that Tidings has migrated is ours, whatever was added to it since. The catalogue is read, because
// to_regclass throws if the role may not use the schema.
const FILLED = `
  with kept as (
    select n.nspname::text as schema, c.relname::text as name
    from pg_catalog.pg_namespace n
    join pg_catalog.pg_class c on c.relnamespace = n.oid
    where n.nspname in ('tidings', $1)
  )
  select k.schema as name, pg_catalog.bool_or(k.name = 'migrations') as "isQueue",
    pg_catalog.bool_or(k.name = '_private_tasks') as "hasTasks"
  from kept k
  where not exists (select from kept m where m.schema = 'tidings' and m.name = 'kysely_migration')
  group by k.schema
  order by k.schema`;

interface FilledSchema {
  readonly name: string;
  readonly isQueue: boolean;
  readonly hasTasks: boolean;
}

/**
 * Before the first migration both schemas must be absent or empty. The queue's schema may also contain the objects of
 * graphile-worker, but no other task: another daemon may be migrating now, or may have ended between the two
 * migrations.
 */
async function findForeignSchemas(client: Client): Promise<string[]> {
  const { rows } = await client.query<FilledSchema>(FILLED, [QUEUE_SCHEMA]);
  const foreign: string[] = [];
  for (const { name, isQueue, hasTasks } of rows)
    if (!isQueue || (hasTasks && (await hasForeignTasks(client)))) foreign.push(name);
  return foreign;
}

async function hasForeignTasks(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ identifier: string }>(
    `select identifier from ${QUEUE_SCHEMA}._private_tasks`,
  );
  const ours: readonly string[] = JOB_NAMES;
  return rows.some(({ identifier }) => !ours.includes(identifier));
}

const GRANT_IT =
  "run the SQL that `tidings roles --daemon ROLE` prints, as the owner of the schemas, or use the owner's role";

/** Lists the obstacles, each in one or two sentences with the remedy. */
export function findObstacles(facts: DatabaseFacts): string[] {
  const { version, versionNumber, database, role, encoding, closedTables } = facts;
  const obstacles: readonly (readonly [boolean, string])[] = [
    [
      versionNumber < OLDEST_POSTGRES,
      `Tidings needs Postgres 15 or later, and this is ${version}: upgrade the server, or use another one.`,
    ],
    [
      encoding !== "UTF8",
      `The encoding of database ${database} is ${encoding}, which cannot hold every name and every answer of a provider: create a database with encoding 'UTF8' (from template0) and let DATABASE_URL lead there.`,
    ],
    [
      facts.isReadOnly,
      `default_transaction_read_only is on for database ${database} or role ${role}, so it is closed to writing: set it off again (alter database, alter role or the server's configuration) if it should be writable.`,
    ],
    [
      !facts.firesTriggers,
      `session_replication_role is not origin for role ${role}, so the triggers that keep the record would not run: alter role ${role} reset session_replication_role (also for the database).`,
    ],
    [
      !facts.maySetUp,
      `Role ${role} may not create the schemas tidings and ${QUEUE_SCHEMA} in database ${database}: grant create on database ${database} to ${role}, or run \`tidings migrate\` once as a role that may.`,
    ],
    [
      closedTables.length > 0,
      `Role ${role} may not read or write what the daemon does in schema tidings (${closedTables.join(", ")}): ${GRANT_IT}.`,
    ],
    ...facts.foreignSchemas.map((name): readonly [boolean, string] => [
      true,
      `Schema ${name} of database ${database} holds tables or jobs that are not Tidings': rename that schema, or give Tidings a separate database.`,
    ]),
    [
      facts.hidesJobs,
      `Role ${role} cannot see the jobs in schema ${QUEUE_SCHEMA} (row level security or missing rights), so nothing would ever be sent: ${GRANT_IT}.`,
    ],
    [
      !facts.maySend,
      `Role ${role} may not plan or send notices (execute on function tidings.right_to_send): ${GRANT_IT}.`,
    ],
  ];
  return obstacles.flatMap(([stands, sentence]) => (stands ? [sentence] : []));
}

/** Settings that a session of the pool does not have although the pool set them. */
async function findLostSettings(pool: Pool): Promise<string[]> {
  const wanted = settingsOf({});
  const { rows } = await pool.query<{ name: string; setting: string }>(
    "select name, setting from pg_catalog.pg_settings where name = any($1)",
    [Object.keys(wanted)],
  );
  const lost = rows.filter(
    ({ name, setting }) => name !== "synchronous_commit" && setting !== wanted[name],
  );
  if (lost.length === 0) return [];
  const names = lost.map(({ name, setting }) => `${name} (is ${setting})`).join(", ");
  return [
    `Sessions do not keep the settings that Tidings sets (${names}): check the pooler or proxy between Tidings and Postgres.`,
  ];
}
