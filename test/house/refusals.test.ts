import { randomInt } from "node:crypto";
import { DatabaseError } from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { insertInteraction } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";

const { pool } = useDatabase();

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await pool.query("insert into tidings.interactions (channel, status) values ('chat', 'failed')");
  const first = await insertInteraction(pool, { status: "failed" });
  await insertInteraction(pool, {
    previousInteractionId: first,
    firstInteractionId: first,
    attempt: 2,
  });
  // one that was settled, which an amendment can correct
  const amendable = await insertInteraction(pool, { status: "inProgress" });
  for (const details of ["emailOutcomeUnknown", "emailSent"])
    await pool.query(
      "update tidings.interactions set status = 'attempted', status_details = $2 where id = $1",
      [amendable, details],
    );
});

type Row = Readonly<Record<string, unknown>>;

/** A row that each table accepts. "Zebra" represents values that must not reach a log. */
const ROWS: Readonly<Record<string, Row>> = {
  amendments: {
    interaction_id: 4,
    kind: "settlementWrong",
    status: "failed",
    reason: "Zebra",
    evidence: "Zebra",
  },
  api_keys: { name: "zebra", prefix: "zebra", hash: "\\x" + "00".repeat(32), scopes: [] },
  borrowers: { id: "zebra", display_id: "Zebra", name: { firstName: "Zebra" } },
  calendar_closures: { calendar: "office", day: "2031-05-28", reason: "Zebra" },
  calendars: { name: "zebra", based_on: "office" },
  case_changes: {
    case_id: "zebra",
    case_type_id: "bankruptcy",
    borrower_id: "BO-1",
    status: "initiated",
    fields: { note: "Zebra" },
  },
  case_type_notification_types: { case_type_id: "disputeOfDebt", notification_type_id: 1 },
  case_type_legal_states: { case_type_id: "bankruptcy", legal_state: "bankruptcy" },
  case_types: { id: "zebra", name: "Zebra" },
  consents: { borrower_id: "BO-1", kind: "esign" },
  contacts: {
    id: "zebra",
    borrower_id: "BO-1",
    contact_type: "email",
    status: "secondary",
    name: "Zebra",
    value: "zebra@example.com",
    address: { city: "Zebra" },
  },
  do_not_interact: { borrower_id: "BO-1" },
  consent_records: {
    contact_id: "zebra",
    change: "optOut",
    scope: "collection",
    source: "reply",
    interaction_id: 1,
    reason: "Zebra",
  },
  inbound_messages: {
    interaction_id: 1,
    provider: "zebra",
    provider_message_id: "zebra",
    contact_ids: [],
    reading: "none",
    suppresses: false,
    is_open: true,
  },
  content_reveals: { interaction_id: 1, revealed_by: "zebra", way: "command" },
  template_tests: { template_id: 1, template_version: 1, content_hash: "zebra" },
  guard_policy_changes: {
    change: "set",
    rule_id: "freq.state",
    entry_id: "zebra.calls",
    rule: "cap",
    value: { max: 3 },
    source: "Zebra",
    reason: "Zebra",
  },
  holds: { interaction_id: 1, chain_id: 1, rule_ids: ["zebra"] },
  interactions: {
    channel: "chat",
    status: "succeeded",
    content: { text: "Zebra" },
    contact: { value: "zebra@example.com" },
  },
  loan_types: { id: "zebra", name: "Zebra" },
  legal_holds: { borrower_id: "zebra", reason: "Zebra" },
  loans: { id: "zebra", borrower_id: "BO-1", display_id: "Zebra", data: { note: "Zebra" } },
  notification_types: { name: "Zebra", on_status: "initiated", on_condition: null },
  pauses: { scope: "everything", reason: "Zebra" },
  repairs: { kind: "jobMissing", case_change_id: 1, interaction_id: 1, reason: "Zebra" },
  preferences: { borrower_id: "BO-1", kind: "inconvenientPlace", place: "home" },
  redirects: {
    interaction_id: 2,
    next_interaction_id: 3,
    chain_id: 2,
    rule_id: "zebra",
    from_contact_id: "zebra",
    to_contact_id: "CT-EMAIL",
  },
  retention_classes: { record_class: "content", reason: "Zebra" },
  templates: { id: 99, name: "Zebra", channel: "text", text_template: "Zebra" },
  time_zones: { name: "Zebra/Zebra" },
};

