import { sql } from "kysely";
import type { Redirect, RedirectOptions } from "../../domain/deliver/redirect.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";
import { NEXT_COLUMNS, NEXT_VALUES } from "./next-attempt-columns.ts";

/** An interaction that is to go to another contact, and the channel that reaches it. */
export interface RedirectWish {
  readonly interactionId: InteractionId;
  readonly channel: Channel;
}

/** Loads the contacts that interactions have left and the templates that they may use, by the ids of the interactions. */
export async function loadRedirectOptions(
  db: Db,
  wishes: readonly RedirectWish[],
): Promise<ReadonlyMap<InteractionId, RedirectOptions>> {
  if (wishes.length === 0) return new Map();
  const { rows } = await sql<RedirectOptions & { id: InteractionId }>`
    select i.id,
      array(
        select r.from_contact_id from tidings.redirects r where r.chain_id = i.first_interaction_id
        union
        select e.contact_id from tidings.interactions e
        where (e.id = i.first_interaction_id or e.first_interaction_id = i.first_interaction_id) and e.id <> i.id and e.contact_id is not null
      ) as left,
      (
        select coalesce(json_agg(json_build_object('id', t.id, 'version', t.version, 'language', t.language, 'subject', t.subject,
          'sensitive', t.sensitive, 'isTransactional', 'advertising' <> all(t.declares)) order by t.id), '[]')
        from tidings.templates t
        where t.subject = i.subject and t.channel = w.channel and t.status = 'active'
          -- a notice does not become advertising
          and ('advertising' = any(t.declares)) = (i.is_transactional is false)
      ) as templates
    from ${recordset("w", { interactionId: "bigint", channel: "text" }, wishes)}
    -- limited to one, so that it is looked up: a plan that was made for a small table would read all of a large one
    cross join lateral (
      select l.id, l.first_interaction_id, l.subject, l.is_transactional from tidings.interactions l where l.id = w."interactionId" limit 1
    ) i
  `.execute(db);
  return new Map(rows.map(({ id, left, templates }) => [id, { left, templates }]));
}

const REDIRECT = {
  interactionId: "bigint",
  ruleId: "text",
  short: "text",
  long: "text",
  fromContactId: "text",
  toContactId: "text",
  channel: "text",
  template: "jsonb",
  dueAt: "timestamptz",
} as const;

/** The interactions that may be redirected, locked. Those that another transaction has locked are left out, as in a claim. */
const freeOf = (redirects: readonly Redirect[]) => sql`free as materialized (
  select l.id from tidings.interactions l
  where l.id = any(${redirects.map((one) => one.interactionId)}::bigint[]) and l.origin = 'tidings'
    and (l.status = 'failed' or (l.status = 'scheduled' and l.scheduled_at_from is not null))
    and not tidings.was_sent_before(l.first_interaction_id, l.attempt) and not tidings.was_amended_to_sent(l.id)
  order by l.id
  for no key update skip locked
)`;

/** The next attempts of the interactions that are free. */
const ADDED = sql`added as (
  insert into tidings.interactions
    (${NEXT_COLUMNS}, channel, sensitive, template_id, template_version, template_explanation, scheduled_at_from, scheduled_at_to)
  select ${NEXT_VALUES}, w.channel,
    -- what was sensitive stays sensitive
    i.sensitive or coalesce((w.template->>'sensitive')::boolean, false),
    coalesce((w.template->>'id')::int, i.template_id), coalesce((w.template->>'version')::int, i.template_version),
    coalesce(w.template->'explanation', i.template_explanation), w."dueAt",
    -- as for every attempt of an operator
    case when m.by like 'operator:%' then greatest(i.scheduled_at_to, w."dueAt" + interval '24 hours') else i.scheduled_at_to end
  from wanted w
  join free f on f.id = w."interactionId"
  join tidings.interactions i on i.id = f.id
  cross join tidings.moved_by() as m(by)
  order by i.id
  on conflict (previous_interaction_id) where origin = 'tidings' and previous_interaction_id is not null do nothing
  returning id, previous_interaction_id, first_interaction_id
)`;

/**
 * Sends notices to other contacts. An interaction that is scheduled is canceled; one that has failed, such as an undeliverable one, stays as
 * it is. The next attempt of its chain goes to the new contact, through the same or another channel, and is judged before it is sent. All of it
 * is one statement. Returns the ids of the next attempts by those of the interactions that they follow. An interaction in another status, one
 * that is held or locked, one that another attempt has followed, and one whose notice was sent get none.
 */
export async function redirectNotices(
  db: Db,
  redirects: readonly Redirect[],
): Promise<Map<InteractionId, InteractionId>> {
  if (redirects.length === 0) return new Map();
  const { rows } = await sql<{ id: InteractionId; next: InteractionId }>`
    with ${freeOf(redirects)},
    wanted as materialized (
      select * from ${recordset("w", REDIRECT, redirects)}
    ),
    ${ADDED},
    canceled as (
      update tidings.interactions i
      set status = 'canceled', compliance_guard_rule_id = w."ruleId", failure_description_short = w.short, failure_description_long = w.long
      from added a
      join wanted w on w."interactionId" = a.previous_interaction_id
      where i.id = a.previous_interaction_id and i.status = 'scheduled'
    ),
    kept as (
      insert into tidings.redirects (interaction_id, next_interaction_id, chain_id, rule_id, from_contact_id, to_contact_id)
      select a.previous_interaction_id, a.id, a.first_interaction_id, w."ruleId", w."fromContactId", w."toContactId"
      from added a
      join wanted w on w."interactionId" = a.previous_interaction_id
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(a.id)) from added a
    )
    select a.previous_interaction_id as id, a.id as next, (select count(*) from jobs) as jobs from added a
  `.execute(db);
  return new Map(rows.map(({ id, next }) => [id, next]));
}
