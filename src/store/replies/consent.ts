import { sql } from "kysely";
import type { ContactId, InteractionId } from "../../domain/ids.ts";
import type { ConsentChange, ConsentScope, ConsentSource, Theme } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { optedOutAt } from "../postgres/opted-out-at.ts";

/** A borrower's decision about messages to an address or number. */
export interface ConsentRecord {
  readonly contactIds: readonly ContactId[];
  readonly change: ConsentChange;
  readonly scopes: readonly ConsentScope[];
  readonly source: ConsentSource;
  /** The notice whose link was used, or the reply. */
  readonly interactionId: InteractionId;
  readonly reason: string;
}

/** Records the decision as `recordConsentRow` does, and writes it to the contacts that are not locked. */
export async function recordConsent(db: Db, record: ConsentRecord): Promise<number> {
  const count = await recordConsentRow(db, record);
  await applyConsent(db);
  return count;
}

/**
 * Records the decision for those of the contacts for which it changes something, and resolves to their number. It counts at
 * once: judging reads records that are not yet written to the contacts. It waits for no lock of the core system.
 */
export async function recordConsentRow(db: Db, record: ConsentRecord): Promise<number> {
  const { contactIds, change, scopes, source, interactionId, reason } = record;
  const { rows } = await sql<{ id: string }>`
    insert into tidings.consent_records (contact_id, change, scope, source, interaction_id, reason)
    select k.id, ${change}, s.scope, ${source}, ${interactionId}, ${reason}
    from tidings.contacts k
    cross join unnest(${scopes}::text[]) as s(scope)
    where k.id = any(${contactIds}::text[])
      -- a decision that is not yet written to the contact counts too: a STOP after a START that waits is not a repetition
      and (${optedOutAt(
        sql`s.scope`,
        sql`case s.scope when 'marketing' then k.marketing_opted_out_at else k.opted_out_at end`,
      )} is null) = (${change} = 'optOut')
    returning id
  `.execute(db);
  return rows.length;
}

/** The contacts with decisions that wait, unless they are locked, and these decisions. */
const UNDER_LOCK = sql`
  free as materialized (
    select k.id, k.borrower_id, k.contact_type, k.opted_out_at, k.marketing_opted_out_at, k.receive_text_messages
    from tidings.contacts k
    -- check_primary_contacts locks the borrower
    join tidings.borrowers b on b.id = k.borrower_id
    where k.id in (select r.contact_id from tidings.consent_records r where r.applied_at is null)
    for no key update of k, b skip locked
  ),
  -- read again under the lock of the contact: another call may have written them meanwhile
  waiting as materialized (
    select r.id, r.contact_id, r.change, r.scope, r.source, r.interaction_id, r.reason, r.recorded_at
    from free f
    join tidings.consent_records r on r.contact_id = f.id and r.applied_at is null
    for no key update of r
  )`;

/** Each contact with the values that its last decisions give it. */
const CHANGED = sql`
  newest as (
    select distinct on (w.contact_id, w.scope) w.contact_id, w.scope, w.change, w.recorded_at
    from waiting w
    order by w.contact_id, w.scope, w.id desc
  ),
  decided as (
    select n.contact_id,
      max(n.change) filter (where n.scope = 'collection') as collection, max(n.change) filter (where n.scope = 'marketing') as marketing,
      max(n.recorded_at) as at
    from newest n
    group by n.contact_id
  ),
  changed as materialized (
    select f.id,
      case d.collection when 'optOut' then coalesce(f.opted_out_at, d.at) when 'optIn' then null else f.opted_out_at end as opted_out_at,
      case d.marketing when 'optOut' then coalesce(f.marketing_opted_out_at, d.at) when 'optIn' then null
        else f.marketing_opted_out_at end as marketing_opted_out_at,
      case when f.contact_type <> 'phone' or d.collection is null then f.receive_text_messages
        else d.collection = 'optIn' end as receive_text_messages,
      case when f.contact_type = 'phone' and d.collection = 'optIn' then d.at end as consented_at
    from decided d
    join free f on f.id = d.contact_id
  )`;

