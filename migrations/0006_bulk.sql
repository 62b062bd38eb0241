-- A bulk of 100,000 changes is taken in by index look-ups whatever the planner thinks. plpgsql keeps the plan of the first
-- insert it saw, when the tables were empty or the insert was one row; with another kind of join a bulk into a table of
-- other size takes half a minute instead of two seconds. Every statement here touches a few rows for each inserted one.
-- A bulk of a hundred thousand changes costs little more than its rows: what was asked once a row is asked once an insert.

-- Foreign keys ask for every row by itself, and took a third of a bulk's insert. The same rules under the same names, for
-- all rows at once; the lock is the one a foreign key takes, so that nobody who is named can be deleted meanwhile.
alter table tidings.case_changes drop constraint case_changes_case_type_is_known, drop constraint case_changes_borrower_is_known;

create function tidings.refuse_stranger(rule text, kind text, id text) returns void
language plpgsql as $$
begin
  raise exception using errcode = 'foreign_key_violation', constraint = rule,
    message = format('there is no %s %s', kind, id), hint = format('insert the %s first', kind);
end $$;

create function tidings.keep_named() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  rule text := case tg_table_name
    when 'case_types' then (select 'case_changes_case_type_is_known' from tidings.case_changes c where c.case_type_id = old.id limit 1)
    when 'borrowers' then (select 'case_changes_borrower_is_known' from tidings.case_changes c where c.borrower_id = old.id limit 1)
  end;
begin
  if rule is not null then
    raise exception using errcode = 'foreign_key_violation', constraint = rule,
      message = format('case changes name %s of %s', old.id, tg_table_name), hint = 'keep it: what happened is history';
  end if;
  return null;
end $$;
create trigger keep_named after delete on tidings.case_types for each row execute function tidings.keep_named();
create trigger keep_named after delete on tidings.borrowers for each row execute function tidings.keep_named();
create trigger keep_named_id after update of id on tidings.case_types
for each row when (new.id <> old.id) execute function tidings.keep_named();
create trigger keep_named_id after update of id on tidings.borrowers
for each row when (new.id <> old.id) execute function tidings.keep_named();

-- A session keeps the plans of its first insert, however small the tables were then. An index look-up a row is right for
-- one row and for a hundred thousand, in an empty table and in a full one: nothing else may be chosen.
create or replace function tidings.take_in_case_changes() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off set work_mem = '64MB' as $$
declare
  stranger text;
  arrived int;
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
  insert into tidings.cases as c (id, case_type_id, borrower_id, loan_ids, status, outcome, fields, changed_at, case_change_id)
  select distinct on (n.case_id)
    n.case_id, n.case_type_id, n.borrower_id, n.loan_ids, n.status, n.outcome, n.fields, n.changed_at, n.id
  from inserted n
  order by n.case_id, n.changed_at desc, n.id desc
  on conflict (id) do update
  set case_type_id = excluded.case_type_id, borrower_id = excluded.borrower_id, loan_ids = excluded.loan_ids,
    status = excluded.status, outcome = excluded.outcome, fields = excluded.fields,
    changed_at = excluded.changed_at, case_change_id = excluded.case_change_id
  where (c.changed_at, c.case_change_id) < (excluded.changed_at, excluded.case_change_id);

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

  select count(*) into arrived from inserted where fires;
  -- A bulk goes in small sets and behind single changes, so that it holds nobody up
  perform graphile_worker.add_job('resolve_case_changes', json_build_object('caseChangeIds', s.ids),
    priority => case when arrived > 250 then 10 else 0 end)
  from (
    select array_agg(p.id::text order by p.id) as ids
    from (select n.id, (row_number() over (order by n.id) - 1) / 250 as part from inserted n where n.fires) p
    group by p.part
  ) s;
  return null;
end $$;
