import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, type Pool } from "pg";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { audit } from "../../../src/commands/audit/audit.ts";
import { cancel } from "../../../src/commands/cancel.ts";
import type { Command } from "../../../src/commands/cli/command.ts";
import { explain } from "../../../src/commands/explain/explain.ts";
import { dryRun } from "../../../src/commands/dry-run/dry-run.ts";
import { find } from "../../../src/commands/find/find.ts";
import { inbox } from "../../../src/commands/inbox.ts";
import { keys } from "../../../src/commands/keys.ts";
import { pause, resume } from "../../../src/commands/pause.ts";
import { preview } from "../../../src/commands/preview/preview.ts";
import { reseal } from "../../../src/commands/reseal.ts";
import { retry } from "../../../src/commands/retry.ts";
import { roles } from "../../../src/commands/roles.ts";
import { settle } from "../../../src/commands/settle.ts";
import { rules } from "../../../src/commands/rules/rules.ts";
import { show } from "../../../src/commands/show/show.ts";
import { simulate } from "../../../src/commands/simulate/simulate.ts";
import { status } from "../../../src/commands/status/status.ts";
import { templates } from "../../../src/commands/templates/group.ts";
import { verify } from "../../../src/commands/verify/verify.ts";
import { readConfig } from "../../../src/config.ts";
import { openPool } from "../../../src/store/postgres/db.ts";
import { migrate } from "../../../src/store/migrate/migrate.ts";
import {
  HIDDEN_FROM_READERS,
  RIGHTS,
  ROLE_KINDS,
  type RoleKind,
} from "../../../src/store/rights/role-rights.ts";
import { runOn, type Ran } from "../../commands/run.ts";
import { spawnDaemon, type DaemonProcess } from "../../daemon-process.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";

const suffix = randomBytes(4).toString("hex");
const NAMES: Readonly<Record<RoleKind | "owner", string>> = {
  owner: `owner_${suffix}`,
  core: `core-${suffix}`,
  daemon: `daemon_${suffix}`,
  operator: `operator_${suffix}`,
  reader: `reader.${suffix}@example`,
};
const database = `roles_${suffix}`;
const adminUrl = inject("adminUrl");
const urlOf = (role: keyof typeof NAMES): string =>
  adminUrl
    .replace("/postgres?", `/${database}?`)
    .replace("//tidings@", `//${encodeURIComponent(NAMES[role])}@`);
const root = mkdtempSync(join(tmpdir(), "tidings-roles-"));
const opened: Pool[] = [];

function poolOf(role: keyof typeof NAMES): Pool {
  const pool = openPool({ url: urlOf(role), actor: "test", max: 3, onLost: () => {} });
  opened.push(pool);
  return pool;
}

async function administer(...statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  for (const statement of statements) await client.query(statement);
  await client.end();
}

async function printedSql(): Promise<string> {
  const words = ROLE_KINDS.flatMap((kind) => [`--${kind}`, NAMES[kind]]);
  const lines: string[] = [];
  await roles.run(words, (line) => void lines.push(line));
  return lines.join("\n");
}

let owner: Pool;

/** The owner of the database is a role without superuser, so what runs as the owner has no more rights than in production. */
beforeAll(async () => {
  await administer(
    ...Object.values(NAMES).map((name) => `create role "${name}" login`),
    `create database ${database} owner "${NAMES.owner}"`,
  );
  owner = poolOf("owner");
  await migrate(owner, readConfig({}).migration);
  const sql = await printedSql();
  await owner.query(sql);
  // it can be run again
  await owner.query(sql);
  await insertLender(owner);
});

afterAll(async () => {
  for (const pool of opened) await pool.end();
  await administer(
    `drop database if exists ${database} with (force)`,
    ...Object.values(NAMES).map((name) => `drop role if exists "${name}"`),
  );
  rmSync(root, { recursive: true, force: true });
});