/** Tables that only a daemon writes. Their checks are tested as well, because their rows can contain a secret. */
const ROWS_OF_DAEMONS: Readonly<Record<string, Row>> = {
  deletions: { reason: "Zebra" },
  erasures: { interaction_id: 1, cause: "request", reason: "Zebra" },
  idempotency_keys: { caller: "zebra", key: "zebra", request_hash: "\\x00", resource_id: "1" },
  record_changes: {
    table_name: "zebra",
    row_id: "zebra",
    actor: "zebra",
    changes: { note: "Zebra" },
  },
  outages: { kind: "database", worker_id: "zebra", code: "zebra", began_at: "2026-01-01" },
  receipts: { provider: "zebra", provider_message_id: "zebra", raw_status: "zebra" },
  resolutions: { case_change_id: 1, verdicts: {} },
  resolve_queue: { case_change_ids: [1] },
  secrets: { name: "zebra", value: "\\x" + "00".repeat(32) },
};

/** For each check constraint its table and the values that it refuses. */
const REFUSED: Readonly<Record<string, readonly [table: string, values: Row]>> = {
  api_keys_are_revoked_by_somebody: ["api_keys", { revoked_by: "zebra" }],
  api_keys_hash_is_a_sha256: ["api_keys", { hash: "\\x00" }],
  api_keys_name_is_plain: ["api_keys", { name: "zebra zebra" }],
  api_keys_scopes_are_known: ["api_keys", { scopes: ["zebra"] }],
  borrowers_attorney_has_a_date: ["borrowers", { attorney_contact_id: "zebra" }],
  borrowers_comm_preferences_is_an_object: ["borrowers", { comm_preferences: ["zebra"] }],
  borrowers_id_is_not_blank: ["borrowers", { id: " " }],
  borrowers_ids_have_at_most_200_characters: ["borrowers", { external_id: "zebra".repeat(41) }],
  borrowers_dates_are_of_the_years_1_to_9999: ["borrowers", { attorney_known_since: "infinity" }],
  borrowers_language_is_a_code: ["borrowers", { language: "zebra language" }],
  borrowers_meta_data_is_an_object: ["borrowers", { meta_data: "zebra" }],
  borrowers_name_is_an_object: ["borrowers", { name: "Zebra" }],
  borrowers_objects_have_at_most_100_kilobytes: [
    "borrowers",
    { meta_data: { note: "zebra".repeat(20_000) } },
  ],
  calendars_built_in_names_are_taken: ["calendars", { name: "regF", based_on: "zebra" }],
  case_changes_changed_at_is_a_date: ["case_changes", { changed_at: "infinity" }],
  case_changes_fields_is_an_object: ["case_changes", { fields: ["Zebra"] }],
  case_changes_loan_ids_is_a_list: ["case_changes", { loan_ids: [["zebra"], ["zebra"]] }],
  case_types_id_is_not_blank: ["case_types", { id: "" }],
  case_types_ids_have_at_most_200_characters: ["case_types", { id: "zebra".repeat(41) }],
  case_types_texts_have_at_most_10000_characters: [
    "case_types",
    { description: "zebra".repeat(2_001) },
  ],
  amendments_evidence_has_at_most_2000_characters: ["amendments", { evidence: "" }],
  amendments_happened_at_is_a_date: ["amendments", { happened_at: "-infinity" }],
  amendments_lost_messages_have_failed: [
    "amendments",
    { kind: "lostByCarrier", status: "succeeded" },
  ],
  amendments_reason_has_at_most_1000_characters: ["amendments", { reason: "" }],
  amendments_status_is_an_outcome: ["amendments", { status: "scheduled" }],
  consent_records_reason_has_at_most_1000_characters: ["consent_records", { reason: "" }],
  consents_have_the_columns_of_their_kind: ["consents", { kind: "calls", loan_ids: ["zebra"] }],
  consents_dates_are_of_the_years_1_to_9999: [
    "consents",
    { kind: "esign", holds_until: "10000-01-01" },
  ],
  consents_loan_ids_is_a_list: [
    "consents",
    { kind: "calls", given_at: "2026-01-01", loan_ids: [["zebra"]] },
  ],
  contacts_address_is_an_object: ["contacts", { address: "Zebra" }],
  contacts_county_fips_has_five_digits: ["contacts", { county_fips: "zebra" }],
  contacts_have_a_value_or_an_address: ["contacts", { value: null }],
  contacts_id_is_not_blank: ["contacts", { id: "" }],
  contacts_ids_have_at_most_200_characters: ["contacts", { id: "zebra".repeat(41) }],
  contacts_objects_have_at_most_100_kilobytes: [
    "contacts",
    { address: { city: "zebra".repeat(20_000) } },
  ],
  contacts_origin_is_set_with_its_data: [
    "contacts",
    { prior_collectors: [{ qualified: true, used: true }] },
  ],
  contacts_prior_collectors_is_a_list: [
    "contacts",
    { origin: "priorCollector", prior_collectors: { name: "zebra" } },
  ],
  contacts_reassigned_number_has_a_date: ["contacts", { reassigned_number_result: "yes" }],
  contacts_time_zones_is_a_list: ["contacts", { time_zones: [["zebra"]] }],
  contacts_phone_disconnection_details_is_an_object: [
    "contacts",
    { phone_disconnection_details: "zebra" },
  ],
  contacts_texts_have_at_most_500_characters: ["contacts", { name: "zebra".repeat(101) }],
  contacts_dates_are_of_the_years_1_to_9999: ["contacts", { opted_out_at: "infinity" }],
  contacts_value_of_a_phone_is_a_number: ["contacts", { contact_type: "phone" }],
  contacts_value_of_an_email_is_an_address: ["contacts", { value: "Zebra <zebra@example.com>" }],
  do_not_interact_channels_is_a_list: ["do_not_interact", { channels: [] }],
  do_not_interact_themes_is_a_list: ["do_not_interact", { themes: [] }],
  content_reveals_by_signed_url_name_the_url: ["content_reveals", { way: "signedUrl" }],
  content_reveals_say_by_whom: ["content_reveals", { revealed_by: "" }],
  ...Object.fromEntries(
    Object.entries({
      applies_are_known: { applies: ["zebra"] },
      begin_at_a_time: { effective_from: "infinity" },
      binds_are_known: { binds: ["zebra"] },
      computing_rules_stay_on: {
        change: "off",
        rule_id: "record.retention",
        entry_id: null,
        rule: null,
        value: null,
        source: null,
      },
      conditions_are_an_object: { conditions: ["zebra"] },
      end_after_they_begin: { from_day: "2031-02-01", until_day: "2031-01-31" },
      entries_are_named: { entry_id: null },
      entry_id_is_plain: { entry_id: "zebra zebra" },
      jurisdiction_is_a_state: { jurisdiction: "zebra" },
      only_entries_have_values: { change: "reset" },
      say_why: { reason: " " },
      stricter_say_how: { outcome: "hold" },
      texts_have_at_most_1000_characters: { note: "zebra".repeat(201) },
      value_is_an_object: { value: ["zebra"] },
    }).map(([rule, values]) => [`guard_policy_changes_${rule}`, ["guard_policy_changes", values]]),
  ),
  inbound_messages_handled_reason_has_at_most_1000_characters: [
    "inbound_messages",
    { handled_reason: "" },
  ],
  idempotency_keys_key_is_short: ["idempotency_keys", { key: "zebra".repeat(60) }],
  interactions_attempt_counts_from_one: ["interactions", { attempt: 0 }],
  interactions_content_sha256_is_a_sha256: [
    "interactions",
    { content_sha256: `${"0".repeat(63)}G` },
  ],
  interactions_dates_are_of_the_years_1_to_9999: ["interactions", { ended_at: "infinity" }],
  interactions_failed_or_canceled_say_why: [
    "interactions",
    {
      origin: "tidings",
      status: "failed",
      case_change_id: 1,
      person_id: "BO-1",
      notification_type_id: 1,
      notification_type_version: 1,
    },
  ],
  interactions_in_progress_are_claimed: [
    "interactions",
    { origin: "tidings", status: "inProgress" },
  ],
  interactions_logged_confirm_nothing: ["interactions", { reply_id: 1 }],
  interactions_of_tidings_name_their_source: ["interactions", { origin: "tidings" }],
  interactions_scheduled_have_a_due_time: [
    "interactions",
    {
      origin: "tidings",
      status: "scheduled",
      case_change_id: 1,
      person_id: "BO-1",
      notification_type_id: 1,
      notification_type_version: 1,
    },
  ],
  interactions_segments_count_from_one: ["interactions", { segments: 0 }],
  loan_types_id_is_not_blank: ["loan_types", { id: "" }],
  loan_types_ids_have_at_most_200_characters: ["loan_types", { external_id: "zebra".repeat(41) }],
  loan_types_texts_have_at_most_10000_characters: ["loan_types", { name: "zebra".repeat(2_001) }],
  deletions_reason_has_at_most_1000_characters: ["deletions", { reason: "" }],
  erasures_are_of_one_row: ["erasures", { interaction_id: null }],
  erasures_reason_has_at_most_1000_characters: ["erasures", { reason: "" }],
  legal_holds_are_of_one_borrower_or_case: ["legal_holds", { case_id: "zebra" }],
  legal_holds_reason_has_at_most_1000_characters: ["legal_holds", { reason: "" }],
  retention_classes_reason_has_at_most_1000_characters: ["retention_classes", { reason: "" }],
  retention_classes_years_are_1_to_100: ["retention_classes", { years: 0 }],
  loans_data_has_at_most_1_megabyte: ["loans", { data: { note: "zebra".repeat(200_000) } }],
  loans_id_is_not_blank: ["loans", { id: "" }],
  loans_ids_have_at_most_200_characters: ["loans", { display_id: "zebra".repeat(41) }],
  loans_days_past_due_is_not_negative: ["loans", { days_past_due: -1 }],
  loans_dates_are_of_the_years_1_to_9999: ["loans", { validation_period_ends_on: "infinity" }],
  loans_data_is_an_object: ["loans", { data: ["Zebra"] }],
  notification_types_conditions_have_at_most_100_kilobytes: [
    "notification_types",
    { on_condition: [{ fieldName: "zebra".repeat(20_001) }] },
  ],
  notification_types_conditions_list_at_most_500_values: [
    "notification_types",
    { on_condition: [{ value: Array.from({ length: 501 }, () => "zebra") }] },
  ],
  notification_types_description_has_at_most_500_characters: [
    "notification_types",
    { description: "zebra".repeat(101) },
  ],
  notification_types_have_a_trigger: ["notification_types", { on_status: null }],
  notification_types_have_at_most_50_conditions: [
    "notification_types",
    { on_condition: Array.from({ length: 51 }, () => "zebra") },
  ],
  notification_types_name_has_at_most_50_characters: [
    "notification_types",
    { name: "zebra".repeat(11) },
  ],
  notification_types_on_condition_is_a_list: ["notification_types", { on_condition: "zebra" }],
  notification_types_version_counts_from_one: ["notification_types", { version: 0 }],
  outages_end_after_they_begin: ["outages", { ended_at: "2020-01-01" }],
  outages_of_providers_name_a_channel: ["outages", { channel: "email" }],
  pauses_end_after_they_begin: [
    "pauses",
    { scope: "channel", channel: "email", ends_at: "2020-01-01" },
  ],
  pauses_name_what_they_pause: ["pauses", { channel: "email" }],
  pauses_say_why: ["pauses", { scope: "channel", channel: "email", reason: "" }],
  repairs_name_what_they_repair: ["repairs", { kind: "noticeMissing" }],
  repairs_reason_has_at_most_1000_characters: ["repairs", { reason: "" }],
  receipts_have_short_texts: ["receipts", { qualifier: "zebra".repeat(51) }],
  receipts_name_a_message: ["receipts", { provider_message_id: null }],
  receipts_payload_has_at_most_2_kilobytes: ["receipts", { payload: "zebra".repeat(400) }],
  preferences_days_is_a_list: ["preferences", { kind: "inconvenientTime", place: null, days: [] }],
  preferences_have_the_columns_of_their_kind: ["preferences", { contact_id: "zebra" }],
  preferences_times_are_in_order: [
    "preferences",
    {
      kind: "inconvenientTime",
      place: null,
      days: ["mon"],
      from_time: "12:00",
      to_time: "11:00",
    },
  ],
  preferences_times_are_whole_minutes: [
    "preferences",
    { kind: "inconvenientTime", place: null, days: ["mon"], from_time: "12:00:01" },
  ],
  resolutions_verdicts_is_an_object: ["resolutions", { verdicts: ["zebra"] }],
  resolve_queue_sets_are_not_empty: ["resolve_queue", { case_change_ids: [] }],
  secrets_value_is_256_bits: ["secrets", { value: "\\x00" }],
  templates_active_have_the_parts_of_their_channel: [
    "templates",
    { status: "active", text_template: null, html_template: "Zebra" },
  ],
  templates_advertising_is_not_required: [
    "templates",
    { declares: ["advertising"], required_by_law: true },
  ],
  templates_declares_is_a_list: ["templates", { declares: [["replyStop"], ["adLabel"]] }],
  templates_language_is_a_code: ["templates", { language: "Zebra" }],
  templates_programme_has_1_to_100_characters: ["templates", { programme: "zebra".repeat(21) }],
  templates_required_medium_is_of_a_required_message: ["templates", { required_medium: "mail" }],
  templates_samples_are_an_object: ["templates", { samples: ["Zebra"] }],
  templates_sources_are_an_object: ["templates", { sources: ["Zebra"] }],
  templates_slug_can_name_a_folder: ["templates", { slug: "../zebra" }],
  templates_version_counts_from_one: ["templates", { version: 0 }],
  api_keys_prefix_has_at_most_200_characters: ["api_keys", { prefix: "zebra".repeat(41) }],
  calendars_name_has_at_most_200_characters: ["calendars", { name: "zebra".repeat(41) }],
  case_changes_ids_have_at_most_200_characters: [
    "case_changes",
    { loan_ids: ["LN-1", "zebra".repeat(41)] },
  ],
  case_type_legal_states_ids_have_at_most_200_characters: [
    "case_type_legal_states",
    { case_type_id: "zebra".repeat(41) },
  ],
  case_type_notification_types_ids_have_at_most_200_characters: [
    "case_type_notification_types",
    { case_type_id: "zebra".repeat(41) },
  ],
  consent_records_ids_have_at_most_200_characters: [
    "consent_records",
    { contact_id: "zebra".repeat(41) },
  ],
  consents_ids_have_at_most_200_characters: ["consents", { borrower_id: "zebra".repeat(41) }],
  do_not_interact_dates_are_of_the_years_1_to_9999: ["do_not_interact", { end_date: "infinity" }],
  do_not_interact_ids_have_at_most_200_characters: [
    "do_not_interact",
    { borrower_id: "zebra".repeat(41) },
  ],
  inbound_messages_ids_have_at_most_300_characters: [
    "inbound_messages",
    { provider_message_id: "zebra".repeat(61) },
  ],
  legal_holds_ids_have_at_most_200_characters: ["legal_holds", { borrower_id: "zebra".repeat(41) }],
  preferences_dates_are_of_the_years_1_to_9999: [
    "preferences",
    { kind: "mediumRefusal", place: null, medium: "email", refused_at: "infinity" },
  ],
  preferences_until_date_is_of_the_years_1_to_9999: [
    "preferences",
    { kind: "inconvenientTime", place: null, days: ["mon"], until_date: "infinity" },
  ],
  preferences_ids_have_at_most_200_characters: ["preferences", { borrower_id: "zebra".repeat(41) }],
  redirects_ids_have_at_most_200_characters: ["redirects", { to_contact_id: "zebra".repeat(41) }],
  time_zones_name_has_at_most_200_characters: ["time_zones", { name: "zebra".repeat(41) }],
};

