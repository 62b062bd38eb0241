import type { Client } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { useRole, type TestRole } from "../../roles.ts";

const database = useDatabase();
const { pool } = database;
/** With the rights of a core system, as README names them. */
const core = useRole(database, "core");
/** With the rights that an impatient administrator gives. */
const careless = useRole(database, "careless");
const operator = useRole(database, "operator");
const ROLES: readonly (readonly [string, TestRole])[] = [
  ["with insert on what it writes", core],
  ["with select, insert and update on all tables", careless],
];

let changeId = "";
let notice = "";
/** An id that a session of the REST resources has taken and not written yet. */
let taken = "";

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 99 });
  [changeId = ""] = await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
  notice = await insertInteraction(pool, {
    status: "failed",
    caseId: "CS-1",
    caseChangeId: changeId,
    templateId: 1,
    templateVersion: 1,
  });
  const { rows } = await pool.query<{ id: string }>(
    "select nextval('tidings.interactions_id_seq') as id",
  );
  taken = rows[0]?.id ?? "";
  const written = "case_changes, case_types, borrowers, loans, contacts, interactions";
  await pool.query(`
    grant usage on schema tidings to ${core.name}, ${careless.name}, ${operator.name};
    grant insert on ${written.replaceAll(/\w+/g, "tidings.$&")} to ${core.name};
    grant select, insert, update on all tables in schema tidings to ${careless.name}, ${operator.name};
    grant execute on function tidings.right_to_operate() to ${operator.name};`);
});

const interaction = (columns: string, values: string): string =>
  `insert into tidings.interactions (channel, status${columns}) values ('email', 'succeeded'${values})`;
const change = (columns: string, values: string): string =>
  `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status${columns}) ${values}`;
const ANY_CHANGE = "'CS-2', 'bankruptcy', 'BO-1', 'initiated'";
const OF_A_NOTICE =
  ", origin, person_id, case_change_id, notification_type_id, notification_type_version";

