import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { TemplateExplanation, TemplateOption } from "../../domain/template-choice.ts";
import type { Theme } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";

/** A template that confirms an opt-out. */
export interface ConfirmationTemplate extends TemplateOption {
  readonly theme: Theme | null;
}

/** The facts for the choice of its template: the templates that are active now, and the borrower's language. */
export interface ConfirmationChoice {
  readonly templates: readonly ConfirmationTemplate[];
  readonly language: string;
}

/** Loads the active templates that confirm an opt-out by text, the oldest first. */
export async function loadConfirmationChoice(
  db: Db,
  borrowerId: string,
): Promise<ConfirmationChoice> {
  const { rows } = await sql<ConfirmationChoice>`
    select b.language, coalesce((
      select json_agg(f order by f.id)
      from (
        select t.id, t.version, t.language, t.subject, t.sensitive, t.theme, 'advertising' <> all(t.declares) as "isTransactional"
        from tidings.templates t
        where t.status = 'active' and t.channel = 'text' and t.kind = 'optOutConfirmation'
      ) f
    ), '[]') as templates
    from tidings.borrowers b
    where b.id = ${borrowerId}
  `.execute(db);
  return rows[0] ?? { templates: [], language: "" };
}

/** The one confirmation of an opt-out. */
export interface NewConfirmation {
  readonly replyId: InteractionId;
  readonly template: ConfirmationTemplate;
  readonly explanation: TemplateExplanation;
  readonly dueAt: Date;
  readonly latestAt: Date;
}

/**
 * Plans the confirmation of a reply, in the transaction that keeps the reply, and queues it. Returns its id; undefined if the
 * reply has one already.
 */
export async function planConfirmation(
  transaction: Db,
  { replyId, template, explanation, dueAt, latestAt }: NewConfirmation,
): Promise<InteractionId | undefined> {
  const { rows } = await sql<{ id: InteractionId }>`
    with added as (
      insert into tidings.interactions
        (origin, created_by, direction, started_at, reply_id, previous_interaction_id, person_id, template_id, template_version,
         template_explanation, channel, theme, subject, sensitive, is_transactional, status, scheduled_at_from, scheduled_at_to)
      select 'tidings', '{"id": "tidings", "name": "Tidings"}', 'outbound', null, r.id, r.id, r.person_id, ${template.id}, ${template.version},
        ${JSON.stringify(explanation)}::jsonb, 'text', ${template.theme}, ${template.subject}, ${template.sensitive}, ${template.isTransactional}, 'scheduled', ${dueAt}, ${latestAt}
      from tidings.interactions r
      where r.id = ${replyId}
      on conflict do nothing
      returning id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(a.id)) from added a
    )
    select a.id, (select count(*) from jobs) as jobs from added a
  `.execute(transaction);
  return rows[0]?.id;
}