/** Inserts a row of the table with other values, and returns the constraint that refused it. */
async function refusalOf(table: string, values: Row): Promise<DatabaseError | undefined> {
  const row = { ...ROWS[table], ...ROWS_OF_DAEMONS[table], ...values };
  const columns = Object.keys(row).join(", ");
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query(
      `insert into tidings.${table} (${columns}) overriding system value
       select ${columns} from jsonb_populate_record(null::tidings.${table}, $1)`,
      [JSON.stringify(row)],
    );
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseError) return error;
    throw error;
  } finally {
    await client.query("rollback");
    client.release();
  }
}

/** A check of a row that is a trigger, because Postgres reads the expressions of all checks in each update. */
const REFUSED_BY_TRIGGERS: typeof REFUSED = {
  interactions_logged_ids_have_at_most_200_characters: [
    "interactions",
    { subject: "zebra".repeat(41) },
  ],
  interactions_logged_have_at_most_10_megabytes: [
    "interactions",
    {
      content: { text: "zebra".repeat(1_000_000) },
      meta_data: { text: "zebra".repeat(1_000_000) },
    },
  ],
};

/** A refusal says what to write and repeats no value of the row. */
function expectRefusal(refusal: DatabaseError | undefined, constraint: string): void {
  expect(refusal).toMatchObject({ constraint, hint: expect.stringMatching(/\w/) });
  const { message, detail, hint, where } = refusal ?? {};
  const words = [message, detail, hint, where].join("\n");
  expect(words).not.toMatch(/zebra/i);
  expect(words, "Postgres itself refused the row").not.toMatch(/Failing row|violates/);
}

