import { sql } from "kysely";
import { messageFactsOf } from "../../domain/guard/question.ts";
import type { CaseChangeId, InteractionId } from "../../domain/ids.ts";
import type { FateByRule, Replayed } from "../../domain/simulate/replay.ts";
import type { TemplateFacts } from "../../domain/template/template.ts";
import type { Db } from "../postgres/db.ts";

/** The messages to replay: a period, which does not include its end, and one notification type or all. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
  readonly notificationTypeId: number | null;
}

interface Row extends Omit<Replayed, "interactionId" | "fromTemplate" | "done">, FateByRule {
  readonly id: InteractionId;
  readonly template: TemplateFacts | null;
}

/**
 * Lists messages after an id, in order of id: the first attempts that case changes of the period caused, and the outbound
 * interactions that the core system logged in it. Messages that are not due yet at `now` are left out.
 */
export async function listReplayed(
  db: Db,
  { from, to, notificationTypeId }: Period,
  {
    after,
    limit,
    now,
  }: { readonly after: InteractionId; readonly limit: number; readonly now: Date },
): Promise<Replayed[]> {
  const { rows } = await sql<Row>`
    select i.id, i.case_change_id, i.person_id as borrower_id, i.channel, i.theme, i.is_transactional, i.loan_ids, i.contact_id,
      (select to_json(f) from (select t.kind, t.asks_for_money as "asksForMoney", t.required_by_law as "requiredByLaw",
        t.required_medium as "requiredMedium", t.programme, t.declares) f) as template,
      w.at, i.scheduled_at_to as latest_at, i.compliance_guard_rule_id as rule_id,
      case
        when i.started_at > i.first_due_at + interval '1 minute' then 'delayed'
        when i.started_at is not null then 'sent'
        when i.status = 'failed' then 'refused'
        when i.status = 'canceled' and r.id is not null then 'redirected'
        when i.status = 'canceled' then 'canceled'
        when i.scheduled_at_from is null then 'held'
        else 'delayed'
      end as fate
    from tidings.interactions i
    left join tidings.case_changes c on c.id = i.case_change_id
    left join tidings.redirects r on r.interaction_id = i.id
    left join tidings.templates t on t.id = i.template_id and t.version = i.template_version
    cross join lateral (select coalesce(i.first_due_at, i.started_at, i.scheduled_at_from, i.created_at) as at) w
    where i.id > ${after} and i.person_id is not null and i.deleted_at is null and w.at <= ${now}
      and case when i.origin = 'tidings'
        then i.previous_interaction_id is null and c.received_at >= ${from} and c.received_at < ${to}
          and (${notificationTypeId}::int is null or i.notification_type_id = ${notificationTypeId})
        else ${notificationTypeId}::int is null and i.direction = 'outbound' and w.at >= ${from} and w.at < ${to} end
    order by i.id
    limit ${limit}
  `.execute(db);
  return rows.map(({ id, template, fate, ruleId, ...row }) => ({
    ...row,
    interactionId: id,
    fromTemplate: template === null ? {} : messageFactsOf(template),
    done: { fate, ruleId },
  }));
}

/** Lists the ids of the case changes of a period after an id, of the case types of one notification type or of all. Changes whose fields are erased are left out. */
export async function listChangeIds(
  db: Db,
  { from, to, notificationTypeId }: Period,
  after: CaseChangeId,
  limit: number,
): Promise<CaseChangeId[]> {
  const { rows } = await sql<{ id: CaseChangeId }>`
    select c.id from tidings.case_changes c
    where c.id > ${after} and c.received_at >= ${from} and c.received_at < ${to} and c.fires
      and not exists (select from tidings.erasures e where e.case_change_id = c.id)
      and (${notificationTypeId}::int is null or c.case_type_id in (
        select l.case_type_id from tidings.case_type_notification_types l where l.notification_type_id = ${notificationTypeId}))
    order by c.id
    limit ${limit}
  `.execute(db);
  return rows.map(({ id }) => id);
}

/** The number of case changes of a period, and of those whose fields are erased. */
export interface ChangeCounts {
  readonly changes: number;
  readonly erased: number;
}

/** Counts the case changes of a period. */
export async function countChanges(db: Db, { from, to }: Period): Promise<ChangeCounts> {
  const { rows } = await sql<ChangeCounts>`
    select count(*)::int as changes, count(e.id)::int as erased
    from tidings.case_changes c
    left join tidings.erasures e on e.case_change_id = c.id
    where c.received_at >= ${from} and c.received_at < ${to}
  `.execute(db);
  return rows[0] ?? { changes: 0, erased: 0 };
}

/** Returns the facts of template versions about their messages, by `id.version`. */
export async function loadTemplateFacts(
  db: Db,
  templateIds: readonly number[],
): Promise<ReadonlyMap<string, TemplateFacts>> {
  const { rows } = await sql<TemplateFacts & { key: string }>`
    select t.id || '.' || t.version as key, t.kind, t.asks_for_money, t.required_by_law, t.required_medium, t.programme, t.declares::text[] as declares
    from tidings.templates t
    where t.id = any(${templateIds}::int[])
  `.execute(db);
  return new Map(rows.map(({ key, ...facts }) => [key, facts]));
}
