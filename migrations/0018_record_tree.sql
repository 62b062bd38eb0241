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

-- The public keys that heads were signed with, so that an evidence pack has the key of its head. A reader of a pack compares the key with one
-- that came another way.
create table tidings.tree_keys (
  key_id text primary key,
  -- SubjectPublicKeyInfo (RFC 8410)
  public_key bytea not null,
  noted_at timestamptz not null default clock_timestamp()
);

-- One row: how far the tree has come. It is the lock of the daemon that adds leaves.
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
select x.id, i.id,
  i.origin = 'tidings' and x.to_status in ('attempted', 'succeeded', 'failed', 'canceled')
    -- a late answer may still complete it without another transition
    and tidings.is_outcome_unknown(x.to_status, x.to_status_details) is not true,
  jsonb_build_object(
    'leaf_of', 'interactions', 'id', x.id, 'interaction_id', i.id, 'origin', i.origin, 'created_at', i.created_at, 'channel', i.channel,
    'person_id', i.person_id, 'contact_id', i.contact_id, 'contact', i.contact, 'passed_over', i.passed_over,
    'borrower', i.borrower, 'loan_ids', i.loan_ids, 'subject', i.subject, 'theme', i.theme, 'sensitive', i.sensitive,
    'status', i.status, 'status_details', i.status_details, 'started_at', i.started_at, 'ended_at', i.ended_at,
    'previous_interaction_id', i.previous_interaction_id, 'compliance_guard_rule_id', i.compliance_guard_rule_id,
    'failure_description_short', i.failure_description_short, 'failure_description_long', i.failure_description_long,
    'case_id', i.case_id, 'case_change_id', i.case_change_id, 'reply_id', i.reply_id, 'notification_type_id', i.notification_type_id,
    'notification_type_version', i.notification_type_version, 'template_id', i.template_id,
    'template_version', i.template_version, 'template_explanation', i.template_explanation,
    'due_explanation', i.due_explanation, 'attempt', i.attempt, 'first_interaction_id', i.first_interaction_id,
    'claimed_at', i.claimed_at, 'claimed_by', i.claimed_by, 'newest_case_change_id', i.newest_case_change_id,
    'provider', i.provider, 'provider_message_id', i.provider_message_id, 'content_sha256', i.content_sha256,
    'segments', i.segments, 'content', coalesce(i.content->'sealed'->'commitment', i.content))::text
from tidings.interaction_transitions x
join tidings.interactions i on i.id = x.interaction_id
  and (i.status, i.status_details) is not distinct from (x.to_status, x.to_status_details)
where not exists (select from tidings.interaction_transitions n where n.interaction_id = x.interaction_id and n.id > x.id);

-- The rows that are leaves now, as text: a JSON object with the source (leaf_of), the id and the columns, as Postgres writes jsonb in UTC. The
-- columns are part of the format: a column that is added to a table later must not change the leaves of its old rows.
create view tidings.record_leaves (source, id, leaf) with (security_invoker = true) as
select 'caseChanges', x.id, jsonb_build_object(
    'leaf_of', 'caseChanges', 'id', x.id, 'external_id', x.external_id, 'case_id', x.case_id, 'case_type_id', x.case_type_id,
    'borrower_id', x.borrower_id, 'loan_ids', x.loan_ids, 'status', x.status, 'outcome', x.outcome, 'fields', x.fields,
    'changed_at', x.changed_at, 'fires', x.fires, 'supercase_bulk_operation_id', x.supercase_bulk_operation_id,
    'received_at', x.received_at)::text
from tidings.case_changes x
union all
select 'resolutions', x.id, jsonb_build_object(
    'leaf_of', 'resolutions', 'id', x.id, 'case_change_id', x.case_change_id, 'resolved_at', x.resolved_at,
    'resolved_by', x.resolved_by, 'verdicts', x.verdicts)::text
from tidings.resolutions x
union all
select 'transitions', x.id, jsonb_build_object(
    'leaf_of', 'transitions', 'id', x.id, 'interaction_id', x.interaction_id, 'moved_at', x.moved_at, 'moved_by', x.moved_by,
    'from_status', x.from_status, 'to_status', x.to_status, 'from_status_details', x.from_status_details,
    'to_status_details', x.to_status_details, 'evidence', x.evidence)::text
