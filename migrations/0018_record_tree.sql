-- The record tree: each row of the record becomes a leaf of an append-only Merkle tree (RFC 6962), whose root is kept and emitted
-- every minute. A row that is changed, removed or added later, even by a superuser with the triggers off, no longer fits the root
-- that is in the logs. The view record_leaves has the rows and columns that are leaves.

-- Consecutive leaves of one source, in the order of the tree
create table tidings.tree_leaves (
  first_index bigint primary key,
  source text not null,
  row_ids bigint[] not null,
  -- 32 bytes for each id: SHA-256 of a zero byte and the row as text
  hashes bytea not null,
  min_id bigint not null,
  max_id bigint not null
);
create index tree_leaves_by_row on tidings.tree_leaves (source, max_id, min_id);

-- The root of the tree at a size
create table tidings.tree_heads (
  size bigint primary key,
  root bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  -- both null without a signing key
  key_id text,
  signature bytea
);

-- The public keys with which heads were signed, so that an evidence pack has the key of its head. A reader of a pack compares the key
-- with one from another source.
create table tidings.tree_keys (
  key_id text primary key,
  -- SubjectPublicKeyInfo (RFC 8410)
  public_key bytea not null,
  noted_at timestamptz not null default clock_timestamp()
);

-- One row with the present size of the tree. It is the lock of the daemon that adds leaves.
create table tidings.tree_state (
  is_only boolean primary key default true,
  size bigint not null default 0,
  -- the roots of the perfect subtrees, the largest first
  frontier bytea not null default '',
  -- for each source the id up to which every row is a leaf
  swept jsonb not null default '{}'
);
insert into tidings.tree_state default values;

create trigger keep_history before update or delete or truncate on tidings.tree_leaves
for each statement execute function tidings.keep_history();
create trigger keep_history before update or delete or truncate on tidings.tree_heads
for each statement execute function tidings.keep_history();
create trigger keep_history before update or delete or truncate on tidings.tree_keys
for each statement execute function tidings.keep_history();
create trigger keep_history before insert or delete or truncate on tidings.tree_state
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.tree_leaves
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.tree_heads
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.tree_keys
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.tree_state
for each statement execute function tidings.only_tidings_writes('send');

-- The present state of each interaction, under the id of its newest transition, as text. Sealed content is represented by its
-- commitment, which another key does not change. The state of an interaction of Tidings that has ended is a leaf.
create view tidings.interaction_states (id, interaction_id, has_ended, leaf) with (security_invoker = true) as
select l.id, l.interaction_id,
  l.origin = 'tidings' and l.status in ('attempted', 'succeeded', 'failed', 'canceled')
    -- a late answer may still complete it without another transition
    and tidings.is_outcome_unknown(l.status, l.status_details) is not true,
  row_to_json(l)::text
from (
  select
    'interactions' as leaf_of, x.id, x.interaction_id, i.origin, i.created_at, i.deleted_at, i.created_by, i.channel, i.person_id, i.contact_id, i.contact,
    i.passed_over, i.borrower, i.loan_id, i.loan_ids, i.subject, i.theme, i.borrower_selected_theme, i.direction, i.sensitive,
    i.is_transactional, i.status, i.status_updated_at, i.status_details, i.status_details_updated_at, i.scheduled_at_from,
    i.scheduled_at_to, i.first_due_at, i.started_at, i.ended_at, i.supercase_bulk_operation_id,
    i.previous_interaction_id, i.compliance_guard_rule_id, i.failure_description_short, i.failure_description_long, i.case_id,
    i.case_change_id, i.reply_id, i.notification_type_id, i.notification_type_version, i.template_id, i.template_version,
    i.template_explanation, i.due_explanation, i.attempt, i.first_interaction_id, i.claims, i.claimed_at, i.claimed_by,
    i.newest_case_change_id, i.provider, i.provider_message_id, i.evidence, i.content_sha256, i.segments,
    coalesce(i.content->'sealed'->'commitment', i.content) as content
  from tidings.interaction_transitions x
  -- limited to one, and the newest transition as a value, so that both are looked up: a plan for a small table would read all of it
  cross join lateral (select * from tidings.interactions k where k.id = x.interaction_id limit 1) i
  where (i.status, i.status_details) is not distinct from (x.to_status, x.to_status_details)
    and x.id = (select max(n.id) from tidings.interaction_transitions n where n.interaction_id = x.interaction_id)
) l;

