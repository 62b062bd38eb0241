import { sql, type RawBuilder } from "kysely";
import type { KnownAt } from "./known-values.ts";

/** True if a row of the lender that can be withdrawn stands, or stood at a time. The columns are `recorded_at` and `withdrawn_at`. */
export const isStanding = (
  recordedAt: RawBuilder<unknown>,
  withdrawnAt: RawBuilder<unknown>,
  knownAt: KnownAt | null,
): RawBuilder<boolean> => sql<boolean>`
  case when ${knownAt}::timestamptz is null then ${withdrawnAt} is null
    else ${recordedAt} <= ${knownAt}::timestamptz and (${withdrawnAt} > ${knownAt}::timestamptz) is not false end`;
