-- Deletions. The metadata of a borrower is deleted when the last entry about the borrower is older than the years of its class. The
-- content is erased before. The metadata is deleted as a whole, with the cases and with the borrowers whom these name, because the rest
-- of a record that was deleted in part would look like a gap. The hashes of the leaves stay in the record tree, and a deletion names each row.

create table tidings.deletions (
  id bigint primary key generated always as identity,
  -- the borrowers of the deleted record; empty for interactions that named no borrower
  borrower_ids text[] not null default '{}',
  case_ids text[] not null default '{}',
  case_change_ids bigint[] not null default '{}',
  interaction_ids bigint[] not null default '{}',
  reason text not null
    constraint deletions_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('deletions_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  deleted_at timestamptz not null default clock_timestamp(),
  deleted_by text not null default tidings.moved_by(),
  -- {"source": [ids]}: the rows that were leaves, or would have become leaves; null only inside the transaction that deletes
  leaves jsonb
);
-- A verification looks up here whether a missing row was deleted.
create index deletions_by_leaf on tidings.deletions using gin (leaves jsonb_path_ops);
create index deletions_under_way on tidings.deletions (id) where leaves is null;
create index deletions_by_borrower on tidings.deletions using gin (borrower_ids);

-- The borrowers, cases, changes and interactions that are deleted together: the cases of the borrowers and those that their notices are
-- about, and all borrowers whom these cases name.
create function tidings.record_of(borrower_ids text[]) returns table (people text[], cases text[], changes bigint[], interactions bigint[])
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  known int := 0;
begin
  people := record_of.borrower_ids;
  -- the search ends at more than 50 borrowers, because such a record is kept
  while cardinality(people) > known and cardinality(people) <= 50 loop
    known := cardinality(people);
    cases := array(
      select k.id from tidings.cases k where k.borrower_id = any(people)
      union
      select c.case_id from tidings.interactions i join tidings.case_changes c on c.id = i.case_change_id where i.person_id = any(people)
    );
    changes := array(select m.case_change_id from tidings.case_moves m where m.case_id = any(cases));
    people := array(
      select unnest(people)
      union
      select k.borrower_id from tidings.cases k where k.id = any(cases)
      union
      select c.borrower_id from tidings.case_changes c where c.id = any(changes)
      union
      select i.person_id from tidings.interactions i
      where i.case_change_id = any(changes) and i.origin = 'tidings' and i.previous_interaction_id is null and i.person_id is not null
    );
  end loop;
  interactions := array(select i.id from tidings.interactions i where i.person_id = any(people) order by i.id);
  return next;
end $$;

-- The reason for which a record is kept: large, held, young, open, content or shared; null if it may be deleted.
create function tidings.why_record_is_kept(people text[], case_ids text[], change_ids bigint[], wanted_ids bigint[]) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  oldest_kept constant timestamptz := now() - (select make_interval(years => c.years) from tidings.retention_classes c where c.record_class = 'metadata');
begin
  return case
    when cardinality(people) > 50 then 'large'
    when oldest_kept is null and cardinality(change_ids) + cardinality(wanted_ids) > 0
      or exists (select from tidings.interactions i where i.id = any(wanted_ids) and greatest(i.created_at, i.status_updated_at) >= oldest_kept)
      or exists (select from tidings.case_changes c where c.id = any(change_ids) and c.received_at >= oldest_kept)
      then 'young'
    when exists (select from unnest(people) p where tidings.is_under_legal_hold(p, null))
      or exists (select from unnest(case_ids) k where tidings.is_under_legal_hold(null, k)) then 'held'
    when exists (select from tidings.interactions i where i.id = any(wanted_ids) and tidings.is_open_notice(i.id, i.first_interaction_id))
      or exists (select from unnest(change_ids) c where tidings.is_open_change(c)) then 'open'
    when exists (select from unnest(wanted_ids) k where not exists (select from tidings.erasures e where e.interaction_id = k))
      or exists (select from tidings.case_changes c where c.id = any(change_ids) and c.fields <> '{}') then 'content'
    when exists (select from tidings.interactions o where o.first_interaction_id = any(wanted_ids) and o.id <> all(wanted_ids)) then 'shared'
  end;
end $$;

-- The recorded changes of the rows that are deleted.
create function tidings.history_to_delete(change_ids bigint[], wanted_ids bigint[]) returns bigint[]
language sql stable return array(
  select h.id
  from (
    select t.name, k.id::text as row_id from unnest(wanted_ids) k(id) cross join (values ('interactions'), ('inbound_messages')) t(name)
    union all
    select 'holds', k.id::text from tidings.holds k where k.interaction_id = any(wanted_ids)
    union all
    select 'repairs', r.id::text from tidings.repairs r where r.case_change_id = any(change_ids) or r.interaction_id = any(wanted_ids)
  ) r
  join tidings.record_changes h on h.table_name = r.name and h.row_id = r.row_id
  order by h.id
);
-- The rows that are leaves or would have become leaves, by source: {"source": [ids]}.
create function tidings.leaves_to_delete(change_ids bigint[], wanted_ids bigint[]) returns jsonb
language sql stable begin atomic
  select jsonb_object_agg(l.source, l.ids)
  from (
    select 'caseChanges' as source, to_jsonb(change_ids) as ids
    union all
    select 'resolutions', jsonb_agg(r.id order by r.id) from tidings.resolutions r where r.case_change_id = any(change_ids)
    union all
    select s.source, t.ids
    from (select jsonb_agg(t.id order by t.id) as ids from tidings.interaction_transitions t where t.interaction_id = any(wanted_ids)) t
    cross join (values ('transitions'), ('interactions')) s(source)
    union all
    select 'loggedInteractions', jsonb_agg(i.id order by i.id) from tidings.interactions i where i.id = any(wanted_ids) and i.origin = 'logged'
    union all
    select 'recordChanges', jsonb_agg(h.id order by h.id) from tidings.record_changes h
    where h.id = any(tidings.history_to_delete(change_ids, wanted_ids))
    union all
    select 'contentReveals', jsonb_agg(r.id order by r.id) from tidings.content_reveals r where r.interaction_id = any(wanted_ids)
    union all
    select 'receipts', jsonb_agg(r.id order by r.id) from tidings.receipts r where r.interaction_id = any(wanted_ids)
    union all
    select 'judgements', jsonb_agg(j.id order by j.id) from tidings.judgements j where j.interaction_id = any(wanted_ids)
    union all
    select 'redirects', jsonb_agg(r.id order by r.id) from tidings.redirects r where r.interaction_id = any(wanted_ids)
    union all
    select 'repairs', jsonb_agg(r.id order by r.id) from tidings.repairs r where r.case_change_id = any(change_ids) or r.interaction_id = any(wanted_ids)
    union all
    select 'holds', jsonb_agg(h.id order by h.id) from tidings.holds h where h.interaction_id = any(wanted_ids)
    union all
    select 'consentRecords', jsonb_agg(c.id order by c.id) from tidings.consent_records c where c.interaction_id = any(wanted_ids)
    union all
    select 'inboundMessages', jsonb_agg(m.interaction_id order by m.interaction_id) from tidings.inbound_messages m where m.interaction_id = any(wanted_ids)
    union all
    select 'contactEvents', jsonb_agg(e.id order by e.id) from tidings.contact_events e where e.interaction_id = any(wanted_ids)
    union all
    select 'amendments', jsonb_agg(a.id order by a.id) from tidings.amendments a where a.interaction_id = any(wanted_ids)
    union all
    select 'erasures', jsonb_agg(e.id order by e.id) from tidings.erasures e where e.interaction_id = any(wanted_ids) or e.case_change_id = any(change_ids)
  ) l
  where l.ids <> '[]';
end;

-- The insert of a row makes the deletion. The row names borrowers, or interactions without a borrower, and its other columns are computed
-- here. A trigger deletes, so that no role needs the privilege.
create function tidings.keep_deletion() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  kept text;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.deletions');
  if tg_op = 'UPDATE' then
    if old.leaves is not null or to_jsonb(new) - 'leaves' <> to_jsonb(old) - 'leaves' then
      perform tidings.refuse('deletions_are_history', 'rows of deletions are kept as they are', 'what is deleted stays deleted');
    end if;
    return new;
  end if;
  if new.borrower_ids = '{}' then
    new.case_ids := '{}';
    new.case_change_ids := '{}';
    new.interaction_ids := array(select i.id from tidings.interactions i where i.id = any(new.interaction_ids) and i.person_id is null order by i.id);
  else
    select f.cases, f.interactions into new.case_ids, new.interaction_ids from tidings.record_of(new.borrower_ids) f;
  end if;
  -- in the order in which erasing and intake lock them
  perform from tidings.cases k where k.id = any(new.case_ids) order by k.id for update;
  perform from tidings.interactions i where i.id = any(new.interaction_ids) order by i.id for update;
  -- The record is read after the locks, because a change may have been committed while they were waited for. It makes the record young.
  if new.borrower_ids <> '{}' then
    select f.people, f.cases, f.changes, f.interactions into new.borrower_ids, new.case_ids, new.case_change_ids, new.interaction_ids
    from tidings.record_of(new.borrower_ids) f;
  end if;
  kept := tidings.why_record_is_kept(new.borrower_ids, new.case_ids, new.case_change_ids, new.interaction_ids);
  if kept is not null then
    perform tidings.refuse('deletions_are_of_ended_records', format('the record is kept: %s', kept), '`tidings retention` counts what is kept, and why');
  end if;
  new.deleted_at := clock_timestamp();
  new.deleted_by := tidings.moved_by();
  new.leaves := null;
  return new;
end $$;
create trigger keep_deletion before insert or update on tidings.deletions
for each row execute function tidings.keep_deletion();

create function tidings.delete_record() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  wanted_ids bigint[];
  change_ids bigint[];
  deleted_leaves jsonb;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.deletions');
  wanted_ids := new.interaction_ids;
  change_ids := new.case_change_ids;
  deleted_leaves := tidings.leaves_to_delete(change_ids, wanted_ids);
  delete from tidings.erasures e where e.interaction_id = any(wanted_ids) or e.case_change_id = any(change_ids);
  delete from tidings.content_reveals r where r.interaction_id = any(wanted_ids);
  delete from tidings.amendments a where a.interaction_id = any(wanted_ids);
  delete from tidings.undelivered_notices u where u.interaction_id = any(wanted_ids);
  delete from tidings.consent_records c where c.interaction_id = any(wanted_ids);
  delete from tidings.contact_events e where e.interaction_id = any(wanted_ids);
  delete from tidings.contact_findings f where f.interaction_id = any(wanted_ids);
  delete from tidings.record_changes h where h.id = any(tidings.history_to_delete(change_ids, wanted_ids));
  delete from tidings.holds h where h.interaction_id = any(wanted_ids);
  delete from tidings.redirects r where r.interaction_id = any(wanted_ids);
  delete from tidings.repairs r where r.case_change_id = any(change_ids) or r.interaction_id = any(wanted_ids);
  delete from tidings.inbound_messages m where m.interaction_id = any(wanted_ids);
  delete from tidings.receipt_polls p where p.interaction_id = any(wanted_ids);
  delete from tidings.receipt_oddities o using tidings.receipts r where r.id = o.receipt_id and r.interaction_id = any(wanted_ids);
  delete from tidings.receipt_queue q using tidings.receipts r where r.id = q.receipt_id and r.interaction_id = any(wanted_ids);
  delete from tidings.receipts r where r.interaction_id = any(wanted_ids);
  delete from tidings.judgements j where j.interaction_id = any(wanted_ids);
  delete from tidings.interaction_transitions t where t.interaction_id = any(wanted_ids);
  delete from tidings.interactions i where i.id = any(wanted_ids);
  delete from tidings.resolutions r where r.case_change_id = any(change_ids);
  delete from tidings.case_moves m where m.case_change_id = any(change_ids);
  delete from tidings.case_changes c where c.id = any(change_ids);
  delete from tidings.cases k where k.id = any(new.case_ids);
  update tidings.deletions d set leaves = coalesce(deleted_leaves, '{}') where d.id = new.id;
  return null;
end $$;
create trigger delete_record after insert on tidings.deletions
for each row execute function tidings.delete_record();
create trigger keep_history before delete or truncate on tidings.deletions
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.deletions
for each statement execute function tidings.only_tidings_writes('send');

-- The progress of the daemons that delete: one row, which is also their lock.
create table tidings.deletion_state (
  is_only boolean primary key default true,
  -- this pass has looked at the borrowers up to this one, and at the interactions without a borrower up to this one
  borrower_id text not null default '',
  interaction_id bigint not null default 0,
  pass_ended_on date
);
insert into tidings.deletion_state default values;
create trigger keep_history before insert or delete or truncate on tidings.deletion_state
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.deletion_state
for each statement execute function tidings.only_tidings_writes('send');

-- as in 0024
do $$
begin
  execute format($view$create or replace view tidings.record_leaves (source, id, leaf) with (security_invoker = true) as
    %s
    union all
    select 'deletions', l.id, row_to_json(l)::text
    from (
      select
        'deletions' as leaf_of, x.id, x.borrower_ids, x.case_ids, x.case_change_ids, x.interaction_ids, x.reason, x.deleted_at, x.deleted_by, x.leaves
      from tidings.deletions x
    ) l$view$, rtrim(pg_get_viewdef('tidings.record_leaves'::regclass), '; '));
  execute format($view$create or replace view tidings.record_leaf_ids (source, last_id) with (security_invoker = true) as
    %s
    union all
    select 'deletions', coalesce(pg_sequence_last_value('tidings.deletions_id_seq'), 0)$view$,
    rtrim(pg_get_viewdef('tidings.record_leaf_ids'::regclass), '; '));
end $$;

revoke execute on function tidings.record_of(text[]), tidings.why_record_is_kept(text[], text[], bigint[], bigint[]),
  tidings.history_to_delete(bigint[], bigint[]), tidings.leaves_to_delete(bigint[], bigint[]), tidings.keep_deletion(), tidings.delete_record() from public;
