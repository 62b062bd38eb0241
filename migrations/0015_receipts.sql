-- Receipts are later reports of providers about messages that they accepted.

-- One row per report, as it came, without personal data. A report that comes again is accepted once.
create table tidings.receipts (
  id bigint primary key generated always as identity,
  -- the source of the report: twilio, smtp, or the name of a relay
  provider text not null,
  -- the provider's id of the message; null if a signed address named the interaction instead
  provider_message_id text,
  -- The interaction that the report is about. It is null until the report is matched: the report may come before the acceptance
  -- is recorded.
  interaction_id bigint,
  -- the provider's words
  raw_status text not null,
  code text,
  qualifier text,
  -- when it happened, by the provider's clock; null if the report does not say
  reported_at timestamptz,
  received_at timestamptz not null default clock_timestamp(),
  -- further fields of the report
  payload jsonb,
  constraint receipts_name_a_message
    check (num_nonnulls(provider_message_id, interaction_id) > 0
      or tidings.refuse('receipts_name_a_message', 'the receipt names no message', 'set provider_message_id or interaction_id')),
  -- all of them are in a unique index
  constraint receipts_have_short_texts
    check (greatest(char_length(provider), char_length(raw_status), char_length(code)) <= 100
        and (char_length(provider_message_id) <= 255) is not false and (char_length(qualifier) <= 250) is not false
      or tidings.refuse('receipts_have_short_texts', 'a text of the receipt is too long', 'shorten it')),
  constraint receipts_payload_has_at_most_2_kilobytes
    check ((octet_length(payload::text) <= 2000) is not false
      or tidings.refuse('receipts_payload_has_at_most_2_kilobytes', 'payload has more than 2,000 bytes as JSON', 'keep only what a replay needs'))
);
create unique index receipts_are_accepted_once on tidings.receipts (provider_message_id, provider, raw_status, code, qualifier)
  nulls not distinct where provider_message_id is not null;
create unique index receipts_by_address_are_accepted_once on tidings.receipts (interaction_id, provider, raw_status, code, qualifier)
  nulls not distinct where provider_message_id is null;
create index receipts_by_interaction on tidings.receipts (interaction_id) where interaction_id is not null;
-- The chain that a Message-ID of ours names; null for the id of another message.
create function tidings.chain_of_message(message_id text) returns bigint
language sql immutable return substring(message_id from '^tidings[.]([0-9]{1,18})(?:-[A-Za-z2-7]+)?@')::bigint;
grant execute on function tidings.chain_of_message(text) to public;
-- For receipts of emails that are not applied yet
create index receipts_by_chain on tidings.receipts (tidings.chain_of_message(provider_message_id))
  where interaction_id is null and tidings.chain_of_message(provider_message_id) is not null;
-- rows arrive in the order of this column, so an index of ranges is enough
create index receipts_by_arrival on tidings.receipts using brin (received_at);

-- Receipts do not change. Only the interaction is added, once, and the further fields are erased with its content (0024).
create function tidings.keep_receipt() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.payload is null and old.payload is not null and to_jsonb(new) - 'payload' = to_jsonb(old) - 'payload' and tidings.may_send(current_user) then
    if tidings.is_being_erased(old.interaction_id) then
      return new;
    end if;
  end if;
  if old.interaction_id is not null
    or (new.id, new.provider, new.provider_message_id, new.raw_status, new.code, new.qualifier, new.reported_at, new.received_at, new.payload)
      is distinct from
      (old.id, old.provider, old.provider_message_id, old.raw_status, old.code, old.qualifier, old.reported_at, old.received_at, old.payload) then
    perform tidings.refuse('receipts_are_history', format('receipt %s is kept as it came', old.id), 'insert another receipt');
  end if;
  return new;
end $$;
create trigger keep_receipt before update on tidings.receipts
for each row execute function tidings.keep_receipt();
create trigger keep_history before delete or truncate on tidings.receipts
for each statement execute function tidings.keep_history();

-- The receipts that are not applied yet. The transaction that applies a receipt deletes its row, so a row is found again
-- whenever a daemon dies.
create table tidings.receipt_queue (
  receipt_id bigint primary key
    constraint receipt_queue_receipt_is_known references tidings.receipts,
  run_at timestamptz not null default clock_timestamp(),
  -- how often its message was not found, was locked, or could not be read
  attempts int not null default 0,
  -- the code of the error that applying it met; null if it only waits for its message
  failed_by text
);
create index receipt_queue_due on tidings.receipt_queue (run_at);

-- No code path can store a receipt without queuing it.
create function tidings.queue_receipts() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into tidings.receipt_queue (receipt_id) select n.id from added n;
  return null;
end $$;
create trigger queue_receipts after insert on tidings.receipts
referencing new table as added
for each statement execute function tidings.queue_receipts();

