import type { ClientBase } from "pg";
import { Fault } from "../../domain/fault.ts";
import { checkPooler, greetingPid } from "./pooler.ts";
import { readOnlyError, standbyError } from "./primary.ts";

/**
 * Every setting of a session on which our statements, the queue or the driver rely. A database, a role, a URL or
 * PGOPTIONS may change each of them: with another DateStyle, for example, the driver reads every timestamp as null.
 */
export const SESSION_SETTINGS: Readonly<Record<string, string>> = {
  application_name: "tidings",
  client_encoding: "UTF8",
  DateStyle: "ISO, MDY",
  IntervalStyle: "postgres",
  TimeZone: "UTC",
  bytea_output: "hex",
  extra_float_digits: "1",
  standard_conforming_strings: "on",
  array_nulls: "on",
  // our statements qualify every name, so a table or function with the same name in another schema is never used
  search_path: "pg_catalog, pg_temp",
  row_security: "on",
  // Packages with LLVM have it on. The costs of rare branches are estimated high, so it compiled statements of 200 ms for 4 s.
  jit: "off",
  default_transaction_isolation: "read committed",
  default_transaction_deferrable: "off",
  statement_timeout: "0",
  lock_timeout: "0",
  transaction_timeout: "0",
  idle_session_timeout: "0",
  // our transactions wait only for the database, so only a frozen process exceeds this (ms)
  idle_in_transaction_session_timeout: "60000",
  // set only if it is off; a stronger or weaker wait for standbys is the operator's choice
  synchronous_commit: "on",
};

/** The session settings of one pool. */
export interface SessionOptions {
  readonly url: string;
  /** Written into every transition as `moved_by`. */
  readonly actor: string;
  /** A statement that takes longer is canceled (ms). Without it no statement is canceled. */
  readonly statementMs?: number;
  /**
   * True if a standby, or a database that is set to read-only, is accepted. A daemon would never leave one: every write fails, and the
   * session lasts. The first happens where the name of the primary still leads to the server that was the primary before, the second where
   * a disk is full: a session keeps the setting that it began with.
   */
  readonly mayBeStandby?: boolean;
  /** True if statements are prepared once a connection, and keep their plans. */
  readonly prepared?: boolean;
}

/** The settings of these sessions, by name. */
export const settingsOf = ({
  statementMs = 0,
  prepared = false,
}: Pick<SessionOptions, "statementMs" | "prepared">): Readonly<Record<string, string>> => ({
  ...SESSION_SETTINGS,
  statement_timeout: String(statementMs),
  // A plan made while a table is small reads the whole table, and is kept until Postgres analyzes the table. A bulk fills it sooner.
  // Without the second setting Postgres plans again for each single notice: it takes a plan for an array of one element to be cheaper than
  // the kept one, which it estimates for ten.
  ...(prepared && { enable_seqscan: "off", plan_cache_mode: "force_generic_plan" }),
});

/**
 * Prepares a new connection: sets the settings and the actor, and checks that the actor is set. They are set by a
 * statement and not by startup parameters, because poolers refuse or drop those. It costs one round trip per
 * connection. Behind a pooler that gives every transaction another server connection, the settings would reach the
 * sessions of others. So if the server is not the one that greeted us, nothing is set until two connections have shown
 * that the pooler keeps sessions. Throws DATABASE_UNSUITABLE if it does not.
 */
export function openSessions(options: SessionOptions): (client: ClientBase) => Promise<void> {
  const settings = settingsOf(options);
  let accepted: Promise<void> | undefined;
  const acceptPooler = (): Promise<void> =>
    (accepted ??= checkPooler(options.url).catch((error: unknown) => {
      // an outage says nothing about the pooler, so the next connection checks again
      if (!(error instanceof Fault)) accepted = undefined;
      throw error;
    }));
  return async (client) => {
    const only = greetingPid(client);
    const set = { settings, actor: options.actor, mayBeStandby: options.mayBeStandby ?? false };
    const direct = await setSettings(client, { ...set, only });
    if (direct) return;
    await acceptPooler();
    await setSettings(client, { ...set, only: null });
  };
}

interface Setting extends Required<Pick<SessionOptions, "actor" | "mayBeStandby">> {
  readonly settings: Readonly<Record<string, string>>;
  /** The process id of the only server that may be changed; null: any server. */
  readonly only: number | null;
}

/** A server that does not answer for this long counts as unreachable (ms). */
const ANSWER_MS = 5_000;

// current_setting returns nothing for settings that this version of Postgres does not have
const SET = `
  select pg_catalog.set_config('tidings.actor', $2, false) as actor, pg_catalog.pg_is_in_recovery() as "isStandby",
    pg_catalog.current_setting('default_transaction_read_only') = 'on' as "isReadOnly",
    pg_catalog.current_database() as database, (
    select pg_catalog.count(pg_catalog.set_config(s.key, s.value, false))
    from pg_catalog.json_each_text($1) s
    where pg_catalog.current_setting(s.key, true) is not null
      and (s.key <> 'synchronous_commit' or pg_catalog.current_setting(s.key) = 'off')
  ) as settings
  where $3::int is null or pg_catalog.pg_backend_pid() = $3::int`;

interface Session {
  readonly actor: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  readonly database: string;
}

/** Resolves to whether it was the server that may be changed. */
async function setSettings(
  client: ClientBase,
  { settings, actor, mayBeStandby, only }: Setting,
): Promise<boolean> {
  const { rows } = await client.query<Session>({
    text: SET,
    values: [JSON.stringify(settings), actor, only],
    query_timeout: ANSWER_MS,
  } as { text: string; values: unknown[] });
  const [row] = rows;
  if (row === undefined) return false;
  if (row.isStandby && !mayBeStandby) throw standbyError(row.database);
  if (row.isReadOnly && !mayBeStandby) throw readOnlyError(row.database);
  if (row.actor !== actor)
    throw new Fault("DATABASE_UNSUITABLE", "The session does not keep the name of the actor.");
  return true;
}
