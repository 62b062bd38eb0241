-- The closed lists of words, each once, and the functions and the history that every later file uses.
-- A test compares each list with src/domain/vocabulary.ts.

-- Refuses a row as a check constraint does, with a hint. A check constraint calls it itself (`check ((…) is not false or
-- tidings.refuse(…))`): where Postgres refuses, it appends all values of the row, and so personal data reaches two logs.
create function tidings.refuse(rule text, message text, hint text) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'check_violation', constraint = rule, message = message, hint = hint;
end $$;

-- The number of characters of the longest of some texts; null if there is none
create function tidings.longest_of(texts text[]) returns int
language sql immutable return (select max(char_length(t)) from unnest(texts) t);

-- Refuses a word that is not on the list of the domain, and names the words that are. The refused word is repeated only where
-- it looks like a word of a list.
create function tidings.refuse_word(list text, word text) returns boolean
language plpgsql stable strict set search_path = pg_catalog, pg_temp as $$
declare
  rule constant text := list || '_is_known';
  words text[];
begin
  select array(select m[1] from regexp_matches(substring(pg_get_constraintdef(c.oid) from 'ARRAY.(.*?)]'), '''(.*?)''', 'g') m)
  into words
  from pg_constraint c
  where c.conname = rule and c.connamespace = 'tidings'::regnamespace;
  return tidings.refuse(rule,
    format('the %s%s is not known', replace(list, '_', ' '), case when word ~ '^[A-Za-z]{1,30}$' then format(' "%s"', word) end),
    'use ' || array_to_string(words[:cardinality(words) - 1], ', ') || ' or ' || words[cardinality(words)]);
end $$;

create domain tidings.channel as text
  constraint channel_is_known check (value in ('voice', 'email', 'fax', 'text', 'chat', 'mail', 'gui', 'document')
    or tidings.refuse_word('channel', value));

create domain tidings.theme as text
  constraint theme_is_known check (value in (
    'opsCollDebt', 'opsCollLocateBorrower', 'opsCollVerifyEmployment', 'opsCollContactEmployerNotice',
    'opsLoanTimeBarredNotice', 'opsLoanValidationOfDebtNotice', 'opsServicingDebtValidation',
    'opsServicingNegativeCreditReportNotice', 'opsServicingTimeBarredNotice', 'opsServicingVerificationOfDebt',
    'opsServicing', 'opsAccountCredentials', 'inbMissingFeature', 'inbEducation', 'inbBug', 'inbRequest',
    'inbHumanLove', 'inbUnknown', 'inbOther')
    or tidings.refuse_word('theme', value));

create domain tidings.borrower_type as text
  constraint borrower_type_is_known check (value in ('person', 'business')
    or tidings.refuse_word('borrower_type', value));
create domain tidings.borrower_status as text
  constraint borrower_status_is_known check (value in ('active', 'inactive')
    or tidings.refuse_word('borrower_status', value));
create domain tidings.collections_intensity as text
  constraint collections_intensity_is_known check (value in ('light', 'normal', 'heavy')
    or tidings.refuse_word('collections_intensity', value));
create domain tidings.contact_type as text
  constraint contact_type_is_known check (value in ('phone', 'email', 'address')
    or tidings.refuse_word('contact_type', value));
create domain tidings.contact_label as text
  constraint contact_label_is_known check (value in ('personal', 'work', 'home', 'military')
    or tidings.refuse_word('contact_label', value));
create domain tidings.contact_status as text
  constraint contact_status_is_known check (value in ('primary', 'secondary', 'additional', 'archived')
    or tidings.refuse_word('contact_status', value));

create domain tidings.case_status as text
  constraint case_status_is_known check (value in ('initiated', 'processing', 'completed', 'canceled', 'reopened')
    or tidings.refuse_word('case_status', value));
create domain tidings.case_outcome as text
  constraint case_outcome_is_known check (value in ('approved', 'denied', 'falsePositive', 'noOutcome')
    or tidings.refuse_word('case_outcome', value));

-- Templates and notification types have versions, and a version has one of these statuses.
create domain tidings.version_status as text
  constraint version_status_is_known check (value in ('draft', 'active', 'deprecated')
    or tidings.refuse_word('version_status', value));
