import { sql, type RawBuilder } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { ContactEventKind } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { EVENT_HOLDS } from "../receipts/event-holds.ts";
import { recordset } from "../postgres/recordset.ts";

/** A provider's finding about the contact of an interaction. */
export interface InteractionFinding {
  readonly interactionId: InteractionId;
  readonly finding: ContactEventKind | null;
}

const FINDING = { interactionId: "bigint", finding: "text" } as const;

/**
 * Writes findings to the contacts and to `contact_events`, unless the lender has changed the contact's value since. It waits
 * for no contact that the core system keeps locked: that finding becomes a row, in the same transaction, and
 * `noteKeptFindings` writes it later. A finding that holds already is left out. The reason is read from the interaction, so
 * that must be on record before.
 */
export async function noteFindings(db: Db, found: readonly InteractionFinding[]): Promise<void> {
  const findings = found.filter((one) => one.finding !== null);
  if (findings.length === 0) return;
  await note(
    db,
    sql`select f."interactionId" as interaction_id, f.finding
      from ${recordset("f", FINDING, findings)}`,
  );
}

/**
 * Withdraws findings that turned out to be wrong: the contact gets back what the finding had changed, unless another finding
 * still holds or the lender has changed the contact since. A locked contact is not waited for.
 */
export async function withdrawFindings(
  db: Db,
  wrong: readonly InteractionFinding[],
): Promise<void> {
  if (wrong.length === 0) return;
  await withdraw(
    db,
    sql`select f."interactionId" as interaction_id, f.finding
      from ${recordset("f", FINDING, wrong)}`,
  );
}

/** Writes what was kept because contacts were locked, and deletes the rows of those that are done. */
export async function noteKeptFindings(db: Db): Promise<void> {
  await note(
    db,
    sql`select f.interaction_id, f.finding from tidings.contact_findings f where not f.withdrawn for update skip locked`,
  );
  await withdraw(
    db,
    sql`select f.interaction_id, f.finding from tidings.contact_findings f where f.withdrawn for update skip locked`,
  );
}

/** The contacts of `concerned` that no other transaction has locked; check_primary_contacts locks the borrower. */
const FREE = sql`(
  select k.id, k.valid, k.receive_text_messages, k.opted_out_at, k.marketing_opted_out_at, k.value
  from tidings.contacts k
  join tidings.borrowers b on b.id = k.borrower_id
  where k.id in (select c.contact_id from concerned c)
  for no key update of k, b skip locked
)`;

/** The findings of `found` whose contact is the one that the message went to, and that do not hold yet. */
const CONCERNED = sql`(
  select f.interaction_id, f.finding, i.channel, k.id as contact_id, k.borrower_id,
    coalesce(i.failure_description_short, i.status_details, f.finding) as reason,
    coalesce(i.evidence->>'enhancedCode', i.evidence->>'code') as code
  from found f
  -- limited to one, so that it is looked up: a plan that was made for a small table would read all of a large one
  cross join lateral (
    select l.channel, l.status_details, l.failure_description_short, l.evidence, l.contact_id, l.contact
    from tidings.interactions l
    where l.id = f.interaction_id
    limit 1
  ) i
  join tidings.contacts k on k.id = i.contact_id and k.value = i.contact->>'value'
  where not exists (
    select from tidings.contact_events e
    where e.interaction_id = f.interaction_id and e.kind = f.finding and ${EVENT_HOLDS}
  )
)`;

/** True for a complaint `c`, which opts its address out. An opt-out by text is in receive_text_messages. */
const IS_COMPLAINT = sql`(c.finding = 'optedOut' and c.channel = 'email')`;

