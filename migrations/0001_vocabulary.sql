-- The closed lists of words, each once, and the functions that every later file uses.
-- A test compares each list with src/domain/vocabulary.ts.

create domain tidings.channel as text
  constraint channel_is_known check (value in ('voice', 'email', 'fax', 'text', 'chat', 'mail', 'gui', 'document'));

create domain tidings.theme as text
  constraint theme_is_known check (value in (
    'opsCollDebt', 'opsCollLocateBorrower', 'opsCollVerifyEmployment', 'opsCollContactEmployerNotice',
    'opsLoanTimeBarredNotice', 'opsLoanValidationOfDebtNotice', 'opsServicingDebtValidation',
    'opsServicingNegativeCreditReportNotice', 'opsServicingTimeBarredNotice', 'opsServicingVerificationOfDebt',
    'opsServicing', 'opsAccountCredentials', 'inbMissingFeature', 'inbEducation', 'inbBug', 'inbRequest',
    'inbHumanLove', 'inbUnknown', 'inbOther'));

create domain tidings.borrower_type as text
  constraint borrower_type_is_known check (value in ('person', 'business'));
create domain tidings.borrower_status as text
  constraint borrower_status_is_known check (value in ('active', 'inactive'));
create domain tidings.collections_intensity as text
  constraint collections_intensity_is_known check (value in ('light', 'normal', 'heavy'));
create domain tidings.contact_type as text
  constraint contact_type_is_known check (value in ('phone', 'email', 'address'));
create domain tidings.contact_status as text
  constraint contact_status_is_known check (value in ('primary', 'secondary', 'additional', 'archived'));

create domain tidings.case_status as text
  constraint case_status_is_known check (value in ('initiated', 'processing', 'completed', 'canceled', 'reopened'));
create domain tidings.case_outcome as text
  constraint case_outcome_is_known check (value in ('approved', 'denied', 'falsePositive', 'noOutcome'));

-- Templates and notification types have versions, and a version has one of these statuses.
create domain tidings.version_status as text
  constraint version_status_is_known check (value in ('draft', 'active', 'deprecated'));
create domain tidings.delay_unit as text
  constraint delay_unit_is_known check (value in ('calendarDays', 'businessDays'));
create domain tidings.when_case_moves as text
  constraint when_case_moves_is_known check (value in ('send', 'cancel'));
create domain tidings.on_unknown as text
  constraint on_unknown_is_known check (value in ('resend', 'hold'));

create domain tidings.origin as text
  constraint origin_is_known check (value in ('tidings', 'logged'));
create domain tidings.direction as text
  constraint direction_is_known check (value in ('outbound', 'inbound'));
create domain tidings.interaction_status as text
  constraint interaction_status_is_known
  check (value in ('scheduled', 'inProgress', 'attempted', 'succeeded', 'failed', 'canceled'));
create domain tidings.reveal_way as text
  constraint reveal_way_is_known check (value in ('command', 'rest'));
create domain tidings.pause_scope as text
  constraint pause_scope_is_known check (value in ('everything', 'channel', 'notificationType'));

-- A function and not a domain: these names share a column with the names of the lender's own calendars.
create function tidings.is_built_in_calendar(name text) returns boolean
language sql immutable as $$ select name in ('office', 'regF', 'regZPrecise', 'fedBank') $$;

create function tidings.is_time_zone(name text) returns boolean
language plpgsql stable as $$
begin
  perform now() at time zone name;
  -- Postgres also accepts abbreviations and POSIX strings, which have no daylight saving time
  return name = 'UTC' or name like '%/%';
exception when invalid_parameter_value then
  return false;
end $$;

-- Refuses a row as a check constraint does, with a hint.
create function tidings.refuse(rule text, message text, hint text) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'check_violation', constraint = rule, message = message, hint = hint;
end $$;

-- Refuses a row as a foreign key does.
create function tidings.raise_missing_reference(rule text, kind text, missing_id text) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'foreign_key_violation', constraint = rule,
    message = format('there is no %s %s', kind, missing_id), hint = format('insert the %s first', kind);
end $$;

-- The trigger function of append-only tables.
create function tidings.keep_history() returns trigger
language plpgsql as $$
begin
  perform tidings.refuse(tg_table_name || '_are_history', format('rows of %s are kept as they are', tg_table_name),
    'insert a new row that says what is true now');
  return null;
end $$;

-- Who writes: the daemon or operator named in the connection's settings, otherwise the database role.
create function tidings.moved_by() returns text
language sql stable as $$
  select coalesce(nullif(current_setting('tidings.actor', true), ''), session_user)
$$;