async function names(statement: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(statement);
  return rows.map((row) => row.name);
}

const TABLES = `
  select c.relname as name, c.oid from pg_class c
  where c.relnamespace = 'tidings'::regnamespace and c.relkind = 'r' and c.relname !~ '^kysely|^late_intake$'
    and not exists (select from pg_trigger t where t.tgrelid = c.oid and pg_get_triggerdef(t.oid) like '%only_tidings_writes(''send'')')`;

test("every table that others may write has a row here", async () => {
  expect((await names(TABLES)).toSorted()).toEqual(Object.keys(ROWS).toSorted());
});

test.each(Object.keys({ ...ROWS, ...ROWS_OF_DAEMONS }))("%s accepts the row", async (table) => {
  expect(await refusalOf(table, {})).toBeUndefined();
});

describe("a check constraint refuses without the row", () => {
  test("every check constraint is tried", async () => {
    const checks = await names(
      `select conname as name from pg_constraint
       where connamespace = 'tidings'::regnamespace and contype = 'c' and conrelid <> 0
         and conname <> 'guard_policy_changes_fit_their_kind' and conrelid <> 'tidings.late_intake'::regclass`,
    );
    expect(checks.toSorted()).toEqual(Object.keys(REFUSED).toSorted());
  });

  test.each(Object.entries({ ...REFUSED, ...REFUSED_BY_TRIGGERS }))(
    "%s",
    async (constraint, [table, values]) => {
      expectRefusal(await refusalOf(table, values), constraint);
    },
  );
});

