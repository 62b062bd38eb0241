-- The input of Tidings: the core system inserts case changes, one row or a hundred thousand, in its own transaction.
-- Intake writes rows in that same transaction and does nothing else, so a rollback undoes all of it. It sends no
-- notification: a commit with a notification waits for a lock of the whole cluster, and cannot be prepared for
-- two-phase commit.
--
-- Three tables show the progress of a change:
--   missed_changes  it arrived without intake; the sweep takes it in
--   resolve_queue   it was taken in and fires; a daemon resolves it
--   resolutions     it was resolved: which notification types fired, and why the others did not

create table tidings.case_changes (
  id bigint primary key generated always as identity,
  external_id text constraint case_changes_external_id_is_taken_once unique,
  case_id text not null,
  -- check_case_changes checks that the case type, the borrower and the loans exist, and the sizes
  case_type_id text not null,
  borrower_id text not null,
  loan_ids text[] not null default '{}'
    constraint case_changes_loan_ids_is_a_list check (coalesce(array_ndims(loan_ids), 1) = 1
      or tidings.refuse('case_changes_loan_ids_is_a_list', 'loan_ids is a list of lists', 'write {LN-1,LN-2}')),
  status tidings.case_status not null,
  outcome tidings.case_outcome,
  fields jsonb not null default '{}'
    constraint case_changes_fields_is_an_object check (jsonb_typeof(fields) = 'object'
      or tidings.refuse('case_changes_fields_is_an_object', 'fields is not a JSON object', 'write {} or an object')),
  -- no later change could ever replace a change at infinity
  changed_at timestamptz not null default now()
    constraint case_changes_changed_at_is_a_date check (isfinite(changed_at)
      or tidings.refuse('case_changes_changed_at_is_a_date', 'changed_at is infinite', 'set the time at which the case changed, or leave it out')),
  -- false for the cases of a portfolio that the lender takes over: the case becomes known and nothing is sent
  fires boolean not null default true,
  supercase_bulk_operation_id text,
  received_at timestamptz not null default clock_timestamp(),
  -- a list of 200 bytes has no longer id
  constraint case_changes_ids_have_at_most_200_characters
    check ((greatest(char_length(case_id), char_length(external_id), char_length(supercase_bulk_operation_id)) <= 200
        and (pg_column_size(loan_ids) <= 200 or tidings.longest_of(loan_ids) <= 200)) is not false
      or tidings.refuse('case_changes_ids_have_at_most_200_characters',
        'case_id, external_id, supercase_bulk_operation_id or an id in loan_ids has more than 200 characters', 'use shorter ids'))
);
-- The notices about a loan are found through the borrowers of the changes that name it. The index costs 3.5 microseconds for each
-- change.
create index case_changes_by_loan on tidings.case_changes using gin (loan_ids);

-- The state of each case after its changes
create table tidings.cases (
  id text primary key,
  case_type_id text not null,
  borrower_id text not null,
  loan_ids text[] not null,
  status text not null,
  outcome text,
  fields jsonb not null,
  changed_at timestamptz not null,
  case_change_id bigint not null,
  -- the state of the case before the insert that moved it last; null after its first insert
  previous_changed_at timestamptz,
  previous_case_change_id bigint
);
-- the legal states of a borrower
create index cases_by_borrower on tidings.cases (borrower_id);

-- The state of the case before each change, written once when the change is taken in
create table tidings.case_moves (
  case_change_id bigint primary key,
  case_id text not null,
  changed_at timestamptz not null,
  status_before text,
  outcome_before text,
  -- set when a later change had been taken in before this one, which makes this one late: the next change by time
  following_case_change_id bigint
);
-- The changes of a case that were taken in, in their order: by time, then by arrival. The index is here and not on
-- case_changes, so that intake never reads changes of the same insert or changes that are not taken in yet.
create index case_moves_in_order on tidings.case_moves (case_id, changed_at, case_change_id);

-- Sets of firing changes that wait to be resolved. A daemon locks a row, writes the resolutions and deletes the row in one
-- transaction. When the daemon dies, the lock ends with its connection.
create table tidings.resolve_queue (
  id bigint primary key generated always as identity,
  case_change_ids bigint[] not null
    constraint resolve_queue_sets_are_not_empty check (cardinality(case_change_ids) > 0
      or tidings.refuse('resolve_queue_sets_are_not_empty', 'the set has no case change', 'queue a set that has one')),
  -- 0: single changes. 10: parts of a bulk, halves of a set that failed, and changes that the sweep found; they must not
  -- delay single changes
  priority int not null default 0,
  queued_at timestamptz not null default clock_timestamp(),
  run_at timestamptz not null default clock_timestamp(),
  -- how often resolving this set has failed, and the last error code
  attempts int not null default 0,
  failed_by text
) with (autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);
create index resolve_queue_in_order on tidings.resolve_queue (priority, id);

