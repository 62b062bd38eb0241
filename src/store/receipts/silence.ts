import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** The accepted messages of a channel, and the time of their last report before which waiting ends. */
export interface Silence {
  readonly channel: Channel;
  readonly heardBefore: Date;
  readonly most: number;
}

/**
 * Ends the wait for receipts: the details of up to `most` messages become `...NoReceipt`. Returns their ids. A message that
 * another transaction has locked is left to the next sweep. A message with an amendment in force is left out: the amendment states
 * its outcome, and another transition would end it.
 */
export async function markSilent(
  db: Db,
  { channel, heardBefore, most }: Silence,
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    update tidings.interactions i
    set status_details = i.channel || 'NoReceipt', evidence = jsonb_build_object('provider', i.provider, 'code', 'noReceipt')
    where i.id in (
      select s.id from tidings.interactions s
      where s.origin = 'tidings' and s.channel = ${channel} and tidings.awaits_receipt(s.status, s.status_details)
        and s.status_details_updated_at < ${heardBefore}
        and not exists (select from tidings.amended_statuses a where a.interaction_id = s.id)
      order by s.status_details_updated_at
      limit ${most}
      for no key update skip locked
    )
    returning i.id
  `.execute(db);
  return rows.map((row) => row.id);
}