test("a closed list refuses with its words, and without the row", async () => {
  const { rows } = await pool.query<{ table: string; column: string; list: string; words: string }>(
    `select t.name as table, a.attname as column, d.typname as list,
       array_to_string(array(
         select m[1] from regexp_matches(substring(pg_get_constraintdef(k.oid) from 'ARRAY.(.*?)]'), '''(\\w+)''', 'g') m), ',') as words
     from (${TABLES}) t
     join pg_attribute a on a.attrelid = t.oid and a.attnum > 0
     join pg_type d on d.oid = a.atttypid and d.typtype = 'd' and d.typname <> 'guard_rule_id'
     join pg_constraint k on k.contypid = d.oid`,
  );
  expect(rows.length).toBeGreaterThan(25);
  for (const { table, column, list, words } of rows) {
    const short = await refusalOf(table, { [column]: "nonesuch" });
    expectRefusal(short, `${list}_is_known`);
    expect(short?.message).toBe(`the ${list.replaceAll("_", " ")} "nonesuch" is not known`);
    expect(short?.hint?.slice("use ".length).split(/, | or /)).toEqual(words.split(","));
    // not the form of a word: it may be anything
    expectRefusal(await refusalOf(table, { [column]: "zebra@example.com" }), `${list}_is_known`);
  }
});

