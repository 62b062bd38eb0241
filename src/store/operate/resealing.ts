import { sql } from "kysely";
import type { SealedContent } from "../../domain/sealed-content.ts";
import { asRows, type Db } from "../postgres/db.ts";
import type { Seal } from "../../seal.ts";

/** How much is sealed with one key. */
export interface SealedWith {
  readonly keyId: string;
  readonly interactions: number;
}

/** What is sealed, by key. */
export async function countSealed(db: Db): Promise<SealedWith[]> {
  const { rows } = await sql<SealedWith>`
    select i.content->'sealed'->>'keyId' as key_id, count(*)::int as interactions
    from tidings.interactions i
    where i.sensitive and i.content ? 'sealed'
    group by 1
    order by 1
  `.execute(db);
  return rows;
}

interface Row {
  readonly id: string;
  readonly content: SealedContent;
}

/**
 * Seals anew, with the key of `seal`, the next of those that another key sealed and whose id is greater than `after`, in a
 * transaction of its own. Returns the last of them; null when there is none left. Throws CONTENT_KEY_UNKNOWN
 * when the seal does not hold the key of one of them.
 */
export async function resealNext(
  db: Db,
  seal: Seal,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<{ readonly last: string; readonly resealed: number } | null> {
  return await db.transaction().execute(async (trx) => {
    const { rows } = await sql<Row>`
      select i.id, i.content from tidings.interactions i
      where i.id > ${after}::bigint and i.sensitive and i.content ? 'sealed' and i.content->'sealed'->>'keyId' <> ${seal.keyId}
      order by i.id limit ${limit}
      -- what a daemon holds at this moment is passed over, so that neither ever waits for the other
      for update skip locked
    `.execute(trx);
    const last = rows.at(-1)?.id;
    if (last === undefined) return null;
    const resealed = rows.map(({ id, content }) => ({
      id,
      content: seal.seal(seal.unseal(content)),
    }));
    await sql`
      update tidings.interactions i set content = r.content
      from json_to_recordset(${asRows(resealed)}) as r(id bigint, content jsonb)
      where i.id = r.id
    `.execute(trx);
    return { last, resealed: rows.length };
  });
}
