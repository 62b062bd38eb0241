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
create trigger record_change after update or delete on tidings.templates
for each row execute function tidings.record_change('id,version',
  'updated_at', 'subject_template', 'html_template', 'text_template', 'samples', 'sources');

-- Actions of operators
create trigger record_change after update on tidings.pauses
for each row execute function tidings.record_change('id');
create trigger record_change after update or delete on tidings.api_keys
for each row execute function tidings.record_change('id', 'hash', 'last_used_at');

-- A truncated table would have no history of its rows.
create trigger keep_history before truncate on tidings.borrowers for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.contacts for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.notification_types for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.case_type_notification_types for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.calendars for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.calendar_closures for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.channels for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.templates for each statement execute function tidings.keep_history();
create trigger keep_history before truncate on tidings.api_keys for each statement execute function tidings.keep_history();