-- The result of each firing change, written in the transaction that plans its interactions
create table tidings.resolutions (
  case_change_id bigint primary key,
  -- the order in which they were written; the record tree reads them by it
  id bigint not null generated always as identity,
  resolved_at timestamptz not null default now(),
  resolved_by text not null default tidings.moved_by(),
  -- the active versions of the case type at that moment, grouped by their result: {"fires": ["16.2"],
  -- "triggerDoesNotHold": ["17.1", "18.4"]}
  verdicts jsonb not null
    constraint resolutions_verdicts_is_an_object check (jsonb_typeof(verdicts) = 'object'
      or tidings.refuse('resolutions_verdicts_is_an_object', 'verdicts is not a JSON object', 'write an object'))
);

-- rows are written in the order of this column, so an index of ranges is enough
create index resolutions_in_order on tidings.resolutions using brin (id) with (pages_per_range = 16, autosummarize = on);

-- Changes that arrived without intake. Logical replication and sessions with session_replication_role = replica insert such
-- changes and a trigger notes them here; the sweep notes the others that it finds, and takes all of them in.
create table tidings.missed_changes (
  case_change_id bigint primary key,
  noted_at timestamptz not null default clock_timestamp(),
  retry_at timestamptz not null default clock_timestamp(),
  attempts int not null default 0,
  -- the constraint or SQLSTATE that refused it last
  refused_by text
);

create trigger keep_history before delete or truncate on tidings.case_changes
for each statement execute function tidings.keep_history();

-- Case changes are append-only, except that the daemon's role may erase their fields (0024).
create function tidings.keep_case_change() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  erased tidings.case_changes := old;
begin
  erased.fields := '{}';
  if new is not distinct from erased and tidings.may_send(current_user) then
    if exists (select from tidings.erasures e where e.case_change_id = old.id and e.leaves is null) then
      return new;
    end if;
  end if;
  perform tidings.refuse('case_changes_are_history', 'rows of case_changes are kept as they are', 'insert a new row with the present values');
  return null;
end $$;
create trigger keep_case_change before update on tidings.case_changes
for each row execute function tidings.keep_case_change();
create trigger keep_history before update or delete or truncate on tidings.case_moves
for each statement execute function tidings.keep_history();
create trigger keep_history before update or delete or truncate on tidings.resolutions
for each statement execute function tidings.keep_history();

-- Refuses all rows of an insert if one of them has no case id, has an unknown reference or is too large.
-- Foreign keys would check each row separately, which took a third of the time of a bulk. `for key share` is the lock
-- of a foreign key: a referenced row cannot be deleted meanwhile. The sizes are checked here, because a check constraint
-- would stop logical replication. A long id has a check constraint, because its index would stop it too.
create function tidings.check_case_changes() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  missing_id text;
  wrong record;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.case_changes', 'tidings.late_intake');
  -- a value that takes up to 4 kB has less than a megabyte also without compression, so it is not converted to text
  select cardinality(n.loan_ids) as loans, btrim(n.case_id) = '' as has_no_case,
    case when pg_column_size(n.fields) > 4000 then octet_length(n.fields::text) end as fields_size
  into wrong
  from inserted n
  where cardinality(n.loan_ids) > 1000 or btrim(n.case_id) = ''
    or (pg_column_size(n.fields) > 4000 and octet_length(n.fields::text) > 1000000)
  limit 1;
  -- all changes with a blank id would be changes of one case
  if found and wrong.has_no_case then
    perform tidings.refuse('case_changes_case_id_is_not_blank', 'case_id is blank', 'write the id of the case');
  end if;
  if found and wrong.fields_size > 1000000 then
    perform tidings.refuse('case_changes_fields_have_at_most_1_megabyte',
      format('fields has %s bytes, more than 1,000,000', wrong.fields_size), 'insert only the fields that notices need');
  end if;
  if found then
    perform tidings.refuse('case_changes_loan_ids_has_at_most_1000_ids',
      format('loan_ids has %s ids, more than 1,000', wrong.loans), 'make one case for each borrower');
  end if;

  select n.case_type_id into missing_id
  from (select distinct i.case_type_id from inserted i) n
  where not exists (select from tidings.case_types t where t.id = n.case_type_id for key share) limit 1;
  if found then
    perform tidings.raise_missing_reference('case_changes_case_type_is_known', 'case type', missing_id);
  end if;
  select n.borrower_id into missing_id
  from inserted n
  where not exists (select from tidings.borrowers b where b.id = n.borrower_id for key share) limit 1;
  if found then
    perform tidings.raise_missing_reference('case_changes_borrower_is_known', 'borrower', missing_id);
  end if;
  -- without a lock: a loan may be deleted later
  select n.loan_id into missing_id
  from (select distinct unnest(i.loan_ids) as loan_id from inserted i) n
  where not exists (select from tidings.loans l where l.id = n.loan_id) limit 1;
  if found and missing_id is null then
    perform tidings.refuse('case_changes_loans_are_known', 'loan_ids has a null', 'write only the ids of loans');
  end if;
  if found then
    perform tidings.raise_missing_reference('case_changes_loans_are_known', 'loan', missing_id);
  end if;
  return null;
