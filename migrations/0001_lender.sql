-- What the lender's core system tells us of: its case types, borrowers, their loans and contacts.
-- Ids are the core system's own text ids, so that it can insert without asking us anything first.

create function tidings.is_time_zone(name text) returns boolean
language plpgsql stable as $$
begin
  perform now() at time zone name;
  -- Postgres also takes abbreviations and POSIX strings, which know nothing of daylight saving
  return name = 'UTC' or name like '%/%';
exception when invalid_parameter_value then
  return false;
end $$;

create table tidings.case_types (
  id text primary key,
  name text not null default '',
  description text not null default '',
  loan_type_id text,
  created_at timestamptz not null default now()
);

create table tidings.borrowers (
  id text primary key,
  external_id text constraint borrowers_external_id_is_unique unique,
  display_id text,
  borrower_type text not null default 'person'
    constraint borrowers_borrower_type_is_known check (borrower_type in ('person', 'business')),
  status text not null default 'active'
    constraint borrowers_status_is_known check (status in ('active', 'inactive')),
  status_updated_at timestamptz,
  name jsonb not null default '{}'
    constraint borrowers_name_is_an_object check (jsonb_typeof(name) = 'object'),
  language text not null default 'en',
  time_zone text
    constraint borrowers_time_zone_is_known check (tidings.is_time_zone(time_zone)),
  collections_intensity text not null default 'normal'
    constraint borrowers_collections_intensity_is_known check (collections_intensity in ('light', 'normal', 'heavy')),
  comm_preferences jsonb not null default '{}'
    constraint borrowers_comm_preferences_is_an_object check (jsonb_typeof(comm_preferences) = 'object'),
  meta_data jsonb not null default '{}'
    constraint borrowers_meta_data_is_an_object check (jsonb_typeof(meta_data) = 'object'),
  created_at timestamptz not null default now()
);

create table tidings.loans (
  id text primary key,
  borrower_id text not null
    constraint loans_borrower_is_known references tidings.borrowers,
  external_id text constraint loans_external_id_is_unique unique,
  display_id text,
  loan_type_id text,
  data jsonb not null default '{}'
    constraint loans_data_is_an_object check (jsonb_typeof(data) = 'object'),
  created_at timestamptz not null default now()
);
create index loans_by_borrower on tidings.loans (borrower_id);

create table tidings.contacts (
  id text primary key,
  borrower_id text not null
    constraint contacts_borrower_is_known references tidings.borrowers,
  external_id text constraint contacts_external_id_is_unique unique,
  contact_type text not null
    constraint contacts_contact_type_is_known check (contact_type in ('phone', 'email', 'address')),
  label text,
  affiliation text not null default 'self',
  status text not null default 'primary'
    constraint contacts_status_is_known check (status in ('primary', 'secondary', 'additional', 'archived')),
  name text,
  value text,
  address jsonb constraint contacts_address_is_an_object check (jsonb_typeof(address) = 'object'),
  valid boolean not null default true,
  verified boolean not null default false,
  receive_text_messages boolean not null default false,
  receive_text_messages_last_consent_at timestamptz,
  authorized_third_party boolean not null default false,
  power_of_attorney boolean not null default false,
  phone_disconnection_details jsonb
    constraint contacts_phone_disconnection_details_is_an_object check (jsonb_typeof(phone_disconnection_details) = 'object'),
  created_at timestamptz not null default now(),
  constraint contacts_have_a_value_or_an_address
    check (case contact_type when 'address' then address is not null else value is not null end)
);
create index contacts_by_borrower on tidings.contacts (borrower_id);
