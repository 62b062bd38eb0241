import { sql } from "kysely";
import type { ChainId, ContactId, InteractionId } from "../../domain/ids.ts";
import type { Channel, InteractionStatus, Origin } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The recorded content of an interaction, and the data to compare it with the bytes that were sent. */
export interface ContentRecord {
  readonly id: InteractionId;
  /** The first attempt of its chain. */
  readonly chainId: ChainId;
  readonly origin: Origin;
  readonly channel: Channel;
  readonly status: InteractionStatus;
  readonly statusDetails: string | null;
  /** The reason why it failed, was canceled or waits; null if there is none. */
  readonly why: string | null;
  readonly attempt: number;
  readonly claimedAt: Date | null;
  readonly startedAt: Date | null;
  readonly contactId: ContactId | null;
  readonly contactName: string | null;
  readonly provider: string | null;
  readonly templateId: number | null;
  readonly templateVersion: number | null;
  readonly templateSlug: string | null;
  readonly language: string | null;
  readonly sensitive: boolean;
  /** The stored form: sealed if it was sensitive and there was a key. */
  readonly content: object | null;
  readonly contentSha256: string | null;
  readonly segments: number | null;
  /** The status by the amendment in force, with its details; null if the recorded one counts. */
  readonly amendedTo: string | null;
  /** The time, author and reason of the erasure of the content; null if it was not erased. */
  readonly erasedAt: Date | null;
  readonly erasedBy: string | null;
  readonly erasedWhy: string | null;
}

/** Undefined if there is no interaction with this id. */
export async function loadContentRecord(
  db: Db,
  interactionId: InteractionId,
): Promise<ContentRecord | undefined> {
  const { rows } = await sql<ContentRecord>`
    select i.id, coalesce(i.first_interaction_id, i.id) as chain_id, i.origin, i.channel, i.status, i.status_details,
      coalesce(i.failure_description_long, i.failure_description_short) as why, i.attempt, i.claimed_at,
      i.started_at, i.contact_id, i.contact->>'name' as contact_name, i.provider, i.template_id, i.template_version, t.slug as template_slug,
      t.language, i.sensitive, i.content, i.content_sha256, i.segments,
      (select concat_ws(' ', a.status, a.status_details) from tidings.amended_statuses a where a.interaction_id = i.id) as amended_to,
      e.erased_at, e.erased_by, e.reason as erased_why
    from tidings.interactions i
    left join tidings.erasures e on e.interaction_id = i.id
    left join tidings.templates t on t.id = i.template_id and t.version = i.template_version
    where i.id = ${interactionId}::bigint
  `.execute(db);
  return rows[0];
}
