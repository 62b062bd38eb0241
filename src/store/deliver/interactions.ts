import { sql } from "kysely";
import type { InteractionId, WorkerId } from "../../domain/ids.ts";
import type { Claim, Withheld } from "../../domain/interaction.ts";
import type { SealedContent } from "../../domain/sealed-content.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

const CLAIM = {
  interactionId: "bigint",
  contactId: "text",
  contact: "jsonb",
  passedOver: "jsonb",
  borrower: "jsonb",
  content: "jsonb",
  newestCaseChangeId: "bigint",
  segments: "int",
  provider: "text",
} as const;
const WITHHELD = {
  interactionId: "bigint",
  status: "text",
  ruleId: "text",
  short: "text",
  long: "text",
  until: "timestamptz",
  heldBy: "jsonb",
} as const;

/**
 * The interactions that are still scheduled and not held, locked. Those that another transaction has locked are left out: an operator who
 * keeps one locked must not stop the others of its batch, and with them all batches of their borrowers. One for which a provider may have
 * been called before is left out too while a receipt of its notice waits to be applied: the receipt may show that it was sent. A sweep
 * queues both again.
 */
const freeOf = (ids: readonly InteractionId[]) => sql`free as materialized (
  select l.id from tidings.interactions l
  where l.id = any(${ids}::bigint[]) and l.status = 'scheduled' and l.scheduled_at_from is not null
    and ((l.claimed_at is null and l.attempt = 1) or not tidings.has_waiting_receipt(coalesce(l.first_interaction_id, l.id)))
  order by l.id
  for no key update skip locked
)`;

/**
 * Claims scheduled interactions in the name of one worker, with the content and the contact. Returns the claimed ids;
 * the others must not be sent.
 */
export async function claimInteractions(
  db: Db,
  workerId: WorkerId,
  claims: readonly Claim[],
  now: Date,
): Promise<Set<InteractionId>> {
  if (claims.length === 0) return new Set();
  const { rows } = await sql<{ id: InteractionId }>`
    with ${freeOf(claims.map((one) => one.interactionId))}
    update tidings.interactions i
    set status = 'inProgress', status_details = null, claimed_by = ${workerId}, claimed_at = ${now}, started_at = ${now}, claims = i.claims + 1,
      contact_id = c."contactId", contact = c.contact, passed_over = c."passedOver", borrower = c.borrower, content = c.content, newest_case_change_id = c."newestCaseChangeId", segments = c.segments, provider = c.provider,
      -- the transitions have the data of earlier calls
      ended_at = null, provider_message_id = null, content_sha256 = null,
      -- record_changes has the reason of an earlier wait
      compliance_guard_rule_id = null, failure_description_short = null, failure_description_long = null
    from ${recordset("c", CLAIM, claims)}
    join free f on f.id = c."interactionId"
    where i.id = f.id
    returning i.id
  `.execute(db);
  return new Set(rows.map((row) => row.id));
}

/** The content that earlier claims of interactions have sealed, by their ids. */
export async function loadSealedContents(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<ReadonlyMap<InteractionId, SealedContent>> {
  if (interactionIds.length === 0) return new Map();
  const { rows } = await sql<{ id: InteractionId; content: SealedContent }>`
    select i.id, i.content from tidings.interactions i
    where i.id = any(${interactionIds}::bigint[]) and i.content ? 'sealed'
  `.execute(db);
  return new Map(rows.map(({ id, content }) => [id, content]));
}

/**
 * Records the interactions that judging and rendering withheld, and queues again those that only wait. One that is held keeps no due
 * time, so that nothing queues it before a person has decided. Returns the ids that were still scheduled and not held.
 */
export async function withholdInteractions(
  db: Db,
  withheld: readonly Withheld[],
): Promise<Set<InteractionId>> {
  if (withheld.length === 0) return new Set();
  const { rows } = await sql<{ id: InteractionId }>`
    with ${freeOf(withheld.map((one) => one.interactionId))},
    moved as (
      update tidings.interactions i
      set status = w.status, compliance_guard_rule_id = w."ruleId", 
        scheduled_at_from = case when w."heldBy" is null then coalesce(w.until, i.scheduled_at_from) end,
        failure_description_short = w.short, failure_description_long = w.long
      from ${recordset("w", WITHHELD, withheld)}
      join free f on f.id = w."interactionId"
      where i.id = f.id
      returning i.id, coalesce(i.first_interaction_id, i.id) as chain_id, w.until, w."heldBy" as held_by
    ),
    held as (
      insert into tidings.holds (interaction_id, chain_id, rule_ids)
      select m.id, m.chain_id, array(select jsonb_array_elements_text(m.held_by)) from moved m where m.held_by is not null
      -- an operator may have given it a due time by hand, and then its hold is still open
      on conflict (interaction_id) where decided_at is null do nothing
    ),
    jobs as (
      select tidings.queue_deliveries(array_agg(m.id)) from moved m where m.until is not null
    )
    select m.id, (select count(*) from jobs) as jobs from moved m
  `.execute(db);
  return new Set(rows.map((row) => row.id));
}
