export const ROLE_KINDS = ["core", "daemon", "operator", "reader"] as const;
export type RoleKind = (typeof ROLE_KINDS)[number];

/** Privileges on tables of schema tidings. A table name may be followed by columns in brackets. */
export interface TableGrant {
  readonly privileges: string;
  /** "*" means all tables of the schema. */
  readonly tables: "*" | readonly string[];
}

export interface Rights {
  readonly may: string;
  readonly tables: readonly TableGrant[];
  /**
   * Tables whose rows the role may update. It gets the privilege on each column and not on the table, which would let it
   * lock the whole table against everybody.
   */
  readonly updates: readonly string[];
  /** Functions of schema tidings. */
  readonly functions: readonly string[];
  /**
   * The tables whose sequences the role may use and set; "*" means all of them. An insert that takes its id from a sequence needs
   * none of this. A role that sets a sequence to its end stops the inserts of all others.
   */
  readonly sequences: "*" | readonly string[];
  /** True if the role may read the ids that all sequences have given. `verify` looks for added rows up to them. */
  readonly readsSequences: boolean;
  /** Privileges on the tables of the queue's schema; null if the role does not use the queue. */
  readonly queue: "all" | "select" | null;
}

/**
 * The columns and tables that a reader does not see: contents, old contents, keys, answers stored for repeated requests,
 * and rows that only serve as locks.
 */
export const HIDDEN_FROM_READERS: {
  readonly tables: readonly string[];
  readonly columns: Readonly<Record<string, readonly string[]>>;
} = {
  tables: [
    "api_keys",
    "idempotency_keys",
    "secrets",
    "guard_locks",
    // a leaf has the old values of contacts
    "record_leaves",
    "record_leaf_ids",
    "interaction_states",
  ],
  columns: { interactions: ["content"], record_changes: ["changes"] },
};

const INTERACTION_COLUMNS = `id, origin, created_at, updated_at, deleted_at, created_by, channel, person_id, contact_id, contact, passed_over,
  borrower, loan_id, loan_ids, subject, theme, borrower_selected_theme, direction, status, status_updated_at, status_details,
  status_details_updated_at, started_at, ended_at, scheduled_at_from, scheduled_at_to, sensitive, is_transactional, external_id,
  previous_interaction_id, supercase_bulk_operation_id, compliance_guard_rule_id, failure_description_short,
  failure_description_long, meta_data, case_id, case_change_id, reply_id, notification_type_id, notification_type_version, template_id,
  template_version, template_version_id, template_explanation, due_explanation, attempt, first_interaction_id, claims, claimed_at,
  newest_case_change_id, claimed_by, provider, provider_message_id, evidence, settle_at, times_looked_up, settling_since, content_sha256, segments, first_due_at`;

const CORE_TABLES = ["case_types", "loan_types", "borrowers", "loans", "contacts"];
/** Facts that the core system records for the compliance guard. */
const GUARD_FACT_TABLES = ["case_type_legal_states", "do_not_interact", "consents", "preferences"];
const GUARD_FACT_FUNCTIONS = [
  "columns_at(text, text, timestamptz)",
  "borrowers_at(text[], timestamptz)",
  "contacts_at(text[], timestamptz)",
  "loans_at(text[], text[], timestamptz)",
];
/** The functions of those who plan, judge and queue notices: daemons, and operators with their commands. */
const NOTICE_FUNCTIONS = [
  "guard_policy_at(timestamptz)",
  "has_next_attempt(bigint)",
  "is_undelivered(bigint)",
  "was_sent_before(bigint, int)",
  "was_amended_to_sent(bigint)",
  "may_be_reinstated(bigint)",
  ...GUARD_FACT_FUNCTIONS,
  "queue_deliveries(bigint[], timestamptz, boolean, int)",
  "interactions_in_jobs(text, timestamptz)",
];
const RETENTION_FUNCTIONS = [
  "erased_columns(text)",
  "is_deleting()",
  "is_open_notice(bigint, bigint)",
  "is_under_legal_hold(text, text)",
  "is_read_by_guard(bigint)",
  "is_open_case(text)",
  "is_open_change(bigint)",
  "are_fields_read_by_guard(bigint, text)",
  "is_history_under_legal_hold(text, text)",
  "judge_interactions(bigint[])",
  "judge_case_changes(bigint[])",
  "judge_record_changes(bigint[])",
];
/** The functions that the views of the record tree call. */
const LEAF_FUNCTIONS = ["as_logged(tidings.interactions)", "logged_leaf(tidings.interactions)"];
const LENDER_TABLES = [...CORE_TABLES, ...GUARD_FACT_TABLES, "time_zones"];
const OPERATOR_TABLES = ["interactions", "pauses", "templates", "api_keys"];
const RULE_TABLES = [
  "templates",
  "notification_types",
  "case_type_notification_types",
  "calendars",
  "calendar_closures",
  "channels",
];
const WORK_TABLES = [
  "case_changes",
  "cases",
  "case_moves",
  "resolve_queue",
  "resolutions",
  "missed_changes",
  "contact_findings",
  "receipts",
  "receipt_queue",
  "receipt_oddities",
  "consent_records",
  "inbound_messages",
  "receipt_polls",
  "contact_events",
  "contact_event_order",
  "undelivered_notices",
  "interaction_transitions",
  "interaction_chains",
  "content_reveals",
  "template_tests",
  "workers",
  "newest_heartbeat",
  "outages",
  "audits",
  "repairs",
  "wait_terms",
  "open_work",
  "waiting",
  "breaches",
  "waiting_for_nothing",
  "late_notices",
  "tree_leaves",
  "tree_heads",
  "tree_keys",
  "tree_state",
  "pauses",
  "guard_policy_changes",
  "guard_policy_version",
  "guard_policy",
  "judgements",
  "amendments",
  "amended_statuses",
  "retention_classes",
  "retention_state",
  "legal_holds",
  "erasures",
  "deletions",
  "deletion_state",
  "effective_statuses",
  "entry_times",
  "holds",
  "redirects",
  "kysely_migration",
];