describe.each(ROLES)("a core system %s", (_, role) => {
  test.each([
    "insert into tidings.interactions (channel, status) select 'voice', 'succeeded' from generate_series(3, 1, -1) g order by g",
    "insert into tidings.interactions (id, channel, status) values (default, 'voice', 'succeeded'), (default, 'chat', 'failed')",
    "insert into tidings.interactions (channel, status) values ('voice', 'succeeded'), ('chat', 'failed')",
  ])("has ids given: %s", async (statement) => {
    const { rowCount } = await role.run((client) => client.query(statement));
    expect(rowCount).toBeGreaterThan(1);
  });

  test.each([
    [
      "prove a notice that never left",
      "interactions_origin_is_not_chosen",
      () => interaction(OF_A_NOTICE, `, 'tidings', 'BO-1', ${changeId}, 99, 1`),
    ],
    [
      "have something dispatched",
      "interactions_origin_is_not_chosen",
      () =>
        `insert into tidings.interactions (channel, status${OF_A_NOTICE}, scheduled_at_from) values ('email', 'scheduled', 'tidings', 'BO-1', ${changeId}, 99, 1, now())`,
    ],
    [
      "suppress a notice by a canceled row in its place",
      "interactions_origin_is_not_chosen",
      () =>
        `insert into tidings.interactions (channel, status${OF_A_NOTICE}, failure_description_short, failure_description_long) values ('email', 'canceled', 'tidings', 'BO-1', ${changeId}, 99, 1, 'x', 'x')`,
    ],
    [
      "take the id of a later interaction",
      "interactions_id_is_not_chosen",
      () =>
        "insert into tidings.interactions (id, channel, status) overriding system value select g, 'voice', 'succeeded' from generate_series(1000, 1040) g",
    ],
    [
      "take an id that others have taken",
      "interactions_id_is_not_chosen",
      () => interaction(", id", `, ${taken}`),
    ],
    [
      "take the id of a later change",
      "case_changes_id_is_not_chosen",
      () => change(", id", `overriding system value values (${ANY_CHANGE}, 1000)`),
    ],
    [
      "have a change arrive in the past",
      "case_changes_received_at_is_not_chosen",
      () => change(", received_at", `values (${ANY_CHANGE}, now() - interval '1 day')`),
    ],
    [
      "have a change arrive in the future",
      "case_changes_received_at_is_not_chosen",
      () => change(", received_at", `values (${ANY_CHANGE}, now() + interval '1 day')`),
    ],
    [
      "log in the past",
      "interactions_created_at_is_not_chosen",
      () => interaction(", created_at", ", now() - interval '30 days'"),
    ],
    [
      "date its last change",
      "interactions_updated_at_is_not_chosen",
      () => interaction(", updated_at", ", now() - interval '30 days'"),
    ],
    [
      "date its status",
      "interactions_status_updated_at_is_not_chosen",
      () => interaction(", status_updated_at", ", now() - interval '30 days'"),
    ],
    [
      "date its status details",
      "interactions_status_details_updated_at_is_not_chosen",
      () =>
        interaction(
          ", status_details, status_details_updated_at",
          ", 'emailDelivered', now() - interval '30 days'",
        ),
    ],
    [
      "log in another name",
      "interactions_created_by_is_not_chosen",
      () => interaction(", created_by", `, '{"id": "operator:the.ceo"}'`),
    ],
    [
      "claim",
      "interactions_claimed_by_is_not_chosen",
      () => interaction(", claimed_by", ", 'w-1'"),
    ],
    [
      "claim a time",
      "interactions_claimed_at_is_not_chosen",
      () => interaction(", claimed_at", ", now()"),
    ],
    [
      "take a provider's message",
      "interactions_provider_message_id_is_not_chosen",
      () => interaction(", provider_message_id", ", 'SM1'"),
    ],
    [
      "hash what never left",
      "interactions_content_sha256_is_not_chosen",
      () => interaction(", content_sha256", ", repeat('a', 64)"),
    ],
    [
      "explain a date",
      "interactions_due_explanation_is_not_chosen",
      () => interaction(", due_explanation", ", '{}'"),
    ],
    [
      "explain a contact",
      "interactions_passed_over_is_not_chosen",
      () => interaction(", passed_over", ", '[]'"),
    ],
    [
      "explain a template",
      "interactions_template_explanation_is_not_chosen",
      () => interaction(", template_explanation", ", '{}'"),
    ],
    [
      "end the chain of a notice",
      "interactions_first_interaction_id_is_not_chosen",
      () => interaction(", first_interaction_id", `, ${notice}`),
    ],
    ["count attempts", "interactions_attempt_is_not_chosen", () => interaction(", attempt", ", 2")],
  ])("cannot %s: %s", async (_title, constraint, statement) => {
    await role.run(async (client) => {
      await expect(client.query(statement())).rejects.toMatchObject({ constraint, code: "42501" });
    });
  });

  test("logs a call and inserts a change as before", async () => {
    await role.run(async (client) => {
      await client.query(interaction(", person_id", ", 'BO-1'"));
      await client.query(change("", `values (${ANY_CHANGE})`));
      const { rowCount } = await client.query(
        change(", id, received_at", `values (${ANY_CHANGE}, default, default)`),
      );
      expect(rowCount).toBe(1);
    });
  });

  test("is on record under its own name, whatever it says", async () => {
    await role.run(async (client) => {
      await client.query("set tidings.actor = 'operator:the.ceo'");
      await client.query(interaction(", external_id", `, '${role.name}'`));
    });
    const { rows } = await pool.query(
      `select t.moved_by, i.created_by->>'id' as created_by from tidings.interaction_transitions t
       join tidings.interactions i on i.id = t.interaction_id where i.external_id = $1`,
      [role.name],
    );
    expect(rows).toEqual([{ moved_by: role.name, created_by: role.name }]);
  });
});

