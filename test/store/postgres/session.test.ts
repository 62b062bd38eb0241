import { Client } from "pg";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { openPool, type PoolOptions } from "../../../src/store/postgres/db.ts";
import { checkPreconditions } from "../../../src/store/postgres/preconditions.ts";
import { SESSION_SETTINGS } from "../../../src/store/postgres/session.ts";
import { useDatabase } from "../../database.ts";
import { openTestPooler, type PoolerOptions } from "./test-pooler.ts";

const { url, pool } = useDatabase();

const open = new AsyncDisposableStack();
afterEach(() => pool.query(`alter database ${nameOf(url)} reset all`));
afterAll(() => open.disposeAsync());

const nameOf = (of: string): string => new URL(of).pathname.slice(1);

function openOwn(options: Partial<PoolOptions> = {}): typeof pool {
  const own = openPool({ url, actor: "operator:ana", max: 2, onLost: () => {}, ...options });
  open.defer(() => own.end());
  return own;
}

/** Every setting that a session relies on, each set otherwise. */
const HOSTILE = {
  DateStyle: "SQL, DMY",
  IntervalStyle: "sql_standard",
  TimeZone: "Pacific/Auckland",
  client_encoding: "LATIN1",
  bytea_output: "escape",
  extra_float_digits: "-3",
  standard_conforming_strings: "off",
  array_nulls: "off",
  search_path: "tidings, public",
  row_security: "off",
  jit: "on",
  default_transaction_isolation: "serializable",
  default_transaction_deferrable: "on",
  statement_timeout: "4s",
  lock_timeout: "4s",
  transaction_timeout: "10s",
  idle_session_timeout: "4s",
  idle_in_transaction_session_timeout: "4s",
  synchronous_commit: "off",
};

async function surround(settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings))
    await pool.query(`alter database ${nameOf(url)} set ${name} = '${value}'`);
}