/**
 * The rights of each kind. The tests of the roles use this table too. `returning` and `on conflict` need select on the
 * table, and an upsert needs update.
 */
export const RIGHTS: Readonly<Record<RoleKind, Rights>> = {
  core: {
    may: "The core system: its own data, case changes, and interactions that it logs",
    tables: [
      {
        privileges: "select, insert",
        tables: [...CORE_TABLES, ...GUARD_FACT_TABLES, "case_changes", "interactions"],
      },
      { privileges: "select", tables: ["time_zones", "contact_events"] },
    ],
    updates: [...CORE_TABLES, ...GUARD_FACT_TABLES],
    functions: [],
    sequences: [],
    readsSequences: false,
    queue: null,
  },
  daemon: {
    may: "The daemon: `tidings start` with the REST resources, `reseal` and `erase`",
    tables: [
      { privileges: "select, insert, update", tables: "*" },
      {
        privileges: "delete",
        tables: [
          "workers",
          "idempotency_keys",
          "case_type_notification_types",
          "resolve_queue",
          "missed_changes",
          "contact_findings",
          "receipt_queue",
          "receipt_polls",
          "late_intake",
        ],
      },
    ],
    updates: [],
    functions: [
      "right_to_send()",
      "right_to_operate()",
      ...NOTICE_FUNCTIONS,
      "has_waiting_receipt(bigint)",
      "queue_settlements(bigint[], timestamptz, int)",
      "content_hash(text[])",
      "is_being_erased(bigint)",
      ...RETENTION_FUNCTIONS,
      "refuse_erasure(text, text)",
      "record_of(text[])",
      "why_record_is_kept(text[], text[], bigint[], bigint[])",
      "content_leaves(bigint[])",
      "leaves_of(text, bigint[])",
      "without_personal_data(text, jsonb)",
      "erase_interactions(bigint[], tidings.erasure_cause, text)",
      "erase_case_changes(bigint[], tidings.erasure_cause, text)",
      "erase_record_changes(bigint[], tidings.erasure_cause, text)",
      ...LEAF_FUNCTIONS,
      "guard_lock_of(text)",
      "wait_for_case_changes(int, int, boolean)",
      "claim_case_changes(int, boolean)",
      "take_in_missed_changes(int)",
      "take_in_late(bigint[])",
    ],
    sequences: "*",
    readsSequences: true,
    queue: "all",
  },
  operator: {
    may: "An operator: every command but `start`, `migrate`, `demo`, `reseal` and `erase`",
    tables: [
      {
        privileges: "select",
        tables: [
          ...LENDER_TABLES,
          ...RULE_TABLES,
          ...WORK_TABLES,
          "record_changes",
          "record_leaves",
          "record_leaf_ids",
          "interaction_states",
        ],
      },
      { privileges: "select, insert", tables: OPERATOR_TABLES },
      {
        privileges: "insert",
        tables: [
          "content_reveals",
          "template_tests",
          "guard_policy_changes",
          "consent_records",
          "redirects",
          "amendments",
          "repairs",
          "retention_classes",
          "legal_holds",
        ],
      },
    ],
    updates: [...OPERATOR_TABLES, "holds", "inbound_messages", "retention_classes", "legal_holds"],
    functions: [
      "right_to_operate()",
      "right_to_set_policy()",
      ...NOTICE_FUNCTIONS,
      ...RETENTION_FUNCTIONS,
      "content_hash(text[])",
      ...LEAF_FUNCTIONS,
    ],
    sequences: ["templates"],
    readsSequences: true,
    queue: "select",
  },
  reader: {
    may: "A reader: everything but contents and keys",
    tables: [
      {
        privileges: "select",
        tables: [...LENDER_TABLES, ...RULE_TABLES, ...WORK_TABLES, "late_intake"],
      },
      { privileges: `select (${INTERACTION_COLUMNS})`, tables: ["interactions"] },
      {
        privileges: "select (id, table_name, row_id, changed_at, actor)",
        tables: ["record_changes"],
      },
    ],
    updates: [],
    functions: [
      "guard_policy_at(timestamptz)",
      "interactions_in_jobs(text, timestamptz)",
      "is_undelivered(bigint)",
    ],
    sequences: [],
    readsSequences: false,
    queue: null,
  },
};
