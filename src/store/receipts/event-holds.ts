import { sql } from "kysely";

/** True if the contact event `e` is a finding that no later event has withdrawn. */
export const EVENT_HOLDS = sql<boolean>`(e.withdraws_id is null
  and not exists (select from tidings.contact_events w where w.withdraws_id = e.id))`;
