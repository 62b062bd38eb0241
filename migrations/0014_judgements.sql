-- The guard at the moment of sending: the locks under which borrowers are judged, the record of each judgement, and the
-- notices that wait for a person, and those that go to another contact.

create domain tidings.verdict_outcome as text
  constraint verdict_outcome_is_known check (value in ('allow', 'wait', 'redirect', 'hold', 'refuse')
    or tidings.refuse_word('verdict_outcome', value));
create domain tidings.hold_decision as text
  constraint hold_decision_is_known check (value in ('released', 'refused')
    or tidings.refuse_word('hold_decision', value));

-- The lock of a borrower is the row with the hash of the borrower's id. Rows of borrowers are not locked, because a core system may
-- keep those for long, nor are advisory locks taken, because every role can take and keep them. Only the daemon's role has a
-- privilege on these rows. With this number two batches of 100 borrowers share a lock in one case of 27.
create table tidings.guard_locks (
  id int primary key
);
insert into tidings.guard_locks select * from generate_series(0, 262143);

create function tidings.guard_lock_of(borrower_id text) returns int
language sql immutable return hashtext(borrower_id) & 262143;

create trigger keep_history before insert or update or delete or truncate on tidings.guard_locks
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.guard_locks
for each statement execute function tidings.only_tidings_writes('send');

-- Each judgement of an interaction, before it is claimed or withheld
create table tidings.judgements (
  -- the order in which they were written
  id bigint generated always as identity,
  interaction_id bigint not null,
  judged_at timestamptz not null,
  -- the newest change of the policy that was known
  policy_version bigint not null,
  -- wait: judged again at this time; allow: the permission ends then
  until timestamptz,
  outcome tidings.verdict_outcome not null,
  rule_id text,
  -- SHA-256 of the facts as JSON. `tidings judge` repeats a judgement on the facts of its time, and this shows that they are the same
  facts_sha256 bytea,
  -- The rules that did not simply allow: [{"ruleId", "outcome", "until", "facts", "liftedBy"}]; null if all did. Every other rule of
  -- the policy allowed
  rules jsonb,
  primary key (interaction_id, id)
);
-- the record tree reads them in this order
create index judgements_in_order on tidings.judgements using brin (id) with (pages_per_range = 16, autosummarize = on);
create trigger keep_history before update or delete or truncate on tidings.judgements
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.judgements
for each statement execute function tidings.only_tidings_writes('send');

-- The notices that wait for a person. Such an interaction stays scheduled and has no scheduled_at_from.
create table tidings.holds (
  id bigint primary key generated always as identity,
  interaction_id bigint not null
    constraint holds_interaction_is_known references tidings.interactions,
  -- the first attempt of its chain: a decision counts for the attempts that follow
  chain_id bigint not null,
  held_at timestamptz not null default clock_timestamp(),
  -- every rule that held it; the first one decided
  rule_ids text[] not null,
  -- a daemon has reported that the latest time of the notice is near
  warned_at timestamptz,
  decided_at timestamptz,
  decided_by text,
  decision tidings.hold_decision,
  reason text
);
create unique index holds_are_open_once on tidings.holds (interaction_id) where decided_at is null;
create index holds_by_chain on tidings.holds (chain_id);
create index holds_by_interaction on tidings.holds (interaction_id);

-- A person decides once, and the writer cannot choose when and by whom.
create function tidings.guard_hold() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  decision_columns constant text[] := array['decided_at', 'decided_by', 'decision', 'reason'];
begin
  if tg_op = 'INSERT' then
    if not tidings.may_send(current_user) then
      perform tidings.forbid('holds_are_made_by_daemons', format('role %s may not hold a notice', current_user),
        '`tidings pause` stops a channel or a notification type');
    end if;
    new.decided_at := null;
    new.decided_by := null;
    new.decision := null;
    new.reason := null;
    return new;
  end if;
  if tidings.may_send(current_user) and to_jsonb(new) - 'warned_at' = to_jsonb(old) - 'warned_at' then
    return new;
  end if;
  if old.decided_at is not null or to_jsonb(new) - decision_columns <> to_jsonb(old) - decision_columns or new.decision is null then
    perform tidings.refuse('holds_are_decided_once', format('hold %s is history: only a decision can be added, once', old.id),
      '`tidings explain` shows what was decided');
  end if;
  if coalesce(new.reason, '') = '' then
    perform tidings.refuse('holds_decision_says_why', 'the reason of the decision is missing', 'set reason');
  end if;
  new.decided_at := clock_timestamp();
  new.decided_by := tidings.moved_by();
  return new;
