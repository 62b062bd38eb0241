import { sql } from "kysely";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { LeafSource } from "../../src/domain/tree/leaf-sources.ts";
import { createTreeGrower } from "../../src/record/record-tree.ts";
import { readSigningKey } from "../../src/record/tree-signature.ts";
import type { LoggedHead } from "../../src/record/verify-heads.ts";
import type { Flaw } from "../../src/record/flaws.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import type { Db } from "../../src/store/postgres/db.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertLogged } from "../interactions.ts";
import { insertType } from "../lender.ts";

const database = useDatabase();
const { pool, db } = database;
const installation = useInstallation(database);
const signingKey = readSigningKey(Buffer.alloc(32, 7));

/** Tables that are no part of the record, with the reason. */
const OTHER_TABLES: Readonly<Record<string, string>> = {
  audits: "an audit of the same days can be repeated",
  borrowers:
    "the core system's row: what it was changed to is compared, and each notice has a copy of it",
  contacts:
    "the core system's row: what it was changed to is compared, and each notice has a copy of it",
  loans: "the core system's row: what it was changed to is compared",
  cases: "follows from the case changes",
  case_moves: "follows from the case changes; `tidings audit` computes from it what should exist",
  contact_event_order: "a lock",
  contact_findings: "a queue; what was found is a contact event",
  guard_locks: "locks",
  guard_policy_version: "a counter",
  idempotency_keys: "for repeated calls over REST",
  kysely_migration: "the migrations that were run",
  kysely_migration_lock: "a lock",
  late_intake: "a queue",
  missed_changes: "a queue",
  newest_heartbeat: "the state of the daemons",
  receipt_oddities: "a list of work; each of its receipts is a leaf",
  receipt_polls: "a queue",
  receipt_queue: "a queue",
  resolve_queue: "a queue",
  deletion_state: "how far the daemons have come",
  retention_state: "how far the daemons have come",
  secrets: "a secret with which addresses are made",
  time_zones: "the zones that Postgres knows",
  undelivered_notices: "follows from the transitions and amendments",
  workers: "the state of the daemons",
};

/** Columns of the record whose change is not found, with the reason. */
const UNSEEN: Readonly<Record<string, string>> = {
  "api_keys.hash": "a secret is not in the history; a key with another hash is another key",
  "api_keys.last_used_at": "written with each request",
  "consent_records.applied_at":
    "when the contact was changed, which the history of the contact has",
  "holds.warned_at": "when the daemon has warned of it, which the log has",
  "interactions.settle_at": "of a notice: when its unknown outcome is looked up next",
  "interactions.settling_since": "of a notice: since when its unknown outcome is looked up",
  "interactions.times_looked_up": "of a notice: how often its unknown outcome was looked up",
  "interactions.status_details_updated_at": "of a logged interaction: its transition has the time",
  "interactions.status_updated_at": "of a logged interaction: its transition has the time",
  "interactions.updated_at": "written with each change, which the history or a transition has",
  "notification_types.updated_at": "written with each change, which the history has",
  "templates.samples": "examples for previews",
  "templates.sources": "the files from which the texts were taken; the texts are compared",
  "templates.updated_at": "written with each change, which the history has",
  "tree_leaves.max_id": "a bound for searches; a lower one is found",
  "tree_keys.noted_at": "no reader uses it",
  "tree_state.is_only": "the key of the only row",
  "tree_state.swept": "if it is lower, the daemon reads rows again that are leaves",
};

/** The table of each source of leaves. */
const TABLE_OF: Readonly<Record<LeafSource, string>> = {
  caseChanges: "case_changes",
  resolutions: "resolutions",
  transitions: "interaction_transitions",
  interactions: "interactions",
  loggedInteractions: "interactions",
  recordChanges: "record_changes",
  contentReveals: "content_reveals",
  receipts: "receipts",
  judgements: "judgements",
  redirects: "redirects",
  outages: "outages",
  repairs: "repairs",
  holds: "holds",
  consentRecords: "consent_records",
  inboundMessages: "inbound_messages",
  contactEvents: "contact_events",
  legalStates: "case_type_legal_states",
  doNotInteract: "do_not_interact",
  consents: "consents",
  preferences: "preferences",
  templateTests: "template_tests",
  policyChanges: "guard_policy_changes",
  amendments: "amendments",
  erasures: "erasures",
  deletions: "deletions",
};

const logged: LoggedHead[] = [];