/** The opt-outs of complaints. They count for judging as soon as they are recorded, also while the contact is locked. */
const OPT_OUTS = sql`(
  insert into tidings.consent_records (contact_id, change, scope, source, interaction_id, reason)
  select distinct on (c.contact_id, s.scope) c.contact_id, 'optOut', s.scope,
    'complaint', c.interaction_id, c.reason
  from concerned c
  cross join unnest('{collection,marketing}'::text[]) s(scope)
  where ${IS_COMPLAINT}
    -- it was recorded before, while the contact was locked
    and not exists (
      select from tidings.consent_records r
      where r.contact_id = c.contact_id and r.interaction_id = c.interaction_id and r.source = 'complaint'
    )
  order by c.contact_id, s.scope, c.interaction_id
)`;

/** The changes that the finding `c` makes to the contact `r`. */
const CHANGES = sql`
  case when c.finding = 'invalid' and r.valid then '{"valid": {"from": true, "to": false}}'::jsonb else '{}' end
  || case when c.finding in ('notTextable', 'optedOut') and r.receive_text_messages
    then '{"receive_text_messages": {"from": true, "to": false}}'::jsonb else '{}' end
  || case when ${IS_COMPLAINT} and r.opted_out_at is null
    then jsonb_build_object('opted_out_at', jsonb_build_object('from', null, 'to', statement_timestamp())) else '{}' end
  || case when ${IS_COMPLAINT} and r.marketing_opted_out_at is null
    then jsonb_build_object('marketing_opted_out_at', jsonb_build_object('from', null, 'to', statement_timestamp())) else '{}' end`;

async function note(db: Db, findings: RawBuilder<unknown>): Promise<void> {
  await sql`
    with found as materialized (${findings}),
    concerned as materialized ${CONCERNED},
    free as materialized ${FREE},
    noted as (
      update tidings.contacts k
      set valid = k.valid and not f.is_invalid, receive_text_messages = k.receive_text_messages and not f.takes_no_texts,
        opted_out_at = coalesce(k.opted_out_at, case when f.complains then statement_timestamp() end),
        marketing_opted_out_at = coalesce(k.marketing_opted_out_at, case when f.complains then statement_timestamp() end)
      from (
        select c.contact_id, bool_or(c.finding = 'invalid') as is_invalid,
          bool_or(c.finding in ('notTextable', 'optedOut')) as takes_no_texts, bool_or(${IS_COMPLAINT}) as complains
        from concerned c
        where c.contact_id in (select r.id from free r)
        group by c.contact_id
      ) f
      where k.id = f.contact_id and (k.valid and f.is_invalid or k.receive_text_messages and f.takes_no_texts
        or f.complains and (k.opted_out_at is null or k.marketing_opted_out_at is null))
    ),
    waiting as materialized (
      select c.interaction_id, c.finding from concerned c where c.contact_id not in (select r.id from free r)
    ),
    opt_outs as ${OPT_OUTS},
    kept as (
      insert into tidings.contact_findings (interaction_id, finding)
      select w.interaction_id, w.finding from waiting w
      on conflict (interaction_id, finding, withdrawn) do nothing
    ),
    done as (
      delete from tidings.contact_findings d
      where not d.withdrawn and (d.interaction_id, d.finding) in (select f.interaction_id, f.finding from found f)
        and (d.interaction_id, d.finding) not in (select w.interaction_id, w.finding from waiting w)
    )
    insert into tidings.contact_events (kind, contact_id, borrower_id, interaction_id, reason, code, changes)
    select c.finding, c.contact_id, c.borrower_id, c.interaction_id, c.reason, c.code,
      ${CHANGES}
    from concerned c
    join free r on r.id = c.contact_id
    order by c.interaction_id, c.finding
  `.execute(db);
}

/** The findings of `found` that hold. */
const WRONG = sql`(
  select e.id, e.kind, e.contact_id, e.borrower_id, e.interaction_id, i.contact->>'value' as value,
    coalesce(i.status_details, 'withdrawn') as reason
  from found f
  join tidings.contact_events e on e.interaction_id = f.interaction_id and e.kind = f.finding
  join tidings.interactions i on i.id = e.interaction_id
  where ${EVENT_HOLDS}
)`;

