-- What was said to a borrower, and with which template, stays as it was said; closures name a calendar there is.

-- On these columns only: neither recording an outcome nor resolving pays for it.
create function tidings.keep_what_was_said() returns trigger
language plpgsql as $$
begin
  if (new.template_id, new.template_version) is distinct from (old.template_id, old.template_version) then
    perform tidings.refuse('interactions_keep_their_template_version',
      format('interaction %s is pinned to version %s of template %s', old.id, old.template_version, old.template_id),
      'retry it, or insert another case change');
  end if;
  if new.content is distinct from old.content
    and not (old.status = 'scheduled' and new.status = 'inProgress') -- the claim writes what is about to be said
    and not coalesce(old.content ? 'sealed' and new.content ? 'sealed', false) then -- sealed anew with another key
    perform tidings.refuse('interactions_keep_what_was_said', format('what interaction %s said is on record', old.id),
      'send another interaction that says what is true now');
  end if;
  return new;
end $$;
create trigger keep_what_was_said before update of content, template_id, template_version on tidings.interactions
for each row when (old.origin = 'tidings') execute function tidings.keep_what_was_said();

create function tidings.check_closure() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if new.calendar not in ('office', 'regF', 'regZPrecise', 'fedBank')
    and not exists (select from tidings.calendars c where c.name = new.calendar for key share) then
    raise exception using errcode = 'foreign_key_violation', constraint = 'calendar_closures_calendar_is_known',
      message = format('there is no calendar %s', new.calendar),
      hint = 'use office, regF, regZPrecise, fedBank, or insert the calendar into tidings.calendars first';
  end if;
  return new;
end $$;
create trigger check_closure before insert or update of calendar on tidings.calendar_closures
for each row execute function tidings.check_closure();
