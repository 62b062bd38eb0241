import { sql } from "kysely";
import type {
  Attempt,
  Chain,
  ChainHold,
  ChainJudgement,
  ChainRedirect,
  PinnedType,
  RecordChange,
  Transition,
} from "../../domain/deliver/chain.ts";
import type { CaseChangeId, InteractionId } from "../../domain/ids.ts";
import { loadCaseChanges } from "../resolve/case-changes.ts";
import { listAmendments } from "./amendments.ts";
import type { Db } from "../postgres/db.ts";

type Row = Attempt & {
  readonly caseChangeId: CaseChangeId | null;
  readonly notificationTypeId: number | null;
  readonly notificationTypeVersion: number | null;
};

/**
 * Loads the chain of an interaction, from the first attempt to the last; undefined if there is no interaction with this
 * id.
 */
export async function loadChain(db: Db, interactionId: InteractionId): Promise<Chain | undefined> {
  const [first, ...rest] = await loadAttempts(db, interactionId);
  if (first === undefined) return undefined;
  const { caseChangeId, notificationTypeId: id, notificationTypeVersion: version } = first;
  const changes = caseChangeId === null ? [] : await loadCaseChanges(db, [caseChangeId]);
  const type = id === null || version === null ? undefined : await loadType(db, id, version);
  const ids = [first, ...rest].map((one) => one.id);
  return {
    attempts: [first, ...rest],
    transitions: await loadTransitions(db, ids),
    changes: await loadChanges(db, ids),
    judgements: await loadJudgements(db, ids),
    holds: await loadHolds(db, ids),
    redirects: await loadRedirects(db, ids),
    amendments: await listAmendments(db, ids),
    caseChange: changes[0] ?? null,
    type: type ?? null,
  };
}

async function loadAttempts(db: Db, interactionId: InteractionId): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select i.id, i.origin, i.attempt, i.channel, i.status, i.status_details, i.created_at, i.scheduled_at_from as due_at,
      i.scheduled_at_to as latest_at, i.due_explanation, i.reply_id,
      exists (select from tidings.undelivered_notices u where u.interaction_id = i.id) and tidings.is_undelivered(i.id) as is_undelivered, i.person_id, i.contact_id, i.contact->>'contactType' as contact_type,
      i.contact->>'label' as contact_label, i.contact->>'status' as contact_status, i.passed_over, i.template_id, i.template_version, i.template_explanation, i.newest_case_change_id, i.claimed_by,
      i.provider, i.provider_message_id, i.compliance_guard_rule_id as rule_id, i.failure_description_short as short,
      i.failure_description_long as long, i.case_change_id, i.notification_type_id, i.notification_type_version
    from (select coalesce(f.first_interaction_id, f.id) as id from tidings.interactions f where f.id = ${interactionId}::bigint) chain
    join tidings.interactions i on i.id = chain.id or i.first_interaction_id = chain.id
    order by i.attempt, i.id
  `.execute(db);
  return rows;
}

async function loadTransitions(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<Transition[]> {
  const { rows } = await sql<Transition>`
    select t.interaction_id, t.moved_at, t.moved_by, t.from_status, t.to_status, t.from_status_details, t.to_status_details, t.evidence,
      e.happened_at, e.learned_at, e.is_ahead
    from tidings.interaction_transitions t
    join tidings.entry_times e on e.source = 'transitions' and e.interaction_id = t.interaction_id and e.id = t.id
    where t.interaction_id = any(${interactionIds}::bigint[]) and e.interaction_id = any(${interactionIds}::bigint[])
    order by t.id
  `.execute(db);
  return rows;
}

async function loadJudgements(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<ChainJudgement[]> {
  const { rows } = await sql<ChainJudgement>`
    select j.interaction_id, j.judged_at, j.outcome, j.rule_id, j.until, j.policy_version::int as policy_version,
      encode(j.facts_sha256, 'hex') as facts_sha256, j.rules
    from tidings.judgements j
    where j.interaction_id = any(${interactionIds}::bigint[])
    order by j.judged_at, j.interaction_id
  `.execute(db);
  return rows;
}

async function loadHolds(db: Db, interactionIds: readonly InteractionId[]): Promise<ChainHold[]> {
  const { rows } = await sql<ChainHold>`
    select h.interaction_id, h.held_at, h.rule_ids, h.decision, h.decided_at, h.decided_by, h.reason
    from tidings.holds h
    where h.interaction_id = any(${interactionIds}::bigint[])
    order by h.id
  `.execute(db);
  return rows;
}

async function loadRedirects(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<ChainRedirect[]> {
  const { rows } = await sql<ChainRedirect>`
    select r.interaction_id, r.next_interaction_id, r.redirected_at, r.rule_id, r.from_contact_id, r.to_contact_id
    from tidings.redirects r
    where r.interaction_id = any(${interactionIds}::bigint[])
    order by r.id
  `.execute(db);
  return rows;
}

async function loadChanges(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<RecordChange[]> {
  const { rows } = await sql<RecordChange>`
    select h.row_id as interaction_id, h.changed_at, h.actor,
      (select json_agg(json_build_object('column', c.key, 'fromSha256', c.value->>'fromSha256', 'toSha256', c.value->>'toSha256')
         order by c.key)
       from jsonb_each(h.changes) c) as columns,
      case when i.origin = 'tidings' and h.changes ? 'scheduled_at_from' and h.changes ? 'failure_description_long' and not h.changes ? 'claims' then
        json_build_object('ruleId', h.changes#>>'{compliance_guard_rule_id,to}', 'long', h.changes#>>'{failure_description_long,to}',
          'until', h.changes#>'{scheduled_at_from,to}')
      end as wait
    from tidings.record_changes h
    join tidings.interactions i on i.id = h.row_id::bigint
    where h.table_name = 'interactions' and h.row_id = any(${interactionIds})
    order by h.id
  `.execute(db);
  return rows;
}

async function loadType(db: Db, id: number, version: number): Promise<PinnedType | undefined> {
  const { rows } = await sql<PinnedType>`
    select t.id, t.version, t.name, t.on_status, t.on_outcome, coalesce(nullif(t.on_condition, 'null'), '[]') as on_condition,
      t.delay, t.unit, t.calendar, t.when_case_moves, t.on_unknown
    from tidings.notification_types t
    where t.id = ${id} and t.version = ${version}
  `.execute(db);
  return rows[0];
}
