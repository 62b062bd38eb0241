import type { InteractionId } from "../../domain/ids.ts";
import { findInteractionState } from "../../store/operate/cancellation.ts";
import type { Db } from "../../store/postgres/db.ts";
import { isKnownType } from "../../store/resolve/active-types.ts";
import { notFound } from "./arguments.ts";

/** Throws if the interaction is not on record. */
export async function checkInteraction(db: Db, id: InteractionId): Promise<void> {
  if ((await findInteractionState(db, id)) === undefined)
    throw notFound(`there is no interaction ${id}`);
}

/** Throws if the notification type has no version: a pause of a mistyped id would hold back nothing. */
export async function checkType(db: Db, id: number): Promise<void> {
  if (!(await isKnownType(db, id))) throw notFound(`there is no notification type ${id}`);
}
