-- The facts of the compliance guard that are no columns of the lender's rows. The core system inserts them. A row does not change:
-- it can only be withdrawn, once, and then no longer counts. So each table is its own history: at a time those rows counted that
-- were recorded by then and not yet withdrawn.

-- The case types of the lender that stand for a legal state that rules read. The fields of such a case have the names of the fact
-- sheet (docs/fact-sheet.md).
create table tidings.case_type_legal_states (
  id bigint primary key generated always as identity,
  case_type_id text not null
    constraint case_type_legal_states_case_type_is_known references tidings.case_types
    constraint case_type_legal_states_ids_have_at_most_200_characters check (char_length(case_type_id) <= 200
      or tidings.refuse('case_type_legal_states_ids_have_at_most_200_characters', 'case_type_id has more than 200 characters', 'use the id of a case type')),
  legal_state tidings.legal_state not null,
  recorded_at timestamptz not null default clock_timestamp(),
  recorded_by text not null default tidings.moved_by(),
  withdrawn_at timestamptz,
  withdrawn_by text
);
create unique index case_type_legal_states_are_set_once on tidings.case_type_legal_states (case_type_id) where withdrawn_at is null;

create table tidings.do_not_interact (
  id bigint primary key generated always as identity,
  borrower_id text not null
    constraint do_not_interact_borrower_is_known references tidings.borrowers
    constraint do_not_interact_ids_have_at_most_200_characters check (char_length(borrower_id) <= 200
      or tidings.refuse('do_not_interact_ids_have_at_most_200_characters', 'borrower_id has more than 200 characters', 'use the id of a borrower')),
  -- null: every channel
  channels tidings.channel[]
    constraint do_not_interact_channels_is_a_list
    check ((array_ndims(channels) = 1 and array_position(channels, null) is null and not channels && array['gui', 'document']::tidings.channel[]) is not false
        and coalesce(cardinality(channels), 1) > 0
      or tidings.refuse('do_not_interact_channels_is_a_list', 'channels is empty, or has a channel that no message has',
        'write {voice,email,fax,text,chat,mail} or some of them, or null for every channel')),
  -- null: every theme but opsAccountCredentials
  themes tidings.theme[]
    constraint do_not_interact_themes_is_a_list
    check ((array_ndims(themes) = 1 and array_position(themes, null) is null) is not false and coalesce(cardinality(themes), 1) > 0
      or tidings.refuse('do_not_interact_themes_is_a_list', 'themes is empty or has no word',
        'write {opsCollDebt}, or null for every theme')),
  -- the last day, where the borrower is; null: no end
  end_date date
    constraint do_not_interact_dates_are_of_the_years_1_to_9999
    check ((end_date between '0001-01-01' and '9999-12-31') is not false
      or tidings.refuse('do_not_interact_dates_are_of_the_years_1_to_9999', 'end_date is not of the years 1 to 9999', 'write the last day, or null for no end')),
  recorded_at timestamptz not null default clock_timestamp(),
  recorded_by text not null default tidings.moved_by(),
  withdrawn_at timestamptz,
  withdrawn_by text
);
create index do_not_interact_by_borrower on tidings.do_not_interact (borrower_id);

-- Consents given and revoked. The newest row of a kind counts; rows of the kind calls count together.
create table tidings.consents (
  id bigint primary key generated always as identity,
  borrower_id text not null
    constraint consents_borrower_is_known references tidings.borrowers
    constraint consents_ids_have_at_most_200_characters check (char_length(borrower_id) <= 200
      or tidings.refuse('consents_ids_have_at_most_200_characters', 'borrower_id has more than 200 characters', 'use the id of a borrower')),
  kind tidings.consent_kind not null,
  value tidings.consent_value not null default 'consented',
  -- null: from the time at which it was recorded; null: no end
  holds_from timestamptz,
  holds_until timestamptz,
  -- of the kind calls: when it was given directly to the lender, the first and the last day agreed, and for which loans (null: all)
  given_at timestamptz,
  first_day date,
  last_day date,
  loan_ids text[]
    constraint consents_loan_ids_is_a_list
    check ((array_ndims(loan_ids) = 1 and array_position(loan_ids, null) is null) is not false
        and coalesce(cardinality(loan_ids) between 1 and 1000, true)
      or tidings.refuse('consents_loan_ids_is_a_list', 'loan_ids is no list of 1 to 1,000 ids', 'write {LN-1,LN-2}, or null for all loans')),
  recorded_at timestamptz not null default clock_timestamp(),
  recorded_by text not null default tidings.moved_by(),
  withdrawn_at timestamptz,
  withdrawn_by text,
  constraint consents_dates_are_of_the_years_1_to_9999
    check ((least(holds_from, holds_until, given_at) >= '0001-01-01 00:00Z' and greatest(holds_from, holds_until, given_at) <= '9999-12-31 00:00Z') is not false
        and (least(first_day, last_day) >= '0001-01-01' and greatest(first_day, last_day) <= '9999-12-31') is not false
      or tidings.refuse('consents_dates_are_of_the_years_1_to_9999', 'a date of the consent is not of the years 1 to 9999', 'write the date, or null for no end')),
  constraint consents_have_the_columns_of_their_kind
    check (case kind
        when 'calls' then given_at is not null and value = 'consented' and num_nonnulls(holds_from, holds_until) = 0
        else num_nonnulls(given_at, first_day, last_day, loan_ids) = 0 end
      or tidings.refuse('consents_have_the_columns_of_their_kind', format('a column does not fit the kind %s', kind),
        'calls needs given_at, may have first_day, last_day and loan_ids, and is revoked by withdrawn_at; the other kinds may have holds_from and holds_until'))
);
create index consents_by_borrower on tidings.consents (borrower_id);
-- whether the lender records E-SIGN consents at all, which each batch of messages asks
create index consents_of_esign on tidings.consents (recorded_at) where kind = 'esign';