const ONLY_TIDINGS_WRITES: readonly (readonly [string, string])[] = [
  [
    "api_keys",
    "(name, prefix, hash, scopes) values ('backup', 'tdg_a', sha256('a'), '{interaction:read.sensitive}')",
  ],
  ["secrets", "(name, value) values ('signedPaths', sha256('a'))"],
  ["content_reveals", "(interaction_id, revealed_by, way) values (1, 'operator:kim', 'command')"],
  ["template_tests", "(template_id, template_version, content_hash) values (1, 1, 'x')"],
  [
    "interaction_transitions",
    "(interaction_id, moved_at, moved_by, to_status) values (1, now(), 'kim', 'succeeded')",
  ],
  ["pauses", "(scope, reason) values ('everything', 'x')"],
  ["workers", "(id, host, pid, queue_pool) values ('w', 'h', 1, 'p')"],
  ["record_changes", "(table_name, row_id, actor, changes) values ('contacts', '1', 'kim', '{}')"],
  ["cases", "select * from tidings.cases limit 0"],
  ["case_moves", "(case_change_id) values (7)"],
  ["resolve_queue", "(case_change_ids) values ('{1}')"],
  ["resolutions", "(case_change_id, verdicts) values (1, '{}')"],
  ["missed_changes", "(case_change_id) values (1)"],
  ["contact_findings", "(interaction_id, finding) values (1, 'optedOut')"],
  ["receipts", "(provider, interaction_id, raw_status) values ('smtp', 1, 'delivered')"],
  [
    "contact_events",
    "(kind, contact_id, borrower_id, interaction_id, reason) values ('invalid', 'CT-EMAIL', 'BO-1', 1, 'x')",
  ],
  ["receipt_polls", "(interaction_id, poll_at) values (1, now())"],
  ["contact_event_order", "(id) values (1)"],
  ["receipt_queue", "(receipt_id) values (1)"],
  ["receipt_oddities", "(receipt_id, reason) values (1, 'noMessage')"],
  ["undelivered_notices", "(interaction_id) values (1)"],
  ["channels", "select * from tidings.channels limit 0"],
  ["idempotency_keys", "(caller, key, request_hash, resource_id) values ('c', 'k', 'h', '1')"],
];

describe("privileges on all tables open none that only Tidings writes", () => {
  test.each(ONLY_TIDINGS_WRITES)("%s", async (table, rows) => {
    await careless.run(async (client) => {
      await expect(client.query(`insert into tidings.${table} ${rows}`)).rejects.toMatchObject({
        constraint: `${table}_are_written_by_tidings`,
        code: "42501",
      });
    });
  });

  test("nor what Tidings sends", async () => {
    await careless.run(async (client) => {
      await expect(
        client.query("update tidings.interactions set meta_data = '{}' where origin = 'tidings'"),
      ).rejects.toMatchObject({ constraint: "interactions_of_tidings_are_not_changed" });
      await client.query(
        "update tidings.interactions set meta_data = '{}' where origin = 'logged'",
      );
    });
  });

  test.each(["created_at = '2020-01-01'", `created_by = '{"id": "operator:the.ceo"}'`])(
    "nor when and by whom an interaction was logged: %s",
    async (set) => {
      await careless.run(async (client) => {
        const update = `update tidings.interactions set ${set} where origin = 'logged'`;
        await expect(client.query(update)).rejects.toMatchObject({
          constraint: "interactions_keep_when_and_by_whom_they_were_logged",
        });
      });
    },
  );

  test("and the times of a change are those of the database", async () => {
    await careless.run(async (client) => {
      const { rows } = await client.query(
        `update tidings.interactions set updated_at = '2020-01-01', status_updated_at = '2020-01-01',
           status_details = 'emailDelivered', status_details_updated_at = '2020-01-01'
         where origin = 'logged'
         returning updated_at > '2021-01-01' and status_updated_at > '2021-01-01' and status_details_updated_at > '2021-01-01' as recent`,
      );
      expect(new Set(rows.map(({ recent }: { recent: boolean }) => recent))).toEqual(
        new Set([true]),
      );
    });
  });
});

