import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { loadLinkedMessage, recordConsent } from "./consent.ts";

/** The message about which its recipient complained, by one of these. */
interface Complaint {
  readonly interactionId: InteractionId | null;
  readonly messageId: string | null;
}

/**
 * Opts out the address of a message that its recipient has marked as spam, from messages about collection and from advertising.
 * Returns null if the message is not one of ours.
 */
export async function recordComplaint(
  db: Db,
  { interactionId, messageId }: Complaint,
): Promise<{ readonly interactionId: InteractionId; readonly contacts: number } | null> {
  const id = interactionId ?? (messageId === null ? undefined : await lastOfChain(db, messageId));
  const message = id === undefined ? undefined : await loadLinkedMessage(db, id);
  if (id === undefined || message === undefined) return null;
  const contacts = await recordConsent(db, {
    contactIds: message.contactIds,
    change: "optOut",
    scopes: ["collection", "marketing"],
    source: "complaint",
    interactionId: id,
    reason: "The recipient marked the message as spam.",
  });
  return { interactionId: id, contacts };
}

/** All attempts of a chain have one Message-ID. */
async function lastOfChain(db: Db, messageId: string): Promise<InteractionId | undefined> {
  const { rows } = await sql<{ id: InteractionId }>`
    select a.id
    from (select substring(${messageId} from '^tidings[.]([0-9]{1,18})@')::bigint as id) chain
    join tidings.interactions a on a.id = chain.id or a.first_interaction_id = chain.id
    where a.channel = 'email' and a.origin = 'tidings' and a.status not in ('scheduled', 'canceled')
    order by a.attempt desc
    limit 1
  `.execute(db);
  return rows[0]?.id;
}