-- Requests of the borrower: times and places that are inconvenient, and media that the borrower refuses
create table tidings.preferences (
  id bigint primary key generated always as identity,
  borrower_id text not null
    constraint preferences_borrower_is_known references tidings.borrowers
    constraint preferences_ids_have_at_most_200_characters check (char_length(borrower_id) <= 200
      or tidings.refuse('preferences_ids_have_at_most_200_characters', 'borrower_id has more than 200 characters', 'use the id of a borrower')),
  kind tidings.preference_kind not null,
  -- inconvenientTime: weekdays, local times (null: midnight) and the last day on which it holds (null: until withdrawn)
  days tidings.weekday[]
    constraint preferences_days_is_a_list
    check ((array_ndims(days) = 1 and array_position(days, null) is null) is not false and coalesce(cardinality(days), 1) > 0
      or tidings.refuse('preferences_days_is_a_list', 'days is empty or has no word', 'write {mon,tue}')),
  from_time time,
  to_time time,
  until_date date
    constraint preferences_until_date_is_of_the_years_1_to_9999
    check ((until_date between '0001-01-01' and '9999-12-31') is not false
      or tidings.refuse('preferences_until_date_is_of_the_years_1_to_9999', 'until_date is not of the years 1 to 9999', 'write the last day, or null for no end')),
  -- inconvenientPlace
  place tidings.place,
  -- mediumRefusal: the channel, the one contact (null: the whole channel), and when it was refused
  medium tidings.channel,
  contact_id text,
  refused_at timestamptz
    constraint preferences_dates_are_of_the_years_1_to_9999
    check ((refused_at >= '0001-01-01 00:00Z' and refused_at <= '9999-12-31 00:00Z') is not false
      or tidings.refuse('preferences_dates_are_of_the_years_1_to_9999', 'refused_at is not of the years 1 to 9999', 'write the time, or null')),
  source tidings.preference_source not null default 'borrower',
  recorded_at timestamptz not null default clock_timestamp(),
  recorded_by text not null default tidings.moved_by(),
  withdrawn_at timestamptz,
  withdrawn_by text,
  constraint preferences_have_the_columns_of_their_kind
    check (case kind
        when 'inconvenientTime' then days is not null and num_nonnulls(place, medium, contact_id, refused_at) = 0
        when 'inconvenientPlace' then place is not null
          and num_nonnulls(days, from_time, to_time, until_date, medium, contact_id, refused_at) = 0
        else medium is not null and refused_at is not null and num_nonnulls(days, from_time, to_time, until_date, place) = 0 end
      or tidings.refuse('preferences_have_the_columns_of_their_kind', format('a column does not fit the kind %s', kind),
        'inconvenientTime needs days and may have from_time, to_time and until_date; inconvenientPlace needs place; mediumRefusal needs medium and refused_at and may have contact_id')),
  constraint preferences_times_are_whole_minutes
    check (((extract(second from from_time) = 0) is not false and (extract(second from to_time) = 0) is not false)
      or tidings.refuse('preferences_times_are_whole_minutes', 'from_time or to_time has seconds', 'write 08:00')),
  constraint preferences_times_are_in_order
    check ((from_time < to_time) is not false
      or tidings.refuse('preferences_times_are_in_order', 'to_time is not after from_time',
        'write two rows for a time across midnight, or leave to_time out for the end of the day'))
);
create index preferences_by_borrower on tidings.preferences (borrower_id);

-- The writer chooses neither when a row was recorded or withdrawn nor by whom.
create function tidings.keep_guard_fact() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  withdrawing constant text[] := array['withdrawn_at', 'withdrawn_by'];
begin
  if tg_op = 'INSERT' then
    new.recorded_at := clock_timestamp();
    new.recorded_by := tidings.moved_by();
    new.withdrawn_at := null;
    new.withdrawn_by := null;
    return new;
  end if;
  if to_jsonb(new) - withdrawing <> to_jsonb(old) - withdrawing
    or old.withdrawn_at is not null and (new.withdrawn_at, new.withdrawn_by) is distinct from (old.withdrawn_at, old.withdrawn_by) then
    perform tidings.refuse(tg_table_name || '_are_only_withdrawn', format('row %s of %s can only be withdrawn, once', old.id, tg_table_name),
      'set withdrawn_at to now(), and insert a row with the present values');
  end if;
  if old.withdrawn_at is null then
    new.withdrawn_by := case when new.withdrawn_at is not null then tidings.moved_by() end;
    new.withdrawn_at := case when new.withdrawn_at is not null then clock_timestamp() end;
  end if;
  return new;
