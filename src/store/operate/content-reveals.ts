import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { RevealWay } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** Sensitive content that is about to be shown. */
export interface Reveal {
  readonly interactionIds: readonly InteractionId[];
  /** `operator:NAME`, `key:NAME` or `token:NAME`. */
  readonly revealedBy: string;
  readonly way: RevealWay;
  /** The id of the signed URL; undefined if the content itself is shown. */
  readonly urlId?: string;
}

/** Records a reveal, one row per interaction. Commit it before the content is shown. */
export async function recordReveals(db: Db, reveal: Reveal): Promise<void> {
  const { interactionIds, revealedBy, way, urlId } = reveal;
  await sql`
    insert into tidings.content_reveals (interaction_id, revealed_by, way, url_id)
    select unnest(${interactionIds}::bigint[]), ${revealedBy}, ${way}, ${urlId ?? null}::uuid
  `.execute(db);
}

/**
 * Records that content was fetched with a signed URL, in the name of the caller who requested the URL. False if no
 * request for such a URL of this interaction is on record: the content must not be shown then.
 */
export async function recordUrlFetch(
  db: Db,
  { interactionId, urlId }: { readonly interactionId: InteractionId; readonly urlId: string },
): Promise<boolean> {
  const { rows } = await sql`
    insert into tidings.content_reveals (interaction_id, revealed_by, way, url_id)
    select r.interaction_id, r.revealed_by, 'signedUrl', r.url_id
    from tidings.content_reveals r
    where r.interaction_id = ${interactionId}::bigint and r.way = 'rest' and r.url_id = ${urlId}::uuid
    returning id
  `.execute(db);
  return rows.length > 0;
}

/** Counts the reveals of an interaction's content, with the time and the person of the last one. */
export async function countReveals(
  db: Db,
  interactionId: InteractionId,
): Promise<{
  readonly times: number;
  readonly lastAt: Date | null;
  readonly lastBy: string | null;
}> {
  const { rows } = await sql<{ times: number; lastAt: Date | null; lastBy: string | null }>`
    select count(*)::int as times, max(r.revealed_at) as last_at, (array_agg(r.revealed_by order by r.id desc))[1] as last_by
    from tidings.content_reveals r
    where r.interaction_id = ${interactionId}::bigint
  `.execute(db);
  return rows[0] ?? { times: 0, lastAt: null, lastBy: null };
}
