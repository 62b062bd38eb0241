import { sql, type RawBuilder } from "kysely";
import type { InteractionId, RecordChangeId } from "../../domain/ids.ts";
import type { SealedContent } from "../../domain/sealed-content.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";
import { type Seal, tryReseal } from "../../seal.ts";

/** The amount of content sealed with one key. */
export interface SealedWith {
  readonly keyId: string;
  readonly interactions: number;
  /** Earlier versions of logged content, in the history. */
  readonly earlierVersions: number;
}

/** Counts the sealed content on record by the key that sealed it. */
export async function countSealed(db: Db): Promise<SealedWith[]> {
  const { rows } = await sql<SealedWith>`
    select s.key_id, (count(*) filter (where not s.is_earlier))::int as interactions,
      (count(*) filter (where s.is_earlier))::int as earlier_versions
    from (
      select i.content->'sealed'->>'keyId' as key_id, false as is_earlier from tidings.interactions i
      where i.sensitive and i.content ? 'sealed'
      union all
      select h.changes#>>'{content,from,sealed,keyId}', true from tidings.record_changes h
      where h.table_name = 'interactions' and h.changes#>'{content,from}' ? 'sealed'
    ) s
    group by 1
    order by 1
  `.execute(db);
  return rows;
}

/** The place of sealed content: the interaction, or an earlier version in the history. */
export type SealedPlace = "interactions" | "earlierVersions";

interface Row {
  readonly id: InteractionId | RecordChangeId;
  readonly interactionId: InteractionId;
  readonly channel: Channel;
  readonly content: SealedContent;
}

export interface ResealedBatch {
  readonly last: string;
  readonly resealed: number;
  /** The interactions whose content was changed after it was sealed, or belongs to another interaction. It stays as it is. */
  readonly broken: readonly string[];
}

/**
 * Seals content again with the key of `seal`: that of the next rows after the id `after` whose content another key has sealed. It
 * commits in a separate transaction. Null if none is left. Content of a key that the seal lacks stays as it is.
 */
export async function resealNext(
  db: Db,
  seal: Seal,
  { place, after, limit }: { place: SealedPlace; after: string; limit: number },
): Promise<ResealedBatch | null> {
  const { select, update } = STATEMENTS[place];
  return await db.transaction().execute(async (transaction) => {
    const { rows } = await select(after, seal.keyId, limit).execute(transaction);
    const last = rows.at(-1)?.id;
    if (last === undefined) return null;
    const results = rows.map((row) => ({ row, ...tryReseal(row.content, seal, row) }));
    const resealed = results.flatMap(({ row, content }) =>
      content === null ? [] : [{ id: row.id, content }],
    );
    const broken = results.flatMap(({ row, fault }) =>
      fault === "SEAL_BROKEN" ? [row.interactionId] : [],
    );
    await update(resealed).execute(transaction);
    return { last, resealed: resealed.length, broken };
  });
}

type Resealed = Pick<Row, "id" | "content">;
const RESEALED = { id: "bigint", content: "jsonb" } as const;

interface Statements {
  readonly select: (after: string, keyId: string, limit: number) => RawBuilder<Row>;
  readonly update: (rows: readonly Resealed[]) => RawBuilder<unknown>;
}

// rows that a daemon has locked at this moment are skipped, so neither waits for the other
const STATEMENTS: Readonly<Record<SealedPlace, Statements>> = {
  interactions: {
    select: (after, keyId, limit) => sql<Row>`
      select i.id, i.id as interaction_id, i.channel, i.content from tidings.interactions i
      where i.id > ${after}::bigint and i.sensitive and i.content ? 'sealed' and i.content->'sealed'->>'keyId' <> ${keyId}
      order by i.id limit ${limit}
      for update skip locked`,
    update: (rows) => sql`
      update tidings.interactions i set content = r.content
      from ${recordset("r", RESEALED, rows)}
      where i.id = r.id`,
  },
  earlierVersions: {
    select: (after, keyId, limit) => sql<Row>`
      select h.id, h.row_id as interaction_id, h.changes#>>'{content,channel}' as channel, h.changes#>'{content,from}' as content
      from tidings.record_changes h
      where h.id > ${after}::bigint and h.table_name = 'interactions' and h.changes#>'{content,from}' ? 'sealed'
        and h.changes#>>'{content,from,sealed,keyId}' <> ${keyId}
      order by h.id limit ${limit}
      for update skip locked`,
    update: (rows) => sql`
      update tidings.record_changes h set changes = jsonb_set(h.changes, '{content,from}', r.content)
      from ${recordset("r", RESEALED, rows)}
      where h.id = r.id`,
  },
};