async function isGranted(statement: string): Promise<boolean> {
  const { rows } = await owner.query<{ granted: boolean }>(`select ${statement} as granted`);
  return rows[0]?.granted === true;
}

test("none of the roles is a superuser, owns anything or is a member of another role", async () => {
  const { rows } = await owner.query(
    `select r.rolname from pg_roles r
     where r.rolname = any($1) and (r.rolsuper or r.rolbypassrls
       or exists (select from pg_auth_members m where m.member = r.oid)
       or exists (select from pg_class c where c.relowner = r.oid))`,
    [ROLE_KINDS.map((kind) => NAMES[kind])],
  );
  expect(rows).toEqual([]);
});

test("only the daemon has the right to send, and only it and operators that to operate", async () => {
  const may = async (right: string): Promise<readonly RoleKind[]> => {
    const kinds: RoleKind[] = [];
    for (const kind of ROLE_KINDS)
      if (
        await isGranted(`has_function_privilege('${NAMES[kind]}', 'tidings.${right}', 'execute')`)
      )
        kinds.push(kind);
    return kinds;
  };
  expect(await may("right_to_send()")).toEqual(["daemon"]);
  expect(await may("right_to_operate()")).toEqual(["daemon", "operator"]);
});

test("a reader is granted every column that does not hold contents or keys, and no other", async () => {
  const { rows } = await owner.query<{ table: string; column: string; granted: boolean }>(
    `select c.relname as table, a.attname as column, has_column_privilege($1, c.oid, a.attnum, 'select') as granted
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = 'tidings'::regnamespace and c.relkind in ('r', 'v') and c.relname not like 'kysely%'`,
    [NAMES.reader],
  );
  const wrong = rows.filter(({ table, column, granted }) => {
    const hidden =
      HIDDEN_FROM_READERS.tables.includes(table) ||
      HIDDEN_FROM_READERS.columns[table]?.includes(column) === true;
    return granted === hidden;
  });
  expect(wrong, "RIGHTS in src/store/rights/role-rights.ts").toEqual([]);
});

test("only the daemon may lock a whole table against others", async () => {
  const { rows } = await owner.query<{ kind: string; table: string }>(
    `select r.rolname as kind, c.relname as table
     from pg_class c cross join pg_roles r
     where c.relnamespace = 'tidings'::regnamespace and c.relkind = 'r' and r.rolname = any($1)
       and has_table_privilege(r.oid, c.oid, 'update, delete, truncate')`,
    [[NAMES.core, NAMES.operator, NAMES.reader]],
  );
  expect(rows).toEqual([]);
  for (const [kind, table] of [
    ["core", "borrowers"],
    ["operator", "interactions"],
  ] as const)
    await expect(
      poolOf(kind).query(
        `do $$ begin lock table tidings.${table} in share row exclusive mode; end $$`,
      ),
    ).rejects.toThrow("permission denied");
});

test("only the daemon may set sequences, and operators that of templates", async () => {
  const { rows } = await owner.query<{ kind: string; sequence: string }>(
    `select r.rolname as kind, c.relname as sequence
     from pg_class c cross join pg_roles r
     where c.relnamespace = 'tidings'::regnamespace and c.relkind = 'S' and r.rolname = any($1)
       and has_sequence_privilege(r.oid, c.oid, 'usage, update')`,
    [[NAMES.core, NAMES.operator, NAMES.reader]],
  );
  expect(rows).toEqual([{ kind: NAMES.operator, sequence: "templates_id_seq" }]);
});

test("every function and table that the table of rights names is there", async () => {
  for (const { functions } of Object.values(RIGHTS))
    for (const one of functions)
      expect(await isGranted(`to_regprocedure('tidings.${one}') is not null`), one).toBe(true);
});

test.each([
  ["public", ["--core", "public"]],
  ["a name that Postgres keeps for itself", ["--daemon", "pg_monitor"]],
  ["a name that leaves its quotes", ["--reader", 'x"; drop schema tidings cascade; --']],
  ["a name that Postgres would cut off", ["--reader", "r".repeat(64)]],
  ["one name for two roles", ["--core", "tidings", "--daemon", "tidings"]],
])("%s is refused", async (_, words) => {
  await expect(roles.run(words, () => {})).rejects.toMatchObject({ code: "ARGUMENTS_INVALID" });
});