/** Makes heads, a minute apart, until all rows are leaves and all ids are swept. */
async function growTree(): Promise<void> {
  let minutes = 0;
  const start = Date.now();
  const grow = createTreeGrower(
    {
      db,
      clock: () => new Date(start + minutes * 61_000),
      emit: (event, fields) => {
        if (event === "recordTree.headMade") logged.push(headIn({ ...fields }));
      },
    },
    signingKey,
  );
  const isComplete = `select bool_and(coalesce((s.swept->>l.source)::bigint, 0) >= l.last_id) and (select max(h.size) from tidings.tree_heads h) = max(s.size) as is_complete
    from tidings.tree_state s cross join tidings.record_leaf_ids l`;
  for (;;) {
    minutes += 1;
    await grow();
    if ((await pool.query<{ is_complete: boolean }>(isComplete)).rows[0]?.is_complete === true)
      return;
  }
}

const headIn = (fields: Readonly<Record<string, unknown>>): LoggedHead => ({
  size: Number(fields["size"]),
  root: Buffer.from(String(fields["root"]), "hex"),
  madeAt: String(fields["madeAt"]),
  keyId: String(fields["keyId"]),
  signature: Buffer.from(String(fields["signature"]), "base64"),
});

/** A notice that was sent, what was logged, and a row of each other table of the record, some changed as it is allowed. */
beforeAll(async () => {
  await insertType(pool, { id: 1 });
  await installation.reachableBy({ email: "delivered@example.com", phone: "+16145550101" });
  await installation.change("EMAILED", "initiated");
  await installation.receipt();
  const { rows } = await pool.query<{ id: string }>("select id from tidings.interactions");
  await insertLogged(pool, { personId: "BO-1", subject: "Call", content: { body: "words" } });
  const [notice, edited, erased, reply, replyRead] = [
    rows[0]?.id,
    await insertLogged(pool, { personId: "BO-1", subject: "Letter", content: { body: "old" } }),
    await insertLogged(pool, { personId: "BO-2", content: { body: "erased later" } }),
    await insertLogged(pool, { personId: "BO-1", direction: "inbound", channel: "text" }),
    await insertLogged(pool, { personId: "BO-1", direction: "inbound", channel: "text" }),
  ];
  await pool.query(`
    update tidings.interactions set subject = 'A letter', content = '{"body": "new"}', started_at = started_at - interval '1 day' where id = ${edited};
    update tidings.interactions set meta_data = '{"note": 1}' where id = ${notice};
    insert into tidings.loan_types (id, name) values ('LT-1', 'Car');
    insert into tidings.case_type_legal_states (case_type_id, legal_state) values ('bankruptcy', 'bankruptcy');
    insert into tidings.do_not_interact (borrower_id, end_date) values ('BO-2', '2040-01-01');
    insert into tidings.consents (borrower_id, kind) values ('BO-2', 'esign'), ('BO-2', 'electronicComms');
    update tidings.consents set withdrawn_at = now() where kind = 'electronicComms';
    insert into tidings.preferences (borrower_id, kind, place) values ('BO-2', 'inconvenientPlace', 'work');
    insert into tidings.calendars (name, based_on) values ('ours', 'office');
    insert into tidings.calendar_closures (calendar, day, reason) values ('ours', '2031-03-04', 'Move');
    update tidings.channels set receipt_within_seconds = 60 where channel = 'email';
    insert into tidings.pauses (scope, channel, reason) values ('channel', 'fax', 'Broken'), ('channel', 'mail', 'Broken');
    update tidings.pauses set released_at = now() where channel = 'mail';
    insert into tidings.api_keys (name, prefix, hash, scopes) values ('k', 'p', sha256('k'), '{interaction:read}');
    insert into tidings.legal_holds (borrower_id, reason) values ('BO-1', 'Lawsuit'), ('BO-2', 'Lawsuit');
    update tidings.legal_holds set end_reason = 'Over' where borrower_id = 'BO-2';
    insert into tidings.retention_classes (record_class, years, reason) values ('content', 7, 'Law');
    insert into tidings.outages (kind, worker_id, code, began_at, ended_at) values ('tidings', 'w-1', 'stopped', now() - interval '1 hour', now());
    insert into tidings.outages (kind, worker_id, code, began_at) values ('database', 'w-1', 'lost', now() - interval '1 hour');
    update tidings.outages set ended_at = now() where kind = 'database';
    insert into tidings.repairs (kind, case_change_id, reason) values ('changeNotResolved', 1, 'Lost'), ('changeNotTakenIn', 1, 'Lost');
    update tidings.repairs set result = 'notNeeded' where kind = 'changeNotTakenIn';
    insert into tidings.holds (interaction_id, chain_id, rule_ids) values (${notice}, ${notice}, '{bk.stay}');
    insert into tidings.inbound_messages (interaction_id, provider, provider_message_id, contact_ids, reading, suppresses, is_open)
      values (${reply}, 'twilio', 'SM-1', '{CT-PHONE}', 'unclear', true, true), (${replyRead}, 'twilio', 'SM-2', '{CT-PHONE}', 'unclear', true, true);
    update tidings.inbound_messages set is_open = false, handled_reason = 'Another lender' where interaction_id = ${replyRead};
    insert into tidings.consent_records (contact_id, change, scope, source, interaction_id, reason) values ('CT-EMAIL', 'optOut', 'collection', 'link', ${notice}, 'the page');
    insert into tidings.contact_events (kind, contact_id, borrower_id, interaction_id, reason) values ('invalid', 'CT-EMAIL', 'BO-1', ${notice}, 'bounced');
    insert into tidings.content_reveals (interaction_id, revealed_by, way) values (${notice}, 'kim', 'command');
    insert into tidings.template_tests (template_id, template_version, content_hash) select id, version, content_hash from tidings.templates limit 1;
    insert into tidings.amendments (interaction_id, kind, status, reason, evidence) values (${notice}, 'lostByCarrier', 'failed', 'It is lost', 'Letter 7');
    select tidings.erase_interactions(array[${erased}]::bigint[], 'request', 'The borrower asked');
    insert into tidings.deletions (reason) values ('Policy 12');
  `);
  await rewriteRecord(
    pool,
    `insert into tidings.redirects (interaction_id, next_interaction_id, chain_id, rule_id, from_contact_id, to_contact_id)
     values (${notice}, ${notice}, ${notice}, 'party.attorney', 'CT-EMAIL', 'CT-PHONE')`,
  );
  await growTree();
  vi.useRealTimers();
  await dropChecks();
});

