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

-- One index in place of two: transitions are only ever read of an interaction, in their order
alter table tidings.interaction_transitions drop constraint interaction_transitions_pkey;
drop index tidings.interaction_transitions_in_order;
alter table tidings.interaction_transitions add constraint interaction_transitions_pkey primary key (interaction_id, id);

-- What a provider has must not be taken for another borrower's; texts only, since nobody can be asked about an email
create index interactions_texts_by_provider_message on tidings.interactions (provider_message_id)
  where channel = 'text' and provider_message_id is not null;

-- A change at the end of time would freeze its case against all that come after it. Rows there are already are left alone
alter table tidings.case_changes
  add constraint case_changes_changed_at_is_a_date check (isfinite(changed_at)) not valid,
  add constraint case_changes_loan_ids_is_a_list check (coalesce(array_ndims(loan_ids), 1) = 1) not valid;

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
