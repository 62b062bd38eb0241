-- The records of the lender's core system: case types, loan types, borrowers, their loans and contacts. Ids are the
-- core system's own text ids, so that it can insert rows without requesting an id first.

create table tidings.case_types (
  id text primary key,
  name text not null default '',
  description text not null default '',
  loan_type_id text,
  created_at timestamptz not null default now(),
  constraint case_types_id_is_not_blank
    check (btrim(id) <> '' or tidings.refuse('case_types_id_is_not_blank', 'id is blank', 'write the id that your system uses')),
  constraint case_types_ids_have_at_most_200_characters
    check (greatest(char_length(id), char_length(loan_type_id)) <= 200
      or tidings.refuse('case_types_ids_have_at_most_200_characters', 'id or loan_type_id has more than 200 characters',
        'use shorter ids')),
  constraint case_types_texts_have_at_most_10000_characters
    check (greatest(char_length(name), char_length(description)) <= 10000
      or tidings.refuse('case_types_texts_have_at_most_10000_characters', 'name or description has more than 10,000 characters',
        'use a shorter text'))
);

-- Needed only where the core system refers to a loan type by an external id. Case types and loans may name a loan type
-- that has no row here.
create table tidings.loan_types (
  id text primary key,
  external_id text constraint loan_types_external_id_is_unique unique,
  name text not null default '',
  created_at timestamptz not null default now(),
  constraint loan_types_id_is_not_blank
    check (btrim(id) <> '' or tidings.refuse('loan_types_id_is_not_blank', 'id is blank', 'write the id that your system uses')),
  constraint loan_types_ids_have_at_most_200_characters
    check (greatest(char_length(id), char_length(external_id)) <= 200
      or tidings.refuse('loan_types_ids_have_at_most_200_characters', 'id or external_id has more than 200 characters',
        'use shorter ids')),
  constraint loan_types_texts_have_at_most_10000_characters
    check (char_length(name) <= 10000
      or tidings.refuse('loan_types_texts_have_at_most_10000_characters', 'name has more than 10,000 characters',
        'use a shorter text'))
);

-- The time zones that Postgres knew when Tidings was installed, without abbreviations, which have no daylight saving
-- time. A table, because pg_timezone_names reads a directory at each query, and `at time zone` accepts any POSIX
-- string. Insert a zone here if it is newer than the installation.
create table tidings.time_zones (
  name text primary key
    constraint time_zones_name_has_at_most_200_characters check (char_length(name) <= 200
      or tidings.refuse('time_zones_name_has_at_most_200_characters', 'name has more than 200 characters', 'write an IANA name, such as America/New_York'))
);
insert into tidings.time_zones (name)
select z.name from pg_timezone_names z
where z.name = 'UTC' or (z.name like '%/%' and z.name !~ '^(posix|right|SystemV)/');