create domain tidings.delay_unit as text
  constraint delay_unit_is_known check (value in ('calendarDays', 'businessDays')
    or tidings.refuse_word('delay_unit', value));
create domain tidings.when_case_moves as text
  constraint when_case_moves_is_known check (value in ('send', 'cancel')
    or tidings.refuse_word('when_case_moves', value));
create domain tidings.on_unknown as text
  constraint on_unknown_is_known check (value in ('resend', 'hold')
    or tidings.refuse_word('on_unknown', value));

create domain tidings.origin as text
  constraint origin_is_known check (value in ('tidings', 'logged')
    or tidings.refuse_word('origin', value));
create domain tidings.direction as text
  constraint direction_is_known check (value in ('outbound', 'inbound')
    or tidings.refuse_word('direction', value));
create domain tidings.interaction_status as text
  constraint interaction_status_is_known
  check (value in ('scheduled', 'inProgress', 'attempted', 'succeeded', 'failed', 'canceled')
    or tidings.refuse_word('interaction_status', value));
create domain tidings.reveal_way as text
  constraint reveal_way_is_known check (value in ('command', 'rest', 'signedUrl')
    or tidings.refuse_word('reveal_way', value));
create domain tidings.receipt_oddity as text
  constraint receipt_oddity_is_known
  check (value in ('unknownStatus', 'codeContradictsStatus', 'contradicted', 'otherCode', 'noMessage', 'otherMessage')
    or tidings.refuse_word('receipt_oddity', value));
create domain tidings.contact_event_kind as text
  constraint contact_event_kind_is_known
  check (value in ('invalid', 'notTextable', 'optedOut', 'optedIn', 'softFailure', 'lineTypeLookup', 'disconnectionCheck', 'leakReview', 'newAddress')
    or tidings.refuse_word('contact_event_kind', value));
create domain tidings.pause_scope as text
  constraint pause_scope_is_known check (value in ('everything', 'channel', 'notificationType')
    or tidings.refuse_word('pause_scope', value));

-- The facts of the compliance guard: src/domain/guard
create domain tidings.line_type as text
  constraint line_type_is_known check (value in ('mobile', 'landline', 'voip', 'tollfree', 'unknown')
    or tidings.refuse_word('line_type', value));
create domain tidings.reassigned_number_result as text
  constraint reassigned_number_result_is_known check (value in ('yes', 'no', 'noData')
    or tidings.refuse_word('reassigned_number_result', value));
create domain tidings.contact_origin as text
  constraint contact_origin_is_known check (value in ('borrower', 'creditor', 'priorCollector')
    or tidings.refuse_word('contact_origin', value));
create domain tidings.collector_role as text
  constraint collector_role_is_known check (value in ('creditor', 'servicerPreDefault', 'debtCollector')
    or tidings.refuse_word('collector_role', value));
create domain tidings.loan_status as text
  constraint loan_status_is_known check (value in ('open', 'paidInFull', 'settled')
    or tidings.refuse_word('loan_status', value));
create domain tidings.product_type as text
  constraint product_type_is_known check (value in ('personal', 'mortgage', 'autoInstallment', 'student', 'card', 'other')
    or tidings.refuse_word('product_type', value));
create domain tidings.collateral as text
  constraint collateral_is_known check (value in ('primaryResidence', 'vehicle', 'other')
    or tidings.refuse_word('collateral', value));
create domain tidings.message_kind as text
  constraint message_kind_is_known check (value in (
    'ordinary', 'reminder', 'ceaseConfirm', 'remedyMay', 'remedyWill', 'optOutConfirmation', 'consentRequest',
    'originalCreditorAnswer', 'rightToCure', 'privacyNotice')
    or tidings.refuse_word('message_kind', value));
create domain tidings.template_statement as text
  constraint template_statement_is_known check (value in ('replyStop', 'miniMirandaInitial', 'miniMirandaSubsequent', 'timeBarredDisclosure', 'bankruptcyDisclaimer', 'validationB1', 'negativeReportB1',
      'negativeReportB2', 'adLabel', 'demandsPayment', 'urgentDemand', 'threatensSuit', 'threatensRepossession', 'mentionsDebt', 'advertising')
    or tidings.refuse_word('template_statement', value));