const PROGRAM_LIMIT_EXCEEDED = "54000";

/** Values that put the row into the indexes of some rows only, and satisfy the rules that come before an index. */
const OTHER_VALUES: Readonly<Record<string, Row>> = {
  contacts: { status: "archived" },
  inbound_messages: { suppresses: true },
  interactions: { channel: "text" },
};

/** Characters of four bytes at random, which no compression makes shorter. */
const incompressible = (characters: number): string =>
  Array.from({ length: characters }, () => String.fromCodePoint(randomInt(0x20000, 0x2a000))).join(
    "",
  );

test("a text is refused by a rule before it is too large for its index", async () => {
  const { rows } = await pool.query<{ table: string; column: string; isList: boolean }>(
    `select distinct t.name as table, a.attname as column, a.atttypid = 'text[]'::regtype as "isList"
     from (${TABLES}) t
     join pg_index i on i.indrelid = t.oid
     join pg_attribute a on a.attrelid = t.oid and a.attgenerated = ''
     left join pg_depend d on d.objid = i.indexrelid and d.refobjid = t.oid and d.refobjsubid = a.attnum
     where a.atttypid in ('text'::regtype, 'text[]'::regtype)
       -- only Tidings may write it
       and (t.name, a.attname) <> ('interactions', 'provider_message_id')
       and (a.attnum = any (i.indkey) or d.objid is not null)`,
  );
  expect(rows.length).toBeGreaterThan(40);
  const tries = rows.flatMap((row) => [200, 500, 1000, 4000].map((length) => ({ ...row, length })));
  const tooLarge: string[] = [];
  for (const { table, column, isList, length } of tries) {
    const text = incompressible(length);
    const values = { ...OTHER_VALUES[table], [column]: isList ? [text] : text };
    const refusal = await refusalOf(table, values);
    if (refusal?.code === PROGRAM_LIMIT_EXCEEDED) tooLarge.push(`${table}.${column}`);
  }
  expect(tooLarge).toEqual([]);
});

