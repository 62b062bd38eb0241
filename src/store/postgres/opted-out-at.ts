import { type RawBuilder, sql } from "kysely";

/**
 * An opt-out counts from its record on, also while the record waits to be written to the contact `k`. Few contacts have such a record, so
 * it is read only if there is one: two sorted unions for each contact took an eighth of the time of loading facts.
 */
export const optedOutAt = (scope: RawBuilder<unknown>, column: RawBuilder<unknown>) => sql`case
  when exists (select ${waiting(scope)}) then (
    select case r.change when 'optOut' then r.recorded_at end ${waiting(scope)}
    order by r.id desc
    limit 1
  )
  else ${column} end`;

const waiting = (scope: RawBuilder<unknown>) => sql`
  from tidings.consent_records r
  where r.contact_id = k.id and r.scope = ${scope} and r.applied_at is null`;