test("a connection begins no read-only session, because it would stay read-only when the database is not", async () => {
  await surround({ default_transaction_read_only: "on" });
  const own = openOwn();
  await expect(own.query("select 1")).rejects.toMatchObject({ code: "25006" });
  // a command that only reads
  const reading = openOwn({ mayBeStandby: true });
  expect((await reading.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
  await pool.query(`alter database ${nameOf(url)} reset default_transaction_read_only`);
  await own.query("create temporary table written ()");
});

test("every setting a session relies on is pinned, whatever the database says", async () => {
  expect(Object.keys({ ...HOSTILE, application_name: "" }).toSorted()).toEqual(
    Object.keys(SESSION_SETTINGS).toSorted(),
  );
  const { rows: known } = await pool.query<{ name: string }>(
    "select name from pg_settings where name = any($1)",
    [Object.keys(HOSTILE)],
  );
  await surround(
    Object.fromEntries(
      Object.entries(HOSTILE).filter(([name]) => known.some((one) => one.name === name)),
    ),
  );
  const own = openOwn();
  const { rows } = await own.query<{ name: string; setting: string }>(
    "select name, setting from pg_settings where name = any($1)",
    [Object.keys(SESSION_SETTINGS)],
  );
  expect(rows.length).toBeGreaterThanOrEqual(Object.keys(SESSION_SETTINGS).length - 1);
  for (const { name, setting } of rows)
    expect([name, setting]).toEqual([name, SESSION_SETTINGS[name]]);
  const read = await own.query("select '2026-03-05T10:00:00Z'::timestamptz as at");
  expect(read.rows).toEqual([{ at: new Date("2026-03-05T10:00:00Z") }]);
  await expect(checkPreconditions({ url, pool: own })).resolves.toBeUndefined();
});

test("a stronger wait for standbys than Postgres's own default stays as the operator set it", async () => {
  await surround({ synchronous_commit: "remote_apply" });
  const { rows } = await openOwn().query("show synchronous_commit");
  expect(rows).toEqual([{ synchronous_commit: "remote_apply" }]);
});

test.each(["options=-c%20tidings.actor%3Doperator%3Athe.ceo", "application_name=core"])(
  "a URL with %s changes neither the actor nor a setting",
  async (parameter) => {
    const { rows } = await openOwn({ url: `${url}&${parameter}` }).query(
      "select current_setting('tidings.actor') as actor, current_setting('application_name') as application",
    );
    expect(rows).toEqual([{ actor: "operator:ana", application: "tidings" }]);
  },
);

test("an actor with blanks, backslashes and quotes is on record as it is", async () => {
  const actor = String.raw`operator:Ana "O'Neil" \ Łukasz`;
  const { rows } = await openOwn({ actor }).query("select tidings.moved_by() as actor");
  expect(rows).toEqual([{ actor }]);
});

test("statementMs cancels a statement that takes longer", async () => {
  await expect(openOwn({ statementMs: 50 }).query("select pg_sleep(10)")).rejects.toMatchObject({
    code: "57014",
  });
});

test("no function of ours depends on the settings of another session", async () => {
  const { rows } = await pool.query(
    `select proname from pg_proc
     where pronamespace = 'tidings'::regnamespace and prosqlbody is null and strpos(prosrc, chr(92)) > 0`,
  );
  expect(rows, "a backslash means another thing where standard_conforming_strings is off").toEqual(
    [],
  );
  const core = new Client({ connectionString: url });
  await core.connect();
  await core.query("set standard_conforming_strings = off; set datestyle = 'SQL, DMY'");
  const { rows: fits } = await core.query(
    "select tidings.value_fits('\"2026-01-12\"', 'date') as date, tidings.value_fits('\"2026-01-12T10:00:00.5Z\"', 'dateTime') as moment, tidings.value_fits('7.50', 'decimal') as decimal",
  );
  await core.end();
  expect(fits).toEqual([{ date: true, moment: true, decimal: true }]);
});

describe("behind a pooler", () => {
  async function pooled(options: PoolerOptions): Promise<string> {
    const pooler = await openTestPooler(url, options);
    open.defer(() => pooler.close());
    return pooler.url;
  }

  test.each([{ poolSize: 1 }, { poolSize: 5 }, { poolSize: 5, roundRobin: true }])(
    "in transaction mode it is refused by name, and no session of others is touched: %o",
    async (rest) => {
      const behind = await pooled({ poolMode: "transaction", ...rest });
      const core = new Client({ connectionString: behind });
      await core.connect();
      const show =
        "select current_setting('search_path') as path, current_setting('tidings.actor', true) as actor";
      const before = (await core.query(show)).rows;
      const own = openOwn({ url: behind });
      const refused = {
        code: "DATABASE_UNSUITABLE",
        message: expect.stringMatching(/PgBouncer.*pool_mode = transaction/) as unknown,
      };
      await expect(own.query("select 1")).rejects.toMatchObject(refused);
      await expect(checkPreconditions({ url: behind, pool: own })).rejects.toMatchObject(refused);
      for (let n = 0; n < 5; n += 1) expect((await core.query(show)).rows).toEqual(before);
      await core.end();
    },
  );

  test("in session mode it is taken, though it refuses startup options", async () => {
    const behind = await pooled({ poolMode: "session", refuses: ["options", "statement_timeout"] });
    const own = openOwn({ url: behind, statementMs: 15_000 });
    const { rows } = await own.query(
      "select tidings.moved_by() as actor, current_setting('statement_timeout') as timeout",
    );
    expect(rows).toEqual([{ actor: "operator:ana", timeout: "15s" }]);
    await expect(
      checkPreconditions({ url: behind, pool: openOwn({ url: behind }) }),
    ).resolves.toBeUndefined();
  });

  test("a pool too small for two connections is an outage with that reason", async () => {
    const behind = await pooled({ poolMode: "session", poolSize: 1 });
    await expect(openOwn({ url: behind }).query("select 1")).rejects.toThrow(
      "the pooler gave no server connection",
    );
  });
});