create table tidings.borrowers (
  id text primary key,
  external_id text constraint borrowers_external_id_is_unique unique,
  display_id text,
  borrower_type tidings.borrower_type not null default 'person',
  status tidings.borrower_status not null default 'active',
  status_updated_at timestamptz,
  name jsonb not null default '{}'
    constraint borrowers_name_is_an_object check (jsonb_typeof(name) = 'object'
      or tidings.refuse('borrowers_name_is_an_object', 'name is not a JSON object', 'write {"firstName": …, "lastName": …}')),
  language text not null default 'en'
    constraint borrowers_language_is_a_code check (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'
      or tidings.refuse('borrowers_language_is_a_code', 'language is not a code', 'write a BCP 47 code, such as en or es-MX')),
  time_zone text
    constraint borrowers_time_zone_is_known references tidings.time_zones,
  -- Facts of the compliance guard. Null: not known; docs/guard-facts.md says what follows.
  -- true if the borrower reported time_zone; false if it was computed
  time_zone_reported_by_borrower boolean,
  is_minor boolean,
  established_business_relationship boolean,
  -- the attorney who represents the borrower about the debt, and the attorney's contact among the borrower's contacts
  attorney_known_since timestamptz,
  attorney_contact_id text,
  attorney_unresponsive_since timestamptz,
  attorney_consented_at timestamptz,
  collections_intensity tidings.collections_intensity not null default 'normal',
  comm_preferences jsonb not null default '{}'
    constraint borrowers_comm_preferences_is_an_object check (jsonb_typeof(comm_preferences) = 'object'
      or tidings.refuse('borrowers_comm_preferences_is_an_object', 'comm_preferences is not a JSON object', 'write {} or an object')),
  meta_data jsonb not null default '{}'
    constraint borrowers_meta_data_is_an_object check (jsonb_typeof(meta_data) = 'object'
      or tidings.refuse('borrowers_meta_data_is_an_object', 'meta_data is not a JSON object', 'write {} or an object')),
  created_at timestamptz not null default now(),
  constraint borrowers_attorney_has_a_date
    check (attorney_known_since is not null
        or num_nonnulls(attorney_contact_id, attorney_unresponsive_since, attorney_consented_at) = 0
      or tidings.refuse('borrowers_attorney_has_a_date', 'attorney_known_since is missing',
        'set the time since when the attorney is known, or leave all columns of the attorney out')),
  constraint borrowers_id_is_not_blank
    check (btrim(id) <> '' or tidings.refuse('borrowers_id_is_not_blank', 'id is blank', 'write the id that your system uses')),
  constraint borrowers_dates_are_of_the_years_1_to_9999
    check ((least(attorney_known_since, attorney_unresponsive_since, attorney_consented_at) >= '0001-01-01 00:00Z' and greatest(attorney_known_since, attorney_unresponsive_since, attorney_consented_at) <= '9999-12-31 00:00Z') is not false
      or tidings.refuse('borrowers_dates_are_of_the_years_1_to_9999', 'a time of the attorney is not of the years 1 to 9999', 'write the time, or null')),
  constraint borrowers_ids_have_at_most_200_characters
    check (greatest(char_length(id), char_length(external_id), char_length(display_id), char_length(language), char_length(attorney_contact_id)) <= 200
      or tidings.refuse('borrowers_ids_have_at_most_200_characters',
        'id, external_id, display_id, language or attorney_contact_id has more than 200 characters', 'use shorter ids')),
  constraint borrowers_objects_have_at_most_100_kilobytes
    check ((greatest(pg_column_size(name), pg_column_size(comm_preferences), pg_column_size(meta_data)) <= 4000
        or greatest(octet_length(name::text), octet_length(comm_preferences::text), octet_length(meta_data::text)) <= 100000) is not false
      or tidings.refuse('borrowers_objects_have_at_most_100_kilobytes', 'name, comm_preferences or meta_data has more than 100,000 bytes as JSON',
        'write only what notices need'))
);

create table tidings.loans (
  id text primary key,
  borrower_id text not null
    constraint loans_borrower_is_known references tidings.borrowers,
  external_id text constraint loans_external_id_is_unique unique,
  display_id text,
  loan_type_id text,
  data jsonb not null default '{}'
    constraint loans_data_is_an_object check (jsonb_typeof(data) = 'object'
      or tidings.refuse('loans_data_is_an_object', 'data is not a JSON object', 'write {} or an object')),
  -- Facts of the compliance guard. Null: not known; docs/guard-facts.md says what follows.
  collector_role tidings.collector_role,
  status tidings.loan_status,
  -- 0: current
  days_past_due int
    constraint loans_days_past_due_is_not_negative check ((days_past_due >= 0) is not false
      or tidings.refuse('loans_days_past_due_is_not_negative', format('days_past_due is %s', days_past_due), 'write 0 for a current loan')),
  product_type tidings.product_type,
  -- student loans under one number count as one debt
  account_number text,
  collateral tidings.collateral,
  accelerated boolean,
  statements_ceased boolean,
  suit_taken_or_threatened boolean,
  time_barred boolean,
  contracted_before_service boolean,
  initial_communication_at timestamptz,
  validation_period_ends_on date,
  state_notice_mailed_at timestamptz,
  negative_info_furnished_at timestamptz,
  created_at timestamptz not null default now(),
  constraint loans_id_is_not_blank
    check (btrim(id) <> '' or tidings.refuse('loans_id_is_not_blank', 'id is blank', 'write the id that your system uses')),
  constraint loans_dates_are_of_the_years_1_to_9999
    check ((least(initial_communication_at, state_notice_mailed_at, negative_info_furnished_at) >= '0001-01-01 00:00Z'
        and greatest(initial_communication_at, state_notice_mailed_at, negative_info_furnished_at) <= '9999-12-31 00:00Z') is not false
        and (validation_period_ends_on between '0001-01-01' and '9999-12-31') is not false
      or tidings.refuse('loans_dates_are_of_the_years_1_to_9999', 'a date of the loan is not of the years 1 to 9999', 'write the date, or null')),
  constraint loans_ids_have_at_most_200_characters
    check (greatest(char_length(id), char_length(borrower_id), char_length(external_id), char_length(display_id), char_length(loan_type_id), char_length(account_number)) <= 200
      or tidings.refuse('loans_ids_have_at_most_200_characters',
        'id, borrower_id, external_id, display_id, loan_type_id or account_number has more than 200 characters', 'use shorter ids')),
  constraint loans_data_has_at_most_1_megabyte
    check ((pg_column_size(data) <= 4000 or octet_length(data::text) <= 1000000) is not false
      or tidings.refuse('loans_data_has_at_most_1_megabyte', 'data has more than 1,000,000 bytes as JSON',
        'write only what notices need'))
);
create index loans_by_borrower on tidings.loans (borrower_id);

