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

/**
 * Writes records to their contacts, in their order. A contact that the core system keeps locked is left for the next call. A
 * number that has sent STOP receives no texts, and one that has sent START does again.
 */
export async function applyConsent(db: Db): Promise<void> {
  await sql`
    with waiting as materialized (
      select r.id, r.contact_id, r.change, r.scope, r.recorded_at from tidings.consent_records r where r.applied_at is null
    ),
    free as materialized (
      select k.id
      from tidings.contacts k
      -- check_primary_contacts locks the borrower
      join tidings.borrowers b on b.id = k.borrower_id
      where k.id in (select w.contact_id from waiting w)
      for no key update of k, b skip locked
    ),
    newest as (
      select distinct on (w.contact_id, w.scope) w.contact_id, w.scope, w.change, w.recorded_at
      from waiting w
      where w.contact_id in (select f.id from free f)
      order by w.contact_id, w.scope, w.id desc
    ),
    changes as (
      select n.contact_id,
        max(n.change) filter (where n.scope = 'collection') as collection, max(n.change) filter (where n.scope = 'marketing') as marketing,
        max(n.recorded_at) as at
      from newest n
      group by n.contact_id
    ),
    written as (
      update tidings.contacts k
      set opted_out_at = case c.collection when 'optOut' then coalesce(k.opted_out_at, c.at) when 'optIn' then null else k.opted_out_at end,
        marketing_opted_out_at = case c.marketing
          when 'optOut' then coalesce(k.marketing_opted_out_at, c.at) when 'optIn' then null else k.marketing_opted_out_at end,
        receive_text_messages = case when k.contact_type <> 'phone' or c.collection is null then k.receive_text_messages
          else c.collection = 'optIn' end,
        receive_text_messages_last_consent_at = case when k.contact_type = 'phone' and c.collection = 'optIn' then c.at
          else k.receive_text_messages_last_consent_at end
      from changes c
      where k.id = c.contact_id
    )
    update tidings.consent_records r
    set applied_at = clock_timestamp()
    where r.id in (select w.id from waiting w)
      and (r.contact_id in (select f.id from free f) or not exists (select from tidings.contacts k where k.id = r.contact_id))
  `.execute(db);
}

/** What an opt-out link is about. */
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
