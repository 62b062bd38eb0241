-- Replies and opt-outs of borrowers.

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

-- The meaning of the words of a reply. automatic: a program wrote them.
create domain tidings.reading as text
  constraint reading_is_known check (value in ('optOut', 'optIn', 'help', 'refuseAll', 'refuseVoice', 'ceaseWritten', 'unclear', 'none', 'automatic')
    or tidings.refuse_word('reading', value));

-- Each opt-out of an address or number, and each return, with the message by which it came. It is committed first and then
-- written to the contact, because the core system may hold the row of the contact locked.
create table tidings.consent_records (
  id bigint primary key generated always as identity,
  contact_id text not null
    constraint consent_records_ids_have_at_most_200_characters check (char_length(contact_id) <= 200
      or tidings.refuse('consent_records_ids_have_at_most_200_characters', 'contact_id has more than 200 characters', 'use the id of a contact')),
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
create index consent_records_by_interaction on tidings.consent_records (interaction_id);
-- Not unique: a borrower who stops, returns and stops again while the contact is locked has three decisions that wait.
create index consent_records_waiting on tidings.consent_records (contact_id, scope, id) where applied_at is null;

-- The writer cannot choose when it was recorded and by whom. A record is only marked as applied, once.
create function tidings.keep_consent_record() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    new.recorded_at := clock_timestamp();
    new.recorded_by := tidings.moved_by();
    new.applied_at := null;
    return new;
  end if;
  if to_jsonb(new) - 'applied_at' <> to_jsonb(old) - 'applied_at' or old.applied_at is not null then
    perform tidings.refuse('consent_records_are_history', 'rows of consent_records are kept as they are', 'change the contact');
  end if;
  return new;
end $$;
create trigger keep_consent_record before insert or update on tidings.consent_records
for each row execute function tidings.keep_consent_record();
create trigger keep_history before delete or truncate on tidings.consent_records
for each statement execute function tidings.keep_history();
-- an operator records what the words of a reply mean
create trigger only_tidings_writes before insert or update or delete on tidings.consent_records
for each statement execute function tidings.only_tidings_writes('operate');

-- The inbound messages that Tidings receives, in addition to their interactions. A message is accepted once, by the provider's id.
create table tidings.inbound_messages (
  interaction_id bigint primary key
    constraint inbound_messages_interaction_is_known references tidings.interactions,
  provider text not null,
  provider_message_id text not null,
  -- when it was sent, by the clock of the sender; null if the message does not say
  sent_at timestamptz,
  received_at timestamptz not null default clock_timestamp(),
  -- every contact with the number or address of the sender, of any borrower
  contact_ids text[] not null,
  reading tidings.reading not null,
  -- true if the provider answers it by itself, as Twilio answers STOP: Tidings then confirms nothing
  provider_replied boolean not null default false,
  -- true if it may be a refusal: nothing is sent to these contacts until a person has read it
  suppresses boolean not null,
  -- true while it waits for a person
  is_open boolean not null,
  handled_at timestamptz,
  handled_by text,
  handled_reason text
    constraint inbound_messages_handled_reason_has_at_most_1000_characters check ((char_length(handled_reason) between 1 and 1000) is not false
      or tidings.refuse('inbound_messages_handled_reason_has_at_most_1000_characters', 'handled_reason is empty or too long', 'use 1 to 1,000 characters')),
  constraint inbound_messages_are_accepted_once unique (provider, provider_message_id),
  constraint inbound_messages_ids_have_at_most_300_characters check (greatest(char_length(provider), char_length(provider_message_id), tidings.longest_of(contact_ids)) <= 300
    or tidings.refuse('inbound_messages_ids_have_at_most_300_characters', 'provider, provider_message_id or an id in contact_ids has more than 300 characters', 'shorten it'))
);
create index inbound_messages_open on tidings.inbound_messages (interaction_id) where is_open;
create index inbound_messages_suppressing on tidings.inbound_messages using gin (contact_ids) where is_open and suppresses;

-- A message keeps what it is. A person closes it once, with a reason; the database writes who and when.
create function tidings.keep_inbound_message() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  changing_columns constant text[] := array['is_open', 'handled_at', 'handled_by', 'handled_reason'];
begin
  if to_jsonb(new) - changing_columns <> to_jsonb(old) - changing_columns or not old.is_open or new.is_open
    or new.handled_reason is null then
    perform tidings.refuse('inbound_messages_are_handled_once', format('message %s can only be marked as handled, once', old.interaction_id),
      'set is_open to false and handled_reason');
  end if;
  new.handled_at := clock_timestamp();
  new.handled_by := tidings.moved_by();
  return new;
end $$;
create trigger keep_inbound_message before update on tidings.inbound_messages
for each row execute function tidings.keep_inbound_message();
-- what a person found in it becomes a leaf of the record tree with this row
create trigger record_change after update on tidings.inbound_messages
for each row execute function tidings.record_change('interaction_id');
create trigger keep_history before delete or truncate on tidings.inbound_messages
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.inbound_messages
for each statement execute function tidings.only_tidings_writes('operate');

-- A confirmation answers an opt-out that is on record. Only daemons write reply_id (guard_authorship).
create function tidings.check_reply() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.interactions');
  if not exists (
    select from tidings.inbound_messages m where m.interaction_id = new.reply_id and m.reading = 'optOut' and not m.provider_replied
  ) then
    perform tidings.refuse('interactions_confirm_an_opt_out', format('interaction %s is no opt-out that waits for a confirmation', new.reply_id),
      'leave reply_id out');
  end if;
  return new;
end $$;
create trigger check_reply before insert on tidings.interactions
for each row when (new.reply_id is not null and new.origin = 'tidings') execute function tidings.check_reply();

-- as in 0011
create trigger require_values before insert or update on tidings.consent_records
for each row when (new.id is null or new.contact_id is null or new.change is null or new.scope is null or new.source is null
  or new.interaction_id is null or new.reason is null or new.recorded_at is null or new.recorded_by is null)
execute function tidings.refuse_missing_value();
create trigger require_values before insert or update on tidings.inbound_messages
for each row when (new.interaction_id is null or new.provider is null or new.provider_message_id is null or new.received_at is null
  or new.contact_ids is null or new.reading is null or new.provider_replied is null or new.suppresses is null or new.is_open is null)
execute function tidings.refuse_missing_value();

revoke execute on function tidings.keep_consent_record(), tidings.keep_inbound_message(), tidings.check_reply() from public;