create table tidings.contacts (
  id text primary key,
  borrower_id text not null
    constraint contacts_borrower_is_known references tidings.borrowers,
  external_id text constraint contacts_external_id_is_unique unique,
  contact_type tidings.contact_type not null,
  label tidings.contact_label,
  affiliation text not null default 'self',
  status tidings.contact_status not null default 'primary',
  name text,
  value text,
  address jsonb
    constraint contacts_address_is_an_object check ((jsonb_typeof(address) = 'object') is not false
      or tidings.refuse('contacts_address_is_an_object', 'address is not a JSON object', 'write {"streetAddress1": …, "city": …}, or null')),
  valid boolean not null default true,
  verified boolean not null default false,
  receive_text_messages boolean not null default false,
  receive_text_messages_last_consent_at timestamptz,
  -- the opt-out of this address or number from messages about collection, and from advertising; null if there is none
  opted_out_at timestamptz,
  marketing_opted_out_at timestamptz,
  authorized_third_party boolean not null default false,
  power_of_attorney boolean not null default false,
  phone_disconnection_details jsonb
    constraint contacts_phone_disconnection_details_is_an_object
    check ((jsonb_typeof(phone_disconnection_details) = 'object') is not false
      or tidings.refuse('contacts_phone_disconnection_details_is_an_object',
        'phone_disconnection_details is not a JSON object', 'write an object, or null')),
  -- Facts of the compliance guard. Null: not known; docs/guard-facts.md says what follows.
  line_type tidings.line_type,
  -- the last query of the Reassigned Numbers Database
  reassigned_number_result tidings.reassigned_number_result,
  reassigned_number_checked_at timestamptz,
  written_marketing_consent_at timestamptz,
  on_national_dnc_list boolean,
  leaked_to_third_party_at timestamptz,
  wrong_party_since timestamptz,
  employer_provided boolean,
  electronic_consent_at timestamptz,
  used_by_borrower_at timestamptz,
  -- how an email address came to the lender, and the notice of the creditor with the last day to opt out
  origin tidings.contact_origin,
  creditor_notice_sent_on date,
  creditor_opt_out_by date,
  -- oldest first: [{"qualified": true, "used": true}]
  prior_collectors jsonb
    constraint contacts_prior_collectors_is_a_list check ((jsonb_typeof(prior_collectors) = 'array') is not false
      or tidings.refuse('contacts_prior_collectors_is_a_list', 'prior_collectors is not a JSON list',
        'write [{"qualified": true, "used": true}], or null')),
  county_fips text
    constraint contacts_county_fips_has_five_digits check ((county_fips ~ '^[0-9]{5}$') is not false
      or tidings.refuse('contacts_county_fips_has_five_digits', 'county_fips is not a code', 'write five digits, such as 36061')),
  -- the zones of the ZIP code or county of an address
  time_zones text[]
    constraint contacts_time_zones_is_a_list check ((array_ndims(time_zones) = 1 and array_position(time_zones, null) is null) is not false
        and coalesce(cardinality(time_zones), 1) > 0
      or tidings.refuse('contacts_time_zones_is_a_list', 'time_zones is no list of zones', 'write {America/New_York}, or null')),
  created_at timestamptz not null default now(),
  constraint contacts_reassigned_number_has_a_date
    check (num_nonnulls(reassigned_number_result, reassigned_number_checked_at) <> 1
      or tidings.refuse('contacts_reassigned_number_has_a_date', 'the result or the time of the query is missing',
        'set reassigned_number_result and reassigned_number_checked_at, or neither')),
  constraint contacts_origin_is_set_with_its_data
    check (origin is not null or num_nonnulls(creditor_notice_sent_on, creditor_opt_out_by, prior_collectors) = 0
      or tidings.refuse('contacts_origin_is_set_with_its_data', 'origin is missing', 'set origin to creditor or priorCollector')),
  constraint contacts_have_a_value_or_an_address
    check (case contact_type when 'address' then address is not null else value is not null end
      or tidings.refuse('contacts_have_a_value_or_an_address', 'the contact has nothing to reach the borrower with',
        'set address for the contact_type address, and value for phone and email')),
  -- A number that can be dialed, in any form. Unused contacts keep their values.
  constraint contacts_value_of_a_phone_is_a_number
    check ((contact_type <> 'phone' or not valid or status = 'archived'
        or value ~* '^[+]?[0-9 ()./-]+( ?(x|ext[.]?|#) ?[0-9]{1,7})?$' and value ~ '([0-9][^0-9]*){7}') is not false
      or tidings.refuse('contacts_value_of_a_phone_is_a_number', 'value is not a phone number',
        'write it with its country, such as +1 614 555 0107, or set valid to false')),
  -- what the channel email can send to
  constraint contacts_value_of_an_email_is_an_address
    check ((contact_type <> 'email' or not valid or status = 'archived'
        or value ~ '^[^\s@<>(),;:"\\]+@[^\s@<>(),;:"\\]+$' and char_length(value) <= 254) is not false
      or tidings.refuse('contacts_value_of_an_email_is_an_address', 'value is not an email address',
        'write one address, without a name, brackets or blanks, or set valid to false')),
  constraint contacts_id_is_not_blank
    check (btrim(id) <> '' or tidings.refuse('contacts_id_is_not_blank', 'id is blank', 'write the id that your system uses')),
  constraint contacts_dates_are_of_the_years_1_to_9999
    check ((least(receive_text_messages_last_consent_at, opted_out_at, marketing_opted_out_at, reassigned_number_checked_at,
        written_marketing_consent_at, leaked_to_third_party_at, wrong_party_since, electronic_consent_at, used_by_borrower_at) >= '0001-01-01 00:00Z' and greatest(receive_text_messages_last_consent_at, opted_out_at, marketing_opted_out_at, reassigned_number_checked_at,
        written_marketing_consent_at, leaked_to_third_party_at, wrong_party_since, electronic_consent_at, used_by_borrower_at) <= '9999-12-31 00:00Z') is not false
        and (least(creditor_notice_sent_on, creditor_opt_out_by) >= '0001-01-01'
          and greatest(creditor_notice_sent_on, creditor_opt_out_by) <= '9999-12-31') is not false
      or tidings.refuse('contacts_dates_are_of_the_years_1_to_9999', 'a date of the contact is not of the years 1 to 9999', 'write the date, or null')),
  constraint contacts_ids_have_at_most_200_characters
    check (greatest(char_length(id), char_length(borrower_id), char_length(external_id)) <= 200
      or tidings.refuse('contacts_ids_have_at_most_200_characters', 'id, borrower_id or external_id has more than 200 characters',
        'use shorter ids')),
  constraint contacts_texts_have_at_most_500_characters
    check (greatest(char_length(affiliation), char_length(name), char_length(value)) <= 500
      or tidings.refuse('contacts_texts_have_at_most_500_characters', 'affiliation, name or value has more than 500 characters',
        'use a shorter text')),
  constraint contacts_objects_have_at_most_100_kilobytes
    check ((greatest(pg_column_size(address), pg_column_size(phone_disconnection_details), pg_column_size(prior_collectors)) <= 4000
        or greatest(octet_length(address::text), octet_length(phone_disconnection_details::text), octet_length(prior_collectors::text)) <= 100000) is not false
      or tidings.refuse('contacts_objects_have_at_most_100_kilobytes', 'address, phone_disconnection_details or prior_collectors has more than 100,000 bytes as JSON',
        'write only what notices need'))
);
create index contacts_by_borrower on tidings.contacts (borrower_id);