describe("an operator", () => {
  const actAs = (client: Client, actor: string): Promise<unknown> =>
    client.query("select set_config('tidings.actor', $1, false)", [actor]);

  test("is believed as an operator, and not as a daemon", async () => {
    await operator.run(async (client) => {
      const whoAfter = async (actor: string): Promise<unknown> => {
        await actAs(client, actor);
        return (await client.query("select tidings.moved_by() as by")).rows[0]?.by;
      };
      expect(await whoAfter("operator:kim")).toBe("operator:kim");
      expect(await whoAfter("daemon:w-1")).toBe(operator.name);
      expect(await whoAfter("")).toBe(operator.name);
    });
  });

  test("pauses, and cannot say who or when", async () => {
    await operator.run(async (client) => {
      await actAs(client, "operator:kim");
      await client.query(
        "insert into tidings.pauses (scope, reason, paused_by, paused_at) values ('everything', 'x', 'the.ceo', '2020-01-01')",
      );
      await client.query(
        "update tidings.pauses set released_at = '2020-01-01', released_by = 'the.ceo'",
      );
    });
    const { rows } = await pool.query(
      "select paused_by, released_by, paused_at > now() - interval '1 hour' and released_at > now() - interval '1 hour' as recent from tidings.pauses",
    );
    expect(rows).toEqual([
      { paused_by: "operator:kim", released_by: "operator:kim", recent: true },
    ]);
  });

  test("puts a waiting notice off with history, also by the rule that holds it", async () => {
    const waiting = await insertInteraction(pool, { complianceGuardRuleId: "pause.open" });
    const putOff = `update tidings.interactions set scheduled_at_from = scheduled_at_from + interval '1 hour' where id = ${waiting}`;
    const authors = async (): Promise<string[]> => {
      const { rows } = await pool.query<{ actor: string }>(
        "select actor from tidings.record_changes where table_name = 'interactions' and row_id = $1",
        [waiting],
      );
      return rows.map((row) => row.actor);
    };
    await pool.query(putOff); // a daemon that looks again
    expect(await authors()).toEqual([]);
    await operator.run((client) => client.query(putOff));
    expect(await authors()).toEqual([operator.name]);
  });

  const COPIED =
    "origin channel person_id loan_id loan_ids subject theme sensitive case_id case_change_id notification_type_id notification_type_version template_id template_version template_explanation due_explanation supercase_bulk_operation_id".split(
      " ",
    );
  /** The next attempt of an interaction, with other values for some columns. */
  function nextAttempt(previous: string, values: Readonly<Record<string, string>> = {}): string {
    const columns: Readonly<Record<string, string>> = {
      ...Object.fromEntries(COPIED.map((column) => [column, `p.${column}`])),
      status: "'scheduled'",
      started_at: "null",
      scheduled_at_from: "now()",
      attempt: "p.attempt + 1",
      previous_interaction_id: "p.id",
      first_interaction_id: "coalesce(p.first_interaction_id, p.id)",
      ...values,
    };
    return `insert into tidings.interactions (${Object.keys(columns).join(", ")})
      select ${Object.values(columns).join(", ")} from tidings.interactions p where p.id = ${previous}`;
  }

  const refused = { constraint: "interactions_origin_is_not_chosen" };

  test.each([
    ["person_id", "'BO-2'"],
    ["subject", "'forged'"],
    ["sensitive", "true"],
    ["loan_ids", "'{LN-1}'"],
    ["due_explanation", `'{"forged": 1}'`],
    ["template_explanation", `'{"forged": 1}'`],
    ["passed_over", "'[]'"],
    ["created_at", "'2019-01-01'"],
    ["created_by", `'{"id": "operator:the.ceo"}'`],
    ["updated_at", "'2019-01-01'"],
    ["status_updated_at", "'2019-01-01'"],
    ["status_details_updated_at", "'2019-01-01'"],
    ["deleted_at", "now()"],
    ["claims", "7"],
    ["times_looked_up", "7"],
    ["settle_at", "now()"],
    ["newest_case_change_id", "7"],
    ["failure_description_long", "'forged'"],
    ["status_details", "'emailSent'"],
    ["direction", "'inbound'"],
    ["external_id", "'forged'"],
    ["is_transactional", "true"],
    ["claimed_by", "'w9'"],
    ["content_sha256", "repeat('f', 64)"],
    ["content", "'{}'"],
    ["started_at", "now()"],
  ])("plans no next attempt with another %s", async (column, value) => {
    const failed = await insertInteraction(pool, { status: "failed" });
    await operator.run(async (client) => {
      const insert = client.query(nextAttempt(failed, { [column]: value }));
      await expect(insert).rejects.toMatchObject(refused);
      await client.query(nextAttempt(failed));
    });
  });

  test("plans no next attempt of a notice that was delivered or is with a provider", async () => {
    for (const status of ["succeeded", "inProgress", "attempted", "canceled"]) {
      const sent = await insertInteraction(pool, { status });
      await operator.run(async (client) => {
        await expect(client.query(nextAttempt(sent)), status).rejects.toMatchObject(refused);
      });
    }
  });

  const CLAIM = "status = 'inProgress', claimed_at = '2020-01-01', claimed_by = 'w-1'";
  const UNKNOWN = { status: "attempted", statusDetails: "emailOutcomeUnknown" };

  test.each([
    ["claims what is scheduled", { status: "scheduled" }, CLAIM],
    [
      "claims it with content and a contact",
      { status: "scheduled" },
      `${CLAIM}, content = '{"subject": "forged"}', contact = '{}'`,
    ],
    [
      "fails what is scheduled",
      { status: "scheduled" },
      "status = 'failed', failure_description_short = 'x', failure_description_long = 'x'",
    ],
    [
      "ends a call",
      { status: "inProgress" },
      "status = 'succeeded', status_details = 'emailDelivered'",
    ],
    ["takes a call back", { status: "inProgress" }, "status = 'scheduled'"],
    [
      "has what was sent delivered",
      { status: "attempted", statusDetails: "emailSent" },
      "status = 'succeeded', status_details = 'emailDelivered'",
    ],
    [
      "changes the details of what was sent",
      { status: "attempted", statusDetails: "emailSent" },
      "status_details = 'emailOutcomeUnknown'",
    ],
    [
      "fails what was delivered",
      { status: "succeeded" },
      "status = 'failed', failure_description_short = 'x', failure_description_long = 'x'",
    ],
    [
      "fails an unknown outcome",
      UNKNOWN,
      "status = 'failed', failure_description_short = 'x', failure_description_long = 'x'",
    ],
    ["names the message of an unknown outcome", UNKNOWN, "provider_message_id = '4X'"],
    [
      "settles it with a hash of other content",
      UNKNOWN,
      "status = 'attempted', status_details = 'emailSent', content_sha256 = repeat('f', 64)",
    ],
    ["settles it with another time", UNKNOWN, "status = 'succeeded', started_at = '2020-01-01'"],
  ])("never %s", async (_title, fields, changes) => {
    const id = await insertInteraction(pool, fields);
    await operator.run(async (client) => {
      await actAs(client, "operator:kim");
      await expect(
        client.query(`update tidings.interactions set ${changes} where id = ${id}`),
      ).rejects.toMatchObject({ constraint: "interactions_are_sent_by_daemons", code: "42501" });
    });
  });

  test("does not write what only daemons write", async () => {
    await operator.run(async (client) => {
      for (const table of ["secrets", "workers", "channels"])
        await expect(
          client.query(`insert into tidings.${table} select * from tidings.${table} limit 0`),
        ).rejects.toMatchObject({ constraint: `${table}_are_written_by_tidings` });
    });
  });
});

