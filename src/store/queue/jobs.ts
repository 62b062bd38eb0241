import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Lane } from "../../domain/jobs.ts";
import type { Db } from "../postgres/db.ts";

/** The time and order of queued deliveries. */
export interface DeliveryRun {
  readonly runAt: Date;
  readonly lane: Lane;
  readonly notStarted: number;
}

/** Queues deliveries in batches of the size of a job. */
export async function queueDeliveries(
  db: Db,
  interactionIds: readonly InteractionId[],
  { runAt, lane, notStarted }: DeliveryRun,
): Promise<void> {
  await sql`
    select tidings.queue_deliveries(${interactionIds}::bigint[], ${runAt}, ${lane === "bulk"}, ${notStarted})
  `.execute(db);
}

/**
 * Queues the settling of unknown outcomes in batches of the size of a job. `timesLookedUp` counts the lookups at the provider.
 */
export async function queueSettlements(
  db: Db,
  interactionIds: readonly InteractionId[],
  { runAt, timesLookedUp }: { readonly runAt: Date; readonly timesLookedUp: number },
): Promise<void> {
  if (interactionIds.length === 0) return;
  await sql`
    select tidings.queue_settlements(${interactionIds}::bigint[], ${runAt}, ${timesLookedUp})
  `.execute(db);
}
