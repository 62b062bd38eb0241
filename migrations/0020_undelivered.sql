-- Notices that the law requires and that did not arrive. Such a notice counts as not sent: comments 42(a)(1)-2 and 34(b)(5)-2 of
-- 12 CFR 1006. The duty is open until another interaction follows the notice: its next attempt, or one that another system logs, such
-- as a letter.

create table tidings.undelivered_notices (
  interaction_id bigint primary key
    constraint undelivered_notices_interaction_is_known references tidings.interactions,
  noted_at timestamptz not null default clock_timestamp(),
  -- when a daemon has reported it; null until then
  reported_at timestamptz,
  -- The time at which it was found that another interaction follows, or that the notice was delivered in the end. Null while the duty is
  -- open. A sweep writes it, so readers look for a follower as well.
  closed_at timestamptz
);
create index undelivered_notices_open on tidings.undelivered_notices (interaction_id) where closed_at is null;

-- Notes a notice in the transaction in which it fails. The next attempt, if one is planned, is in the same transaction.
create function tidings.note_undelivered() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.interactions');
  insert into tidings.undelivered_notices (interaction_id)
  select new.id
  from tidings.templates t
  where t.id = new.template_id and t.version = new.template_version and t.required_by_law
  -- it failed before, was found to have arrived, and failed again
  on conflict (interaction_id) do update set noted_at = clock_timestamp(), reported_at = null, closed_at = null;
  return null;
end $$;
create trigger note_undelivered after update of status on tidings.interactions
for each row when (old.origin = 'tidings' and new.status = 'failed' and old.status <> 'failed')
execute function tidings.note_undelivered();

create trigger keep_history before delete or truncate on tidings.undelivered_notices
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.undelivered_notices
for each statement execute function tidings.only_tidings_writes('send');

-- as in 0011
create trigger require_values before insert or update on tidings.undelivered_notices
for each row when (new.interaction_id is null or new.noted_at is null)
execute function tidings.refuse_missing_value();

revoke execute on function tidings.note_undelivered() from public;
