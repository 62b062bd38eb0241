import { sql, type RawBuilder } from "kysely";
import type { TypeVersion } from "../../domain/resolve/type-version.ts";
import type { Db } from "../postgres/db.ts";

const COLUMNS = sql`
  t.id, t.version, t.name, t.description, t.status, t.on_status, t.on_outcome, t.on_condition,
  t.channel, t.theme, t.template_id, t.delay, t.unit, t.created_at, t.updated_at, t.published_at, t.deprecated_at
`;

/** Returns a version of a type; without `version` the active one, otherwise the newest. */
export async function findTypeVersion(
  db: Db,
  id: number,
  version?: number,
): Promise<TypeVersion | undefined> {
  const { rows } = await sql<TypeVersion>`
    select ${COLUMNS}
    from tidings.notification_types t
    where t.id = ${id} and (${version ?? null}::int is null or t.version = ${version ?? null})
    order by (t.status = 'active') desc, t.version desc
    limit 1
  `.execute(db);
  return rows[0];
}

/** A page of types, newest first. */
export interface TypePage {
  /** Only types linked to a case type of this product: its id, or `ext-` and its external id. */
  readonly loanTypeId?: string | undefined;
  readonly limit: number;
  readonly startingAfter?: number | undefined;
  /** The page that ends just before this id. Takes precedence over `startingAfter`. */
  readonly endingBefore?: number | undefined;
}

/** Lists each type once, in its active version, otherwise in the newest. */
export async function listTypeVersions(db: Db, page: TypePage): Promise<TypeVersion[]> {
  const backwards = page.endingBefore !== undefined;
  const after = backwards ? null : (page.startingAfter ?? null);
  const { rows } = await sql<TypeVersion>`
    with ids as (
      select distinct t.id
      from tidings.notification_types t
      where (${page.endingBefore ?? null}::int is null or t.id > ${page.endingBefore ?? null})
        and (${after}::int is null or t.id < ${after})
        and ${ofLoanType(page.loanTypeId)}
      order by t.id ${backwards ? sql`asc` : sql`desc`}
      limit ${page.limit}
    )
    select t.* from ids cross join lateral (${chosen(sql`ids.id`)}) t
    order by t.id desc
  `.execute(db);
  return rows;
}

/** Lists the types linked to a case type, newest first. */
export async function listTypesOfCaseType(db: Db, caseTypeId: string): Promise<TypeVersion[]> {
  const { rows } = await sql<TypeVersion>`
    select t.*
    from tidings.case_type_notification_types l
    cross join lateral (${chosen(sql`l.notification_type_id`)}) t
    where l.case_type_id = ${caseTypeId}
    order by t.id desc
  `.execute(db);
  return rows;
}

const chosen = (id: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select ${COLUMNS} from tidings.notification_types t
  where t.id = ${id} order by (t.status = 'active') desc, t.version desc limit 1
`;

function ofLoanType(loanTypeId: string | undefined): RawBuilder<boolean> {
  if (loanTypeId === undefined) return sql<boolean>`true`;
  const externalId = /^ext-(.+)$/s.exec(loanTypeId)?.[1];
  const isIt =
    externalId === undefined
      ? sql`c.loan_type_id = ${loanTypeId}`
      : sql`c.loan_type_id = (select l.id from tidings.loan_types l where l.external_id = ${externalId})`;
  return sql<boolean>`exists (
    select from tidings.case_type_notification_types l
    join tidings.case_types c on c.id = l.case_type_id
    where l.notification_type_id = t.id and ${isIt}
  )`;
}
