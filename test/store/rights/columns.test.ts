import { randomBytes } from "node:crypto";
import type { PoolClient } from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { roles } from "../../../src/commands/roles.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction, type InteractionFields } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

/** The result of a statement that changes one column of an interaction that Tidings sends. */
type Result = "refused" | "history" | "transition" | "unchanged" | "changed";
type State =
  | "scheduled"
  | "inProgress"
  | "attempted"
  | "unknown"
  | "succeeded"
  | "failed"
  | "canceled";

const STATES: readonly State[] = [
  "scheduled",
  "inProgress",
  "attempted",
  "unknown",
  "succeeded",
  "failed",
  "canceled",
];

/** A rule: the columns it holds for, and what it makes of a change that comes alone. */
interface Rule {
  readonly columns: readonly string[];
  readonly resultIn: (state: State) => Result;
}

const RULES: Readonly<Record<string, Rule>> = {
  "it never changes": {
    columns: [
      "id",
      "origin",
      "created_at",
      "created_by",
      "deleted_at",
      "channel",
      "person_id",
      "loan_id",
      "loan_ids",
      "subject",
      "theme",
      "borrower_selected_theme",
      "direction",
      "sensitive",
      "is_transactional",
      "scheduled_at_to",
      "supercase_bulk_operation_id",
      "case_id",
      "case_change_id",
      "reply_id",
      "notification_type_id",
      "notification_type_version",
      "template_id",
      "template_version",
      "template_version_id",
      "due_explanation",
      "template_explanation",
      "attempt",
      "first_interaction_id",
      "previous_interaction_id",
    ],
    resultIn: () => "refused",
  },
  "a claim writes it": {
    columns: [
      "claimed_at",
      "claimed_by",
      "claims",
      "provider",
      "segments",
      "newest_case_change_id",
      "contact_id",
      "contact",
      "passed_over",
      "borrower",
      "content",
    ],
    resultIn: () => "refused",
  },
  "the end of a call writes it": {
    columns: ["started_at", "ended_at", "provider_message_id", "content_sha256", "evidence"],
    resultIn: (state) => (state === "unknown" ? "history" : "refused"),
  },
  "it changes while it is scheduled": {
    columns: ["scheduled_at_from"],
    resultIn: (state) => (state === "scheduled" ? "history" : "refused"),
  },
  "it may change, on record": {
    columns: [
      "meta_data",
      "external_id",
      "compliance_guard_rule_id",
      "failure_description_short",
      "failure_description_long",
    ],
    resultIn: () => "history",
  },
  "a transition has it": { columns: ["status_details"], resultIn: () => "transition" },
  "the diagram has its moves": {
    columns: ["status"],
    // a late receipt shows that a failed one was delivered
    resultIn: (state) => (state === "canceled" ? "refused" : "transition"),
  },
  "the database dates it": {
    columns: ["updated_at", "status_updated_at", "status_details_updated_at", "first_due_at"],
    resultIn: () => "unchanged",
  },
  "it says when the outcome is settled": {
    columns: ["settle_at", "times_looked_up", "settling_since"],
    resultIn: () => "changed",
  },
};

const OTHER_VALUES: Readonly<Record<string, string>> = {
  origin: "'logged'",
  channel: "'voice'",
  theme: "'freeForm'",
  borrower_selected_theme: "'freeForm'",
  direction: "'inbound'",
  content_sha256: "repeat('0', 64)",
  template_version_id: "'1.2'",
  status: "'failed', failure_description_short = 'x', failure_description_long = 'x'",
  sensitive: "not sensitive",
};
const OF_TYPE: Readonly<Record<string, string>> = {
  bool: "true",
  int4: "77",
  int8: "77",
  jsonb: `'{"other": 1}'`,
  text: "'other'",
  timestamptz: "'2020-01-01'",
  _text: "'{other}'",
};

