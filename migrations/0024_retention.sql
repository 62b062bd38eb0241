-- Retention: the years for which each class is kept, legal holds that keep the record longer, and the erasures.

create domain tidings.record_class as text
  constraint record_class_is_known check (value in ('content', 'metadata')
    or tidings.refuse_word('record_class', value));
create domain tidings.erased_kind as text
  constraint erased_kind_is_known check (value in ('interactions', 'caseChanges', 'recordChanges')
    or tidings.refuse_word('erased_kind', value));
create domain tidings.erasure_cause as text
  constraint erasure_cause_is_known check (value in ('retention', 'request')
    or tidings.refuse_word('erasure_cause', value));

-- The years for which each class is kept, as set last; record_changes has the earlier ones. Without a row, or with null, it is kept without end.
create table tidings.retention_classes (
  record_class tidings.record_class primary key,
  years int
    constraint retention_classes_years_are_1_to_100 check ((years between 1 and 100) is not false
      or tidings.refuse('retention_classes_years_are_1_to_100', format('years is %s', years), 'use 1 to 100 years, or null to keep the class without end')),
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
    or tidings.refuse('legal_holds_are_of_one_borrower_or_case', 'the hold names no borrower and no case, or both', 'set borrower_id or case_id')),
  constraint legal_holds_ids_have_at_most_200_characters check (greatest(char_length(borrower_id), char_length(case_id)) <= 200
    or tidings.refuse('legal_holds_ids_have_at_most_200_characters', 'borrower_id or case_id has more than 200 characters', 'use the id of a borrower or a case'))
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

