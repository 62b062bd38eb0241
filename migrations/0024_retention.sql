-- Retention: how long the content of interactions is kept, legal holds that keep it longer, and the erasures. The metadata (recipient,
-- time, reason and outcome) is never erased.

create domain tidings.record_class as text
  constraint record_class_is_known check (value in ('content', 'metadata')
    or tidings.refuse_word('record_class', value));
create domain tidings.erasure_cause as text
  constraint erasure_cause_is_known check (value in ('retention', 'request')
    or tidings.refuse_word('erasure_cause', value));

-- The years for which each class is kept, as set last; record_changes has the earlier ones. Without a row, or with null, it is kept for good.
create table tidings.retention_classes (
  record_class tidings.record_class primary key,
  years int
    constraint retention_classes_years_are_1_to_100 check ((years between 1 and 100) is not false
      or tidings.refuse('retention_classes_years_are_1_to_100', format('years is %s', years), 'use 1 to 100 years, or null to keep the class for good')),
  reason text not null
    constraint retention_classes_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('retention_classes_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  set_at timestamptz not null default clock_timestamp(),
  set_by text not null default tidings.moved_by()
);

-- Content is erased before the metadata.
create function tidings.guard_retention_class() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  content_years int := (select c.years from tidings.retention_classes c where c.record_class = 'content');
  metadata_years int := (select c.years from tidings.retention_classes c where c.record_class = 'metadata');
begin
  if new.record_class = 'content' then
    content_years := new.years;
  elsif new.record_class = 'metadata' then
    metadata_years := new.years;
  end if;
  if metadata_years < content_years or (metadata_years is not null and content_years is null) then
    perform tidings.refuse('retention_classes_content_goes_first', 'the metadata would be kept for a shorter time than the content',
      'set more years for the metadata, or fewer for the content');
  end if;
  new.set_at := clock_timestamp();
  new.set_by := tidings.moved_by();
  return new;
end $$;
create trigger guard_retention_class before insert or update on tidings.retention_classes
for each row execute function tidings.guard_retention_class();
create trigger record_change after insert or update on tidings.retention_classes
for each row execute function tidings.record_change('record_class');

-- A borrower or a case whose content is kept beyond the retention and against a request to erase it.
create table tidings.legal_holds (
  id bigint primary key generated always as identity,
  borrower_id text,
  case_id text,
  reason text not null
    constraint legal_holds_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('legal_holds_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  held_at timestamptz not null default clock_timestamp(),
  held_by text not null default tidings.moved_by(),
  ended_at timestamptz,
  ended_by text,
  end_reason text,
  constraint legal_holds_are_of_one_borrower_or_case check (num_nonnulls(borrower_id, case_id) = 1
    or tidings.refuse('legal_holds_are_of_one_borrower_or_case', 'the hold names no borrower and no case, or both', 'set borrower_id or case_id'))
);
create unique index legal_holds_of_a_borrower_are_open_once on tidings.legal_holds (borrower_id) where ended_at is null and borrower_id is not null;
create unique index legal_holds_of_a_case_are_open_once on tidings.legal_holds (case_id) where ended_at is null and case_id is not null;

-- A hold ends once, and the writer cannot choose when and by whom.
create function tidings.guard_legal_hold() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  end_columns constant text[] := array['ended_at', 'ended_by', 'end_reason'];
begin
  if tg_op = 'INSERT' then
    new.held_at := clock_timestamp();
    new.held_by := tidings.moved_by();
    new.ended_at := null;
    new.ended_by := null;
    new.end_reason := null;
    return new;
  end if;
  if old.ended_at is not null or to_jsonb(new) - end_columns <> to_jsonb(old) - end_columns or (char_length(new.end_reason) between 1 and 1000) is not true then
    perform tidings.refuse('legal_holds_end_once', format('legal hold %s can only be ended, once and with a reason', old.id), 'set end_reason to 1 to 1,000 characters');
  end if;
  new.ended_at := clock_timestamp();
  new.ended_by := tidings.moved_by();
  return new;
end $$;
create trigger guard_legal_hold before insert or update on tidings.legal_holds
for each row execute function tidings.guard_legal_hold();
create trigger record_change after insert or update on tidings.legal_holds
for each row execute function tidings.record_change('id');

-- The interactions whose content was erased. The leaves that this changed are named with their hashes before and after, so that the
-- record tree still proves the rest of them.
create table tidings.erasures (
  id bigint primary key generated always as identity,
  interaction_id bigint not null
    constraint erasures_happen_once unique
    constraint erasures_interaction_is_known references tidings.interactions,
  cause tidings.erasure_cause not null,
  reason text not null
    constraint erasures_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('erasures_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  erased_at timestamptz not null default clock_timestamp(),
  erased_by text not null default tidings.moved_by(),
  -- [{"source", "id", "was", "is"}], hashes in hex; null only inside the transaction that erases
  leaves jsonb
);

-- True if an interaction has not come to its end, or another attempt of its notice has not. A reply is open until a person has read
-- it, if one has to, and while its confirmation is open, which goes to the number that the reply has recorded.
create function tidings.is_open_notice(interaction_id bigint, first_interaction_id bigint) returns boolean
language sql stable return exists (
  select from tidings.interactions c
  where (c.id = coalesce(is_open_notice.first_interaction_id, is_open_notice.interaction_id)
      or c.first_interaction_id = coalesce(is_open_notice.first_interaction_id, is_open_notice.interaction_id))
    and (c.status in ('scheduled', 'inProgress') or tidings.is_outcome_unknown(c.status, c.status_details))
) or exists (
  select from tidings.inbound_messages m where m.interaction_id = is_open_notice.interaction_id and m.is_open
) or exists (
  select from tidings.interactions f
  join tidings.interactions c on c.id = f.id or c.first_interaction_id = f.id
  where f.reply_id = is_open_notice.interaction_id and f.attempt = 1
    and (c.status in ('scheduled', 'inProgress') or tidings.is_outcome_unknown(c.status, c.status_details))
);
create function tidings.is_under_legal_hold(borrower_id text, case_id text) returns boolean
language sql stable return exists (
  select from tidings.legal_holds h
  where h.ended_at is null and (h.borrower_id = is_under_legal_hold.borrower_id or h.case_id = is_under_legal_hold.case_id)
);

-- True if the guard reads what an inbound interaction says: without its words it would forget a refusal or a request to cease. Of a
-- message that Tidings received as sealed, or that says nothing of that kind, the reading on record is enough.
create function tidings.is_read_by_guard(interaction_id bigint) returns boolean
language sql stable return exists (
  select from tidings.interactions i
  where i.id = is_read_by_guard.interaction_id and i.direction = 'inbound' and i.content is not null and not i.content ? 'sealed'
    and not exists (
      select from tidings.inbound_messages m
      where m.interaction_id = i.id and (m.reading in ('none', 'automatic') or (m.reading = 'unclear' and m.handled_at is not null))
    )
);

create function tidings.guard_erasure() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  erased tidings.interactions;
begin
  if tg_op = 'UPDATE' then
    if old.leaves is not null or to_jsonb(new) - 'leaves' <> to_jsonb(old) - 'leaves' then
      perform tidings.refuse('erasures_are_history', 'rows of erasures are kept as they are', 'what is erased stays erased');
    end if;
    return new;
  end if;
  select * into erased from tidings.interactions i where i.id = new.interaction_id for no key update;
  if tidings.is_under_legal_hold(erased.person_id, erased.case_id) then
    perform tidings.refuse('erasures_spare_legal_holds', format('interaction %s is under a legal hold', erased.id), '`tidings legal-hold` lists and ends holds');
  end if;
  if tidings.is_open_notice(erased.id, erased.first_interaction_id) then
    perform tidings.refuse('erasures_wait_for_open_notices', format('the notice of interaction %s is open', erased.id), 'wait for its end, or withdraw it with `tidings cancel`');
  end if;
  if tidings.is_read_by_guard(erased.id) then
    perform tidings.refuse('erasures_spare_words_that_count', format('the guard reads the words of interaction %s', erased.id),
      'the borrower may have refused or asked something in it that is still in force');
  end if;
  if new.cause = 'retention' and (erased.created_at < now() - (
    select make_interval(years => c.years) from tidings.retention_classes c where c.record_class = 'content'
  )) is not true then
    perform tidings.refuse('erasures_by_retention_are_of_old_content', format('interaction %s is younger than its class', erased.id),
      '`tidings retention` shows the years of each class');
  end if;
  new.erased_at := clock_timestamp();
  new.erased_by := tidings.moved_by();
  new.leaves := null;
  return new;
end $$;
create trigger guard_erasure before insert or update on tidings.erasures
for each row execute function tidings.guard_erasure();
create trigger keep_history before delete or truncate on tidings.erasures
for each statement execute function tidings.keep_history();

-- The progress of the daemons that erase old content: one row, which is also their lock
create table tidings.retention_state (
  is_only boolean primary key default true,
  -- the interactions up to this one were looked at in this pass
  interaction_id bigint not null default 0,
  -- the first one of this pass that was old and kept: the next pass begins there
  kept_id bigint,
  pass_ended_on date
);
insert into tidings.retention_state default values;
create trigger keep_history before insert or delete or truncate on tidings.retention_state
for each statement execute function tidings.keep_history();

-- The leaves of an interaction that have content: its state, the history of its content, and its receipts
create function tidings.content_leaves(wanted_id bigint) returns jsonb
language sql stable return (
  select coalesce(jsonb_agg(jsonb_build_object('source', l.source, 'id', l.id::text, 'sha256', encode(sha256('\x00'::bytea || convert_to(l.leaf, 'UTF8')), 'hex'))
    order by l.source, l.id), '[]')
  from (
    select 'interactions' as source, s.id, s.leaf from tidings.interaction_states s where s.interaction_id = wanted_id and s.has_ended
    union all
    select l.source, l.id, l.leaf
    from tidings.record_changes h
    join tidings.record_leaves l on l.source = 'recordChanges' and l.id = h.id
    where h.table_name = 'interactions' and h.row_id = wanted_id::text and h.changes ?| array['content', 'contact', 'borrower', 'meta_data']
    union all
    select l.source, l.id, l.leaf
    from tidings.receipts r
    join tidings.record_leaves l on l.source = 'receipts' and l.id = r.id
    where r.interaction_id = wanted_id
  ) l
);

-- Erases the content of one interaction: what was sent or logged, the address, the borrower, the lender's notes, and the further fields of
-- its receipts. What is left of the contact is its id, type, label and status.
create function tidings.erase_content(wanted_id bigint, why tidings.erasure_cause, because text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  before jsonb;
begin
  insert into tidings.erasures (interaction_id, cause, reason) values (wanted_id, why, because);
  before := tidings.content_leaves(wanted_id);
  update tidings.interactions i
  set content = null, borrower = null, meta_data = null,
    contact = (select jsonb_object_agg(k.key, k.value) from jsonb_each(i.contact) k where k.key in ('object', 'id', 'contactType', 'label', 'status'))
  where i.id = wanted_id;
  update tidings.record_changes h
  set changes = h.changes || (
    select jsonb_object_agg(k.key, '{"erased": true}'::jsonb) from jsonb_each(h.changes) k
    where k.key in ('content', 'contact', 'borrower', 'meta_data')
  )
  where h.table_name = 'interactions' and h.row_id = wanted_id::text and h.changes ?| array['content', 'contact', 'borrower', 'meta_data'];
  update tidings.receipts r set payload = null where r.interaction_id = wanted_id and r.payload is not null;
  update tidings.erasures e
  set leaves = (
    select coalesce(jsonb_agg(jsonb_build_object('source', b.source, 'id', b.id, 'was', b.sha256, 'is', a.sha256) order by b.source, b.id), '[]')
    from jsonb_to_recordset(before) b(source text, id text, sha256 text)
    join jsonb_to_recordset(tidings.content_leaves(wanted_id)) a(source text, id text, sha256 text) using (source, id)
    where a.sha256 <> b.sha256
  )
  where e.interaction_id = wanted_id;
end $$;

do $$
declare
  written text;
begin
  foreach written in array array['retention_classes', 'legal_holds'] loop
    execute format('create trigger keep_history before delete or truncate on tidings.%I for each statement execute function tidings.keep_history()', written);
    execute format('create trigger only_tidings_writes before insert or update or delete on tidings.%I for each statement execute function tidings.only_tidings_writes(''operate'')', written);
  end loop;
  foreach written in array array['erasures', 'retention_state'] loop
    execute format('create trigger only_tidings_writes before insert or update or delete on tidings.%I for each statement execute function tidings.only_tidings_writes(''send'')', written);
  end loop;
end $$;
create trigger require_values before insert or update on tidings.retention_classes
for each row when (new.record_class is null or new.reason is null or new.set_at is null or new.set_by is null)
execute function tidings.refuse_missing_value();
create trigger require_values before insert or update on tidings.legal_holds
for each row when (new.id is null or new.reason is null or new.held_at is null or new.held_by is null)
execute function tidings.refuse_missing_value();

-- as in 0023
do $$
begin
  execute format($view$create or replace view tidings.record_leaves (source, id, leaf) with (security_invoker = true) as
    %s
    union all
    select 'erasures', l.id, row_to_json(l)::text
    from (
      select
        'erasures' as leaf_of, x.id, x.interaction_id, x.cause, x.reason, x.erased_at, x.erased_by, x.leaves
      from tidings.erasures x
    ) l$view$, rtrim(pg_get_viewdef('tidings.record_leaves'::regclass), '; '));
  execute format($view$create or replace view tidings.record_leaf_ids (source, last_id) with (security_invoker = true) as
    %s
    union all
    select 'erasures', coalesce(pg_sequence_last_value('tidings.erasures_id_seq'), 0)$view$,
    rtrim(pg_get_viewdef('tidings.record_leaf_ids'::regclass), '; '));
end $$;

revoke execute on function tidings.guard_retention_class(), tidings.guard_legal_hold(), tidings.guard_erasure(), tidings.is_open_notice(bigint, bigint),
  tidings.is_under_legal_hold(text, text), tidings.is_read_by_guard(bigint), tidings.content_leaves(bigint), tidings.erase_content(bigint, tidings.erasure_cause, text) from public;