-- A provider reports a number in E.164 form, and the core system writes it in any form. The last seven digits are equal in
-- both forms. The program compares the rest.
create function tidings.last_digits(value text) returns text
language sql immutable return right(regexp_replace(regexp_replace(value, '(x|ext|#).*$', '', 'i'), '[^0-9]', '', 'g'), 7);
create index contacts_by_last_digits on tidings.contacts (tidings.last_digits(value)) where contact_type = 'phone';
create index contacts_by_email on tidings.contacts (lower(value)) where contact_type = 'email';

-- A borrower has one primary email, and one primary phone and one primary address of each label, so that the contact of a notice
-- is certain. A statement may change several contacts. A unique index checks each row by itself, so it would refuse some of these.
create function tidings.check_primary_contacts() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  twice record;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.contacts');
  -- of two writers of one borrower's contacts, the second waits for the first
  perform from (
    select b.id from tidings.borrowers b
    where b.id in (select n.borrower_id from written n where n.status = 'primary' and n.valid and n.affiliation = 'self')
    order by b.id for no key update
  ) locked;
  select n.borrower_id, n.contact_type, coalesce(n.label, 'null') as label into twice
  from written n
  where n.status = 'primary' and n.valid and n.affiliation = 'self' and exists (
    select from tidings.contacts c
    where c.borrower_id = n.borrower_id and c.id <> n.id and c.contact_type = n.contact_type
      and c.status = 'primary' and c.valid and c.affiliation = 'self'
      and (c.contact_type = 'email' or c.label is not distinct from n.label)
  )
  limit 1;
  if found then
    perform tidings.refuse('contacts_have_one_primary',
      format('borrower %s has two primary contacts of the type %s', twice.borrower_id, twice.contact_type)
        || case when twice.contact_type <> 'email' then format(' and the label %s', twice.label) else '' end,
      'write secondary, additional or archived as the status of one of them');
  end if;
  return null;
