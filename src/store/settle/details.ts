import { sql, type RawBuilder } from "kysely";
import type { DetailWord } from "../../domain/status-details.ts";

/** The status details of an interaction `i` with this word, whatever its channel. */
export const detailsOf = (word: DetailWord): RawBuilder<string> =>
  sql<string>`i.channel || ${word}::text`;
