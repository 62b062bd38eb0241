import { sql } from "kysely";
import { CHANNELS, type Channel } from "../../domain/vocabulary.ts";
import { WORKER_TIMEOUT_MS } from "../../domain/worker.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** The provider of a channel, and the time after its last report within which another one is expected (ms). */
export interface ChannelProvider {
  readonly provider: string;
  readonly receiptWithinMs: number;
}

/**
 * Stores the channels of this daemon's providers, so that a notification type without a provider is refused when it is
 * activated. Channels of other live daemons stay.
 */
export async function syncChannelProviders(
  db: Db,
  providers: Partial<Record<Channel, ChannelProvider>>,
): Promise<void> {
  const rows = CHANNELS.map((channel) => ({
    channel,
    provider: providers[channel]?.provider ?? null,
    receiptWithinSeconds: secondsOf(providers[channel]?.receiptWithinMs),
  }));
  await sql`
    update tidings.channels c
    set provider = r.provider, receipt_within_seconds = r."receiptWithinSeconds"
    from ${recordset("r", { channel: "text", provider: "text", receiptWithinSeconds: "int" }, rows)}
    where c.channel = r.channel
      and (c.provider, c.receipt_within_seconds) is distinct from (r.provider, r."receiptWithinSeconds")
      and (r.provider is not null or not exists (
        select from tidings.workers w where w.heartbeat_at > clock_timestamp() - ${WORKER_TIMEOUT_MS} * interval '1 millisecond'
      ))
  `.execute(db);
}

const secondsOf = (ms: number | undefined): number | null =>
  ms === undefined ? null : Math.ceil(ms / 1_000);

/** A channel and its provider in this installation. */
export interface CarriedChannel {
  readonly channel: Channel;
  readonly provider: string;
}

/** Lists the channels that have a provider. */
export async function listCarriedChannels(db: Db): Promise<CarriedChannel[]> {
  const { rows } = await sql<CarriedChannel>`
    select c.channel, c.provider from tidings.channels c where c.provider is not null order by c.channel
  `.execute(db);
  return rows;
}
