import { changeType } from "../../decide/api/change-type.ts";
import type { TypeFields, TypeVersion } from "../../domain/resolve/type-version.ts";
import type { Db } from "../../store/postgres/db.ts";
import {
  editDraft,
  insertNextVersion,
  insertType,
  moveVersion,
} from "../../store/api/type-drafts.ts";
import { findTypeVersion } from "../../store/api/type-versions.ts";
import { DEFAULTS } from "./schema.ts";
import { conflict, notFound } from "../core/http-error.ts";

/** A version of a type; without `version` the active one, otherwise the newest. Throws a 404 that names what is missing, the type or the version. */
export async function findVersion(db: Db, id: number, version?: number): Promise<TypeVersion> {
  const found = await findTypeVersion(db, id, version);
  if (found !== undefined) return found;
  if (version === undefined || (await findTypeVersion(db, id)) === undefined)
    throw notFound("notificationTypeId", "notification type");
  throw notFound("version", "version of this notification type");
}

/** Creates a type and returns its id. It is inserted as a draft and then activated, so the checks of an activation apply. */
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

/** Changes a version as `changeType` decides, and returns the version that was changed or inserted. */
export async function updateType(
  transaction: Db,
  current: TypeVersion,
  given: Partial<TypeFields>,
): Promise<TypeVersion> {
  const { id, version } = current;
  const change = changeType(current, given);
  if (change.kind === "nothing") return current;
  if (change.kind === "refused") throw conflict(change.fault);
  if (change.kind === "move") {
    await moveVersion(transaction, current, change.status);
    return await findVersion(transaction, id, version);
  }
  if (change.kind === "edit") {
    await editDraft(transaction, current, change.fields);
    await moveVersion(transaction, current, change.fields.status);
    return await findVersion(transaction, id, version);
  }
  const next = await insertNextVersion(transaction, change.fields, current);
  await moveVersion(transaction, { id, version: next }, change.fields.status);
  return await findVersion(transaction, id, next);
}
