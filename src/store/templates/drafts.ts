import { DatabaseError } from "pg";
import { sql, type RawBuilder } from "kysely";
import { freeId } from "../postgres/free-id.ts";
import type {
  TemplateContent,
  TemplateDraft,
  TemplateVersion,
} from "../../domain/template/version.ts";
import type { Db } from "../postgres/db.ts";
import { loadVersions } from "./versions.ts";

/** The result of storing a draft. `before` is the previous newest version. */
export type Stored =
  | { readonly kind: "new"; readonly templateId: number; readonly version: number }
  | {
      readonly kind: "changed";
      readonly templateId: number;
      readonly version: number;
      readonly before: TemplateVersion;
    }
  | { readonly kind: "unchanged"; readonly newest: TemplateVersion }
  /** A rule of the table refused it; `why` is a sentence. */
  | { readonly kind: "refused"; readonly why: string };

/**
 * Stores a draft if its content differs from the newest version of its slug: as the first version of a new template, in place
 * of a draft, or as the next version after a published one. Of two concurrent writers the second sees the first one's draft.
 */
export async function storeDraft(db: Db, draft: TemplateDraft): Promise<Stored> {
  return await db
    .transaction()
    .execute((transaction) => store(transaction, draft))
    .catch(asRefusal);
}

/** Returns the refusal in an error of tidings.refuse: the fault, and what to do. Throws every other error. */
function asRefusal(error: unknown): Stored {
  const isOurs =
    error instanceof DatabaseError && error.constraint?.startsWith("templates_") === true;
  if (!isOurs) throw error;
  return { kind: "refused", why: [error.message, error.hint].filter(Boolean).join("; ") };
}

async function store(transaction: Db, draft: TemplateDraft): Promise<Stored> {
  await lockTemplate(transaction, draft.slug);
  const [newest] = await loadVersions(transaction, { kind: "slug", slug: draft.slug });
  if (newest === undefined) return { kind: "new", ...(await insertTemplate(transaction, draft)) };
  const { id: templateId, version } = newest;
  if (newest.contentHash === (await hashOf(transaction, draft.content))) {
    if (newest.status === "draft") await renewFiles(transaction, newest, draft);
    return { kind: "unchanged", newest };
  }
  if (newest.status === "draft") {
    await editDraft(transaction, newest, draft);
    return { kind: "changed", templateId, version, before: newest };
  }
  const next = await insertVersion(transaction, sql`${templateId}::int`, draft);
  return { kind: "changed", ...next, before: newest };
}

/** Takes the lock of guard_template (against another push) and of guard_versions (against a publication). */
async function lockTemplate(transaction: Db, slug: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('tidings.templates.slug'), 0)`.execute(
    transaction,
  );
  await sql`
    select pg_advisory_xact_lock(hashtext('tidings.templates'), s.id)
    from (select t.id from tidings.templates t where t.slug = ${slug} limit 1) s
  `.execute(transaction);
}

const inOrder = (content: TemplateContent): RawBuilder<unknown>[] =>
  [
    content.name,
    content.channel,
    content.language,
    content.theme,
    content.subject,
    content.sensitive,
    content.subjectTemplate,
    content.htmlTemplate,
    content.textTemplate,
    content.kind,
    content.asksForMoney,
    content.requiredByLaw,
    content.requiredMedium,
    content.programme,
  ].map((value) => sql`${value}`);

async function hashOf(db: Db, content: TemplateContent): Promise<string> {
  const { rows } = await sql<{ hash: string }>`
    select tidings.content_hash(array[${sql.join(inOrder(content).map((value) => sql`${value}::text`))}]
      || ${content.declares.length === 0 ? [] : [content.declares.join(",")]}::text[]) as hash
  `.execute(db);
  return rows[0]?.hash ?? "";
}

interface Numbered {
  readonly templateId: number;
  readonly version: number;
}

const insertTemplate = (db: Db, draft: TemplateDraft): Promise<Numbered> =>
  insertVersion(db, freeId("templates"), draft);

/** The trigger guard_versions assigns the next version number. */
async function insertVersion(
  db: Db,
  id: RawBuilder<unknown>,
  { slug, content, samples, sources }: TemplateDraft,
): Promise<Numbered> {
  const { rows } = await sql<Numbered>`
    insert into tidings.templates (id, slug, samples, sources, name, channel, language, theme, subject, sensitive, subject_template, html_template, text_template,
      kind, asks_for_money, required_by_law, required_medium, programme, declares)
    values (${id}, ${slug}, ${JSON.stringify(samples)}, ${JSON.stringify(sources)}, ${sql.join(inOrder(content))}, ${content.declares}::tidings.template_statement[])
    returning id as template_id, version
  `.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error("the insert of a template returned no row");
  return row;
}

async function editDraft(
  db: Db,
  { id, version }: TemplateVersion,
  { slug, content, samples, sources }: TemplateDraft,
): Promise<void> {
  const { name, channel, language, theme, subject, sensitive, ...parts } = content;
  const { subjectTemplate, htmlTemplate, textTemplate } = parts;
  const { kind, asksForMoney, requiredByLaw, requiredMedium, programme } = parts;
  const declares = [...parts.declares];
  await db
    .updateTable("templates")
    .set({ name, channel, language, theme, subject, sensitive })
    .set({ subjectTemplate, htmlTemplate, textTemplate })
    .set({ kind, asksForMoney, requiredByLaw, requiredMedium, programme, declares })
    .set({ slug, samples: JSON.stringify(samples), sources: JSON.stringify(sources) })
    .set({ updatedAt: sql<Date>`now()` })
    .where("id", "=", id)
    .where("version", "=", version)
    .execute();
}

/** Samples and sources are not part of the message, so a draft can get new ones without a new version. */
async function renewFiles(
  db: Db,
  { id, version }: TemplateVersion,
  { samples, sources }: TemplateDraft,
): Promise<void> {
  await db
    .updateTable("templates")
    .set({ samples: JSON.stringify(samples), sources: JSON.stringify(sources) })
    .where("id", "=", id)
    .where("version", "=", version)
    .execute();
}
