import { changeType } from "../../decide/api/change-type.ts";
import type { TypeFields, TypeVersion } from "../../domain/type-version.ts";
import type { Db } from "../../store/postgres/db.ts";
import {
  editDraft,
  insertNextVersion,
  insertType,
  moveVersion,
} from "../../store/api/type-drafts.ts";
import { findTypeVersion } from "../../store/api/type-versions.ts";
import { DEFAULTS } from "./schema.ts";
import { notFound, httpError } from "../core/http-error.ts";

/** The version that is meant. Throws a 404 that says whether it is the type or the version that is not there. */
export async function findVersion(db: Db, id: number, version?: number): Promise<TypeVersion> {
  const found = await findTypeVersion(db, id, version);
  if (found !== undefined) return found;
  if (version === undefined || (await findTypeVersion(db, id)) === undefined)
    throw notFound("notificationTypeId", "notification type");
  throw notFound("version", "version of this notification type");
}

/** Makes a type and returns its id. Written as a draft and then moved, so that the same guards hold as for whoever activates it later. */
export async function createType(
  transaction: Db,
  given: Partial<TypeFields>,
  source: TypeVersion | undefined,
): Promise<number> {
  const { status = "draft" } = given;
  const fields = { ...DEFAULTS, ...source, ...given };
  const id = await insertType(transaction, fields, source);
  await moveVersion(transaction, { id, version: 1 }, status);
  return id;
}

/** Changes a version as `changeType` reads the update, and returns the version that was changed or written. */
export async function updateType(
  transaction: Db,
  current: TypeVersion,
  given: Partial<TypeFields>,
): Promise<TypeVersion> {
  const { id, version } = current;
  const change = changeType(current, given);
  if (change.is === "nothing") return current;
  if (change.is === "refused")
    throw httpError(409, "This version cannot be changed so.", change.fault);
  if (change.is === "move") {
    await moveVersion(transaction, current, change.status);
    return await findVersion(transaction, id, version);
  }
  if (change.is === "edit") {
    await editDraft(transaction, current, change.fields);
    await moveVersion(transaction, current, change.fields.status);
    return await findVersion(transaction, id, version);
  }
  const next = await insertNextVersion(transaction, change.fields, current);
  await moveVersion(transaction, { id, version: next }, change.fields.status);
  return await findVersion(transaction, id, next);
}