test("a missing value is refused without the row, or filled in", async () => {
  const { rows } = await pool.query<{ table: string; column: string }>(
    `select t.name as table, a.attname as column from (${TABLES}) t
     join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and a.attnotnull`,
  );
  const filled: string[] = [];
  for (const { table, column } of rows) {
    const refusal = await refusalOf(table, { [column]: null });
    if (refusal === undefined) filled.push(`${table}.${column}`);
    else {
      expectRefusal(refusal, `${table}_${column}_is_required`);
      expect(refusal).toMatchObject({ code: "23502", table, column });
    }
  }
  expect(rows.length - filled.length).toBeGreaterThan(80);
  expect(filled.toSorted()).toEqual([
    "amendments.amended_at",
    "amendments.amended_by",
    "amendments.transition_id",
    "api_keys.created_at",
    "api_keys.created_by",
    "case_type_legal_states.recorded_at",
    "case_type_legal_states.recorded_by",
    "consent_records.recorded_at",
    "consent_records.recorded_by",
    "consents.recorded_at",
    "consents.recorded_by",
    "content_reveals.revealed_at",
    "do_not_interact.recorded_at",
    "do_not_interact.recorded_by",
    "guard_policy_changes.changed_at",
    "guard_policy_changes.changed_by",
    "guard_policy_changes.version",
    "guard_policy_changes.was",
    "legal_holds.held_at",
    "legal_holds.held_by",
    "notification_types.created_at",
    "notification_types.created_by",
    "notification_types.version",
    "pauses.paused_at",
    "pauses.paused_by",
    "preferences.recorded_at",
    "preferences.recorded_by",
    "redirects.redirected_at",
    "redirects.redirected_by",
    "repairs.ordered_at",
    "repairs.ordered_by",
    "retention_classes.set_at",
    "retention_classes.set_by",
    "template_tests.sent_at",
    "template_tests.sent_by",
    "templates.content_hash",
    "templates.created_at",
    "templates.created_by",
    "templates.version",
  ]);
});

test("an update is refused as an insert is", async () => {
  const error = await pool
    .query("update tidings.contacts set value = null where id = 'CT-EMAIL'")
    .catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ constraint: "contacts_have_a_value_or_an_address" });
  expect(JSON.stringify(error)).not.toContain("pat@example.com");
  const missing = await pool
    .query("update tidings.contacts set borrower_id = null where id = 'CT-EMAIL'")
    .catch((thrown: unknown) => thrown);
  expect(missing).toMatchObject({ constraint: "contacts_borrower_id_is_required" });
  expect(JSON.stringify(missing)).not.toContain("pat@example.com");
});
