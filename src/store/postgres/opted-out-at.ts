import { type RawBuilder, sql } from "kysely";

/** An opt-out counts from its record on, also while the record waits to be written to the contact `k`. */
export const optedOutAt = (scope: RawBuilder<unknown>, column: RawBuilder<unknown>) => sql`(
  select w.at
  from (
    select r.id, case r.change when 'optOut' then r.recorded_at end as at
    from tidings.consent_records r
    where r.contact_id = k.id and r.scope = ${scope} and r.applied_at is null
    union all
    select 0, ${column}
  ) w
  order by w.id desc
  limit 1
)`;
