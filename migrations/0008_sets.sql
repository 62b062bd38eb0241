-- What is written in sets is checked and queued in sets: a foreign key asks for every row by itself, and add_job runs six
-- statements for every job. And what left is on record with the SHA-256 of its bytes.

alter table tidings.interactions
  -- of an email the source as it was handed over, of a text its body; null while nobody knows that anything left
  add column content_sha256 text
    constraint interactions_content_sha256_is_a_sha256 check (content_sha256 ~ '^[0-9a-f]{64}$'),
  -- how many segments a text is charged as
  add column segments int
    constraint interactions_segments_count_from_one check (segments >= 1);

-- The same rules under the same names, for all rows of an insert at once. Interactions are never deleted, so that only a
-- borrower has to be held, with the lock a foreign key takes.
alter table tidings.interactions
  drop constraint interactions_person_is_known,
  drop constraint interactions_previous_interaction_is_known,
  drop constraint interactions_first_interaction_is_known;

create function tidings.check_named() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  stranger text;
begin
  select n.person_id into stranger
  from added n
  where n.person_id is not null
    -- the borrower of its own change is kept by that
    and not exists (select from tidings.case_changes c where c.id = n.case_change_id and c.borrower_id = n.person_id)
    and not exists (select from tidings.borrowers b where b.id = n.person_id for key share)
  limit 1;
  if found then
    perform tidings.refuse_stranger('interactions_person_is_known', 'borrower', stranger);
  end if;
  select n.previous_interaction_id into stranger
  from added n
  where n.previous_interaction_id is not null
    and not exists (select from tidings.interactions i where i.id = n.previous_interaction_id)
  limit 1;
  if found then
    perform tidings.refuse_stranger('interactions_previous_interaction_is_known', 'interaction', stranger);
  end if;
  select n.first_interaction_id into stranger
  from added n
  where n.first_interaction_id is not null and not exists (select from tidings.interactions i where i.id = n.first_interaction_id)
  limit 1;
  if found then
    perform tidings.refuse_stranger('interactions_first_interaction_is_known', 'interaction', stranger);
  end if;
  return null;
end $$;
create trigger check_named after insert on tidings.interactions
referencing new table as added
for each statement execute function tidings.check_named();

-- who an interaction was logged of may be found out later
create function tidings.check_named_later() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.person_id is distinct from old.person_id and new.person_id is not null
    and not exists (select from tidings.borrowers b where b.id = new.person_id for key share) then
    perform tidings.refuse_stranger('interactions_person_is_known', 'borrower', new.person_id);
  end if;
  if new.first_interaction_id is distinct from old.first_interaction_id and new.first_interaction_id is not null
    and not exists (select from tidings.interactions i where i.id = new.first_interaction_id) then
    perform tidings.refuse_stranger('interactions_first_interaction_is_known', 'interaction', new.first_interaction_id::text);
  end if;
  return null;
end $$;
create trigger check_named_later after update of person_id, first_interaction_id on tidings.interactions
for each row execute function tidings.check_named_later();

create or replace function tidings.keep_named() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  named_by text := 'case changes';
  rule text := case tg_table_name
    when 'case_types' then (select 'case_changes_case_type_is_known' from tidings.case_changes c where c.case_type_id = old.id limit 1)
    when 'borrowers' then (select 'case_changes_borrower_is_known' from tidings.case_changes c where c.borrower_id = old.id limit 1)
  end;
begin
  if rule is null and tg_table_name = 'borrowers' then
    named_by := 'interactions';
    rule := (select 'interactions_person_is_known' from tidings.interactions i where i.person_id = old.id limit 1);
  end if;
  if rule is not null then
    raise exception using errcode = 'foreign_key_violation', constraint = rule,
      message = format('%s name %s of %s', named_by, old.id, tg_table_name), hint = 'keep it: what happened is history';
  end if;
  return null;
end $$;

-- As before, but that all jobs of an insert are queued at once, and that a bulk of new cases is known for one.
create or replace function tidings.take_in_case_changes() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set work_mem = '64MB' as $$
declare
  stranger text;
  arrived int;
  new_cases int;
  all_new boolean;
begin
  select n.case_type_id into stranger
  from (select distinct i.case_type_id from inserted i) n
  where not exists (select from tidings.case_types t where t.id = n.case_type_id for key share) limit 1;
  if found then
    perform tidings.refuse_stranger('case_changes_case_type_is_known', 'case type', stranger);
  end if;
  select n.borrower_id into stranger
  from inserted n
  where not exists (select from tidings.borrowers b where b.id = n.borrower_id for key share) limit 1;
  if found then
    perform tidings.refuse_stranger('case_changes_borrower_is_known', 'borrower', stranger);
  end if;

  -- Whoever changes a case holds its row until commit, so changes of one case are taken in one after the other;
  -- in order of id, so that two bulks cannot wait for each other
  with kept as (
    insert into tidings.cases as c (id, case_type_id, borrower_id, loan_ids, status, outcome, fields, changed_at, case_change_id)
    select distinct on (n.case_id)
      n.case_id, n.case_type_id, n.borrower_id, n.loan_ids, n.status, n.outcome, n.fields, n.changed_at, n.id
    from inserted n
    order by n.case_id, n.changed_at desc, n.id desc
    on conflict (id) do update
    set case_type_id = excluded.case_type_id, borrower_id = excluded.borrower_id, loan_ids = excluded.loan_ids,
      status = excluded.status, outcome = excluded.outcome, fields = excluded.fields,
      changed_at = excluded.changed_at, case_change_id = excluded.case_change_id
    where (c.changed_at, c.case_change_id) < (excluded.changed_at, excluded.case_change_id)
    returning c.xmax = 0 as is_new -- nobody has locked or replaced the row
  )
  select count(*) filter (where k.is_new) into new_cases from kept k;

  select count(*) = new_cases into all_new from inserted;
  if all_new then
    -- as many new cases as changes, so each is the first of its case and there is nothing to look up
    insert into tidings.case_moves (case_change_id) select n.id from inserted n;
  else
    insert into tidings.case_moves (case_change_id, status_before, outcome_before, following_case_change_id)
    select n.id, earlier.status, earlier.outcome, (
      -- only a change that was taken in before this one makes it late; its neighbours in the same insert do not
      select f.id
      from tidings.case_changes f
      where f.case_id = n.case_id and (f.changed_at, f.id) > (n.changed_at, n.id)
        and (select m.case_change_id from tidings.case_moves m where m.case_change_id = f.id) is not null
      order by f.changed_at, f.id
      limit 1
    )
    from inserted n
    left join lateral (
      select p.status, p.outcome
      from tidings.case_changes p
      where p.case_id = n.case_id and (p.changed_at, p.id) < (n.changed_at, n.id)
      order by p.changed_at desc, p.id desc
      limit 1
    ) earlier on true;
  end if;

  select count(*) into arrived from inserted where fires;
  -- A bulk goes behind single changes and in sets that take some tens of milliseconds, so that it holds nobody up
  perform graphile_worker.add_jobs(array_agg(
    row('resolve_case_changes', json_build_object('caseChangeIds', s.ids), null, null, null, null,
      case when arrived > 250 then 10 else 0 end, null)::graphile_worker.job_spec))
  from (
    select array_agg(p.id::text order by p.id) as ids
    from (select n.id, (row_number() over (order by n.id) - 1) / 500 as part from inserted n where n.fires) p
    group by p.part
  ) s
  having count(*) > 0;
  return null;
end $$;
