import { sql } from "kysely";
import type { ContactId, InteractionId } from "../../domain/ids.ts";
import type { Channel, StoredReading, Theme } from "../../domain/vocabulary.ts";
import { constraintViolation } from "../postgres/constraint-violation.ts";
import type { Db } from "../postgres/db.ts";
import type { Sender } from "./senders.ts";

/** An inbound message as it is kept. */
export interface NewInbound {
  readonly id: InteractionId;
  readonly channel: "text" | "email";
  readonly provider: string;
  /** The provider's id, by which it is accepted once. */
  readonly providerMessageId: string;
  readonly receivedAt: Date;
  /** The time at which it was sent, by the sender's clock; null if the message does not state it. */
  readonly sentAt: Date | null;
  /** The contacts of its number or address, the most likely sender first; none if the sender is unknown. */
  readonly senders: readonly Sender[];
  /** Sealed if there is a key. */
  readonly content: object;
  readonly theme: Theme;
  readonly statusDetails: string;
  readonly reading: StoredReading;
  /** True if the provider answers it by itself. */
  readonly providerReplied: boolean;
  /** True if nothing is sent to these contacts until a person has read it. */
  readonly suppresses: boolean;
  /** True if a person must look at it. */
  readonly isOpen: boolean;
}

/** True if the message is on record already. */
export async function isKnownInbound(
  db: Db,
  { provider, providerMessageId }: Pick<NewInbound, "provider" | "providerMessageId">,
): Promise<boolean> {
  const row = await db
    .selectFrom("inboundMessages")
    .select("interactionId")
    .where("provider", "=", provider)
    .where("providerMessageId", "=", providerMessageId)
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Keeps an inbound message with what follows from it, in one transaction. False if it is on record already: two daemons may
 * receive the same one.
 */
export async function keepInbound(
  db: Db,
  inbound: NewInbound,
  follow: (transaction: Db) => Promise<unknown>,
): Promise<boolean> {
  try {
    await db.transaction().execute(async (transaction) => {
      await insertInteraction(transaction, inbound);
      await insertInbound(transaction, inbound);
      await follow(transaction);
    });
    return true;
  } catch (error) {
    if (constraintViolation(error)?.constraint === "inbound_messages_are_accepted_once")
      return false;
    throw error;
  }
}

async function insertInteraction(db: Db, inbound: NewInbound): Promise<void> {
  const { id, channel, provider, providerMessageId, receivedAt, content } = inbound;
  const [sender] = inbound.senders;
  await sql`
    insert into tidings.interactions (id, origin, channel, direction, status, status_details, theme, sensitive, started_at, ended_at,
      person_id, contact_id, contact, borrower, previous_interaction_id, content, provider, provider_message_id, created_by)
    select ${id}, 'logged', ${channel}, 'inbound', 'succeeded', ${inbound.statusDetails}, ${inbound.theme}, true, ${receivedAt}, ${receivedAt},
      ${sender?.borrowerId ?? null}, ${sender?.contactId ?? null}, ${JSON.stringify(sender?.details ?? null)}::jsonb,
      (select jsonb_build_object('id', b.id, 'language', b.language) from tidings.borrowers b where b.id = ${sender?.borrowerId ?? null}),
      ${sender?.lastInteractionId ?? null}, ${JSON.stringify(content)}::jsonb, ${provider}, ${providerMessageId},
      jsonb_build_object('id', ${provider}::text, 'name', ${provider}::text)
  `.execute(db);
}

async function insertInbound(db: Db, inbound: NewInbound): Promise<void> {
  await db
    .insertInto("inboundMessages")
    .values({
      interactionId: inbound.id,
      provider: inbound.provider,
      providerMessageId: inbound.providerMessageId,
      sentAt: inbound.sentAt,
      contactIds: inbound.senders.map(({ contactId }) => contactId),
      reading: inbound.reading,
      providerReplied: inbound.providerReplied,
      suppresses: inbound.suppresses,
      isOpen: inbound.isOpen,
    })
    .execute();
}

/** An inbound message that waits for a person. */
export interface OpenInbound {
  readonly interactionId: InteractionId;
  readonly receivedAt: Date;
  readonly channel: Channel;
  readonly borrowerId: string | null;
  readonly contactId: ContactId | null;
  readonly previousInteractionId: InteractionId | null;
  readonly reading: StoredReading;
  readonly suppresses: boolean;
}

const MOST_LISTED = 500;

/** Lists the inbound messages that wait for a person, the oldest first. Contents are not loaded. */
export async function listOpenInbound(db: Db): Promise<OpenInbound[]> {
  const { rows } = await sql<OpenInbound>`
    select m.interaction_id, m.received_at, i.channel, i.person_id as borrower_id, i.contact_id, i.previous_interaction_id,
      m.reading, m.suppresses
    from tidings.inbound_messages m
    join tidings.interactions i on i.id = m.interaction_id
    where m.is_open
    order by m.interaction_id
    limit ${MOST_LISTED}
  `.execute(db);
  return rows;
}

/**
 * Marks an inbound message as handled, in the name of the connection's operator. Returns its contacts; undefined if it does not
 * wait for a person.
 */
export async function handleInbound(
  db: Db,
  interactionId: InteractionId,
  reason: string,
): Promise<readonly ContactId[] | undefined> {
  const { rows } = await sql<{ contactIds: readonly ContactId[] }>`
    update tidings.inbound_messages m
    set is_open = false, handled_reason = ${reason}
    where m.interaction_id = ${interactionId} and m.is_open
    returning m.contact_ids
  `.execute(db);
  return rows[0]?.contactIds;
}