end $$;

-- Refuses a change with a date ahead of the database's clock: until its date every true change of the case would be
-- late, and notices would be judged by a future state. Five seconds allow for small differences between clocks.
create function tidings.refuse_future_changes() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  newest timestamptz;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.case_changes', 'tidings.late_intake');
  select max(n.changed_at) into newest from inserted n;
  if newest > clock_timestamp() + interval '5 seconds' then
    perform tidings.refuse('case_changes_changed_at_is_not_in_the_future',
      format('changed_at is %s seconds ahead of the database''s clock', ceil(extract(epoch from newest - clock_timestamp()))),
      'set changed_at to the time at which the case changed, or leave it out');
  end if;
  return null;
end $$;

-- Takes in all rows of an insert at once, so that a bulk of a hundred thousand changes costs little more than its rows:
-- updates cases, writes case_moves, and queues firing changes.
-- A change is compared with the state of its case before the insert. Only a change that is older than that state is
-- late and needs look-ups; among the changes of one insert a window function finds the neighbor. So thousands of
-- changes of one case in one insert cost as much as changes of thousands of cases.
-- The planner settings allow index look-ups only. plpgsql keeps the plans of the first insert of a session, however
-- small the tables were then. An index look-up per row is right for one row and for a hundred thousand, in an empty
-- table and in a full one. Any other join, kept from a small insert, takes half a minute for a bulk instead of two
-- seconds.
create function tidings.take_in_case_changes() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set work_mem = '64MB' as $$
declare
  new_cases bigint;
  all_new boolean;
  firing bigint;
  set_size int;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.case_changes', 'tidings.late_intake');
  -- An insert locks the rows of its cases until it commits, even if it does not move them, so changes of one case are
  -- taken in one after the other. Rows are locked in the order of their ids, so that two bulks cannot wait for each
  -- other.
  with moved as (
    insert into tidings.cases as c (id, case_type_id, borrower_id, loan_ids, status, outcome, fields, changed_at, case_change_id)
    select distinct on (n.case_id)
      n.case_id, n.case_type_id, n.borrower_id, n.loan_ids, n.status, n.outcome, n.fields, n.changed_at, n.id
    from inserted n
    order by n.case_id, n.changed_at desc, n.id desc
    on conflict (id) do update
    set case_type_id = excluded.case_type_id, borrower_id = excluded.borrower_id, loan_ids = excluded.loan_ids,
      status = excluded.status, outcome = excluded.outcome, fields = excluded.fields,
      changed_at = excluded.changed_at, case_change_id = excluded.case_change_id,
      previous_changed_at = c.changed_at, previous_case_change_id = c.case_change_id
    where (c.changed_at, c.case_change_id) < (excluded.changed_at, excluded.case_change_id)
    returning c.previous_case_change_id is null as is_new
  )
  select count(*) filter (where m.is_new) into new_cases from moved m;

  select count(*) = new_cases into all_new from inserted;
  if all_new then
    -- as many new cases as changes, so each change is the first of its case and there is nothing to look up
    insert into tidings.case_moves (case_change_id, case_id, changed_at)
    select n.id, n.case_id, n.changed_at from inserted n;
  else
    with ordered as (
      select n.id, n.case_id, n.changed_at,
        lag(n.changed_at) over by_time as sibling_at, lag(n.id) over by_time as sibling_id,
        lag(n.status) over by_time as sibling_status, lag(n.outcome) over by_time as sibling_outcome,
        first_value(n.id) over (partition by n.case_id order by n.changed_at desc, n.id desc) as newest_id
      from inserted n
      window by_time as (partition by n.case_id order by n.changed_at, n.id)
    ),
    placed as (
      select o.*, k.id as known_id, (o.changed_at, o.id) < (k.changed_at, k.id) as is_late
      from ordered o
      join tidings.cases c on c.id = o.case_id
      -- the state of the case before this insert; null for a new case
      cross join lateral (
        select case when c.case_change_id = o.newest_id then c.previous_case_change_id else c.case_change_id end as id,
          case when c.case_change_id = o.newest_id then c.previous_changed_at else c.changed_at end as changed_at
      ) k
    ),
    with_neighbors as (
      select p.*,
        case when p.is_late then (
          select m.case_change_id from tidings.case_moves m
          where m.case_id = p.case_id and (m.changed_at, m.case_change_id) < (p.changed_at, p.id)
          order by m.changed_at desc, m.case_change_id desc limit 1
        ) else p.known_id end as earlier_id,
        -- other changes of the same insert do not make a change late
        case when p.is_late then (
          select m.case_change_id from tidings.case_moves m
          where m.case_id = p.case_id and (m.changed_at, m.case_change_id) > (p.changed_at, p.id)
          order by m.changed_at, m.case_change_id limit 1
        ) end as following_id
      from placed p
    )
    insert into tidings.case_moves (case_change_id, case_id, changed_at, status_before, outcome_before, following_case_change_id)
    select w.id, w.case_id, w.changed_at,
      case when b.sibling_is_next then w.sibling_status else e.status end,
      case when b.sibling_is_next then w.sibling_outcome else e.outcome end, w.following_id
    from with_neighbors w
    left join tidings.case_changes e on e.id = w.earlier_id
    cross join lateral (
      select e.id is null or (w.sibling_at, w.sibling_id) > (e.changed_at, e.id) as sibling_is_next
    ) b
    -- sorted, so that every look-up is done before the first row is written: none reads rows of this insert
    order by w.id;
  end if;

  -- Sets of at most 500 changes and about 4 MB of fields, so that each takes some tens of milliseconds and little
  -- memory. Sets of a bulk wait behind single changes.
  -- Rows that come late were stored before, so their fields are measured as they are read: stored values are compressed.
  select count(*), greatest(1, least(500, 4000000 / avg(case when tg_table_name = 'late_intake'
    then octet_length(n.fields::text) else pg_column_size(n.fields) end)))::int into firing, set_size
  from inserted n
  where n.fires;
  if firing > 0 then
    insert into tidings.resolve_queue (case_change_ids, priority)
    select array_agg(p.id order by p.id), case when firing > 250 then 10 else 0 end
    from (select n.id, (row_number() over (order by n.id) - 1) / set_size as part from inserted n where n.fires) p
    group by p.part
    order by p.part;
  end if;
  return null;
