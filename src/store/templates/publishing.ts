import { sql } from "kysely";
import { Fault } from "../../domain/fault.ts";
import type { TemplateVersion } from "../../domain/template/version.ts";
import type { Db } from "../postgres/db.ts";

/** The result of publishing one version. */
export interface Published {
  readonly id: number;
  readonly version: number;
  /** Null if no other version was active before. */
  readonly deprecated: number | null;
  /** True if another operator published it at the same moment. */
  readonly already: boolean;
}

/**
 * Activates drafts exactly as they were checked, all or none. Throws TEMPLATE_EDITED if one of them is no longer the newest
 * version or was edited. Of two concurrent publishers the second sees the first one's result.
 */
export async function activate(
  db: Db,
  drafts: readonly TemplateVersion[],
): Promise<readonly Published[]> {
  // Drafts are locked in one order, so that two publishers cannot deadlock.
  const inOrder = drafts.toSorted((one, other) => one.id - other.id);
  return await db.transaction().execute(async (transaction) => {
    const published: Published[] = [];
    for (const draft of inOrder) published.push(await activateOne(transaction, draft));
    return published;
  });
}

async function activateOne(db: Db, draft: TemplateVersion): Promise<Published> {
  const { id, version, contentHash } = draft;
  // After taking the lock of guard_versions, the active version that is read is the one that will be deprecated.
  await sql`select pg_advisory_xact_lock(hashtext('tidings.templates'), ${id}::int)`.execute(db);
  const row = await db
    .selectFrom("templates")
    .select("version")
    .where("id", "=", id)
    .where("status", "=", "active")
    .executeTakeFirst();
  const active = row?.version ?? null;
  if (active === version) return { id, version, deprecated: null, already: true };
  const { numAffectedRows } = await sql`
    update tidings.templates t set status = 'active'
    where t.id = ${id} and t.version = ${version} and t.status = 'draft' and t.content_hash = ${contentHash}
      and not exists (select from tidings.templates n where n.id = t.id and n.version > t.version)
  `.execute(db);
  if (numAffectedRows !== 1n)
    throw new Fault("TEMPLATE_EDITED", `version ${version} of template ${draft.slug ?? id}`);
  return { id, version, deprecated: active, already: false };
}
