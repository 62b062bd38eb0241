import { sql } from "kysely";
import type { Template, TemplateFacts } from "../../domain/template/template.ts";
import type { Db } from "../postgres/db.ts";

/** Identifies one version of a template. */
export interface TemplateKey {
  readonly templateId: number;
  readonly templateVersion: number;
}
/** A published version, with the facts about its messages that the guard needs. */
export type PublishedTemplate = Template & TemplateFacts;
export type FindTemplate = (key: TemplateKey) => PublishedTemplate | undefined;
export type LoadTemplates = (keys: readonly TemplateKey[]) => Promise<FindTemplate>;

/** A published version never changes, so it is read once; a lender has hundreds of them, not thousands. */
const KEPT = 1_000;
const nameOf = (key: TemplateKey): string => `${key.templateId}.${key.templateVersion}`;

/** Creates a reader of published template versions that reads each from the database once. */
export function createTemplateCache(db: Db): LoadTemplates {
  const known = new Map<string, PublishedTemplate>();
  return async (keys) => {
    const names = [...new Set(keys.map(nameOf))];
    const missing = names.filter((name) => !known.has(name));
    // a copy for this set: another set may clear the cache while this one reads
    const found = new Map(names.map((name) => [name, known.get(name)]));
    if (known.size + missing.length > KEPT) known.clear();
    const read = missing.length === 0 ? [] : await readTemplates(db, missing);
    for (const template of read) {
      const name = nameOf({ templateId: template.id, templateVersion: template.version });
      known.set(name, template);
      found.set(name, template);
    }
    return (key) => found.get(nameOf(key));
  };
}

async function readTemplates(db: Db, names: readonly string[]): Promise<PublishedTemplate[]> {
  const { rows } = await sql<PublishedTemplate>`
    select t.id, t.version, t.channel, t.language, t.subject_template, t.html_template, t.text_template,
      t.kind, t.asks_for_money, t.required_by_law, t.required_medium, t.programme, t.declares::text[] as declares
    from tidings.templates t
    where t.id || '.' || t.version = any(${names}::text[]) and t.status <> 'draft'
  `.execute(db);
  return rows;
}