test("a session that set a role counts as that role", async () => {
  const client = await pool.connect();
  try {
    await client.query(`set role ${core.name}`);
    await expect(
      client.query(interaction(OF_A_NOTICE, `, 'tidings', 'BO-1', ${changeId}, 99, 1`)),
    ).rejects.toMatchObject({ constraint: "interactions_origin_is_not_chosen" });
  } finally {
    await client.query("reset role");
    client.release();
  }
});

test("templates and types record who wrote and published them, by any way of insert", async () => {
  await careless.run(async (client) => {
    await client.query(
      `insert into tidings.templates (id, version, channel, text_template, status, created_by, published_by, published_at, created_at)
       values (55, 1, 'text', 'Hello', 'active', 'the.ceo', 'the.ceo', '2020-01-01', '2020-01-01')`,
    );
    await client.query(
      `insert into tidings.notification_types (id, version, on_status, channel, template_id, created_by, published_by)
       values (55, 1, 'initiated', 'text', 55, 'the.ceo', 'the.ceo')`,
    );
  });
  await pool.query(
    "update tidings.notification_types set status = 'active', published_by = 'the.ceo', published_at = '2020-01-01' where id = 55",
  );
  const who = "created_by, published_by, published_at > now() - interval '1 hour' as recent";
  const templates = await pool.query(`select ${who} from tidings.templates where id = 55`);
  const types = await pool.query(`select ${who} from tidings.notification_types where id = 55`);
  expect(templates.rows).toEqual([
    { created_by: careless.name, published_by: careless.name, recent: true },
  ]);
  expect(types.rows).toEqual([{ created_by: careless.name, published_by: "test", recent: true }]);
});

test("a core system cannot lock the attempts of a notice by naming them in its session", async () => {
  const next = await insertInteraction(pool, {
    attempt: 2,
    firstInteractionId: notice,
    previousInteractionId: notice,
  });
  await core.run(async (client) => {
    await client.query("begin");
    await client.query("select set_config('tidings.sent_or_back', $1, true)", [next]);
    await client.query(
      "insert into tidings.interactions (channel, status) values ('voice', 'succeeded')",
    );
    const { rowCount } = await pool.query(
      "select from tidings.interactions where id = any($1) for update skip locked",
      [[notice, next]],
    );
    expect(rowCount).toBe(2);
  });
});
