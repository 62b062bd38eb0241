import { IANAZone } from "luxon";
import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";

const { pool } = useDatabase();

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const change = (columns: string, values: string): string =>
  `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status${columns}) values ${values}`;
const interaction = (columns: string, values: string): string =>
  `insert into tidings.interactions (channel, status${columns}) values ${values}`;
const type = (columns: string, values: string): string =>
  `insert into tidings.notification_types (id${columns}) values ${values}`;

describe("bad input is refused by a constraint whose name says what is wrong", () => {
  test.each([
    ["case_status_is_known", change("", "('C', 'bankruptcy', 'BO-1', 'open')")],
    [
      "case_outcome_is_known",
      change(", outcome", "('C', 'bankruptcy', 'BO-1', 'completed', 'won')"),
    ],
    ["case_changes_case_type_is_known", change("", "('C', 'divorce', 'BO-1', 'initiated')")],
    ["case_changes_borrower_is_known", change("", "('C', 'bankruptcy', 'BO-9', 'initiated')")],
    [
      "case_changes_loans_are_known",
      change(", loan_ids", "('C', 'bankruptcy', 'BO-1', 'initiated', '{LN-1,LN-404}')"),
    ],
    [
      "case_changes_loans_are_known",
      change(", loan_ids", "('C', 'bankruptcy', 'BO-1', 'initiated', '{null}')"),
    ],
    [
      "case_changes_fields_is_an_object",
      change(", fields", "('C', 'bankruptcy', 'BO-1', 'initiated', '[]')"),
    ],
    [
      "case_changes_changed_at_is_a_date",
      change(", changed_at", "('C', 'bankruptcy', 'BO-1', 'initiated', 'infinity')"),
    ],
    [
      "case_changes_loan_ids_is_a_list",
      change(", loan_ids", "('C', 'bankruptcy', 'BO-1', 'initiated', '{{LN-1},{LN-2}}')"),
    ],
    [
      "case_changes_fields_have_at_most_1_megabyte",
      change(
        ", fields",
        "('C', 'bankruptcy', 'BO-1', 'initiated', jsonb_build_object('x', repeat('x', 1000000)))",
      ),
    ],
    [
      "case_changes_loan_ids_has_at_most_1000_ids",
      change(
        ", loan_ids",
        "('C', 'bankruptcy', 'BO-1', 'initiated', array_fill('LN-1'::text, '{1001}'))",
      ),
    ],
    ["case_changes_case_id_is_not_blank", change("", "(' ', 'bankruptcy', 'BO-1', 'initiated')")],
    [
      "case_changes_loans_are_known",
      change(", loan_ids", "('C', 'bankruptcy', 'BO-1', 'initiated', '{LN-1,null}')"),
    ],
    [
      "case_changes_ids_have_at_most_200_characters",
      change("", "(repeat('C', 201), 'bankruptcy', 'BO-1', 'initiated')"),
    ],
    [
      "case_changes_ids_have_at_most_200_characters",
      change(", external_id", "('C', 'bankruptcy', 'BO-1', 'initiated', repeat('E', 201))"),
    ],
    [
      "case_changes_ids_have_at_most_200_characters",
      change(", loan_ids", "('C', 'bankruptcy', 'BO-1', 'initiated', array[repeat('L', 201)])"),
    ],
    ["channel_is_known", interaction("", "('pigeon', 'attempted')")],
    ["interaction_status_is_known", interaction("", "('email', 'sent')")],
    ["theme_is_known", interaction(", theme", "('email', 'attempted', 'outOpsLoan')")],
    ["direction_is_known", interaction(", direction", "('email', 'attempted', 'sideways')")],
    ["interactions_person_is_known", interaction(", person_id", "('email', 'attempted', 'BO-9')")],
    [
      "interactions_previous_interaction_is_known",
      interaction(", previous_interaction_id", "('email', 'attempted', 999999)"),
    ],
    [
      "interactions_first_interaction_is_known",
      interaction(", first_interaction_id", "('email', 'attempted', 999999)"),
    ],
    [
      "interactions_content_sha256_is_a_sha256",
      interaction(", content_sha256", "('email', 'attempted', 'none')"),
    ],
    ["interactions_segments_count_from_one", interaction(", segments", "('text', 'attempted', 0)")],
    ["notification_types_have_a_trigger", type(", channel", "(90, 'email')")],
    ["case_status_is_known", type(", on_status", "(90, 'open')")],
    ["theme_is_known", type(", on_status, theme", "(90, 'initiated', 'outOpsLoan')")],
    [
      "notification_types_have_one_active_version",
      type(
        ", version, on_status, channel, template_id, status",
        "(1, 2, 'initiated', 'email', 1, 'active')",
      ),
    ],
    [
      "notification_types_name_has_at_most_50_characters",
      type(", on_status, name", "(90, 'initiated', repeat('é', 51))"),
    ],
    [
      "notification_types_published_versions_are_kept",
      "delete from tidings.notification_types where id = 1",
    ],
    [
      "notification_types_active_versions_do_not_change",
      "update tidings.notification_types set on_status = 'canceled' where id = 1",
    ],
    [
      "case_type_notification_types_notification_type_is_known",
      "insert into tidings.case_type_notification_types values ('bankruptcy', 99)",
    ],
    [
      "calendar_closures_calendar_is_known",
      "insert into tidings.calendar_closures (calendar, day, reason) values ('offcie', '2031-05-28', 'Inventory')",
    ],
    [
      "contacts_have_a_value_or_an_address",
      "insert into tidings.contacts (id, borrower_id, contact_type) values ('X', 'BO-1', 'email')",
    ],
    [
      "contact_label_is_known",
      "update tidings.contacts set label = 'wherever' where id = 'CT-PHONE'",
    ],
    [
      "borrowers_time_zone_is_known",
      "insert into tidings.borrowers (id, time_zone) values ('X', 'Mars/Olympus')",
    ],
    [
      "borrowers_time_zone_is_known",
      "insert into tidings.borrowers (id, time_zone) values ('X', 'UTC/5')",
    ],
    [
      "borrowers_time_zone_is_known",
      "insert into tidings.borrowers (id, time_zone) values ('X', 'EST5EDT')",
    ],
  ])("%s: %s", async (constraint, statement) => {
    await expect(pool.query(statement)).rejects.toMatchObject({ constraint });
  });

  test("and nothing is changed: one bad row of a bulk refuses the whole", async () => {
    const before = await pool.query("select count(*) from tidings.case_changes");
    const rows = [
      { caseId: "B1", status: "initiated" },
      { caseId: "B2", status: "open" },
    ];
    await expect(insertChanges(pool, rows)).rejects.toMatchObject({
      constraint: "case_status_is_known",
    });
    const after = await pool.query("select count(*) from tidings.case_changes");
    expect(after.rows).toEqual(before.rows);
    expect((await pool.query("select from tidings.cases where id = 'B1'")).rowCount).toBe(0);
  });
});

