import type { InteractionId } from "../../domain/ids.ts";
import { findStanding } from "../../store/operate/cancellation.ts";
import type { Db } from "../../store/postgres/db.ts";
import { isKnownType } from "../../store/resolve/active-types.ts";
import { wrongArguments } from "./arguments.ts";

/** Refuses the id of an interaction that is not on record. */
export async function checkInteraction(db: Db, id: InteractionId): Promise<void> {
  if ((await findStanding(db, id)) === undefined)
    throw wrongArguments(`there is no interaction ${id}`);
}

/** Refuses the id of a notification type that has no version: a slip would seem to hold back what still goes out. */
export async function checkType(db: Db, id: number): Promise<void> {
  if (!(await isKnownType(db, id))) throw wrongArguments(`there is no notification type ${id}`);
}