-- An erasure is of one row: the content of an interaction, the fields of a case change, or the personal data in a change of a borrower, contact or
-- loan. The leaves that this changed are named with their hashes before and after, so that the record tree still proves the rest of them.
create table tidings.erasures (
  id bigint primary key generated always as identity,
  interaction_id bigint
    constraint erasures_happen_once unique,
  case_change_id bigint
    constraint erasures_of_a_case_change_happen_once unique,
  record_change_id bigint
    constraint erasures_of_a_record_change_happen_once unique,
  cause tidings.erasure_cause not null,
  reason text not null
    constraint erasures_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('erasures_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  erased_at timestamptz not null default clock_timestamp(),
  erased_by text not null default tidings.moved_by(),
  -- [{"source", "id", "was", "is"}], hashes in hex; null only inside the transaction that erases
  leaves jsonb,
  constraint erasures_are_of_one_row check (num_nonnulls(interaction_id, case_change_id, record_change_id) = 1
    or tidings.refuse('erasures_are_of_one_row', 'the erasure names no row, or more than one', 'set one of the ids'))
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

-- True if the guard reads the words of an inbound interaction: without them it would not know of a refusal or a request to cease. For a
-- message that Tidings received as sealed, or whose words are neither, the reading on record is enough.
create function tidings.is_read_by_guard(interaction_id bigint) returns boolean
language sql stable return exists (
  select from tidings.interactions i
  where i.id = is_read_by_guard.interaction_id and i.direction = 'inbound' and i.content is not null and not i.content ? 'sealed'
    and not exists (
      select from tidings.inbound_messages m
      where m.interaction_id = i.id and (m.reading in ('none', 'automatic') or (m.reading = 'unclear' and m.handled_at is not null))
    )
);

-- True if a notice of the case is open: its conditions may be checked again with the fields of the case.
create function tidings.is_open_case(case_id text) returns boolean
language sql stable return exists (
  select from tidings.case_moves m
  join tidings.interactions f on f.case_change_id = m.case_change_id and f.origin = 'tidings' and f.previous_interaction_id is null
  where m.case_id = is_open_case.case_id and tidings.is_open_notice(f.id, null)
);
-- True if the change is not taken in or not resolved yet.
create function tidings.is_open_change(case_change_id bigint) returns boolean
language sql stable return exists (
  select from tidings.case_changes c
  where c.id = is_open_change.case_change_id and (
    not exists (select from tidings.case_moves m where m.case_change_id = c.id)
    or c.fires and not exists (select from tidings.resolutions r where r.case_change_id = c.id))
);
-- True if the guard reads the fields: those of the present state of a case that stands for a legal state
create function tidings.are_fields_read_by_guard(case_change_id bigint, case_id text) returns boolean
language sql stable return exists (
  select from tidings.cases k
  join tidings.case_type_legal_states s on s.case_type_id = k.case_type_id and s.withdrawn_at is null
  where k.id = are_fields_read_by_guard.case_id and k.case_change_id = are_fields_read_by_guard.case_change_id
);
-- True if the row of a recorded change belongs or belonged to a borrower under a legal hold.
create function tidings.is_history_under_legal_hold(history_of text, key text) returns boolean
language sql stable return exists (
  select from tidings.legal_holds h
  where h.ended_at is null and h.borrower_id is not null and (
    history_of = 'borrowers' and h.borrower_id = key
    or history_of = 'contacts' and exists (select from tidings.contacts c where c.id = key and c.borrower_id = h.borrower_id)
    or history_of = 'loans' and exists (select from tidings.loans l where l.id = key and l.borrower_id = h.borrower_id)
    or exists (
      select from tidings.record_changes r
      where r.table_name = history_of and r.row_id = key and r.changes #>> '{borrower_id,from}' = h.borrower_id
    ))
);

-- The reason for which each of these rows may not be erased: held, open, words or fields; null for a row that may be erased.
create function tidings.judge_interactions(ids bigint[]) returns table (id bigint, why text)
language sql stable begin atomic
  select i.id, case
      when tidings.is_under_legal_hold(i.person_id, i.case_id) then 'held'
      when tidings.is_open_notice(i.id, i.first_interaction_id) then 'open'
      when tidings.is_read_by_guard(i.id) then 'words' end
  from tidings.interactions i
  where i.id = any(ids);
end;
create function tidings.judge_case_changes(ids bigint[]) returns table (id bigint, why text)
language sql stable begin atomic
  -- computed once for each case, which may have thousands of changes
  with open_case as materialized (
    select k.id, tidings.is_open_case(k.id) as is_open from (select distinct c.case_id as id from tidings.case_changes c where c.id = any(ids)) k
  )
  select c.id, case
      when tidings.is_under_legal_hold(c.borrower_id, c.case_id) then 'held'
      when o.is_open or tidings.is_open_change(c.id) then 'open'
      when tidings.are_fields_read_by_guard(c.id, c.case_id) then 'fields' end
  from tidings.case_changes c
  join open_case o on o.id = c.case_id
  where c.id = any(ids);
end;
create function tidings.judge_record_changes(ids bigint[]) returns table (id bigint, why text)
language sql stable begin atomic
  select h.id, case when tidings.is_history_under_legal_hold(h.table_name, h.row_id) then 'held' end
  from tidings.record_changes h
  where h.id = any(ids);
end;

-- The writer cannot choose when it was erased and by whom, and adds the leaves once.
create function tidings.keep_erasure() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'UPDATE' then
    if old.leaves is not null
      or (new.id, new.interaction_id, new.case_change_id, new.record_change_id, new.cause, new.reason, new.erased_at, new.erased_by)
        is distinct from (old.id, old.interaction_id, old.case_change_id, old.record_change_id, old.cause, old.reason, old.erased_at, old.erased_by) then
      perform tidings.refuse('erasures_are_history', 'rows of erasures are kept as they are', 'what is erased stays erased');
    end if;
    return new;
  end if;
  new.erased_at := clock_timestamp();
  new.erased_by := tidings.moved_by();
  new.leaves := null;
  return new;
end $$;
create trigger keep_erasure before insert or update on tidings.erasures
for each row execute function tidings.keep_erasure();

create function tidings.refuse_erasure(what text, rule text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  case rule
    when 'held' then perform tidings.refuse('erasures_spare_legal_holds', what || ' is under a legal hold', '`tidings legal-hold` lists and ends holds');
    when 'open' then perform tidings.refuse('erasures_wait_for_open_notices', format('a notice of %s is open', what),
      'wait for its end, or withdraw it with `tidings cancel`');
    when 'words' then perform tidings.refuse('erasures_spare_words_that_count', format('the guard reads the words of %s', what),
      'the borrower may have refused or asked something in it that is still in force');
    when 'fields' then perform tidings.refuse('erasures_spare_fields_that_count', format('the guard reads the fields of %s', what),
      'its case stands for a legal state, and this is its present state');
    when 'unknown' then perform tidings.refuse('erasures_are_of_known_rows', what || ' is not on record', 'name a row that is on record');
    when 'young' then perform tidings.refuse('erasures_by_retention_are_of_old_content', what || ' is younger than its class',
      '`tidings retention` shows the years of each class');
  end case;
end $$;

-- The rules of erasing, for all rows of an insert at once. The rows are locked first, so that nothing changes between the check of a rule
-- and the erasure.
create function tidings.guard_erasures() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  oldest_kept constant timestamptz := now() - (select make_interval(years => c.years) from tidings.retention_classes c where c.record_class = 'content');
  refused record;
begin
  perform from tidings.cases k
  -- here and below each row is looked up: a plan that was made for small tables would read all of large ones
  where k.id = any(array(select (select c.case_id from tidings.case_changes c where c.id = n.case_change_id) from added n))
  order by k.id for no key update;
  perform from tidings.interactions i where i.id in (select n.interaction_id from added n) order by i.id for no key update;
  select j.what, j.rule into refused
  from (
    select 'interaction ' || k.id as what, k.why as rule from tidings.judge_interactions(array(select n.interaction_id from added n)) k
    union all
    select 'change ' || k.id, k.why from tidings.judge_case_changes(array(select n.case_change_id from added n)) k
    union all
    select 'recorded change ' || k.id, k.why from tidings.judge_record_changes(array(select n.record_change_id from added n)) k
    union all
    select 'row ' || coalesce(n.interaction_id, n.case_change_id, n.record_change_id), case when coalesce(i.id, c.id, h.id) is null then 'unknown' else 'young' end
    from added n
    left join lateral (select l.id, l.created_at from tidings.interactions l where l.id = n.interaction_id limit 1) i on true
    left join lateral (select l.id, l.received_at from tidings.case_changes l where l.id = n.case_change_id limit 1) c on true
    left join lateral (select l.id, l.changed_at from tidings.record_changes l where l.id = n.record_change_id limit 1) h on true
    where coalesce(i.id, c.id, h.id) is null
      or n.cause = 'retention' and (coalesce(i.created_at, c.received_at, h.changed_at) < oldest_kept) is not true
  ) j
  where j.rule is not null
  limit 1;
  if found then
    perform tidings.refuse_erasure(refused.what, refused.rule);
  end if;
  return null;
end $$;
create trigger guard_erasures after insert on tidings.erasures
referencing new table as added
for each statement execute function tidings.guard_erasures();
create trigger keep_history before delete or truncate on tidings.erasures
for each statement execute function tidings.keep_history();

-- The progress of the daemons that erase old content: one row for each kind. A daemon locks the row of the kind on which it works.
create table tidings.retention_state (
  kind tidings.erased_kind primary key,
  -- this pass has looked at the rows up to this one
  last_id bigint not null default 0,
  -- the first one of this pass that was old and kept: the next pass begins there
  kept_id bigint,
  pass_ended_on date
);
insert into tidings.retention_state (kind) values ('interactions'), ('caseChanges'), ('recordChanges');
create trigger keep_history before insert or delete or truncate on tidings.retention_state
for each statement execute function tidings.keep_history();

-- The leaves that the erasure of interactions changes, each with the id of its interaction: the state, the history of the content, and
-- the receipts.
create function tidings.content_leaves(wanted_ids bigint[]) returns table (erased_id bigint, source text, id bigint, sha256 bytea)
language sql stable begin atomic
  select s.interaction_id, 'interactions', s.id, sha256('\x00'::bytea || convert_to(s.leaf, 'UTF8'))
  from tidings.interaction_states s
  where s.interaction_id = any(wanted_ids) and s.has_ended
  union all
  select wanted.id, 'loggedInteractions', wanted.id, sha256('\x00'::bytea || convert_to(tidings.logged_leaf(i.present), 'UTF8'))
  from unnest(wanted_ids) as wanted(id)
  -- limited to one, as below, so that it is looked up: a plan that was made for small tables would read all of large ones
  cross join lateral (select l as present from tidings.interactions l where l.id = wanted.id limit 1) i
  where (i.present).origin = 'logged'
  union all
  select h.row_id::bigint, l.source, l.id, sha256('\x00'::bytea || convert_to(l.leaf, 'UTF8'))
  from tidings.record_changes h
  cross join lateral (select * from tidings.record_leaves k where k.source = 'recordChanges' and k.id = h.id limit 1) l
  where h.table_name = 'interactions' and h.row_id = any(wanted_ids::text[]) and h.changes ?| tidings.erased_columns('interactions')
  union all
  select r.interaction_id, l.source, l.id, sha256('\x00'::bytea || convert_to(l.leaf, 'UTF8'))
  from tidings.receipts r
  cross join lateral (select * from tidings.record_leaves k where k.source = 'receipts' and k.id = r.id limit 1) l
  where r.interaction_id = any(wanted_ids);
end;
-- The leaf of each of these rows of one source.
create function tidings.leaves_of(source text, wanted_ids bigint[]) returns table (erased_id bigint, source text, id bigint, sha256 bytea)
language sql stable begin atomic
  select l.id, l.source, l.id, sha256('\x00'::bytea || convert_to(l.leaf, 'UTF8'))
  from tidings.record_leaves l
  where l.source = leaves_of.source and l.id = any(wanted_ids);
end;

-- The changes of a history row without personal data.
create function tidings.without_personal_data(history_of text, changes jsonb) returns jsonb
language sql immutable return changes || coalesce((
  -- the hashes of a leaf whose content was sealed later are still needed
  select jsonb_object_agg(k.key, '{"erased": true}'::jsonb || jsonb_strip_nulls(jsonb_build_object('sealed', k.value -> 'sealed')))
  from jsonb_each(changes) k
  where k.key = any(tidings.erased_columns(history_of))
), '{}');

-- Erases the content of interactions: the words that were sent or logged, the address, the borrower, the lender's notes, and the further
-- fields of their receipts. The contact keeps its id, type, label and status. Each statement works on all of them, because
-- planning the statements for each interaction took most of the time.
create function tidings.erase_interactions(wanted_ids bigint[], why tidings.erasure_cause, because text) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  -- by source and id
  before jsonb;
  -- by interaction. These are objects because the planner expects one row of each, and a join would compare each row with each
  changed_leaves jsonb;
begin
  insert into tidings.erasures (interaction_id, cause, reason) select distinct k, why, because from unnest(wanted_ids) k order by k;
  before := (select jsonb_object_agg(l.source || ' ' || l.id, encode(l.sha256, 'hex')) from tidings.content_leaves(wanted_ids) l);
  update tidings.interactions i
  set content = null, borrower = null, meta_data = null,
    contact = (select jsonb_object_agg(k.key, k.value) from jsonb_each(i.contact) k where k.key in ('object', 'id', 'contactType', 'label', 'status'))
  where i.id = any(wanted_ids);
  update tidings.record_changes h
  set changes = tidings.without_personal_data(h.table_name, h.changes)
  where h.table_name = 'interactions' and h.row_id = any(wanted_ids::text[]) and h.changes ?| tidings.erased_columns('interactions');
  update tidings.receipts r set payload = null where r.interaction_id = any(wanted_ids) and r.payload is not null;
  changed_leaves := (
    select jsonb_object_agg(l.erased_id, l.leaves)
    from (
      select a.erased_id, jsonb_agg(jsonb_build_object('source', a.source, 'id', a.id::text, 'was', a.was, 'is', a."is") order by a.source, a.id) as leaves
      from (
        select k.erased_id, k.source, k.id, before ->> (k.source || ' ' || k.id) as was, encode(k.sha256, 'hex') as "is"
        from tidings.content_leaves(wanted_ids) k
      ) a
      where a.was <> a."is"
      group by a.erased_id
    ) l
  );
  update tidings.erasures e set leaves = coalesce(changed_leaves -> e.interaction_id::text, '[]') where e.interaction_id = any(wanted_ids);
end $$;

-- Erases the fields of case changes, and of the cases whose present state they are.
create function tidings.erase_case_changes(wanted_ids bigint[], why tidings.erasure_cause, because text) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  before jsonb;
begin
  insert into tidings.erasures (case_change_id, cause, reason) select distinct k, why, because from unnest(wanted_ids) k order by k;
  before := (select jsonb_object_agg(l.id, l.sha256) from tidings.leaves_of('caseChanges', wanted_ids) l);
  update tidings.case_changes c set fields = '{}' where c.id = any(wanted_ids);
  update tidings.cases k set fields = '{}'
  where k.id in (select c.case_id from tidings.case_changes c where c.id = any(wanted_ids)) and k.case_change_id = any(wanted_ids);
  update tidings.erasures e
  set leaves = jsonb_build_array(jsonb_build_object('source', l.source, 'id', l.id::text, 'was', substr(before ->> l.id::text, 3), 'is', encode(l.sha256, 'hex')))
  from tidings.leaves_of('caseChanges', wanted_ids) l
  where e.case_change_id = l.id;
end $$;

-- Erases the personal data in recorded changes of borrowers, contacts and loans.
create function tidings.erase_record_changes(wanted_ids bigint[], why tidings.erasure_cause, because text) returns void
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off set plan_cache_mode = force_generic_plan as $$
declare
  before jsonb;
begin
  insert into tidings.erasures (record_change_id, cause, reason) select distinct k, why, because from unnest(wanted_ids) k order by k;
  before := (select jsonb_object_agg(l.id, l.sha256) from tidings.leaves_of('recordChanges', wanted_ids) l);
  update tidings.record_changes h set changes = tidings.without_personal_data(h.table_name, h.changes) where h.id = any(wanted_ids);
  update tidings.erasures e
  set leaves = jsonb_build_array(jsonb_build_object('source', l.source, 'id', l.id::text, 'was', substr(before ->> l.id::text, 3), 'is', encode(l.sha256, 'hex')))
  from tidings.leaves_of('recordChanges', wanted_ids) l
  where e.record_change_id = l.id;
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
        'erasures' as leaf_of, x.id, x.interaction_id, x.case_change_id, x.record_change_id, x.cause, x.reason, x.erased_at, x.erased_by, x.leaves
      from tidings.erasures x
    ) l$view$, rtrim(pg_get_viewdef('tidings.record_leaves'::regclass), '; '));
  execute format($view$create or replace view tidings.record_leaf_ids (source, last_id) with (security_invoker = true) as
    %s
    union all
    select 'erasures', coalesce(pg_sequence_last_value('tidings.erasures_id_seq'), 0)$view$,
    rtrim(pg_get_viewdef('tidings.record_leaf_ids'::regclass), '; '));
end $$;

revoke execute on function tidings.guard_retention_class(), tidings.guard_legal_hold(), tidings.keep_erasure(), tidings.refuse_erasure(text, text),
  tidings.guard_erasures(), tidings.is_open_notice(bigint, bigint), tidings.is_under_legal_hold(text, text), tidings.is_read_by_guard(bigint),
  tidings.is_open_case(text), tidings.is_open_change(bigint), tidings.are_fields_read_by_guard(bigint, text),
  tidings.is_history_under_legal_hold(text, text), tidings.judge_interactions(bigint[]), tidings.judge_case_changes(bigint[]),
  tidings.judge_record_changes(bigint[]), tidings.content_leaves(bigint[]), tidings.leaves_of(text, bigint[]),
  tidings.without_personal_data(text, jsonb), tidings.erase_interactions(bigint[], tidings.erasure_cause, text),
  tidings.erase_case_changes(bigint[], tidings.erasure_cause, text), tidings.erase_record_changes(bigint[], tidings.erasure_cause, text) from public;