/** The changes of a contact by its decisions, for the core system. A time is written as the database has it. */
const CHANGES = sql`
  case when c.opted_out_at is distinct from f.opted_out_at
    then jsonb_build_object('opted_out_at', jsonb_build_object('from', f.opted_out_at, 'to', c.opted_out_at)) else '{}' end
  || case when c.marketing_opted_out_at is distinct from f.marketing_opted_out_at
    then jsonb_build_object('marketing_opted_out_at', jsonb_build_object('from', f.marketing_opted_out_at, 'to', c.marketing_opted_out_at))
    else '{}' end
  || case when c.receive_text_messages <> f.receive_text_messages
    then jsonb_build_object('receive_text_messages', jsonb_build_object('from', f.receive_text_messages, 'to', c.receive_text_messages))
    else '{}' end`;

/** The event of a complaint is written with its receipt. */
const EVENTS = sql`(
  insert into tidings.contact_events (kind, contact_id, borrower_id, interaction_id, reason, changes)
  select case w.change when 'optOut' then 'optedOut' else 'optedIn' end, f.id, f.borrower_id, w.interaction_id, w.reason,
    case when w.id = max(w.id) over (partition by w.contact_id) then ${CHANGES} else '{}' end
  from waiting w
  join free f on f.id = w.contact_id
  join changed c on c.id = f.id
  where w.source <> 'complaint'
  order by w.id
)`;

/**
 * Writes records to their contacts, in their order, and to `contact_events`: the event of the last decision of a contact has the changes.
 * A contact that the core system keeps locked is left for the next call. A number that has sent STOP receives no texts, and one that has
 * sent START receives them again.
 */
export async function applyConsent(db: Db): Promise<void> {
  // an insert into contact_events takes turns with its other writers, even if it has no rows
  const { rows } = await sql`
    select from tidings.consent_records r where r.applied_at is null limit 1
  `.execute(db);
  if (rows.length === 0) return;
  await sql`
    with ${UNDER_LOCK},
    ${CHANGED},
    written as (
      update tidings.contacts k
      set opted_out_at = c.opted_out_at, marketing_opted_out_at = c.marketing_opted_out_at, receive_text_messages = c.receive_text_messages,
        receive_text_messages_last_consent_at = coalesce(c.consented_at, k.receive_text_messages_last_consent_at)
      from changed c
      where k.id = c.id
    ),
    events as ${EVENTS}
    update tidings.consent_records r
    set applied_at = clock_timestamp()
    where r.applied_at is null
      -- not "exists", for which the plan of a small table reads all contacts
      and (r.id in (select w.id from waiting w) or (select k.id from tidings.contacts k where k.id = r.contact_id) is null)
  `.execute(db);
}

/** The subject of an opt-out link. */
export interface LinkedMessage {
  readonly theme: Theme | null;
  readonly isTransactional: boolean | null;
  /** The address or number to which the message went; null if none is on record. */
  readonly sentTo: string | null;
  /** The contacts that have that address or number now, of any borrower: the opt-out is about the address. */
  readonly contactIds: readonly ContactId[];
  /** True if all these contacts have opted out of both kinds of messages that the link is about. */
  readonly collectionClosed: boolean;
  readonly marketingClosed: boolean;
  readonly language: string;
}

/** Loads what the link of an interaction is about; undefined if there is no such interaction of Tidings. */
export async function loadLinkedMessage(
  db: Db,
  interactionId: InteractionId,
): Promise<LinkedMessage | undefined> {
  const { rows } = await sql<LinkedMessage>`
    select i.theme, i.is_transactional, i.contact->>'value' as sent_to, coalesce(b.language, '') as language,
      coalesce(same.ids, '{}') as contact_ids,
      coalesce(same.collection_closed, false) as collection_closed, coalesce(same.marketing_closed, false) as marketing_closed
    from tidings.interactions i
    left join tidings.borrowers b on b.id = i.person_id
    left join lateral (
      select array_agg(k.id) as ids, bool_and(k.opted_out_at is not null) as collection_closed,
        bool_and(k.marketing_opted_out_at is not null) as marketing_closed
      from tidings.contacts k
      where k.contact_type = i.contact->>'contactType' and (
        (k.contact_type = 'email' and lower(k.value) = lower(i.contact->>'value'))
        or (k.contact_type = 'phone' and k.value = i.contact->>'value'))
    ) same on true
    where i.id = ${interactionId} and i.origin = 'tidings'
  `.execute(db);
  return rows[0];
}