test("a missing role that the owner may not create is named with the way out", async () => {
  const lines: string[] = [];
  await roles.run(["--reader", "tidings_nobody"], (line) => void lines.push(line));
  await expect(owner.query(lines.join("\n"))).rejects.toMatchObject({
    message: `role tidings_nobody does not exist, and ${NAMES.owner} may not create it`,
    hint: "create it as an administrator, then run this SQL again",
  });
  await owner.query("rollback");
});

test("without a name, all four roles are printed", async () => {
  const lines: string[] = [];
  await roles.run([], (line) => void lines.push(line));
  for (const kind of ROLE_KINDS)
    expect(lines.join("\n")).toContain(`create role "tidings_${kind}"`);
});

describe("a core system", () => {
  let core: Pool;
  beforeAll(() => {
    core = poolOf("core");
  });

  test.each([
    ["inserts", "insert into tidings.case_types (id) values ('deedInLieu')"],
    [
      "upserts a borrower",
      `insert into tidings.borrowers (id, name, time_zone) values ('C-1', '{"firstName": "Pat"}', 'America/New_York')
       on conflict (id) do update set name = excluded.name returning id`,
    ],
    [
      "upserts a loan",
      "insert into tidings.loans (id, borrower_id) values ('L-1', 'C-1') on conflict (id) do update set data = excluded.data returning *",
    ],
    [
      "upserts a contact",
      `insert into tidings.contacts (id, borrower_id, contact_type, label, value) values ('K-1', 'C-1', 'email', 'personal', 'pat@example.com')
       on conflict (id) do update set value = excluded.value returning *`,
    ],
    ["updates a contact", "update tidings.contacts set value = 'sam@example.com' where id = 'K-1'"],
    [
      "inserts a loan type",
      "insert into tidings.loan_types (id) values ('auto') on conflict do nothing returning id",
    ],
    [
      "inserts a change",
      "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('CS-1', 'bankruptcy', 'C-1', 'initiated')",
    ],
    [
      "inserts a change and has its id returned",
      "insert into tidings.case_changes (case_id, case_type_id, borrower_id, status) values ('CS-1', 'bankruptcy', 'C-1', 'processing') returning id",
    ],
    [
      "inserts a change unless it is there",
      `insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, status)
       values ('evt-1', 'CS-1', 'bankruptcy', 'C-1', 'completed') on conflict (external_id) do nothing returning id`,
    ],
    [
      "logs an interaction",
      "insert into tidings.interactions (channel, status, person_id, external_id) values ('voice', 'succeeded', 'C-1', 'call-1') on conflict (external_id) do nothing returning id",
    ],
  ])("%s", async (_, statement) => {
    await expect(core.query(statement)).resolves.toBeDefined();
    // an upsert and an update take another path where the row is there
    if (statement.includes("on conflict")) await core.query(statement);
  });

  test.each([
    "update tidings.case_changes set status = 'completed'",
    "update tidings.interactions set subject = 'x'",
    "delete from tidings.contacts",
    "select from tidings.secrets",
    "select from tidings.pauses",
    "insert into tidings.notification_types (id, on_status, channel) values (9, 'initiated', 'email')",
    "select from tidings_queue.jobs",
    "select tidings.queue_deliveries('{1}')",
  ])("may not %s", async (statement) => {
    await expect(core.query(statement)).rejects.toMatchObject({ code: "42501" });
  });
});

