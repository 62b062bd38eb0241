-- What others log through the REST resources: their statuses move as a log needs it, and a case's log is found quickly.

-- The strict diagram is of what Tidings sends and would have to undo. Somebody who logs a letter or a call may learn of
-- its beginning and its end at once; what has ended stays as it ended.
create function tidings.logged_status_may_move(from_status text, to_status text) returns boolean
language sql immutable as $$
  select from_status = to_status or (from_status, to_status) in (
    ('scheduled', 'inProgress'), ('scheduled', 'attempted'), ('scheduled', 'succeeded'), ('scheduled', 'failed'), ('scheduled', 'canceled'),
    ('inProgress', 'attempted'), ('inProgress', 'succeeded'), ('inProgress', 'failed'),
    ('attempted', 'succeeded'), ('attempted', 'failed'),
    ('succeeded', 'failed'))
$$;

-- As before, but for what others logged: that has a guard of its own, so that what is sent in bulk pays for none of it.
create or replace function tidings.guard_interaction() returns trigger
language plpgsql as $$
begin
  if old.origin = 'tidings' and not tidings.status_may_move(old.status, new.status) then
    perform tidings.refuse('interactions_status_moves_along_the_diagram',
      format('interaction %s cannot move from %s to %s', old.id, old.status, new.status),
      'the moves that exist are in tidings.status_may_move');
  end if;
  if (new.id, new.origin, new.case_change_id, new.notification_type_id, new.notification_type_version, new.attempt)
    is distinct from (old.id, old.origin, old.case_change_id, old.notification_type_id, old.notification_type_version, old.attempt)
    or (new.previous_interaction_id is distinct from old.previous_interaction_id and old.origin = 'tidings')
  then
    perform tidings.refuse('interactions_keep_what_they_answer_to',
      format('interaction %s keeps its case change, notification type and place in its chain', old.id), 'insert another interaction');
  end if;
  new.updated_at := clock_timestamp();
  if new.status is distinct from old.status and new.status_updated_at = old.status_updated_at then
    new.status_updated_at := clock_timestamp();
  end if;
  if new.status_details is distinct from old.status_details and new.status_details_updated_at is not distinct from old.status_details_updated_at then
    new.status_details_updated_at := clock_timestamp();
  end if;
  if (new.status, new.status_details) is distinct from (old.status, old.status_details) and new.evidence = old.evidence then
    new.evidence := null; -- it spoke for the move before
  end if;
  return new;
end $$;

create function tidings.guard_logged_interaction() returns trigger
language plpgsql as $$
begin
  if not tidings.logged_status_may_move(old.status, new.status) then
    perform tidings.refuse('interactions_status_moves_along_the_diagram',
      format('interaction %s cannot move from %s to %s', old.id, old.status, new.status),
      'the moves that exist are in tidings.logged_status_may_move');
  end if;
  if new.previous_interaction_id is distinct from old.previous_interaction_id and new.previous_interaction_id is not null
    and not exists (select from tidings.interactions p where p.id = new.previous_interaction_id) then
    perform tidings.refuse_stranger('interactions_previous_interaction_is_known', 'interaction', new.previous_interaction_id::text);
  end if;
  return new;
end $$;
create trigger guard_logged_interaction before update on tidings.interactions
for each row when (old.origin = 'logged') execute function tidings.guard_logged_interaction();

-- What Tidings wrote of a case is found through the persons of its changes; no notice pays for this index.
create index interactions_logged_by_case on tidings.interactions (case_id) where origin = 'logged';