end $$;
create trigger guard_hold before insert or update on tidings.holds for each row execute function tidings.guard_hold();
-- A decision must move its notice. If the notice stayed held, no list would show it, because lists read open holds.
create function tidings.check_hold_decision() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.holds');
  if exists (
    select from tidings.interactions i where i.id = new.interaction_id and i.status = 'scheduled' and i.scheduled_at_from is null
  ) then
    perform tidings.refuse('holds_decisions_move_the_notice', format('interaction %s would stay held without an open hold', new.interaction_id),
      'use `tidings release` or `tidings refuse`');
  end if;
  return null;
end $$;
-- after the statement, so that one statement may decide and move
create trigger check_hold_decision after update on tidings.holds
for each row when (old.decided_at is null and new.decided_at is not null) execute function tidings.check_hold_decision();
-- the decision becomes a leaf of the record tree with this row
create trigger record_change after update on tidings.holds
for each row when (old.decided_at is null and new.decided_at is not null) execute function tidings.record_change('id');
create trigger require_values before insert or update on tidings.holds
for each row when (new.id is null or new.interaction_id is null or new.chain_id is null or new.held_at is null or new.rule_ids is null)
execute function tidings.refuse_missing_value();
create trigger keep_history before delete or truncate on tidings.holds
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.holds
for each statement execute function tidings.only_tidings_writes('operate');

-- The notices that go to another contact or channel. The interaction is canceled, or has failed, and the next attempt of its chain
-- goes to this contact. Later attempts go there too, until the chain is redirected again.
create table tidings.redirects (
  id bigint primary key generated always as identity,
  interaction_id bigint not null
    constraint redirects_interaction_is_known references tidings.interactions
    constraint redirects_leave_an_interaction_once unique,
  next_interaction_id bigint not null
    constraint redirects_next_interaction_is_known references tidings.interactions
    constraint redirects_make_one_attempt unique,
  -- the first attempt of the chain
  chain_id bigint not null,
  redirected_at timestamptz not null default clock_timestamp(),
  redirected_by text not null default tidings.moved_by(),
  rule_id text not null,
  -- the contact that would have been used, or that the notice did not reach
  from_contact_id text not null,
  to_contact_id text not null,
  constraint redirects_reach_a_contact_once unique (chain_id, to_contact_id),
  constraint redirects_ids_have_at_most_200_characters check (greatest(char_length(from_contact_id), char_length(to_contact_id)) <= 200
    or tidings.refuse('redirects_ids_have_at_most_200_characters', 'from_contact_id or to_contact_id has more than 200 characters',
      'use the id of a contact'))
);

-- A redirect joins two attempts of one chain, and never goes back to a contact that the chain has left, so a chain ends. The check
-- runs after the insert, because the same statement may insert the next attempt.
create function tidings.guard_redirect() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.redirects');
  if not exists (
    select from tidings.interactions n
    join tidings.interactions p on p.id = n.previous_interaction_id and p.origin = 'tidings'
    join tidings.contacts k on k.id = new.to_contact_id and k.borrower_id = n.person_id
    where n.id = new.next_interaction_id and p.id = new.interaction_id and n.origin = 'tidings' and n.status = 'scheduled'
      and n.first_interaction_id = new.chain_id and p.status in ('canceled', 'failed')
  ) then
    perform tidings.refuse('redirects_join_two_attempts',
      format('interaction %s is not the next attempt of interaction %s, or the borrower has no contact %s', new.next_interaction_id,
        new.interaction_id, new.to_contact_id), 'let a daemon redirect it');
  end if;
  if new.to_contact_id = new.from_contact_id
    or exists (select from tidings.redirects r where r.chain_id = new.chain_id and r.from_contact_id = new.to_contact_id)
    or exists (
      select from tidings.interactions e
      where (e.id = new.chain_id or e.first_interaction_id = new.chain_id) and e.contact_id = new.to_contact_id
    )
  then
    perform tidings.refuse('redirects_never_go_back', format('the notice has left contact %s already', new.to_contact_id),
      'choose another contact');
  end if;
  return null;
end $$;
create trigger guard_redirect after insert on tidings.redirects for each row execute function tidings.guard_redirect();
-- The writer cannot choose when a notice was redirected and by whom.
create function tidings.author_redirect() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.redirected_at := clock_timestamp();
  new.redirected_by := tidings.moved_by();
  return new;
end $$;
create trigger author_redirect before insert on tidings.redirects for each row execute function tidings.author_redirect();
create trigger require_values before insert on tidings.redirects
for each row when (new.id is null or new.interaction_id is null or new.next_interaction_id is null or new.chain_id is null
  or new.redirected_at is null or new.redirected_by is null or new.rule_id is null or new.from_contact_id is null or new.to_contact_id is null)
execute function tidings.refuse_missing_value();
create trigger keep_history before update or delete or truncate on tidings.redirects
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.redirects
for each statement execute function tidings.only_tidings_writes('operate');

revoke execute on function tidings.guard_lock_of(text), tidings.guard_hold(), tidings.check_hold_decision(), tidings.guard_redirect(), tidings.author_redirect() from public;