/** The owner of the database can drop constraints as well. */
async function dropChecks(): Promise<void> {
  await pool.query(`do $$
    declare statement text;
    begin
      for statement in
        select case when c.conrelid <> 0 then format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname)
          else format('alter domain %s drop constraint %I', c.contypid::regtype, c.conname) end
        from pg_constraint c where c.connamespace = 'tidings'::regnamespace and c.contype = 'c'
        union all
        select format('drop index %s', i.indexrelid::regclass)
        from pg_index i join pg_class k on k.oid = i.indrelid
        where k.relnamespace = 'tidings'::regnamespace and i.indisunique and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
        union all
        select format('alter table %s alter column %I set generated by default', a.attrelid::regclass, a.attname)
        from pg_attribute a join pg_class k on k.oid = a.attrelid
        where k.relnamespace = 'tidings'::regnamespace and a.attidentity = 'a'
      loop
        execute statement;
      end loop;
    end $$`);
}

/** A column of a table, with its type below a domain. */
interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

async function listColumns(): Promise<Column[]> {
  const { rows } = await pool.query<Column>(
    `select c.relname as "table", a.attname as "column", format_type(case when t.typtype = 'd' then t.typbasetype else t.oid end, null) as type
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     join pg_type t on t.oid = a.atttypid
     where c.relnamespace = 'tidings'::regnamespace and c.relkind = 'r'
     order by 1, a.attnum`,
  );
  return rows;
}

/** Another value of a type, a different one for each row. "$" is the column. */
const FORGED: Readonly<Record<string, string>> = {
  bigint: "coalesce($, 0) + 1000000",
  integer: "coalesce($, 0) + 1000000",
  text: "coalesce($, '') || 'forged' || ctid::text",
  "timestamp with time zone": "coalesce($, now()) + interval '1 hour'",
  date: "coalesce($, current_date) + 1",
  "time without time zone": "coalesce($, '08:00') + interval '1 hour'",
  boolean: "not coalesce($, false)",
  jsonb: `case when jsonb_typeof($) = 'object' then $ else '{}' end || '{"forged": 1}'`,
  bytea: "case when $ is null then '\\x01'::bytea else set_byte($, 0, get_byte($, 0) # 1) end",
  uuid: "gen_random_uuid()",
  "bigint[]": "coalesce($, '{}') || 1000000::bigint",
};
const forgery = ({ table, column, type }: Column): string =>
  `update tidings.${table} set ${column} = ${(FORGED[type] ?? "coalesce($, '{}') || '{forged}'").replaceAll("$", column)}`;

