-- The audits that daemons make by themselves: one row a day, whatever the number of daemons.
create table tidings.audits (
  -- the day on which it began, in the lender's time zone
  day date primary key,
  -- the changes that arrived in this period were audited
  from_time timestamptz not null,
  until_time timestamptz not null,
  begun_at timestamptz not null default clock_timestamp(),
  -- another daemon begins again if this is old
  active_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  changes int not null default 0,
  expected int not null default 0,
  waiting int not null default 0,
  gaps int not null default 0
);

create trigger keep_history before delete or truncate on tidings.audits
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.audits
for each statement execute function tidings.only_tidings_writes('send');

-- The repairs of gaps that an operator has ordered. A daemon carries each out once. The result is a new entry of the record that
-- names the operator.
create domain tidings.repair_kind as text
  constraint repair_kind_is_known check (value in ('changeNotTakenIn', 'changeNotResolved', 'noticeMissing', 'jobMissing')
    or tidings.refuse_word('repair_kind', value));
create domain tidings.repair_result as text
  constraint repair_result_is_known check (value in ('queued', 'notNeeded', 'notPossible')
    or tidings.refuse_word('repair_result', value));

create table tidings.repairs (
  id bigint primary key generated always as identity,
  kind tidings.repair_kind not null,
  case_change_id bigint not null,
  -- of a missing notice
  notification_type_id int,
  notification_type_version int,
  -- of a missing job: the interaction that it was to send
  interaction_id bigint,
  ordered_at timestamptz not null default clock_timestamp(),
  ordered_by text not null default tidings.moved_by(),
  reason text not null
    constraint repairs_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('repairs_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  -- null until a daemon has carried it out
  done_at timestamptz,
  result tidings.repair_result,
  constraint repairs_name_what_they_repair
    check ((kind = 'noticeMissing') = (notification_type_id is not null) and (kind = 'noticeMissing') = (notification_type_version is not null)
        and (kind = 'jobMissing') = (interaction_id is not null)
      or tidings.refuse('repairs_name_what_they_repair', format('a repair of the kind %s names something else', kind),
        'set the type with its version for noticeMissing, and interaction_id for jobMissing'))
);
create unique index repairs_are_ordered_once on tidings.repairs
  (kind, case_change_id, notification_type_id, interaction_id) nulls not distinct where done_at is null;

-- The writer cannot choose when it was ordered and by whom. A daemon adds the result, once.
create function tidings.guard_repair() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    new.ordered_at := clock_timestamp();
    new.ordered_by := tidings.moved_by();
    new.done_at := null;
    new.result := null;
    return new;
  end if;
  if old.done_at is not null or new.result is null or not tidings.may_send(current_user)
    or to_jsonb(new) - array['done_at', 'result'] <> to_jsonb(old) - array['done_at', 'result'] then
    perform tidings.refuse('repairs_are_carried_out_once', format('repair %s can only get its result, once, by a daemon', old.id), 'order another repair');
  end if;
  new.done_at := clock_timestamp();
  return new;
end $$;
create trigger guard_repair before insert or update on tidings.repairs for each row execute function tidings.guard_repair();
create trigger record_change after update on tidings.repairs
for each row execute function tidings.record_change('id');
create trigger keep_history before delete or truncate on tidings.repairs
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.repairs
for each statement execute function tidings.only_tidings_writes('operate');
create trigger require_values before insert or update on tidings.repairs
for each row when (new.id is null or new.kind is null or new.case_change_id is null or new.ordered_at is null or new.ordered_by is null or new.reason is null)
execute function tidings.refuse_missing_value();

revoke execute on function tidings.guard_repair() from public;
