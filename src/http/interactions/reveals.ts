import type { InteractionRecord } from "../../domain/interaction-record.ts";
import { noteReveals } from "../../store/operate/content-reveals.ts";
import type { Caller } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";

/** Puts on record that the caller is about to be shown the content of those that are sensitive. */
export async function noteShown(
  { db }: Pick<HttpDeps, "db">,
  { name }: Caller,
  records: readonly InteractionRecord[],
): Promise<void> {
  const interactionIds = records.filter((record) => record.sensitive).map((record) => record.id);
  if (interactionIds.length === 0) return;
  await noteReveals(db, { interactionIds, revealedBy: name, way: "rest" });
}