end $$;

create trigger check_case_changes after insert on tidings.case_changes
referencing new table as inserted
for each statement execute function tidings.check_case_changes();
create trigger refuse_future_changes after insert on tidings.case_changes
referencing new table as inserted
for each statement execute function tidings.refuse_future_changes();
-- Postgres fires triggers in the order of their names, so this one is the last.
create trigger take_in_case_changes after insert on tidings.case_changes
referencing new table as inserted
for each statement execute function tidings.take_in_case_changes();

-- Missed changes. In replica role, which logical replication has too, none of the triggers above fires: statement triggers
-- cannot fire in a replication worker at all. This row trigger fires only there, so other inserts do not pay for it.
create function tidings.note_missed_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.case_changes');
  insert into tidings.missed_changes (case_change_id) values (new.id) on conflict do nothing;
  return null;
end $$;
create trigger note_missed_change after insert on tidings.case_changes
for each row execute function tidings.note_missed_change();
alter table tidings.case_changes enable replica trigger note_missed_change;

-- A missed change is copied into this table, whose triggers are those of case_changes, and deleted from it in the same
-- transaction: intake has one body, which reads the rows of an insert.
create table tidings.late_intake (like tidings.case_changes);
create trigger check_case_changes after insert on tidings.late_intake
referencing new table as inserted
for each statement execute function tidings.check_case_changes();
create trigger refuse_future_changes after insert on tidings.late_intake
referencing new table as inserted
for each statement execute function tidings.refuse_future_changes();
create trigger take_in_case_changes after insert on tidings.late_intake
referencing new table as inserted
for each statement execute function tidings.take_in_case_changes();