test("every time zone that is offered is known to Node as well, and the usual ones are offered", async () => {
  const { rows } = await pool.query<{ name: string }>("select name from tidings.time_zones");
  const names = rows.map((row) => row.name);
  expect(names).toEqual(
    expect.arrayContaining(["America/New_York", "Pacific/Honolulu", "America/Indiana/Knox", "UTC"]),
  );
  expect(names.filter((name) => !IANAZone.isValidZone(name))).toEqual([]);
});

test("a repeated external id is refused by the database", async () => {
  await insertChanges(pool, [{ caseId: "E1", status: "initiated", externalId: "evt-1" }]);
  await expect(
    insertChanges(pool, [{ caseId: "E1", status: "processing", externalId: "evt-1" }]),
  ).rejects.toMatchObject({ constraint: "case_changes_external_id_is_taken_once" });
});

test("a change inserted and rolled back never happened", async () => {
  const client = await pool.connect();
  await client.query("begin");
  await client.query(change("", "('R1', 'bankruptcy', 'BO-1', 'initiated')"));
  await client.query("rollback");
  client.release();
  const left = await pool.query(
    "select (select count(*) from tidings.cases where id = 'R1') + (select count(*) from tidings.case_changes where case_id = 'R1') as rows",
  );
  expect(left.rows).toEqual([{ rows: "0" }]);
});

