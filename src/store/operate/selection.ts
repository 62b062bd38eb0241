import { sql, type RawBuilder } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import { conditionOf, type InteractionFilter } from "../api/interaction-filter.ts";
import type { Db } from "../postgres/db.ts";

/**
 * The notices that an operator's command can act on: waiting, held for a person, with a provider, allowed to be sent again, canceled by an
 * operator in a way that can be undone, with an unknown outcome, or with an unknown outcome that no attempt has followed.
 */
export type Eligible =
  | "scheduled"
  | "held"
  | "inProgress"
  | "retryable"
  | "reinstatable"
  | "unknown"
  | "lastUnknown";

const unknown = sql<boolean>`tidings.is_outcome_unknown(i.status, i.status_details)`;
const last = sql<boolean>`not tidings.has_next_attempt(i.id)`;
const CONDITIONS: Readonly<Record<Eligible, RawBuilder<boolean>>> = {
  scheduled: sql`i.status = 'scheduled'`,
  held: sql`i.status = 'scheduled' and i.scheduled_at_from is null`,
  inProgress: sql`i.status = 'inProgress'`,
  retryable: sql`(i.status = 'failed' or ${unknown}) and ${last}
    and not tidings.was_sent_before(i.first_interaction_id, i.attempt) and not tidings.was_amended_to_sent(i.id)`,
  reinstatable: sql`i.status = 'canceled' and ${last} and tidings.may_be_reinstated(i.id)`,
  unknown,
  lastUnknown: sql`${unknown} and ${last}`,
};

/** Interactions that a command is about. */
export interface Selection {
  readonly filter: InteractionFilter;
  readonly eligible: Eligible;
}

const within = ({ filter, eligible }: Selection): RawBuilder<boolean> =>
  sql<boolean>`i.origin = 'tidings' and ${CONDITIONS[eligible]} and ${conditionOf(filter)}`;

/** The number of selected interactions of one channel and notification type. */
export interface SelectedCount {
  readonly channel: Channel;
  /** Null for confirmations. */
  readonly notificationTypeId: number | null;
  readonly interactions: number;
  /** Null if they are held and have no due time. */
  readonly firstDueAt: Date | null;
  readonly lastDueAt: Date | null;
}

/** Counts the selected interactions by channel and notification type. */
export async function countSelected(db: Db, selection: Selection): Promise<SelectedCount[]> {
  const { rows } = await sql<SelectedCount>`
    select i.channel, i.notification_type_id, count(*)::int as interactions, min(i.scheduled_at_from) as first_due_at,
      max(i.scheduled_at_from) as last_due_at
    from tidings.interactions i
    where ${within(selection)}
    group by 1, 2
    order by 1, 2
  `.execute(db);
  return rows;
}

/** Returns up to `limit` selected interactions after an id, in order of id. */
export async function listSelected(
  db: Db,
  selection: Selection,
  { after, limit }: { readonly after?: InteractionId | undefined; readonly limit: number },
): Promise<InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    select i.id from tidings.interactions i
    where ${within(selection)} and i.id > ${after ?? "0"}::bigint
    order by i.id
    limit ${limit}
  `.execute(db);
  return rows.map((row) => row.id);
}
