-- Who may execute which function. Postgres lets every role execute a new function. A role that can execute a trigger function
-- can put it on a table of its own, and a function with `security definer` would then do what that role wants as the owner
-- of the schema.
--
-- A later file that creates a function revokes execute from public for that function. `alter default privileges in schema`
-- cannot do it: it only adds to what all schemas grant.
revoke execute on all functions in schema tidings from public;

-- What runs in the name of whoever writes a row: in defaults, constraints and triggers without `security definer`
grant execute on function
  tidings.is_built_in_calendar(text),
  tidings.is_time_zone(text),
  tidings.refuse(text, text, text),
  tidings.raise_missing_reference(text, text, text),
  tidings.moved_by(),
  tidings.is_outcome_unknown(text, text),
  tidings.status_may_move(text, text),
  tidings.logged_status_may_move(text, text)
to public;