-- The rows that are leaves now, as text: a JSON object with the source (leaf_of), the id and the columns, in this order, as row_to_json
-- writes them in UTC. It takes half the time of jsonb_build_object. The columns are part of the format: a column that is added to a table
-- later must not change the leaves of its old rows.
create view tidings.record_leaves (source, id, leaf) with (security_invoker = true) as
select 'caseChanges', l.id, row_to_json(l)::text
from (
  select
    'caseChanges' as leaf_of, x.id, x.external_id, x.case_id, x.case_type_id, x.borrower_id, x.loan_ids, x.status, x.outcome,
    x.fields, x.changed_at, x.fires, x.supercase_bulk_operation_id, x.received_at
  from tidings.case_changes x
) l
union all
select 'resolutions', l.id, row_to_json(l)::text
from (
  select
    'resolutions' as leaf_of, x.id, x.case_change_id, x.resolved_at, x.resolved_by, x.verdicts
  from tidings.resolutions x
) l
union all
select 'transitions', l.id, row_to_json(l)::text
from (
  select
    'transitions' as leaf_of, x.id, x.interaction_id, x.moved_at, x.moved_by, x.from_status, x.to_status,
    x.from_status_details, x.to_status_details, x.evidence
  from tidings.interaction_transitions x
) l
union all
select 'interactions', x.id, x.leaf from tidings.interaction_states x where x.has_ended
union all
-- Each later change is a row of record_changes. Without the concatenation the planner reads an index of all logged rows, whatever
-- the range of ids.
select 'loggedInteractions', i.id, tidings.logged_leaf(i) from tidings.interactions i where i.origin || '' = 'logged'
union all
select 'recordChanges', l.id, row_to_json(l)::text
from (
  select
    'recordChanges' as leaf_of, x.id, x.table_name, x.row_id, x.changed_at, x.actor,
    -- another key may seal old content again; its commitment stays
    case
      when x.changes #>> '{content,from,sealed,commitment}' is null then x.changes
      else jsonb_set(x.changes, '{content,from}', x.changes #> '{content,from,sealed,commitment}') end as changes
  from tidings.record_changes x
) l
union all
select 'contentReveals', l.id, row_to_json(l)::text
from (
  select
    'contentReveals' as leaf_of, x.id, x.interaction_id, x.revealed_at, x.revealed_by, x.way, x.url_id
  from tidings.content_reveals x
) l
union all
select 'receipts', l.id, row_to_json(l)::text
from (
  select
    'receipts' as leaf_of, x.id, x.provider, x.provider_message_id, x.raw_status, x.code, x.qualifier, x.reported_at,
    x.received_at, x.payload,
    -- the address to which the report came names it; otherwise it is found later, by the provider's id of the message
    case when x.provider_message_id is null then x.interaction_id end as interaction_id
  from tidings.receipts x
) l
union all
select 'judgements', l.id, row_to_json(l)::text
from (
  select
    'judgements' as leaf_of, x.id, x.interaction_id, x.judged_at, x.policy_version, x.until, x.outcome, x.rule_id,
    x.facts_sha256, x.rules
  from tidings.judgements x
) l
union all
select 'redirects', l.id, row_to_json(l)::text
from (
  select
    'redirects' as leaf_of, x.id, x.interaction_id, x.next_interaction_id, x.chain_id, x.redirected_at, x.redirected_by,
    x.rule_id, x.from_contact_id, x.to_contact_id
  from tidings.redirects x
) l
union all
-- an end that was added later is a row of record_changes
select 'outages', l.id, row_to_json(l)::text
from (
  select
    'outages' as leaf_of, x.id, x.kind, x.worker_id, x.channel, x.code, x.began_at, x.noted_at,
    case when not exists (
      select from tidings.record_changes h where h.table_name = 'outages' and h.row_id = x.id::text and h.changes ? 'ended_at'
    ) then x.ended_at end as ended_at
  from tidings.outages x
) l
union all
select 'repairs', l.id, row_to_json(l)::text
from (
  select
    'repairs' as leaf_of, x.id, x.kind, x.case_change_id, x.notification_type_id, x.notification_type_version,
    x.interaction_id, x.ordered_at, x.ordered_by, x.reason
  from tidings.repairs x
) l
union all
-- the decision is a row of record_changes
select 'holds', l.id, row_to_json(l)::text
from (
  select
    'holds' as leaf_of, x.id, x.interaction_id, x.chain_id, x.held_at, x.rule_ids
  from tidings.holds x
) l
union all
select 'consentRecords', l.id, row_to_json(l)::text
from (
  select
    'consentRecords' as leaf_of, x.id, x.contact_id, x.change, x.scope, x.source, x.interaction_id, x.reason, x.recorded_at,
    x.recorded_by
  from tidings.consent_records x
) l
union all
-- what a person found in it is a row of record_changes
select 'inboundMessages', l.id, row_to_json(l)::text
from (
  select
    'inboundMessages' as leaf_of, x.interaction_id as id, x.interaction_id, x.provider, x.provider_message_id, x.sent_at, x.received_at,
    x.contact_ids, x.reading, x.provider_replied, x.suppresses,
    x.is_open or x.handled_at is not null as needs_reading
  from tidings.inbound_messages x
) l
union all
select 'contactEvents', l.id, row_to_json(l)::text
from (
  select
    'contactEvents' as leaf_of, x.id, x.occurred_at, x.kind, x.contact_id, x.borrower_id, x.interaction_id, x.reason, x.code,
    x.changes, x.withdraws_id
  from tidings.contact_events x
) l
-- their withdrawal is a row of record_changes
union all
select 'legalStates', l.id, row_to_json(l)::text
from (
  select
    'legalStates' as leaf_of, x.id, x.case_type_id, x.legal_state, x.recorded_at, x.recorded_by
  from tidings.case_type_legal_states x
) l
union all
select 'doNotInteract', l.id, row_to_json(l)::text
from (
  select
    'doNotInteract' as leaf_of, x.id, x.borrower_id, x.channels, x.themes, x.end_date, x.recorded_at, x.recorded_by
  from tidings.do_not_interact x
) l
union all
select 'consents', l.id, row_to_json(l)::text
from (
  select
    'consents' as leaf_of, x.id, x.borrower_id, x.kind, x.value, x.holds_from, x.holds_until, x.given_at, x.first_day, x.last_day, x.loan_ids, x.recorded_at, x.recorded_by
  from tidings.consents x
) l
union all
select 'preferences', l.id, row_to_json(l)::text
from (
  select
    'preferences' as leaf_of, x.id, x.borrower_id, x.kind, x.days, x.from_time, x.to_time, x.until_date, x.place, x.medium, x.contact_id,
    x.refused_at, x.source, x.recorded_at, x.recorded_by
  from tidings.preferences x
) l
union all
select 'templateTests', l.id, row_to_json(l)::text
from (
  select
    'templateTests' as leaf_of, x.id, x.template_id, x.template_version, x.content_hash, x.sent_at, x.sent_by
  from tidings.template_tests x
) l
union all
select 'policyChanges', l.id, row_to_json(l)::text
from (
  select
    'policyChanges' as leaf_of, x.version as id, x.changed_at, x.changed_by, x.reason, x.effective_from, x.change, x.rule_id,
    x.outcome, x.entry_id, x.jurisdiction, x.rule, x.value, x.from_day, x.until_day, x.binds, x.applies, x.conditions,
    x.source, x.certainty, x.note, x.was
  from tidings.guard_policy_changes x
) l;

-- The highest id that each source has given
create view tidings.record_leaf_ids (source, last_id) with (security_invoker = true) as
values
  ('caseChanges', coalesce(pg_sequence_last_value('tidings.case_changes_id_seq'), 0)),
  ('resolutions', coalesce(pg_sequence_last_value('tidings.resolutions_id_seq'), 0)),
  ('transitions', coalesce(pg_sequence_last_value('tidings.interaction_transitions_id_seq'), 0)),
  ('interactions', coalesce(pg_sequence_last_value('tidings.interaction_transitions_id_seq'), 0)),
  ('loggedInteractions', coalesce(pg_sequence_last_value('tidings.interactions_id_seq'), 0)),
  ('recordChanges', coalesce(pg_sequence_last_value('tidings.record_changes_id_seq'), 0)),
  ('contentReveals', coalesce(pg_sequence_last_value('tidings.content_reveals_id_seq'), 0)),
  ('receipts', coalesce(pg_sequence_last_value('tidings.receipts_id_seq'), 0)),
  ('judgements', coalesce(pg_sequence_last_value('tidings.judgements_id_seq'), 0)),
  ('redirects', coalesce(pg_sequence_last_value('tidings.redirects_id_seq'), 0)),
  ('outages', coalesce(pg_sequence_last_value('tidings.outages_id_seq'), 0)),
  ('repairs', coalesce(pg_sequence_last_value('tidings.repairs_id_seq'), 0)),
  ('holds', coalesce(pg_sequence_last_value('tidings.holds_id_seq'), 0)),
  ('consentRecords', coalesce(pg_sequence_last_value('tidings.consent_records_id_seq'), 0)),
  -- each has the id of its interaction
  ('inboundMessages', coalesce(pg_sequence_last_value('tidings.interactions_id_seq'), 0)),
  ('contactEvents', coalesce(pg_sequence_last_value('tidings.contact_events_id_seq'), 0)),
  ('legalStates', coalesce(pg_sequence_last_value('tidings.case_type_legal_states_id_seq'), 0)),
  ('doNotInteract', coalesce(pg_sequence_last_value('tidings.do_not_interact_id_seq'), 0)),
  ('consents', coalesce(pg_sequence_last_value('tidings.consents_id_seq'), 0)),
  ('preferences', coalesce(pg_sequence_last_value('tidings.preferences_id_seq'), 0)),
  ('templateTests', coalesce(pg_sequence_last_value('tidings.template_tests_id_seq'), 0)),
  ('policyChanges', (select coalesce(max(x.version), 0) from tidings.guard_policy_changes x));
