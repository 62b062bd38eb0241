-- What borrowers say about the messages they get.

create domain tidings.consent_change as text
  constraint consent_change_is_known check (value in ('optOut', 'optIn')
    or tidings.refuse_word('consent_change', value));
-- the messages that an opt-out is about: those about collection, or advertising
create domain tidings.consent_scope as text
  constraint consent_scope_is_known check (value in ('collection', 'marketing')
    or tidings.refuse_word('consent_scope', value));
-- link: the page behind the link of a message. oneClick: the button of a mail program (RFC 8058). reply: the words of the
-- borrower. complaint: the report of a mailbox provider. provider: the provider's own opt-out list.
create domain tidings.consent_source as text
  constraint consent_source_is_known check (value in ('link', 'oneClick', 'reply', 'complaint', 'provider')
    or tidings.refuse_word('consent_source', value));

-- Each opt-out of an address or number, and each return, with the message by which it came. It is committed first and then
-- written to the contact, because the core system may hold the row of the contact locked.
create table tidings.consent_records (
  id bigint primary key generated always as identity,
  contact_id text not null,
  change tidings.consent_change not null,
  scope tidings.consent_scope not null,
  source tidings.consent_source not null,
  -- the notice whose link was used, or the reply
  interaction_id bigint not null
    constraint consent_records_interaction_is_known references tidings.interactions,
  reason text not null
    constraint consent_records_reason_has_at_most_1000_characters check (char_length(reason) between 1 and 1000
      or tidings.refuse('consent_records_reason_has_at_most_1000_characters', 'reason is empty or too long', 'use 1 to 1,000 characters')),
  recorded_at timestamptz not null default clock_timestamp(),
  recorded_by text not null default tidings.moved_by(),
  -- when it was written to the contact; null while that waits
  applied_at timestamptz
);
create index consent_records_by_contact on tidings.consent_records (contact_id, id);
-- A repeated click, or the same reply from two daemons, waits to be applied once.
create unique index consent_records_wait_once on tidings.consent_records (contact_id, scope, change) where applied_at is null;

-- A record is only marked as applied, once.
create function tidings.keep_consent_record() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if to_jsonb(new) - 'applied_at' <> to_jsonb(old) - 'applied_at' or old.applied_at is not null then
    perform tidings.refuse('consent_records_are_history', 'rows of consent_records are kept as they are', 'change the contact');
  end if;
  return new;
end $$;
create trigger keep_consent_record before update on tidings.consent_records
for each row execute function tidings.keep_consent_record();
create trigger keep_history before delete or truncate on tidings.consent_records
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.consent_records
for each statement execute function tidings.only_tidings_writes('send');

revoke execute on function tidings.keep_consent_record() from public;
