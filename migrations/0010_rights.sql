-- Rights to write rows and to execute functions.

-- The daemon records who requested content over REST. An operator can only be recorded under the operator's own name.
create function tidings.guard_reveal() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not tidings.may_send(current_user) then
    new.revealed_by := tidings.moved_by();
  end if;
  new.revealed_at := clock_timestamp();
  return new;
end $$;
create trigger guard_reveal before insert on tidings.content_reveals
for each row execute function tidings.guard_reveal();

-- An API key keeps its hash and its scopes. It can only be revoked, once.
create function tidings.guard_api_key() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  changing_columns constant text[] := array['revoked_at', 'revoked_by', 'last_used_at'];
begin
  if tg_op = 'INSERT' then
    new.created_at := clock_timestamp();
    new.created_by := tidings.moved_by();
    return new;
  end if;
  if to_jsonb(new) - changing_columns <> to_jsonb(old) - changing_columns
    or (old.revoked_at is not null and (new.revoked_at, new.revoked_by) is distinct from (old.revoked_at, old.revoked_by)) then
    perform tidings.refuse('api_keys_are_only_revoked', format('key %s can only be revoked, once', old.name), 'make another key');
  end if;
  if old.revoked_at is null and (new.revoked_at is not null or new.revoked_by is not null) then
    new.revoked_at := clock_timestamp();
    new.revoked_by := tidings.moved_by();
  end if;
  return new;
end $$;
create trigger guard_api_key before insert or update on tidings.api_keys
for each row execute function tidings.guard_api_key();

-- A core system cannot replace a case change by another one, or choose its time of arrival.
create function tidings.guard_arrival() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  author text := tidings.session_role();
  chosen text;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.case_changes');
  if tidings.may_send(author::name) then
    return null;
  end if;
  select case when n.id > s.last_id then 'id' when n.received_at not between now() and clock_timestamp() then 'received_at' end into chosen
  from inserted n
  cross join (select q.last_value - case when q.is_called then 0 else 1 end as last_id from tidings.case_changes_id_seq q) s
  order by 1
  limit 1;
  if chosen is not null then
    perform tidings.forbid_choice('case_changes', chosen, author);
  end if;
  return null;
end $$;
create trigger guard_arrival after insert on tidings.case_changes
referencing new table as inserted
for each statement execute function tidings.guard_arrival();

-- The tables that only Tidings writes, whatever privileges a role has on them. A later file that creates such a table
-- adds the trigger to it.
create trigger only_tidings_writes before insert or update or delete on tidings.pauses
for each statement execute function tidings.only_tidings_writes('operate');
create trigger only_tidings_writes before insert or update or delete on tidings.api_keys
for each statement execute function tidings.only_tidings_writes('operate');
create trigger only_tidings_writes before insert or update or delete on tidings.content_reveals
for each statement execute function tidings.only_tidings_writes('operate');
create trigger only_tidings_writes before insert or update or delete on tidings.template_tests
for each statement execute function tidings.only_tidings_writes('operate');
create trigger only_tidings_writes before insert or update or delete on tidings.record_changes
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.interaction_transitions
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.cases
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.case_moves
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.resolve_queue
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.resolutions
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.missed_changes
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.contact_findings
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.workers
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.newest_heartbeat
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.outages
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.channels
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.secrets
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.idempotency_keys
for each statement execute function tidings.only_tidings_writes('send');

-- Postgres lets every role execute a new function. A role that can execute a trigger function can put it on a table
-- that it owns, and a function with `security definer` would then act for that role as the owner of the schema.
-- A later file that creates a function revokes execute from public for that function. `alter default privileges in
-- schema` cannot do it: it only adds to the global privileges.
revoke execute on all functions in schema tidings from public;

-- Functions that run in the name of the role that writes a row: in defaults, constraints and triggers without `security
-- definer`
grant execute on function
  tidings.is_built_in_calendar(text),
  tidings.last_digits(text),
  tidings.longest_of(text[]),
  tidings.refuse(text, text, text),
  tidings.refuse_word(text, text),
  tidings.forbid(text, text, text),
  tidings.raise_missing_reference(text, text, text),
  tidings.may_send(name),
  tidings.may_operate(name),
  tidings.session_role(),
  tidings.moved_by(),
  tidings.is_resealed(jsonb, jsonb),
  tidings.is_erasure(tidings.interactions, tidings.interactions),
  tidings.allow_only_erasure(tidings.interactions, tidings.interactions),
  tidings.is_change_of_record(tidings.interactions, tidings.interactions),
  tidings.is_outcome_unknown(text, text),
  tidings.awaits_receipt(text, text),
  tidings.was_sent(text, text),
  tidings.is_ended_unsent(text, text, jsonb),
  tidings.status_may_move(text, text),
  tidings.logged_status_may_move(text, text)
to public;
