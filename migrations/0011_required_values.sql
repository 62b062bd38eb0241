-- Refuses a missing value before Postgres does, because Postgres appends all values of the row to its refusal, and so personal
-- data reaches two logs. The columns stay `not null`. A row that has all its values pays no function call.
create function tidings.refuse_missing_value() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  missing record;
begin
  select a.attname as name, a.atthasdef or a.attidentity <> '' as has_default into missing
  from pg_attribute a
  where a.attrelid = tg_relid and a.attnotnull and a.attnum > 0 and to_jsonb(new) -> a.attname = 'null'
  order by a.attnum
  limit 1;
  raise exception using errcode = 'not_null_violation', schema = tg_table_schema, table = tg_table_name, column = missing.name,
    constraint = format('%s_%s_is_required', tg_table_name, missing.name), message = format('%s is missing', missing.name),
    hint = format(case when missing.has_default then 'set %s, or leave it out for its default' else 'set %s' end, missing.name);
end $$;

-- The tables that other roles than the daemon may write. Postgres fires triggers in the order of their names, so this one
-- comes after those that fill in values.
do $$
declare
  written regclass;
  is_incomplete text;
begin
  for written, is_incomplete in
    select c.oid, string_agg(format('new.%I is null', a.attname), ' or ' order by a.attnum)
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnotnull and a.attnum > 0
    where c.relnamespace = 'tidings'::regnamespace and c.relname in (
      'case_types', 'loan_types', 'time_zones', 'borrowers', 'loans', 'contacts', 'case_changes', 'interactions', 'templates',
      'notification_types', 'case_type_notification_types', 'calendars', 'calendar_closures', 'pauses', 'api_keys',
      'content_reveals', 'template_tests', 'record_changes')
    group by c.oid
  loop
    execute format('create trigger require_values before insert or update on %s for each row when (%s)
      execute function tidings.refuse_missing_value()', written, is_incomplete);
  end loop;
end $$;

revoke execute on function tidings.refuse_missing_value() from public;