/**
 * The contacts that get a value back: it was changed for the last time by a finding, no other finding holds, and the lender has not
 * given the contact another value, or the borrower another primary contact.
 */
const RESTORED = sql`(
  select r.id as contact_id,
    not r.valid and (
        select e.changes->'valid'->>'to' from tidings.contact_events e
        where e.contact_id = r.id and e.changes ? 'valid' order by e.id desc limit 1
      ) = 'false'
      and not coalesce(others.are_invalid, false)
      and not exists (
        select from tidings.contacts k
        join tidings.contacts o on o.borrower_id = k.borrower_id and o.id <> k.id and o.contact_type = k.contact_type
          and o.status = 'primary' and o.valid
        where k.id = r.id and k.status = 'primary'
      ) as is_valid,
    not r.receive_text_messages and (
        select e.changes->'receive_text_messages'->>'to' from tidings.contact_events e
        where e.contact_id = r.id and e.changes ? 'receive_text_messages' order by e.id desc limit 1
      ) = 'false'
      and not coalesce(others.take_no_texts, false) as takes_texts
  from free r
  left join lateral (
    select bool_or(e.kind = 'invalid') as are_invalid, bool_or(e.kind in ('notTextable', 'optedOut')) as take_no_texts
    from tidings.contact_events e
    where e.contact_id = r.id and e.id not in (select c.id from concerned c) and ${EVENT_HOLDS}
      and not (e.kind = 'optedOut' and exists (
        select from tidings.contact_events n where n.contact_id = e.contact_id and n.kind = 'optedIn' and n.id > e.id
      ))
  ) others on true
  where r.value = (select c.value from concerned c where c.contact_id = r.id limit 1)
)`;

async function withdraw(db: Db, findings: RawBuilder<unknown>): Promise<void> {
  await sql`
    with found as materialized (${findings}),
    concerned as materialized ${WRONG},
    free as materialized ${FREE},
    restored as materialized ${RESTORED},
    noted as (
      update tidings.contacts k
      set valid = k.valid or coalesce(s.is_valid and u.of_validity, false),
        receive_text_messages = k.receive_text_messages or coalesce(s.takes_texts and u.of_texts, false)
      from restored s
      join (
        select n.contact_id, bool_or(n.kind = 'invalid') as of_validity, bool_or(n.kind in ('notTextable', 'optedOut')) as of_texts
        from concerned n group by n.contact_id
      ) u on u.contact_id = s.contact_id
      where k.id = s.contact_id and (s.is_valid and u.of_validity or s.takes_texts and u.of_texts)
    ),
    waiting as materialized (
      select c.interaction_id, c.kind from concerned c where c.contact_id not in (select r.id from free r)
        and exists (select from tidings.contacts k where k.id = c.contact_id)
    ),
    kept as (
      insert into tidings.contact_findings (interaction_id, finding, withdrawn)
      select w.interaction_id, w.kind, true from waiting w
      on conflict (interaction_id, finding, withdrawn) do nothing
    ),
    done as (
      delete from tidings.contact_findings d
      where (d.interaction_id, d.finding) in (select f.interaction_id, f.finding from found f)
        and not (d.withdrawn and (d.interaction_id, d.finding) in (select w.interaction_id, w.kind from waiting w))
    )
    insert into tidings.contact_events (kind, contact_id, borrower_id, interaction_id, reason, changes, withdraws_id)
    select c.kind, c.contact_id, c.borrower_id, c.interaction_id, c.reason,
      case
        when c.kind = 'invalid' and s.is_valid then '{"valid": {"from": false, "to": true}}'::jsonb
        when c.kind in ('notTextable', 'optedOut') and s.takes_texts
          then '{"receive_text_messages": {"from": false, "to": true}}'::jsonb
        else '{}'::jsonb
      end, c.id
    from concerned c
    left join restored s on s.contact_id = c.contact_id
    where (c.interaction_id, c.kind) not in (select w.interaction_id, w.kind from waiting w)
    order by c.id
  `.execute(db);
}