-- Takes in up to max_changes missed changes in the order of their dates, and returns each with the rule that refused
-- it, or null. If one of them is refused, each is tried separately: a change whose borrower does not exist yet is tried
-- again a minute later, and then at growing intervals of up to an hour.
create function tidings.take_in_missed_changes(max_changes int)
returns table (case_change_id bigint, refused_by text)
-- a case that another transaction keeps locked delays its own changes, and not those of other cases
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '2s' as $$
declare
  due bigint[];
  one bigint;
  refusing_rule text;
begin
  -- The changes of a case are taken in in their order, so only one session at a time does this. It is the lock of a table
  -- that only the daemon's role can take, because each role of the database could take an advisory lock and keep it.
  begin
    lock table tidings.late_intake in share row exclusive mode nowait;
  exception when lock_not_available then
    return;
  end;
  -- taken in meanwhile
  delete from tidings.missed_changes x using tidings.case_moves m where m.case_change_id = x.case_change_id;
  select array_agg(d.id) into due
  from (
    select c.id
    from tidings.missed_changes x
    join tidings.case_changes c on c.id = x.case_change_id
    where x.retry_at <= clock_timestamp()
    order by c.changed_at, c.id
    limit max_changes
  ) d;
  if due is null then
    return;
  end if;
  begin
    perform tidings.take_in_late(due);
    return query select d, null::text from unnest(due) d;
    return;
  exception when others then
    null;
  end;
  foreach one in array due loop
    begin
      perform tidings.take_in_late(array[one]);
      return query select one, null::text;
    exception when others then
      get stacked diagnostics refusing_rule = constraint_name;
      refusing_rule := coalesce(nullif(refusing_rule, ''), sqlstate);
      update tidings.missed_changes x
      set attempts = x.attempts + 1, refused_by = refusing_rule,
        retry_at = clock_timestamp() + least(60 * 2 ^ x.attempts, 3600) * interval '1 second'
      where x.case_change_id = one;
      return query select one, refusing_rule;
    end;
  end loop;
end $$;

create function tidings.take_in_late(ids bigint[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into tidings.late_intake select c.* from tidings.case_changes c where c.id = any(ids);
  delete from tidings.late_intake;
  delete from tidings.missed_changes x where x.case_change_id = any(ids);
end $$;

-- Waits up to wait_ms until a set is due, and returns whether one is. With only_singles, sets of a bulk do not count. The
-- wait is done here and not by the daemon, because a read from inside the database costs a tenth of a query. It polls and
-- does not listen, so that the core system's transaction need not notify. If a read is slow, as over rows that a long
-- transaction keeps from being vacuumed, it reads less often.
create function tidings.wait_for_case_changes(wait_ms int, pause_ms int, only_singles boolean) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
declare
  deadline constant timestamptz := clock_timestamp() + wait_ms * interval '1 millisecond';
  began timestamptz;
begin
  loop
    began := clock_timestamp();
    if exists (
      select from tidings.resolve_queue q where q.run_at <= began and (q.priority = 0 or not only_singles)
    ) then
      return true;
    end if;
    exit when clock_timestamp() >= deadline;
    perform pg_sleep(greatest(pause_ms / 1000.0, 20 * extract(epoch from clock_timestamp() - began)));
  end loop;
  return false;
end $$;

-- Locks sets that are due and not locked by another transaction: up to max_sets sets of single changes. If there is none,
-- it locks one set of a bulk, except with only_singles. It is separate from the function that waits: the transaction of a
-- claim begins after its changes, so that now() is the time of resolving.
create function tidings.claim_case_changes(max_sets int, only_singles boolean) returns setof tidings.resolve_queue
language plpgsql set search_path = pg_catalog, pg_temp set enable_seqscan = off as $$
begin
  return query
    select * from tidings.resolve_queue q where q.priority = 0 and q.run_at <= clock_timestamp()
    order by q.id limit max_sets for update skip locked;
  if not found and not only_singles then
    return query
      select * from tidings.resolve_queue q where q.priority > 0 and q.run_at <= clock_timestamp()
      order by q.priority, q.id limit 1 for update skip locked;
  end if;
end $$;