end $$;
create trigger check_primary_contacts after insert on tidings.contacts
referencing new table as written
for each statement execute function tidings.check_primary_contacts();
create trigger check_primary_contacts_on_update after update on tidings.contacts
referencing new table as written
for each statement execute function tidings.check_primary_contacts();

-- case_changes (0005) and interactions (0006) refer to case types and borrowers without foreign keys, because a foreign
-- key checks each row of a bulk separately. This function prevents the deletion of a referenced row;
-- take_in_case_changes and check_references check new references.
create function tidings.forbid_referenced_delete() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  referenced_by text := 'case changes';
  rule text;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.case_types', 'tidings.borrowers');
  rule := case tg_table_name
    when 'case_types' then
      (select 'case_changes_case_type_is_known' from tidings.case_changes c where c.case_type_id = old.id limit 1)
    when 'borrowers' then
      (select 'case_changes_borrower_is_known' from tidings.case_changes c where c.borrower_id = old.id limit 1)
  end;
  if rule is null and tg_table_name = 'borrowers' then
    referenced_by := 'interactions';
    rule := (select 'interactions_person_is_known' from tidings.interactions i where i.person_id = old.id limit 1);
  end if;
  if rule is not null then
    raise exception using errcode = 'foreign_key_violation', constraint = rule,
      message = format('%s name %s of %s', referenced_by, old.id, tg_table_name), hint = 'keep it: what happened is history';
  end if;
  return null;
end $$;

create trigger forbid_referenced_delete after delete on tidings.case_types
for each row execute function tidings.forbid_referenced_delete();
create trigger forbid_referenced_delete after delete on tidings.borrowers
for each row execute function tidings.forbid_referenced_delete();
-- A changed id breaks its references, as a deletion does.
create trigger forbid_referenced_id_change after update of id on tidings.case_types
for each row when (new.id <> old.id) execute function tidings.forbid_referenced_delete();
create trigger forbid_referenced_id_change after update of id on tidings.borrowers
for each row when (new.id <> old.id) execute function tidings.forbid_referenced_delete();