/** The flaws after statements of a superuser with the triggers off, which are rolled back. */
async function flawsAfter(...statements: readonly string[]): Promise<Flaw[]> {
  const flaws: Flaw[] = [];
  const rolledBack = new Error("rolled back");
  const work = async (tx: Db): Promise<void> => {
    await sql`set local session_replication_role = replica`.execute(tx);
    for (const one of statements) await sql.raw(one).execute(tx);
    await verifyRecord(
      tx,
      { from: 0, logged, publicKey: undefined },
      { onFlaw: (flaw) => void flaws.push(flaw), onProgress: () => {} },
    );
    throw rolledBack;
  };
  await db
    .transaction()
    .execute(work)
    .catch((error: unknown) => {
      if (error !== rolledBack) throw error;
    });
  return flaws;
}

/** The table whose row a flaw names; `tree` for a flaw of the tree itself. */
const tableOf = ({ source, long }: Flaw): string =>
  /^Row .+ of (\w+) is /.exec(long)?.[1] ?? (source === null ? "tree" : TABLE_OF[source]);

/** The number of rows of each table that flaws name. */
const namedRows = (flaws: readonly Flaw[]): Map<string, number> =>
  new Map(
    [...Map.groupBy(flaws, tableOf)].map(([table, own]) => [
      table,
      new Set(own.map(({ source, rowId, long }) => `${source} ${rowId} ${long}`)).size,
    ]),
  );

const countRows = async (table: string): Promise<number> =>
  (await pool.query<{ rows: number }>(`select count(*)::int as rows from tidings.${table}`)).rows[0]
    ?.rows ?? 0;

/** Their rows prove rows of other tables, so each of their columns is changed alone. */
const isProof = (table: string): boolean =>
  ["record_changes", "interaction_transitions", "erasures"].includes(table) || isTree(table);
const isTree = (table: string): boolean => table.startsWith("tree_");

/** The columns that are changed at once: one of each table that proves no other. */
function rounds(columns: readonly Column[]): Column[][] {
  const alone = columns.filter(({ table }) => isProof(table)).map((column) => [column]);
  const others = Map.groupBy(
    columns.filter(({ table }) => !isProof(table)),
    ({ table }) => table,
  );
  const most = Math.max(...[...others.values()].map((own) => own.length));
  const together = Array.from({ length: most }, (_, at) =>
    [...others.values()].flatMap((own) => own.slice(at, at + 1)),
  );
  return [...alone, ...together];
}

/** The columns of a round whose change in every row is not found. */
async function unseenIn(round: readonly Column[]): Promise<string[]> {
  const flaws = await flawsAfter(...round.map(forgery));
  const named = namedRows(flaws);
  const unseen: string[] = [];
  for (const { table, column } of round) {
    const isSeen = isProof(table)
      ? flaws.length > 0
      : (named.get(table) ?? 0) >= (await countRows(table));
    if (!isSeen) unseen.push(`${table}.${column}`);
  }
  return unseen;
}

const recorded = async (): Promise<Column[]> =>
  (await listColumns()).filter(({ table }) => OTHER_TABLES[table] === undefined);

describe("a superuser with the triggers off", () => {
  test("finds no flaw before a change", async () => {
    expect(await flawsAfter()).toEqual([]);
    const tables = new Set((await recorded()).map(({ table }) => table));
    for (const table of tables) expect(await countRows(table), table).toBeGreaterThan(0);
    expect([...new Set(Object.values(TABLE_OF))].filter((table) => !tables.has(table))).toEqual([]);
  });

  test("changes no column of the record unnoticed, except those that are listed with a reason", async () => {
    const unseen: string[] = [];
    for (const round of rounds(await recorded())) unseen.push(...(await unseenIn(round)));
    expect(unseen.toSorted()).toEqual(Object.keys(UNSEEN).toSorted());
  });

  test("removes no row of the record unnoticed", async () => {
    const tables = [...new Set((await recorded()).map(({ table }) => table))];
    for (const table of tables.filter(isProof))
      expect(await flawsAfter(`delete from tidings.${table}`), table).not.toEqual([]);
    const others = tables.filter((table) => !isProof(table));
    const named = namedRows(
      await flawsAfter(...others.map((table) => `delete from tidings.${table}`)),
    );
    for (const table of others)
      expect(named.get(table) ?? 0, table).toBeGreaterThanOrEqual(await countRows(table));
  });
});
