import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { conditionFault } from "../../../src/decide/resolve/conditions.ts";
import { DATA_TYPES, OPERATORS } from "../../../src/domain/vocabulary.ts";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";

const { pool } = useDatabase();
beforeAll(async () => {
  await insertLender(pool);
  // templates that became active before complete parts were required
  await pool.query(
    "alter table tidings.templates drop constraint templates_active_have_the_parts_of_their_channel",
  );
  await pool.query(`
    insert into tidings.templates (id, channel, subject_template, text_template, html_template, status) values
      (10, 'email', null, 'T', null, 'active'), (11, 'email', 'S', null, null, 'active'), (12, 'text', null, null, null, 'active'),
      (13, 'email', 'S', 'T', null, 'draft'), (14, 'voice', null, 'T', null, 'active'), (15, 'email', 'S', null, 'H', 'active');
  `);
});

const WHOLE = { on_status: "initiated", channel: "email", template_id: 1, delay: null, unit: null };

const insert = (changed: object, status: string): Promise<{ rows: { id: number }[] }> =>
  pool.query(
    `insert into tidings.notification_types (on_status, on_outcome, on_condition, channel, template_id, delay, unit, calendar, status)
     select on_status, on_outcome, on_condition, channel, template_id, delay, unit, coalesce(calendar, 'office'), $2
     from jsonb_populate_record(null::tidings.notification_types, $1) returning id`,
    [JSON.stringify({ ...WHOLE, ...changed }), status],
  );

const REFUSED: readonly (readonly [string, object])[] = [
  ["notification_types_active_unit_has_a_delay", { unit: "calendarDays" }],
  ["notification_types_active_delay_has_a_unit", { delay: 3 }],
  ["notification_types_active_delay_is_not_negative", { delay: -1, unit: "calendarDays" }],
  [
    "notification_types_active_calendar_is_known",
    { delay: 1, unit: "businessDays", calendar: "moon" },
  ],
  ["notification_types_active_names_a_template", { template_id: null }],
  ["notification_types_active_template_is_active", { template_id: 99 }],
  ["notification_types_active_template_is_active", { template_id: 13 }],
  ["notification_types_active_template_has_its_channel", { channel: "text" }],
  ["notification_types_active_channel_is_carried", { channel: "voice", template_id: 14 }],
  ["notification_types_active_template_is_complete", { template_id: 10 }],
  ["notification_types_active_template_is_complete", { template_id: 11 }],
  ["notification_types_active_template_is_complete", { channel: "text", template_id: 12 }],
  [
    "notification_types_active_conditions_can_be_judged",
    { on_condition: [{ fieldName: "chapter", operator: "like", value: "7" }] },
  ],
  [
    "notification_types_active_conditions_can_be_judged",
    {
      on_condition: [{ fieldName: "chapter", operator: "eq", value: "seven", dataType: "integer" }],
    },
  ],
];

describe("a type that could not be sent is refused when it is activated", () => {
  test.each(REFUSED)("%s: inserted as active, %j", async (constraint, changed) => {
    await expect(insert(changed, "active")).rejects.toMatchObject({ constraint });
  });

  test.each(REFUSED)("%s: a draft made active, %j", async (constraint, changed) => {
    const { rows } = await insert(changed, "draft");
    const activate = pool.query(
      "update tidings.notification_types set status = 'active' where id = $1",
      [rows[0]?.id],
    );
    await expect(activate).rejects.toMatchObject({ constraint });
  });

  test.each([
    ["an html part is enough", { template_id: 15 }],
    ["the channel comes from the template when it is left out", { channel: null }],
    ["zero days are a delay", { delay: 0, unit: "businessDays" }],
    [
      "conditions of both forms",
      {
        on_condition: [
          { fieldName: "chapter", value: 7 },
          { fieldName: "court", operator: "exists" },
        ],
      },
    ],
  ])("and what can be is taken: %s", async (_, changed) => {
    await expect(insert(changed, "active")).resolves.toMatchObject({ rowCount: 1 });
  });
});