end $$;

-- The columns that changed after a time, with the values that they had then
create function tidings.columns_at(table_name text, row_id text, at timestamptz) returns jsonb
language sql stable
return (
  select coalesce(jsonb_object_agg(f.name, f.was), '{}')
  from (
    select distinct on (c.name) c.name, c.change -> 'from' as was
    from tidings.record_changes r
    cross join lateral jsonb_each(r.changes) c(name, change)
    where r.table_name = columns_at.table_name and r.row_id = columns_at.row_id and r.changed_at > columns_at.at
    order by c.name, r.id
  ) f
);

-- The rows of the borrowers as they were known at a time, deleted ones included; null: as they are. Postgres inlines these
-- functions, and then plans only the half that applies.
create function tidings.borrowers_at(ids text[], at timestamptz) returns setof tidings.borrowers
language sql stable
begin atomic
  select b.* from tidings.borrowers b where borrowers_at.at is null and b.id = any (borrowers_at.ids)
  union all
  select w.*
  from tidings.borrowers b
  cross join lateral jsonb_populate_record(null::tidings.borrowers, to_jsonb(b) || tidings.columns_at('borrowers', b.id, borrowers_at.at)) w
  where borrowers_at.at is not null and b.id = any (borrowers_at.ids) and w.created_at <= borrowers_at.at;
end;

create function tidings.contacts_at(borrower_ids text[], at timestamptz) returns setof tidings.contacts
language sql stable
begin atomic
  select k.* from tidings.contacts k where contacts_at.at is null and k.borrower_id = any (contacts_at.borrower_ids)
  union all
  select w.*
  from (
    select k.id from tidings.contacts k where k.borrower_id = any (contacts_at.borrower_ids)
    union
    select r.row_id from tidings.record_changes r
    where r.table_name = 'contacts' and r.changes ? 'borrower_id' and r.changes #>> '{borrower_id,from}' = any (contacts_at.borrower_ids)
  ) known(id)
  left join tidings.contacts k on k.id = known.id
  cross join lateral jsonb_populate_record(null::tidings.contacts,
    coalesce(to_jsonb(k), jsonb_build_object('id', known.id)) || tidings.columns_at('contacts', known.id, contacts_at.at)) w
  where contacts_at.at is not null and w.created_at <= contacts_at.at and w.borrower_id = any (contacts_at.borrower_ids);
end;

create function tidings.loans_at(borrower_ids text[], loan_ids text[], at timestamptz) returns setof tidings.loans
language sql stable
begin atomic
  select l.* from tidings.loans l
  where loans_at.at is null and (l.borrower_id = any (loans_at.borrower_ids) or l.id = any (loans_at.loan_ids))
  union all
  select w.*
  from (
    select l.id from tidings.loans l where l.borrower_id = any (loans_at.borrower_ids)
    union
    select unnest(loans_at.loan_ids)
    union
    select r.row_id from tidings.record_changes r
    where r.table_name = 'loans' and r.changes ? 'borrower_id' and r.changes #>> '{borrower_id,from}' = any (loans_at.borrower_ids)
  ) known(id)
  left join tidings.loans l on l.id = known.id
  cross join lateral jsonb_populate_record(null::tidings.loans,
    coalesce(to_jsonb(l), jsonb_build_object('id', known.id, 'data', '{}'::jsonb)) || tidings.columns_at('loans', known.id, loans_at.at)) w
  where loans_at.at is not null and w.created_at <= loans_at.at
    and (w.borrower_id = any (loans_at.borrower_ids) or w.id = any (loans_at.loan_ids));
end;

do $$
declare
  written text;
begin
  foreach written in array array['case_type_legal_states', 'do_not_interact', 'consents', 'preferences'] loop
    execute format('create trigger keep_guard_fact before insert or update on tidings.%I
      for each row execute function tidings.keep_guard_fact()', written);
    execute format('create trigger keep_history before delete or truncate on tidings.%I
      for each statement execute function tidings.keep_history()', written);
    execute format('create trigger record_change after update on tidings.%I
      for each row execute function tidings.record_change(''id'')', written);
    -- as in 0011
    execute format('create trigger require_values before insert or update on tidings.%I for each row when (%s)
      execute function tidings.refuse_missing_value()', written, (
        select string_agg(format('new.%I is null', a.attname), ' or ' order by a.attnum)
        from pg_attribute a where a.attrelid = format('tidings.%I', written)::regclass and a.attnotnull and a.attnum > 0));
  end loop;
end $$;

revoke execute on function
  tidings.keep_guard_fact(),
  tidings.columns_at(text, text, timestamptz),
  tidings.borrowers_at(text[], timestamptz),
  tidings.contacts_at(text[], timestamptz),
  tidings.loans_at(text[], text[], timestamptz)
from public;