from tidings.interaction_transitions x
union all
select 'interactions', x.id, x.leaf from tidings.interaction_states x where x.has_ended
union all
select 'recordChanges', x.id, jsonb_build_object(
    'leaf_of', 'recordChanges', 'id', x.id, 'table_name', x.table_name, 'row_id', x.row_id, 'changed_at', x.changed_at,
    'actor', x.actor, 'changes', case
      -- another key may seal old content again; its commitment stays
      when x.changes #>> '{content,from,sealed,commitment}' is null then x.changes
      else jsonb_set(x.changes, '{content,from}', x.changes #> '{content,from,sealed,commitment}') end)::text
from tidings.record_changes x
union all
select 'contentReveals', x.id, jsonb_build_object(
    'leaf_of', 'contentReveals', 'id', x.id, 'interaction_id', x.interaction_id, 'revealed_at', x.revealed_at,
    'revealed_by', x.revealed_by, 'way', x.way, 'url_id', x.url_id)::text
from tidings.content_reveals x
union all
select 'receipts', x.id, jsonb_build_object(
    'leaf_of', 'receipts', 'id', x.id, 'provider', x.provider, 'provider_message_id', x.provider_message_id,
    'raw_status', x.raw_status, 'code', x.code, 'qualifier', x.qualifier, 'reported_at', x.reported_at,
    'received_at', x.received_at, 'payload', x.payload,
    -- the address to which the report came names it; otherwise it is found later, by the provider's id of the message
    'interaction_id', case when x.provider_message_id is null then x.interaction_id end)::text
from tidings.receipts x
union all
select 'judgements', x.id, jsonb_build_object(
    'leaf_of', 'judgements', 'id', x.id, 'interaction_id', x.interaction_id, 'judged_at', x.judged_at,
    'policy_version', x.policy_version, 'until', x.until, 'outcome', x.outcome, 'rule_id', x.rule_id,
    'facts_sha256', x.facts_sha256, 'rules', x.rules)::text
from tidings.judgements x
union all
select 'redirects', x.id, jsonb_build_object(
    'leaf_of', 'redirects', 'id', x.id, 'interaction_id', x.interaction_id, 'next_interaction_id', x.next_interaction_id,
    'chain_id', x.chain_id, 'redirected_at', x.redirected_at, 'redirected_by', x.redirected_by, 'rule_id', x.rule_id,
    'from_contact_id', x.from_contact_id, 'to_contact_id', x.to_contact_id)::text
from tidings.redirects x
union all
-- its end is a row of record_changes
select 'outages', x.id, jsonb_build_object(
    'leaf_of', 'outages', 'id', x.id, 'kind', x.kind, 'worker_id', x.worker_id, 'channel', x.channel, 'code', x.code,
    'began_at', x.began_at, 'noted_at', x.noted_at)::text
from tidings.outages x
union all
select 'repairs', x.id, jsonb_build_object(
    'leaf_of', 'repairs', 'id', x.id, 'kind', x.kind, 'case_change_id', x.case_change_id,
    'notification_type_id', x.notification_type_id, 'notification_type_version', x.notification_type_version,
    'interaction_id', x.interaction_id, 'ordered_at', x.ordered_at, 'ordered_by', x.ordered_by, 'reason', x.reason)::text
from tidings.repairs x
union all
select 'policyChanges', x.version, jsonb_build_object(
    'leaf_of', 'policyChanges', 'id', x.version, 'changed_at', x.changed_at, 'changed_by', x.changed_by, 'reason', x.reason,
    'effective_from', x.effective_from, 'change', x.change, 'rule_id', x.rule_id, 'outcome', x.outcome,
    'entry_id', x.entry_id, 'jurisdiction', x.jurisdiction, 'rule', x.rule, 'value', x.value, 'from_day', x.from_day,
    'until_day', x.until_day, 'binds', x.binds, 'applies', x.applies, 'conditions', x.conditions, 'source', x.source,
    'certainty', x.certainty, 'note', x.note, 'was', x.was)::text
from tidings.guard_policy_changes x;

-- The highest id that each source has given
create view tidings.record_leaf_ids (source, last_id) with (security_invoker = true) as
values
  ('caseChanges', coalesce(pg_sequence_last_value('tidings.case_changes_id_seq'), 0)),
  ('resolutions', coalesce(pg_sequence_last_value('tidings.resolutions_id_seq'), 0)),
  ('transitions', coalesce(pg_sequence_last_value('tidings.interaction_transitions_id_seq'), 0)),
  ('interactions', coalesce(pg_sequence_last_value('tidings.interaction_transitions_id_seq'), 0)),
  ('recordChanges', coalesce(pg_sequence_last_value('tidings.record_changes_id_seq'), 0)),
  ('contentReveals', coalesce(pg_sequence_last_value('tidings.content_reveals_id_seq'), 0)),
  ('receipts', coalesce(pg_sequence_last_value('tidings.receipts_id_seq'), 0)),
  ('judgements', coalesce(pg_sequence_last_value('tidings.judgements_id_seq'), 0)),
  ('redirects', coalesce(pg_sequence_last_value('tidings.redirects_id_seq'), 0)),
  ('outages', coalesce(pg_sequence_last_value('tidings.outages_id_seq'), 0)),
  ('repairs', coalesce(pg_sequence_last_value('tidings.repairs_id_seq'), 0)),
  ('policyChanges', (select coalesce(max(x.version), 0) from tidings.guard_policy_changes x));