describe("a role that may only insert", () => {
  test("needs nothing more for changes, master data and logged interactions", async () => {
    await pool.query(`
      drop role if exists core_system;
      create role core_system;
      grant usage on schema tidings to core_system;
      grant insert on all tables in schema tidings to core_system;
    `);
    const client = await pool.connect();
    try {
      await client.query("set role core_system");
      await client.query("insert into tidings.case_types (id) values ('deceased')");
      await client.query("insert into tidings.borrowers (id) values ('BO-CORE')");
      await client.query(
        "insert into tidings.loans (id, borrower_id) values ('LN-CORE', 'BO-CORE')",
      );
      await client.query(
        "insert into tidings.contacts (id, borrower_id, contact_type, value) values ('CT-CORE', 'BO-CORE', 'email', 'core@example.com')",
      );
      await client.query(
        "insert into tidings.templates (id, channel, subject_template, text_template, status) values (77, 'email', 'S', 'T', 'active')",
      );
      await client.query(
        "insert into tidings.notification_types (id, on_status, channel, template_id, status) values (77, 'initiated', 'email', 77, 'active')",
      );
      await client.query(
        "insert into tidings.case_type_notification_types values ('deceased', 77)",
      );
      await client.query(change("", "('CORE', 'deceased', 'BO-CORE', 'initiated')"));
      await client.query(interaction(", person_id", "('voice', 'succeeded', 'BO-CORE')"));
      await expect(client.query("select * from tidings.interactions")).rejects.toThrow(
        /permission denied/,
      );
    } finally {
      await client.query("reset role");
      client.release();
    }
    const { rowCount } = await pool.query(
      "select from tidings.resolve_queue q join tidings.case_changes c on c.id = any(q.case_change_ids) where c.case_id = 'CORE'",
    );
    expect(rowCount).toBe(1);
    await pool.query(
      "revoke all on all tables in schema tidings from core_system; revoke all on schema tidings from core_system; drop role core_system",
    );
  });
});

describe("history", () => {
  test.each([
    ["case_changes_are_history", "update tidings.case_changes set status = 'canceled'"],
    ["case_changes_are_history", "delete from tidings.case_changes"],
    [
      "interaction_transitions_are_history",
      "update tidings.interaction_transitions set moved_by = 'nobody'",
    ],
    ["interaction_transitions_are_history", "truncate tidings.interaction_transitions"],
    ["interactions_are_history", "delete from tidings.interactions"],
  ])("%s: %s", async (constraint, statement) => {
    await expect(pool.query(statement)).rejects.toMatchObject({ constraint });
  });
});

describe("rows that an interaction references cannot be deleted", () => {
  const logged = async (): Promise<void> => {
    await pool.query("insert into tidings.borrowers (id) values ('BO-7') on conflict do nothing");
    await insertLogged(pool, { personId: "BO-7" });
  };

  test("a borrower an interaction was logged of is not deleted and keeps its id", async () => {
    await logged();
    for (const statement of [
      "delete from tidings.borrowers where id = 'BO-7'",
      "update tidings.borrowers set id = 'BO-8' where id = 'BO-7'",
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({
        constraint: "interactions_person_is_known",
        hint: "keep it: what happened is history",
      });
  });

  test("a person found out later must be known too", async () => {
    await logged();
    const rename = (person: string): Promise<unknown> =>
      pool.query("update tidings.interactions set person_id = $1 where person_id = 'BO-7'", [
        person,
      ]);
    await expect(rename("BO-404")).rejects.toMatchObject({
      constraint: "interactions_person_is_known",
    });
    await rename("BO-1");
  });
});

test("a logged interaction has at most 10 MB, however well they are compressed", async () => {
  const client = await pool.connect();
  try {
    await client.query(
      `create temp table large as select jsonb_build_object('body', repeat('a', 11000000)) as content`,
    );
    const insert = client.query(
      "insert into tidings.interactions (channel, status, content) select 'email', 'succeeded', content from large",
    );
    await expect(insert).rejects.toMatchObject({
      constraint: "interactions_logged_have_at_most_10_megabytes",
    });
  } finally {
    await client.query("drop table if exists large");
    client.release();
  }
});