-- True if a receipt of a chain waits to be applied. It may show that the provider accepted an earlier call, so no daemon calls it again
-- before. A receipt that could not be applied because of an error does not count: it might never be applied. Each row is looked up,
-- whatever the planner knows.
create function tidings.has_waiting_receipt(chain_id bigint) returns boolean
language sql stable return (
  select w.id
  from (
    select f.id, f.channel, f.provider_message_id from tidings.interactions f where f.id = chain_id
    union all
    select i.id, i.channel, i.provider_message_id from tidings.interactions i where i.first_interaction_id = chain_id
  ) e
  cross join lateral (
    select r.id from tidings.receipts r
    where r.interaction_id = e.id
      and (select q.receipt_id from tidings.receipt_queue q where q.receipt_id = r.id and q.failed_by is null) is not null
    union all
    select r.id from tidings.receipts r
    where e.channel = 'text' and r.provider_message_id = e.provider_message_id and r.interaction_id is null
      and (select q.receipt_id from tidings.receipt_queue q where q.receipt_id = r.id and q.failed_by is null) is not null
    limit 1
  ) w
  limit 1
) is not null or (
  select r.id from tidings.receipts r
  where r.interaction_id is null and tidings.chain_of_message(r.provider_message_id) = chain_id
    and (select q.receipt_id from tidings.receipt_queue q where q.receipt_id = r.id and q.failed_by is null) is not null
  limit 1
) is not null;
revoke execute on function tidings.has_waiting_receipt(bigint) from public;

-- A receipt that changes nothing, and why: its status is not known, it contradicts others, or its message is not found. It is
-- judged again whenever another receipt of its message arrives.
create table tidings.receipt_oddities (
  receipt_id bigint primary key
    constraint receipt_oddities_receipt_is_known references tidings.receipts,
  reason tidings.receipt_oddity not null,
  noted_at timestamptz not null default clock_timestamp(),
  -- when it was found to fit; null while it is open
  closed_at timestamptz
);
create index receipt_oddities_open on tidings.receipt_oddities (noted_at) where closed_at is null;
create trigger keep_history before delete or truncate on tidings.receipt_oddities
for each statement execute function tidings.keep_history();

-- The texts that are looked up at their provider, because it cannot call back. poll_at is a lease too: a daemon that asks sets it to a
-- later time first, so that no other daemon asks. If that daemon ends, another one asks at that time.
create table tidings.receipt_polls (
  interaction_id bigint primary key,
  poll_at timestamptz not null,
  -- how often it was asked
  polls int not null default 0
);
create index receipt_polls_due on tidings.receipt_polls (poll_at);

-- Findings of sending about contacts, for the core system. Each has the interaction that it comes from, and its changes of the contact.
-- Rows are read by `id > last_id order by id`, and notified on the channel tidings_contact_events.
create table tidings.contact_events (
  id bigint primary key generated always as identity,
  occurred_at timestamptz not null default clock_timestamp(),
  kind tidings.contact_event_kind not null,
  contact_id text not null,
  borrower_id text not null,
  interaction_id bigint not null,
  -- a label, and the provider's code if there is one
  reason text not null,
  code text,
  -- {"valid": {"from": true, "to": false}}; empty if the contact has that value already
  changes jsonb not null default '{}',
  -- the event that this one undoes: the message arrived after all
  withdraws_id bigint
    constraint contact_events_withdraws_is_known references tidings.contact_events
    constraint contact_events_are_withdrawn_once unique
);
create index contact_events_by_contact on tidings.contact_events (contact_id, id);
create index contact_events_by_interaction on tidings.contact_events (interaction_id);
create trigger keep_history before update or delete or truncate on tidings.contact_events
for each statement execute function tidings.keep_history();

-- Empty. Its lock orders the writers of contact_events.
create table tidings.contact_event_order (
  id int primary key
);

-- Ids come from a sequence before the commit, so a reader could see id 7 before id 6 is committed, and would then miss it. The
-- writers therefore take turns until their commit. It is the lock of a table that only the daemon's role can take, and not
-- that of contact_events: an insert has a weaker lock on that already, and two of them would wait for each other.
create function tidings.order_contact_events() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.contact_events');
  lock table tidings.contact_event_order in exclusive mode;
  return null;
end $$;
create trigger order_contact_events before insert on tidings.contact_events
for each statement execute function tidings.order_contact_events();

create function tidings.notify_contact_events() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('tidings_contact_events', max(n.id)::text) from added n having count(*) > 0;
  return null;
end $$;
create trigger notify_contact_events after insert on tidings.contact_events
referencing new table as added
for each statement execute function tidings.notify_contact_events();

create trigger only_tidings_writes before insert or update or delete on tidings.receipts
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.receipt_queue
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.receipt_oddities
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.receipt_polls
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.contact_events
for each statement execute function tidings.only_tidings_writes('send');
create trigger only_tidings_writes before insert or update or delete on tidings.contact_event_order
for each statement execute function tidings.only_tidings_writes('send');

revoke execute on function tidings.keep_receipt(), tidings.queue_receipts(), tidings.order_contact_events(),
  tidings.notify_contact_events() from public;