create domain tidings.legal_state as text
  constraint legal_state_is_known check (value in (
    'bankruptcy', 'ceaseCommunication', 'disputeOfDebt', 'debtValidation', 'deceased', 'identityTheft', 'militaryDuty')
    or tidings.refuse_word('legal_state', value));
create domain tidings.consent_kind as text
  constraint consent_kind_is_known check (value in (
    'electronicComms', 'esign', 'autodialedCalls', 'contactPersonWork', 'contactPersonUnusualTime',
    'contactPersonRepByAttorney', 'calls')
    or tidings.refuse_word('consent_kind', value));
create domain tidings.consent_value as text
  constraint consent_value_is_known check (value in ('consented', 'revoked')
    or tidings.refuse_word('consent_value', value));
create domain tidings.preference_kind as text
  constraint preference_kind_is_known check (value in ('inconvenientTime', 'inconvenientPlace', 'mediumRefusal')
    or tidings.refuse_word('preference_kind', value));
create domain tidings.preference_source as text
  constraint preference_source_is_known check (value in ('borrower', 'creditorFile', 'agent')
    or tidings.refuse_word('preference_source', value));
create domain tidings.place as text
  constraint place_is_known check (value in ('home', 'work')
    or tidings.refuse_word('place', value));
create domain tidings.weekday as text
  constraint weekday_is_known check (value in ('sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat')
    or tidings.refuse_word('weekday', value));

-- A function and not a domain: these names share a column with the names of the lender's own calendars.
create function tidings.is_built_in_calendar(name text) returns boolean
language sql immutable return name in ('office', 'regF', 'regZPrecise', 'fedBank');

