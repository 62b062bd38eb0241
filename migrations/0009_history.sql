-- Tables that are not append-only have a history: who changed which columns, with the old and new values, and when.
-- 0001 has the table and the function, 0006 the triggers on interactions.
-- The author of a row is recorded in its table if that has a column for it; otherwise the insert is recorded.

-- The core system's tables. A repeated upsert that changes nothing leaves no row.
create trigger record_change after update on tidings.borrowers
for each row when (old.* is distinct from new.*) execute function tidings.record_change('id');
create trigger record_deletion after delete on tidings.borrowers
for each row execute function tidings.record_change('id');
create trigger record_change after update on tidings.contacts
for each row when (old.* is distinct from new.*) execute function tidings.record_change('id');
create trigger record_deletion after delete on tidings.contacts
for each row execute function tidings.record_change('id');
-- Without data, which may be large and which no rule reads. The columns are listed, so that an update of data alone calls no function.
create trigger record_change after update on tidings.loans
for each row when (
  (old.borrower_id, old.external_id, old.display_id, old.loan_type_id, old.collector_role, old.status,
    old.days_past_due, old.product_type, old.account_number, old.collateral, old.accelerated, old.statements_ceased,
    old.suit_taken_or_threatened, old.time_barred, old.contracted_before_service, old.initial_communication_at,
    old.validation_period_ends_on, old.state_notice_mailed_at, old.negative_info_furnished_at, old.created_at)
  is distinct from
  (new.borrower_id, new.external_id, new.display_id, new.loan_type_id, new.collector_role, new.status,
    new.days_past_due, new.product_type, new.account_number, new.collateral, new.accelerated, new.statements_ceased,
    new.suit_taken_or_threatened, new.time_barred, new.contracted_before_service, new.initial_communication_at,
    new.validation_period_ends_on, new.state_notice_mailed_at, new.negative_info_furnished_at, new.created_at))
execute function tidings.record_change('id', 'data');
create trigger record_deletion after delete on tidings.loans
for each row execute function tidings.record_change('id', 'data');

create trigger record_change after insert or update or delete on tidings.case_types
for each row execute function tidings.record_change('id');
create trigger record_change after insert or update or delete on tidings.loan_types
for each row execute function tidings.record_change('id');

-- Configuration
create trigger record_change after insert or update or delete on tidings.notification_types
for each row execute function tidings.record_change('id,version', 'updated_at');
create trigger record_change after insert or update or delete on tidings.case_type_notification_types
for each row execute function tidings.record_change('case_type_id,notification_type_id');
create trigger record_change after insert or update or delete on tidings.calendars
for each row execute function tidings.record_change('name');
create trigger record_change after insert or update or delete on tidings.calendar_closures
for each row execute function tidings.record_change('calendar,day');
create trigger record_change after insert or update or delete on tidings.channels
for each row execute function tidings.record_change('channel');
-- The content hash replaces the texts of a draft, which are long.
create trigger record_change after insert or update or delete on tidings.templates
for each row execute function tidings.record_change('id,version',
  'updated_at', 'subject_template', 'html_template', 'text_template', 'samples', 'sources');

-- Actions of operators
create trigger record_change after insert or update on tidings.pauses
for each row execute function tidings.record_change('id');
create trigger record_change after insert or update or delete on tidings.api_keys
for each row execute function tidings.record_change('id', 'hash', 'last_used_at');

-- A truncated table would have no history of its rows.
create trigger keep_history before truncate on tidings.borrowers for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.loans for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.contacts for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.notification_types for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.case_type_notification_types for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.calendars for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.calendar_closures for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.channels for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.templates for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.api_keys for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.case_types for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.loan_types for each statement execute function tidings.keep_history();

-- The rows with which the configuration begins
insert into tidings.record_changes (table_name, row_id, actor, changes)
select 'channels', c.channel, tidings.moved_by(), (
  select jsonb_object_agg(e.key, jsonb_build_object('from', null, 'to', e.value)) from jsonb_each(to_jsonb(c)) e where e.value <> 'null'
)
from tidings.channels c
order by c.channel;
