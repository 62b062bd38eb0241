import type { BorrowerId, CaseId, InteractionId } from "../../domain/ids.ts";
import { findInteractionState } from "../../store/operate/cancellation.ts";
import { isKnownBorrower, isKnownCase } from "../../store/audit/known-ids.ts";
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

/** Throws if nothing on record names the case: a check of a mistyped id would find nothing wrong, and a legal hold keep nothing. */
export async function checkCase(db: Db, id: CaseId): Promise<void> {
  if (!(await isKnownCase(db, id))) throw notFound(`there is no case ${id}`);
}

/** Throws if nothing on record names the borrower, as for a case. */
export async function checkBorrower(db: Db, id: BorrowerId): Promise<void> {
  if (!(await isKnownBorrower(db, id))) throw notFound(`there is no borrower ${id}`);
}
