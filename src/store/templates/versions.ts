import { sql, type RawBuilder } from "kysely";
import type {
  TemplateContent,
  TemplateName,
  TemplateVersion,
} from "../../domain/template/version.ts";
import type { Db } from "../postgres/db.ts";

const COLUMNS = sql`t.id, t.version, t.slug, t.name, t.channel, t.status, t.language, t.theme, t.subject, t.sensitive, t.subject_template,
  t.html_template, t.text_template, t.kind, t.asks_for_money, t.required_by_law, t.required_medium, t.programme, t.declares::text[] as declares, t.samples, t.sources, t.content_hash, t.created_at, t.created_by, t.updated_at, t.published_at, t.published_by,
  t.deprecated_at`;

const idOf = (name: TemplateName): RawBuilder<number> =>
  name.kind === "id"
    ? sql<number>`${name.id}::int`
    : sql<number>`(select s.id from tidings.templates s where s.slug = ${name.slug} limit 1)`;

/** Returns every version of a template, the newest first; an empty list if there is no such template. */
export async function loadVersions(db: Db, name: TemplateName): Promise<TemplateVersion[]> {
  const { rows } = await sql<TemplateVersion>`
    select ${COLUMNS} from tidings.templates t where t.id = ${idOf(name)} order by t.version desc
  `.execute(db);
  return rows;
}

/** Returns the newest version of every template whose newest version is a draft. */
export async function loadDrafts(db: Db): Promise<TemplateVersion[]> {
  const { rows } = await sql<TemplateVersion>`
    select ${COLUMNS}
    from (select distinct on (n.id) n.* from tidings.templates n order by n.id, n.version desc) t
    where t.status = 'draft'
    order by t.slug, t.id
  `.execute(db);
  return rows;
}

/** One template with the numbers of its active version and its draft. */
export interface TemplateSummary extends Pick<
  TemplateContent,
  "name" | "channel" | "language" | "subject" | "theme" | "sensitive"
> {
  readonly id: number;
  readonly slug: string | null;
  readonly activeVersion: number | null;
  readonly publishedAt: Date | null;
  readonly publishedBy: string | null;
  /** The draft that is newer than the active version. */
  readonly draftVersion: number | null;
}

/** Returns every template with the properties of its newest version. */
export async function listTemplates(db: Db): Promise<TemplateSummary[]> {
  const { rows } = await sql<TemplateSummary>`
    select t.id, t.slug, t.name, t.channel, t.language, t.subject, t.theme, t.sensitive, a.version as active_version, a.published_at,
      a.published_by, case when t.status = 'draft' then t.version end as draft_version
    from (select distinct on (n.id) n.* from tidings.templates n order by n.id, n.version desc) t
    left join tidings.templates a on a.id = t.id and a.status = 'active'
    order by t.slug, t.id
  `.execute(db);
  return rows;
}