-- Refuses a role as a missing privilege does.
create function tidings.forbid(rule text, message text, hint text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'insufficient_privilege', constraint = rule, message = message, hint = hint;
end $$;

-- Refuses a role that has written a column that only Tidings writes.
create function tidings.forbid_choice(table_name text, chosen text, author text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.forbid(format('%s_%s_is_not_chosen', table_name, chosen), format('role %s may not choose %s', author, chosen),
    format('leave %s out: Tidings writes it', chosen));
end $$;

-- Refuses a row as a foreign key does.
create function tidings.raise_missing_reference(rule text, kind text, missing_id text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  raise exception using errcode = 'foreign_key_violation', constraint = rule,
    message = format('there is no %s %s', kind, missing_id), hint = format('insert the %s first', kind);
end $$;

-- The first statement of every trigger function with `security definer`. Such a function runs as the owner of the
-- schema. On another table it would process rows, and with them types and casts, of a role that has made the table.
create function tidings.check_trigger_table(fired_on oid, variadic tables regclass[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not fired_on = any (tables::oid[]) then
    perform tidings.forbid('triggers_stay_on_their_tables',
      format('this trigger function does not serve %s', fired_on::regclass), 'write a function of your own');
  end if;
end $$;

-- True inside the transaction that deletes the metadata of a borrower (0029).
create function tidings.is_deleting() returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return exists (select from tidings.deletions d where d.leaves is null);
end $$;

-- The trigger function of append-only tables. Rows are deleted only inside the transaction of a deletion (0029).
create function tidings.keep_history() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' and tidings.may_send(current_user) then
    if tidings.is_deleting() then
      return null;
    end if;
  end if;
  perform tidings.refuse(tg_table_name || '_are_history', format('rows of %s are kept as they are', tg_table_name),
    'insert a new row with the present values');
  return null;
end $$;

-- Two rights that no privilege on a table expresses, so that a role with privileges on all tables does not have them. A
-- role has the right if it may execute the function; `tidings roles` prints the grants. The functions are never called.

-- To plan notices that are dispatched, and to write in any name: the daemon
create function tidings.right_to_send() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$ begin end $$;
-- To write decisions of an operator as `operator:NAME`: pauses, cancellations, retries, API keys
create function tidings.right_to_operate() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$ begin end $$;

create function tidings.may_send(role_name name) returns boolean
language sql stable return has_function_privilege(role_name, 'tidings.right_to_send()'::regprocedure, 'execute');
create function tidings.may_operate(role_name name) returns boolean
language sql stable return tidings.may_send(role_name)
  or has_function_privilege(role_name, 'tidings.right_to_operate()'::regprocedure, 'execute');

-- The role in whose name the session works. Inside a `security definer` function current_user is the owner of the
-- schema, and session_user does not show `set role`.
create function tidings.session_role() returns name
language sql stable return coalesce(nullif(current_setting('role'), 'none')::name, session_user);

-- The author of a write: the daemon or operator named in the connection's settings, if the role has the right to name
-- one; otherwise the database role.
create function tidings.moved_by() returns text
language sql stable return case
  when current_setting('tidings.actor', true) like 'operator:%' and tidings.may_operate(tidings.session_role())
    or current_setting('tidings.actor', true) <> '' and tidings.may_send(tidings.session_role())
  then current_setting('tidings.actor') else session_user::text end;

-- The trigger function of tables that only Tidings writes, whatever privileges a role has. The argument is the required
-- right. Rows that triggers write in a core system's session are written by the owner of the schema.
create function tidings.only_tidings_writes() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not (tidings.may_send(current_user) or tg_argv[0] = 'operate' and tidings.may_operate(current_user)) then
    perform tidings.forbid(tg_table_name || '_are_written_by_tidings', format('role %s may not write %s', current_user, tg_table_name),
      '`tidings roles` prints what each role is granted');
  end if;
  return null;
end $$;

-- The history of rows that may be changed: who changed which columns, with the old and new values.
create table tidings.record_changes (
  id bigint primary key generated always as identity,
  table_name text not null,
  -- the values of the key columns, with commas between
  row_id text not null,
  changed_at timestamptz not null default clock_timestamp(),
  actor text not null,
  -- {"column": {"from": …, "to": …}}; content has hashes instead of "to", because the row itself has the new content. If content was
  -- sealed whose plain form is not kept, "sealed" has the hashes of the leaf before and after
  changes jsonb not null
);
create index record_changes_by_row on tidings.record_changes (table_name, row_id, id);
-- finds the changes of rows that a borrower had before they were deleted or given to another borrower
create index record_changes_of_borrowers on tidings.record_changes ((changes #>> '{borrower_id,from}')) where changes ? 'borrower_id';
-- The retention erases these rows in the order of their ids.
create index record_changes_of_people on tidings.record_changes (id) where table_name in ('borrowers', 'contacts', 'loans');

-- True if content was sealed again. A commitment is the SHA-256 of random bytes and the content, and no other content fits
-- it: what is stored with an earlier commitment is the same content, or it cannot be opened.
create function tidings.is_resealed(was jsonb, is_now jsonb) returns boolean
language sql immutable return coalesce(was #>> '{sealed,commitment}' = is_now #>> '{sealed,commitment}', false);

-- True inside the transaction that erases the content of an interaction (0024)
create function tidings.is_being_erased(wanted_id bigint) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return exists (select from tidings.erasures e where e.interaction_id = wanted_id and e.leaves is null);
end $$;

-- The columns of the history of a table that are erased: content, and the columns that name or locate a person. Null for a table whose
-- history has no personal data.
create function tidings.erased_columns(history_of text) returns text[]
language sql immutable return case history_of
  when 'interactions' then array['content', 'contact', 'borrower', 'meta_data']
  when 'borrowers' then array['external_id', 'display_id', 'name', 'meta_data']
  when 'contacts' then array['external_id', 'name', 'value', 'address', 'phone_disconnection_details', 'prior_collectors', 'county_fips']
  when 'loans' then array['external_id', 'display_id', 'account_number']
end;

-- Rows do not change, except that the daemon's role may seal old content again with another key, and erase it.
create function tidings.keep_record_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  may_go constant text[] := tidings.erased_columns(old.table_name);
begin
  if may_go is not null and tidings.may_send(current_user) then
    if new.changes - may_go = old.changes - may_go
      and (new.id, new.table_name, new.row_id, new.changed_at, new.actor) is not distinct from (old.id, old.table_name, old.row_id, old.changed_at, old.actor)
      and (case when old.table_name = 'interactions' then tidings.is_being_erased(old.row_id::bigint)
        else exists (select from tidings.erasures e where e.record_change_id = old.id and e.leaves is null) end) then
      return new;
    end if;
  end if;
  if to_jsonb(new) #- '{changes,content,from}' is distinct from to_jsonb(old) #- '{changes,content,from}'
    or not tidings.is_resealed(old.changes #> '{content,from}', new.changes #> '{content,from}')
    or not tidings.may_send(current_user) then
    perform tidings.refuse('record_changes_are_history', 'rows of record_changes are kept as they are', 'change the row again');
  end if;
  return new;
end $$;
create trigger keep_record_change before update on tidings.record_changes
for each row execute function tidings.keep_record_change();
create trigger keep_history before delete or truncate on tidings.record_changes
for each statement execute function tidings.keep_history();

-- The part of one column in a history row. Old content is kept unless that would undo the change: content that becomes
-- sealed would stay readable, and content that is sealed again with another key would still need the old key.
create function tidings.describe_change(column_name text, was jsonb, is_now jsonb, channel jsonb) returns jsonb
language sql immutable return
  case
    when column_name <> 'content' then jsonb_build_object('from', was, 'to', is_now)
    when is_now ? 'sealed' and not coalesce(was ? 'sealed', false)
      then jsonb_build_object('toSha256', encode(sha256(convert_to(is_now::text, 'UTF8')), 'hex'))
    else jsonb_strip_nulls(jsonb_build_object(
      'fromSha256', encode(sha256(convert_to(was::text, 'UTF8')), 'hex'),
      'toSha256', encode(sha256(convert_to(is_now::text, 'UTF8')), 'hex')))
      || case when tidings.is_resealed(was, is_now) then '{}'
        else jsonb_build_object('from', was, 'channel', channel) end
  end;

-- Writes the history. The first argument is the key, column names with commas between; the others are columns whose changes
-- are not recorded. A change of the key and a deletion name the key that the row had. `security definer`, so that a role which may not write history can still change a row.
create function tidings.record_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  was jsonb;
  is_now jsonb;
  present jsonb;
  key text;
  changes jsonb;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.interactions', 'tidings.borrowers', 'tidings.contacts', 'tidings.loans',
    'tidings.notification_types', 'tidings.case_type_notification_types', 'tidings.calendars', 'tidings.calendar_closures',
    'tidings.channels', 'tidings.templates', 'tidings.pauses', 'tidings.api_keys', 'tidings.retention_classes', 'tidings.legal_holds', 'tidings.outages', 'tidings.holds',
    'tidings.inbound_messages', 'tidings.case_types', 'tidings.loan_types', 'tidings.case_type_legal_states', 'tidings.do_not_interact',
    'tidings.consents', 'tidings.preferences', 'tidings.repairs');
  -- old content must not come back as history
  if tg_table_name = 'interactions' then
    if tidings.is_being_erased(new.id) then
      return null;
    end if;
  end if;
  was := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  is_now := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  present := coalesce(is_now, was);
  key := (select string_agg(present ->> k.name, ',' order by k.place) from unnest(string_to_array(tg_argv[0], ',')) with ordinality k(name, place));
  changes := (
    select jsonb_object_agg(c.name, tidings.describe_change(c.name, nullif(was -> c.name, 'null'), nullif(is_now -> c.name, 'null'), was -> 'channel'))
    from jsonb_object_keys(present) c(name)
    where nullif(was -> c.name, 'null') is distinct from nullif(is_now -> c.name, 'null')
      and (not c.name = any (tg_argv) or (tg_op <> 'INSERT' and c.name = tg_argv[0]))
  );
  if tg_table_name = 'interactions' then
    changes := tidings.note_sealed_leaf(old, new, changes);
  end if;
  if changes is not null then
    insert into tidings.record_changes (table_name, row_id, actor, changes) values (tg_table_name, key, tidings.moved_by(), changes);
  end if;
  return null;
end $$;
