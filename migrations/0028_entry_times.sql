-- The times of each entry of the record: when it happened, when Tidings learned of it, and when it was written. The record has them
-- already, so the view adds no work to sending. The time of the commit is bounded by the first head of the record tree that holds the
-- entry: src/store/operate/commit-bounds.ts.

-- happened_at is the time by the clock of the reporter. is_ahead is true if that clock was ahead of the database's: the time is kept as
-- it was reported, because a refused receipt would be lost.
create view tidings.entry_times (source, id, interaction_id, case_change_id, happened_at, learned_at, recorded_at, is_ahead)
with (security_invoker = true) as
select t.*, t.happened_at > t.learned_at + interval '5 seconds'
from (
  select 'caseChanges', c.id, null::bigint, c.id, c.changed_at, c.received_at, c.received_at
  from tidings.case_changes c
  union all
  -- a receipt has caused it, or the answer to a call, or what Tidings itself did
  select 'transitions', x.id, x.interaction_id, null, coalesce(r.reported_at, r.received_at, answer.ended_at, x.moved_at),
    coalesce(r.received_at, answer.ended_at, x.moved_at), x.moved_at
  from tidings.interaction_transitions x
  left join tidings.receipts r
    on r.id = case when x.evidence->>'receiptId' ~ '^[0-9]{1,18}$' then (x.evidence->>'receiptId')::bigint end and r.interaction_id = x.interaction_id
  left join tidings.interactions answer on answer.id = x.interaction_id and x.from_status = 'inProgress' and answer.origin = 'tidings'
    and answer.ended_at >= answer.claimed_at and answer.ended_at <= x.moved_at and (x.evidence->>'code' = 'workerDied') is not true
    -- the interaction has the times of its last call
    and not exists (
      select from tidings.interaction_transitions n
      where n.interaction_id = x.interaction_id and n.id > x.id and n.from_status = 'inProgress'
    )
  union all
  select 'receipts', r.id, r.interaction_id, null, coalesce(r.reported_at, r.received_at), r.received_at, r.received_at
  from tidings.receipts r
  union all
  select 'inboundMessages', m.interaction_id, m.interaction_id, null, coalesce(m.sent_at, m.received_at), m.received_at, m.received_at
  from tidings.inbound_messages m
  union all
  select 'amendments', a.id, a.interaction_id, null, coalesce(a.happened_at, a.amended_at), a.amended_at, a.amended_at
  from tidings.amendments a
  union all
  select 'outages', o.id, null, null, o.began_at, o.noted_at, o.noted_at
  from tidings.outages o
) t (source, id, interaction_id, case_change_id, happened_at, learned_at, recorded_at);
