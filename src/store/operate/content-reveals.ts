import { sql } from "kysely";
import type { RevealWay } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** Sensitive content that somebody is shown at once. */
export interface Reveal {
  readonly interactionIds: readonly string[];
  /** An operator, or the name of an API key. */
  readonly revealedBy: string;
  readonly way: RevealWay;
}

/** Puts on record that sensitive content is read, a row an interaction; whoever reads it commits this first. */
export async function noteReveals(
  db: Db,
  { interactionIds, revealedBy, way }: Reveal,
): Promise<void> {
  await sql`
    insert into tidings.content_reveals (interaction_id, revealed_by, way)
    select unnest(${interactionIds}::bigint[]), ${revealedBy}, ${way}
  `.execute(db);
}

/** How often the content of an interaction was shown, and when last. */
export async function countReveals(
  db: Db,
  interactionId: string,
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