test("every fault is named at once: in the message, in the hint, and as constraints in the detail", async () => {
  const faulty = {
    delay: 3,
    calendar: "moon",
    template_id: 99,
    on_condition: [
      { fieldName: "chapter", operator: "like", value: "7" },
      { fieldName: "court", operator: "gt", value: "a" },
    ],
  };
  const rules = [
    "notification_types_active_delay_has_a_unit",
    "notification_types_active_calendar_is_known",
    "notification_types_active_template_is_active",
    "notification_types_active_conditions_can_be_judged",
  ];
  await expect(insert(faulty, "active")).rejects.toMatchObject({
    constraint: rules[0],
    message:
      "delay is given without unit; calendar moon is not known; template_id 99 has no active version; on_condition: the condition on chapter has an unknown operator; the condition on court asks with the operator gt for an order that the dataType string does not have",
    detail: JSON.stringify({ constraints: rules }).replaceAll('","', '", "').replace(":[", ": ["),
  });
});

describe("conditions have bounds, in a draft as well", () => {
  const condition = { fieldName: "x", operator: "in", dataType: "decimal" };
  test.each([
    [
      "notification_types_have_at_most_50_conditions",
      Array.from({ length: 51 }, () => ({ fieldName: "x", operator: "exists" })),
    ],
    [
      "notification_types_conditions_list_at_most_500_values",
      [
        { fieldName: "y", operator: "exists" },
        { ...condition, value: Array(501).fill(1) },
      ],
    ],
    [
      "notification_types_conditions_have_at_most_100_kilobytes",
      [{ fieldName: "x", value: "x".repeat(100_000) }],
    ],
  ])("%s", async (constraint, on_condition) => {
    await expect(insert({ on_condition }, "draft")).rejects.toMatchObject({ constraint });
  });

  test("and as many as they allow are taken", async () => {
    const many = Array.from({ length: 50 }, () => ({ ...condition, value: Array(300).fill(1.5) }));
    await expect(insert({ on_condition: many }, "active")).resolves.toMatchObject({ rowCount: 1 });
  });
});

test("the version that is active stays so when the next is refused", async () => {
  const { rows } = await insert({}, "active");
  const id = rows[0]?.id;
  await pool.query(
    "insert into tidings.notification_types (id, on_status, channel) values ($1, 'initiated', 'email')",
    [id],
  );
  const activate = pool.query(
    "update tidings.notification_types set status = 'active' where id = $1 and version = 2",
    [id],
  );
  await expect(activate).rejects.toMatchObject({
    constraint: "notification_types_active_names_a_template",
  });
  const left = await pool.query(
    "select status from tidings.notification_types where id = $1 order by version",
    [id],
  );
  expect(left.rows).toEqual([{ status: "active" }, { status: "draft" }]);
});

test("the database and the daemon find fault with the same conditions", async () => {
  const scalar = fc.oneof(
    fc.constantFrom(
      "7",
      "seven",
      "1e3",
      "1.50",
      "-0",
      "2031-02-28",
      "2031-02-30",
      "2031-03-03T10:00:00Z",
      "2031-03-03T24:00:00Z",
      "2031-03-03T10:00:60Z",
      "2031-03-03T10:00:00-05:00",
      "2031-03-03T10:00:00+25:00",
      "true",
      "",
    ),
    fc.integer(),
    // beyond a hundred digits jsonb and JavaScript write a number differently
    fc
      .double({ noNaN: true, min: -1e15, max: 1e15, noDefaultInfinity: true })
      .filter((n) => n === 0 || Math.abs(n) > 1e-15),
    fc.boolean(),
    fc.constant(null),
  );
  const condition = fc.record(
    {
      fieldName: fc.constantFrom("chapter", "", null, 7),
      operator: fc.constantFrom(...OPERATORS, "like", null, 7),
      dataType: fc.constantFrom(...DATA_TYPES, "money", null, 7),
      value: fc.oneof(
        { weight: 3, arbitrary: scalar },
        fc.array(scalar, { maxLength: 2 }),
        fc.constant({}),
      ),
    },
    { requiredKeys: ["fieldName"] },
  );
  const conditions = fc.sample(condition, { numRuns: 3_000, seed: 7 });
  const { rows } = await pool.query<{ fault: string | null }>(
    "select tidings.condition_fault(c.value) as fault from jsonb_array_elements($1) with ordinality c order by c.ordinality",
    [JSON.stringify(conditions)],
  );
  const stored = conditions.map((one): unknown => JSON.parse(JSON.stringify(one)));
  const differing = stored.filter(
    (one, n) => (conditionFault(one) === null) !== (rows[n]?.fault === null),
  );
  expect(differing.slice(0, 5)).toEqual([]);
});
