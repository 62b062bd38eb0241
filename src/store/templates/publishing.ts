import { sql } from "kysely";
import { Fault } from "../../domain/fault.ts";
import type { TemplateVersion } from "../../domain/template/version.ts";
import type { Db } from "../postgres/db.ts";

/** What became of a version that was to be published. */
export interface Published {
  readonly id: number;
  readonly version: number;
  /** Null where nothing was active before, or it was this version already. */
  readonly deprecated: number | null;
  /** Somebody else published it in the same moment. */
  readonly already: boolean;
}

/**
 * Activates drafts exactly as they were checked, all or none. Throws TEMPLATE_EDITED when one of them is not the newest
 * version any more, or not what it was. Of two publishers the second sees what the first did.
 */
export async function activate(
  db: Db,
  drafts: readonly TemplateVersion[],
): Promise<readonly Published[]> {
  // always in one order, so that two publishers never wait for each other
  const inOrder = drafts.toSorted((one, other) => one.id - other.id);
  return await db.transaction().execute(async (trx) => {
    const published: Published[] = [];
    for (const draft of inOrder) published.push(await activateOne(trx, draft));
    return published;
  });
}

async function activateOne(db: Db, draft: TemplateVersion): Promise<Published> {
  const { id, version, contentHash } = draft;
  // the lock of guard_versions: what is read behind it is what will be deprecated
  await sql`select pg_advisory_xact_lock(hashtext('tidings.templates'), ${id}::int)`.execute(db);
  const { rows } = await sql<{ version: number }>`
    select t.version from tidings.templates t where t.id = ${id} and t.status = 'active'
  `.execute(db);
  const active = rows[0]?.version ?? null;
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
