import { type QueryExecutorProvider, sql } from "kysely";
import type { NotificationTypeVersion } from "../../domain/resolve/notification-type.ts";
import type { Db } from "../postgres/db.ts";

/** Loads the active versions of case types, each with the template versions that are active at the same moment. */
export type LoadActiveVersions = (
  db: QueryExecutorProvider,
  caseTypeIds: readonly string[],
) => Promise<Map<string, NotificationTypeVersion[]>>;

/** A lender has hundreds of versions, not thousands. */
const MOST_KEPT = 1_000;

/**
 * Creates a loader that returns one list of conditions for each version. A published version never changes, so the
 * values of its conditions are parsed once and not for each set of changes.
 */
export function createActiveTypes(): LoadActiveVersions {
  const kept = new Map<string, NotificationTypeVersion["onCondition"]>();
  return async (db, caseTypeIds) => {
    const rows = await readActiveVersions(db, caseTypeIds);
    if (kept.size + rows.length > MOST_KEPT) kept.clear();
    const versions = rows.map((row) => {
      const key = `${row.id}.${row.version}`;
      const onCondition = kept.get(key) ?? row.onCondition;
      kept.set(key, onCondition);
      return { ...row, onCondition };
    });
    return Map.groupBy(versions, (version) => version.caseTypeId);
  };
}

/** Loads active versions without a cache. */
export const loadActiveVersions: LoadActiveVersions = (db, caseTypeIds) =>
  createActiveTypes()(db, caseTypeIds);

/** A version `t` with the template versions that are active now; `n` is the newest version of the template it names. */
const VERSION = sql`t.id, t.version, t.on_status, t.on_outcome, coalesce(nullif(t.on_condition, 'null'), '[]') as on_condition,
      coalesce(t.channel, n.channel) as channel, t.theme, t.template_id, t.delay, t.unit, t.calendar,
      (
        select coalesce(json_agg(f order by f.id), '[]')
        from (
          select o.id, o.version, o.language, o.subject, o.sensitive, 'advertising' <> all(o.declares) as "isTransactional"
          from tidings.templates o
          where o.status = 'active' and (o.id = t.template_id or o.family = n.family and o.channel = n.channel)
        ) f
      ) as templates`;
const NAMED_TEMPLATE = sql`left join lateral (
      select m.family, m.channel from tidings.templates m where m.id = t.template_id order by m.status = 'active' desc, m.version desc limit 1
    ) n on true`;

async function readActiveVersions(
  db: QueryExecutorProvider,
  caseTypeIds: readonly string[],
): Promise<(NotificationTypeVersion & { caseTypeId: string })[]> {
  const { rows } = await sql<NotificationTypeVersion & { caseTypeId: string }>`
    select l.case_type_id, ${VERSION}
    from tidings.case_type_notification_types l
    join tidings.notification_types t on t.id = l.notification_type_id and t.status = 'active'
    ${NAMED_TEMPLATE}
    where l.case_type_id = any(${caseTypeIds}::text[])
    order by t.id
  `.execute(db);
  return rows;
}

/** Loads one version in any status; undefined if there is none. Its channel is null if neither it nor its template has one. */
export async function loadVersion(
  db: Db,
  id: number,
  version: number,
): Promise<NotificationTypeVersion | undefined> {
  const { rows } = await sql<NotificationTypeVersion>`
    select ${VERSION}
    from tidings.notification_types t
    ${NAMED_TEMPLATE}
    where t.id = ${id} and t.version = ${version}
  `.execute(db);
  return rows[0];
}

/** True if there is a notification type with this id, in any status. */
export async function isKnownType(db: Db, id: number): Promise<boolean> {
  const row = await db
    .selectFrom("notificationTypes")
    .select("id")
    .where("id", "=", id)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}