const { pool } = useDatabase();
const role = `daemon_${randomBytes(4).toString("hex")}`;
const values = new Map<string, string>();
let client: PoolClient;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const { rows } = await pool.query<{ name: string; type: string }>(
    "select column_name as name, udt_name as type from information_schema.columns where table_schema = 'tidings' and table_name = 'interactions'",
  );
  for (const { name, type } of rows) values.set(name, OTHER_VALUES[name] ?? OF_TYPE[type] ?? "");
  await pool.query(`create role ${role} login`);
  await roles.run(["--daemon", role], (line) => void lines.push(line));
  await pool.query(lines.join("\n"));
  client = await pool.connect();
  await client.query(`set role ${role}`);
});
const lines: string[] = [];
afterAll(async () => {
  await client.query("reset role");
  client.release();
  await pool.query(`drop owned by ${role}; drop role ${role}`);
});

/** Values that a claim, a call and its end have written. */
const WRITTEN: InteractionFields = {
  claimedAt: new Date(),
  claimedBy: "w-1",
  claims: 1,
  provider: "smtp",
  segments: 1,
  newestCaseChangeId: 1,
  contactId: "CT-EMAIL",
  contact: { value: "pat@example.com" },
  passedOver: [{ contactId: "CT-OLD", why: "notValid" }],
  borrower: { id: "BO-1" },
  content: { bodyText: "Dear Pat" },
  startedAt: new Date(),
  endedAt: new Date(),
  providerMessageId: "4XyZ",
  contentSha256: "a".repeat(64),
  evidence: { code: "250" },
  complianceGuardRuleId: "pause.open",
  failureDescriptionShort: "Paused",
  failureDescriptionLong: "Paused: a test.",
  metaData: {},
};

/** An interaction of Tidings in a state: with all that can be on record, or with as little as there can be. */
const plant = (state: State, how: "full" | "bare"): Promise<InteractionId> =>
  insertInteraction(pool, {
    status: state === "unknown" ? "attempted" : state,
    ...(how === "full" && { ...WRITTEN, externalId: `EX-${state}` }),
    ...(state === "unknown" && { statusDetails: "emailOutcomeUnknown" }),
    loanIds: [],
    sensitive: false,
  });

interface Before {
  readonly was: Readonly<Record<string, unknown>>;
  readonly history: string;
  readonly transitions: string;
}

async function look(id: InteractionId): Promise<Before> {
  const { rows } = await client.query<Before>(
    `select to_jsonb(i) as was, (select count(*) from tidings.record_changes h where h.row_id = i.id::text) as history,
       (select count(*) from tidings.interaction_transitions t where t.interaction_id = i.id) as transitions
     from tidings.interactions i where i.id = $1`,
    [id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`There is no interaction ${id}`);
  return row;
}

/** Changes one column as the daemon's role, and takes it back. */
async function tryToChange(id: InteractionId, column: string, value: string): Promise<Result> {
  await client.query("begin");
  try {
    const before = await look(id);
    await client.query(`update tidings.interactions set ${column} = ${value} where id = $1`, [id]);
    const after = await look(id);
    if (after.history !== before.history) return "history";
    if (after.transitions !== before.transitions) return "transition";
    if (column === "updated_at")
      return String(after.was[column]).startsWith("2020") ? "changed" : "unchanged";
    return after.was[column] === before.was[column] ? "unchanged" : "changed";
  } catch {
    return "refused";
  } finally {
    await client.query("rollback");
  }
}

test("every column of an interaction has one rule", () => {
  const ruled = Object.values(RULES).flatMap(({ columns }) => columns);
  expect(ruled.toSorted()).toEqual([...values.keys()].toSorted());
});

test.each(STATES.flatMap((state) => [[state, "full"] as const, [state, "bare"] as const]))(
  "the daemon's role changes nothing quietly: %s, %s",
  async (state, how) => {
    const id = await plant(state, how);
    const results: Record<string, Result> = {};
    for (const [column, value] of values)
      results[column] = await tryToChange(
        id,
        column,
        column === "status" && state === "failed" ? "'succeeded'" : value,
      );
    const expected = Object.values(RULES).flatMap(({ columns, resultIn }) =>
      columns.map((column) => [column, resultIn(state)] as const),
    );
    expect(results).toEqual(Object.fromEntries(expected));
  },
);
