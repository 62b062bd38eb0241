import { sql } from "kysely";
import type { FactSheet } from "../../domain/deliver/fact-sheet.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";
import { BORROWER_JSON } from "../postgres/borrower-json.ts";
import { CONTACTS_JSON } from "./fact-json.ts";

/**
 * The rules whose holds of the chain of `i` a person has released; null if there are none. A release for one recipient does not
 * count for the recipient of a redirect.
 */
const RELEASED_RULES = sql`(select array_agg(distinct r.id) from tidings.holds h cross join unnest(h.rule_ids) r(id)
  where h.chain_id = coalesce(i.first_interaction_id, i.id) and h.decision = 'released'
    and h.interaction_id >= coalesce(redirect.interaction_id, 0))`;

/** The last redirect of the chain of `i`. */
const LAST_REDIRECT = sql`left join lateral (
  select n.id as interaction_id, n.attempt, r.to_contact_id as contact_id
  from tidings.redirects r
  join tidings.interactions n on n.id = r.next_interaction_id
  where r.chain_id = i.first_interaction_id
  order by n.attempt desc
  limit 1
) redirect on true`;

/** The loans of `i`, in its order. */
const LOANS_JSON = sql`(
  select coalesce(json_agg(f order by array_position(i.loan_ids, f.id)), '[]')
  from (
    select l.id, l.external_id as "externalId", l.display_id as "displayId", l.loan_type_id as "loanTypeId", l.data
    from tidings.loans l
    where l.id = any(i.loan_ids)
  ) f
)`;

/** The opt-out that `i` confirms; null for a notice. */
const REPLY = sql`(select to_json(f) from (
  select r.id::text, r.contact_id as "contactId", r.contact->>'value' as value from tidings.interactions r where r.id = i.reply_id
) f)`;

/** The open pause of `i` that ends last. */
const PAUSE = sql`left join lateral (
  select p.reason, p.ends_at from tidings.pauses p
  where p.released_at is null
    and (p.scope = 'everything' or p.channel = i.channel or p.notification_type_id = i.notification_type_id)
  order by p.ends_at desc nulls first, p.id
  limit 1
) pause on true`;

/**
 * Loads the facts of those of the interactions that are still scheduled by Tidings, in one statement. Interactions of
 * one version share its object, so that its conditions are parsed once.
 */
export async function loadFactSheets(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<FactSheet[]> {
  const { rows } = await sql<FactSheet>`
    select i.id as interaction_id, i.channel, i.theme, i.is_transactional, ${RELEASED_RULES} as released_rules, i.sensitive,
      i.attempt - coalesce(redirect.attempt - 1, 0) as attempt, redirect.contact_id as redirected_to, i.claims, coalesce(i.first_interaction_id, i.id) as chain_id,
      i.scheduled_at_from as due_at, i.scheduled_at_to as latest_at, i.template_id, i.template_version,
      ${REPLY} as reply,
      (select to_json(f) from (select t.id, t.version, t.name, t.on_status as "onStatus", t.on_outcome as "onOutcome",
        case t.when_case_moves when 'cancel' then coalesce(nullif(t.on_condition, 'null'), '[]') else '[]' end as "onCondition",
        t.when_case_moves as "whenCaseMoves", t.on_unknown as "onUnknown" where t.id is not null) f) as notification_type,
      (select to_json(f) from (select c.id, h.case_type_id as "typeId", y.name as "typeName", h.status, h.outcome, h.fields where c.id is not null) f) as "case",
      (select to_json(f) from (select c.case_change_id::text as "changeId", c.status, c.outcome, c.fields where c.id is not null) f) as case_now,
      ${BORROWER_JSON} as borrower, ${CONTACTS_JSON} as contacts,
      ${LOANS_JSON} as loans,
      pause.reason as paused_because, pause.ends_at as paused_until
    from unnest(${interactionIds}::bigint[]) as wanted(id)
    -- limited to one, so that it is looked up: after a bulk the planner would rather read all that is scheduled
    cross join lateral (select * from tidings.interactions l where l.id = wanted.id limit 1) i
    -- a confirmation has none of these
    left join tidings.notification_types t on t.id = i.notification_type_id and t.version = i.notification_type_version
    left join tidings.cases c on c.id = i.case_id
    left join tidings.case_changes h on h.id = i.case_change_id
    left join tidings.case_types y on y.id = h.case_type_id
    join tidings.borrowers b on b.id = i.person_id
    ${LAST_REDIRECT}
    ${PAUSE}
    -- a held one has no due time
    where i.origin = 'tidings' and i.status = 'scheduled' and i.scheduled_at_from is not null
    order by i.id
  `.execute(db);
  return withSharedTypes(rows);
}

function withSharedTypes(rows: readonly FactSheet[]): FactSheet[] {
  const types = new Map<string, FactSheet["notificationType"]>();
  return rows.map((row) => {
    if (row.notificationType === null) return row;
    const key = `${row.notificationType.id}.${row.notificationType.version}`;
    const notificationType = types.get(key) ?? row.notificationType;
    types.set(key, notificationType);
    return { ...row, notificationType };
  });
}