describe("a daemon, an operator and a reader", () => {
  let daemon: DaemonProcess;
  let httpUrl = "";
  /** The first interaction of each case. */
  const first: Record<string, string> = {};

  beforeAll(async () => {
    await owner.query(`
      insert into tidings.borrowers (id, name) values ('BO-3', '{"firstName": "Lee"}');
      insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages) values
        ('CT-2', 'BO-2', 'email', 'personal', 'no-such-mailbox@example.com', false),
        ('CT-3', 'BO-3', 'email', 'personal', 'dropped-after-data@example.com', false)`);
    await insertType(owner, { id: 1 });
    await insertType(owner, { id: 2, onStatus: "processing", delay: 1, unit: "calendarDays" });
    await insertType(owner, { id: 3, onStatus: "initiated", channel: "text" });
    await insertType(owner, { id: 4, caseTypes: ["disputeOfDebt"], status: "draft" });
    await owner.query("update tidings.notification_types set on_unknown = 'hold' where id = 4");
    await owner.query("update tidings.notification_types set status = 'active' where id = 4");
    // a worker that vanished
    await owner.query(
      "insert into tidings.workers (id, host, pid, queue_pool, heartbeat_at) values ('gone', 'h', 1, 'p', now() - interval '1 hour')",
    );
    daemon = spawnDaemon({
      DATABASE_URL: urlOf("daemon"),
      DATA_DIR: root,
      LOG_LEVEL: "debug",
      HTTP_PORT: "0",
      LENDER_TIME_ZONE: "America/New_York",
    });
    const { port } = await daemon.waitFor("http.opened");
    httpUrl = `http://127.0.0.1:${Number(port)}`;
    await daemon.waitFor("daemon.started");
  });

  afterAll(async () => {
    daemon.child.kill("SIGKILL");
    await daemon.ended;
  });

  async function standing(channel: string): Promise<Record<string, string>> {
    const { rows } = await owner.query<{ id: string; case: string; standing: string }>(
      `select id, case_id as case, concat_ws(' ', status, status_details) as standing
       from tidings.interactions where origin = 'tidings' and attempt = 1 and channel = $1 order by id`,
      [channel],
    );
    if (channel === "email") for (const row of rows) first[row.case] = row.id;
    return Object.fromEntries(rows.map((row) => [row.case, row.standing]));
  }

  const operate = (command: Command, ...words: readonly string[]): Promise<Ran> =>
    runOn({ url: urlOf("operator") }, command, ...words);

  test("the daemon resolves and dispatches", async () => {
    const at = new Date().toISOString();
    await insertChanges(owner, [
      { caseId: "SENT", status: "initiated", at },
      { caseId: "FAILED", borrowerId: "BO-2", status: "initiated", at },
      {
        caseId: "UNKNOWN",
        caseTypeId: "disputeOfDebt",
        borrowerId: "BO-3",
        status: "initiated",
        at,
      },
      { caseId: "LATER", status: "processing", at },
      { caseId: "LATER-TOO", status: "processing", at },
    ]);
    await expect
      .poll(() => standing("email"))
      .toMatchObject({
        SENT: "attempted emailSent",
        FAILED: "failed emailBounced",
        UNKNOWN: "attempted emailOutcomeUnknown",
        LATER: "scheduled",
        "LATER-TOO": "scheduled",
      });
    await expect
      .poll(() => standing("text"))
      .toMatchObject({
        SENT: expect.stringContaining("attempted"),
      });
  });

  test("the daemon recovers a dead worker's interactions, and takes in changes that arrived without triggers", async () => {
    const client = new Client({
      connectionString: adminUrl.replace("/postgres?", `/${database}?`),
    });
    await client.connect();
    await client.query("set session_replication_role = replica");
    await client.query(
      `insert into tidings.case_changes (id, case_id, case_type_id, borrower_id, status)
       overriding system value values (9000, 'MISSED', 'bankruptcy', 'BO-1', 'initiated')`,
    );
    await client.end();
    await daemon.waitFor("worker.lost");
    await daemon.waitFor("caseChanges.found");
    await daemon.waitFor("sequence.advanced");
    await expect.poll(() => standing("email")).toMatchObject({ MISSED: "attempted emailSent" });
  });

  test("an operator reads the ids that sequences have given, up to which verify looks for added rows", async () => {
    const given = "select source, last_id from tidings.record_leaf_ids order by source";
    const { rows } = await poolOf("operator").query(given);
    expect(rows).toEqual((await owner.query(given)).rows);
    expect(rows).toContainEqual({ source: "caseChanges", last_id: expect.stringMatching(/[1-9]/) });
  });

  test("an operator looks", async () => {
    const sent = first["SENT"] ?? "";
    expect(await operate(status)).toMatchObject({ code: 0 });
    expect(await operate(explain, sent)).toMatchObject({ code: 0 });
    expect(await operate(show, sent)).toMatchObject({ code: 0 });
    expect(await operate(find, "--case", "SENT")).toMatchObject({ code: 0 });
    expect(await operate(simulate, "--from", "1d", "--to", "0min")).toMatchObject({ code: 0 });
    expect(await operate(rules)).toMatchObject({ code: 0 });
    expect(await operate(verify)).toMatchObject({ code: 0 });
    expect(await operate(audit, "--from", "1d")).toMatchObject({ code: 0 });
    // no reply waits
    expect(await operate(inbox)).toMatchObject({ code: 0 });
    expect(await operate(keys, "list")).toMatchObject({ code: 0 });
    expect(await operate(templates, "list")).toMatchObject({ code: 0 });
  });

  test("an operator writes and previews templates, and asks what would be sent; the daemon's role seals again", async () => {
    const slug = "bankruptcy-dismissed.email.en";
    expect(await operate(templates, "push", `templates/${slug}`)).toMatchObject({ code: 0 });
    expect(await operate(templates, "publish", slug)).toMatchObject({ code: 0 });
    expect(await operate(preview, slug)).toMatchObject({ code: 0 });
    expect(await operate(dryRun, "--change", "9000")).toMatchObject({ code: 0 });
    vi.stubEnv("CONTENT_KEY", randomBytes(32).toString("base64"));
    expect(await runOn({ url: urlOf("daemon") }, reseal)).toMatchObject({ code: 0 });
    // without a sealed row the command stops before these statements
    for (const statement of [
      "update tidings.interactions set content = content where false",
      "insert into tidings.content_reveals (interaction_id, revealed_by, way) select 1, 'kim', 'command' where false returning id",
    ])
      await expect(poolOf("operator").query(statement), statement).resolves.toBeDefined();
  });

  test("an operator pauses, resumes, cancels, retries and settles", async () => {
    const because = ["--reason", "wording under review"];
    expect(await operate(pause, "channel", "email", ...because)).toMatchObject({ code: 0 });
    expect(await operate(resume, "channel", "email")).toMatchObject({ code: 0 });
    const cancelOne = [first["LATER"] ?? "", ...because];
    expect(await operate(cancel, ...cancelOne)).toMatchObject({ code: 0 });
    expect(await operate(cancel, "--case", "LATER-TOO", "--yes", ...because)).toMatchObject({
      code: 0,
    });
    expect(await operate(retry, first["FAILED"] ?? "")).toMatchObject({ code: 0 });
    const asNeverSent = [first["UNKNOWN"] ?? "", "--as", "neverSent"];
    expect(await operate(settle, ...asNeverSent)).toMatchObject({ code: 0 });
  });

  test("a pause and its release wait for notices, and the operator's release queues them", async () => {
    await operate(pause, "type", "1", "--reason", "r");
    await insertChanges(owner, [
      { caseId: "HELD", status: "initiated", at: new Date().toISOString() },
    ]);
    const held = async (): Promise<unknown> =>
      (
        await owner.query(
          "select compliance_guard_rule_id as rule from tidings.interactions where case_id = 'HELD' and channel = 'email'",
        )
      ).rows;
    await expect.poll(held).toEqual([{ rule: "pause.open" }]);
    expect((await operate(resume, "type", "1")).output).toContain("1 interaction");
    await expect.poll(() => standing("email")).toMatchObject({ HELD: "attempted emailSent" });
  });

  test("an operator creates and revokes a key, and the daemon serves its caller", async () => {
    const { output } = await operate(keys, "create", "portal", "--scopes", "all");
    const headers = {
      "X-API-KEY": output.split("\n")[0] ?? "",
      "Content-Type": "application/json",
    };
    const call = (path: string, method: string, body?: object): Promise<Response> =>
      fetch(`${httpUrl}${path}`, {
        method,
        headers: { ...headers, ...(method === "POST" ? { "Idempotency-Key": path } : {}) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    const posted = await call("/notification-types", "POST", { name: "A", onStatus: "initiated" });
    expect(posted.status, await posted.clone().text()).toBeLessThan(300);
    const listed = await call("/people/BO-1/interactions", "GET");
    expect(listed.status).toBe(200);
    const logged = await call("/people/BO-1/interactions", "POST", {
      channel: "voice",
      status: "succeeded",
    });
    expect(logged.status, await logged.clone().text()).toBeLessThan(300);
    expect((await fetch(`${httpUrl}/readyz`)).status).toBe(200);
    expect(await operate(keys, "revoke", "portal")).toMatchObject({ code: 0 });
  });

  test("an operator leaves an outcome to a person, and does not choose when it is settled", async () => {
    const id = await insertInteraction(owner, {
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
    });
    const pool = poolOf("operator");
    for (const set of ["settle_at = '9999-01-01'", "times_looked_up = 100"])
      await expect(
        pool.query(`update tidings.interactions set ${set} where id = $1`, [id]),
        set,
      ).rejects.toMatchObject({ constraint: "interactions_settle_at_is_not_chosen" });
    await pool.query("update tidings.interactions set settle_at = null where id = $1", [id]);
  });

  test("an operator cannot do what only the daemon and the owner may", async () => {
    const pool = poolOf("operator");
    for (const statement of [
      "select from tidings.secrets",
      "delete from tidings.workers",
      "update tidings.borrowers set name = '{}'",
      "insert into tidings.notification_types (id, on_status, channel) values (9, 'initiated', 'email')",
      "update tidings.record_changes set actor = 'x'",
      "delete from tidings_queue._private_jobs",
      "update tidings_queue._private_jobs set run_at = 'infinity'",
      "update tidings_queue._private_tasks set identifier = 'x'",
      "select tidings_queue.add_job('deliver_interactions')",
      "select tidings.queue_settlements('{1}', 'infinity', 9)",
    ])
      await expect(pool.query(statement), statement).rejects.toMatchObject({ code: "42501" });
  });

  test("a reader reads statuses, and neither contents nor secrets", async () => {
    const pool = poolOf("reader");
    for (const readable of [
      "select id, status, subject, failure_description_long from tidings.interactions",
      "select * from tidings.interaction_chains",
      "select * from tidings.contacts",
      "select id, table_name, row_id, changed_at, actor from tidings.record_changes",
    ])
      expect((await pool.query(readable)).rows.length, readable).toBeGreaterThan(0);
    for (const refused of [
      "select content from tidings.interactions",
      "select * from tidings.interactions",
      "select i from tidings.interactions i",
      "select changes from tidings.record_changes",
      "select from tidings.secrets",
      "select from tidings.api_keys",
      "select from tidings.idempotency_keys",
      "insert into tidings.interactions (channel, status) values ('voice', 'succeeded')",
      "select from tidings_queue.jobs",
    ])
      await expect(pool.query(refused), refused).rejects.toMatchObject({ code: "42501" });
  });

  test("no statement of the daemon was refused, and it ends as always", async () => {
    daemon.child.kill("SIGTERM");
    expect(await daemon.ended).toBe(0);
    const lines = daemon.lines.map((line) => JSON.stringify(line));
    const failures = /permission denied|42501|"(maintenance|job|resolver?)\.failed"/;
    expect(lines.filter((line) => failures.test(line))).toEqual([]);
  });
});
