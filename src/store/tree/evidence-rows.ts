import { type RawBuilder, sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { PackSubject } from "../../domain/evidence/pack.ts";
import type { LeafSource } from "../../domain/tree/leaf-sources.ts";
import type { Db } from "../postgres/db.ts";

/** Runs work on one snapshot of the record, which it cannot change. */
export const onSnapshot = <Result>(db: Db, work: (db: Db) => Promise<Result>): Promise<Result> =>
  db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only").execute(work);

/** The case changes and interactions of a subject, in the order of the ids. */
export interface Covered {
  readonly caseChangeIds: readonly string[];
  readonly interactionIds: readonly InteractionId[];
}

/**
 * The case changes of a subject, and every interaction about them: with all attempts, with what the borrower answered, and with the
 * confirmations of these answers.
 */
export async function findCovered(db: Db, subject: PackSubject): Promise<Covered> {
  const { rows } = await sql<Covered>`
    with recursive changes as materialized (${changesOf(subject)}),
    covered (id) as (
      ${interactionsOf(subject)}
      union
      select n.id
      from covered c
      cross join lateral (
        select i.id from tidings.interactions i where i.first_interaction_id = c.id
        union all
        select i.id from tidings.interactions i where i.previous_interaction_id = c.id and i.origin = 'logged'
        union all
        select i.id from tidings.interactions i where i.reply_id = c.id and i.attempt = 1
      ) n
    )
    select coalesce((select array_agg(c.id order by c.id) from (
        select h.id from changes h
        union
        select i.case_change_id from covered v join tidings.interactions i on i.id = v.id where i.case_change_id is not null
      ) c)::text[], '{}') as case_change_ids,
      coalesce((select array_agg(c.id order by c.id) from covered c)::text[], '{}') as interaction_ids
  `.execute(db);
  return rows[0] ?? { caseChangeIds: [], interactionIds: [] };
}

/** The changes of the case, or of the cases of the borrower. For an interaction there are none: its changes are found from it. */
function changesOf({ kind, id }: PackSubject): RawBuilder<unknown> {
  switch (kind) {
    case "interaction":
      return sql`select null::bigint as id where false`;
    case "case":
      return sql`select m.case_change_id as id from tidings.case_moves m where m.case_id = ${id}`;
    case "borrower":
      return sql`select m.case_change_id as id from tidings.cases s join tidings.case_moves m on m.case_id = s.id where s.borrower_id = ${id}`;
  }
}

/** The interactions from which the others are found. Postgres reads the changes first, so that an index finds what they caused. */
function interactionsOf({ kind, id }: PackSubject): RawBuilder<unknown> {
  switch (kind) {
    case "interaction":
      return sql`select coalesce(f.first_interaction_id, f.id) from tidings.interactions f where f.id = ${id}::bigint`;
    case "case":
      return sql`(
        select i.id from tidings.interactions i
        where i.case_change_id = any(array(select c.id from changes c)) and i.origin = 'tidings' and i.previous_interaction_id is null
        union all
        select i.id from tidings.interactions i where i.case_id = ${id} and i.origin = 'logged'
      )`;
    case "borrower":
      return sql`select i.id from tidings.interactions i where i.person_id = ${id}`;
  }
}

/** A row of the record that a pack has. */
export interface RowName {
  readonly source: LeafSource;
  readonly id: string;
}

/** The rows that name an interaction in a column. */
const rowsOfInteractions = (interactionIds: readonly InteractionId[]) => sql`
  select 'contentReveals', r.id::text from tidings.content_reveals r where r.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'receipts', r.id::text from tidings.receipts r where r.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'judgements', j.id::text from tidings.judgements j where j.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'redirects', r.id::text from tidings.redirects r where r.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'holds', h.id::text from tidings.holds h where h.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'consentRecords', c.id::text from tidings.consent_records c where c.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'inboundMessages', m.interaction_id::text from tidings.inbound_messages m where m.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'contactEvents', e.id::text from tidings.contact_events e where e.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'amendments', a.id::text from tidings.amendments a where a.interaction_id = any(${interactionIds}::bigint[])
  union all
  select 'erasures', e.id::text from tidings.erasures e where e.interaction_id = any(${interactionIds}::bigint[])
`;

/** The parts of a `with` clause for the rows whose history a pack has: `versions` names all of them, and `outages` has the ids of the outages. */
const historiesOf = ({ caseChangeIds, interactionIds }: Covered): RawBuilder<unknown> => sql`
    pinned as (
      select distinct i.notification_type_id, i.notification_type_version, i.template_id, i.template_version
      from tidings.interactions i
      where i.id = any(${interactionIds}::bigint[])
    ), outages as materialized (
      -- every outage between the due time of a late notice and its call
      select distinct o.id::text as id
      from tidings.late_notices n
      join tidings.outages o on o.began_at < n.called_at and coalesce(o.ended_at, 'infinity') > n.due_at and (o.kind <> 'provider' or o.channel = n.channel)
      where n.interaction_id = any(${interactionIds}::bigint[])
    ), versions as (
      select 'notification_types' as table_name, p.notification_type_id || ',' || p.notification_type_version as row_id from pinned p
      union
      select 'templates', p.template_id || ',' || p.template_version from pinned p
      union
      select 'interactions', unnest(${interactionIds}::text[])
      union all
      select 'inbound_messages', unnest(${interactionIds}::text[])
      union all
      select 'holds', h.id::text from tidings.holds h where h.interaction_id = any(${interactionIds}::bigint[])
      union all
      select 'repairs', p.id::text from tidings.repairs p
      where p.case_change_id = any(${caseChangeIds}::bigint[]) or p.interaction_id = any(${interactionIds}::bigint[])
      union all
      select 'outages', o.id from outages o
    )
`;

/** The rows about what a subject covers: its own, and those of the versions and the policy that were in force. */
export async function listRowNames(db: Db, covered: Covered): Promise<RowName[]> {
  const { caseChangeIds, interactionIds } = covered;
  const { rows } = await sql<RowName>`
    with ${historiesOf(covered)}
    select 'caseChanges' as source, unnest(${caseChangeIds}::text[]) as id
    union all
    select 'resolutions', r.id::text from tidings.resolutions r where r.case_change_id = any(${caseChangeIds}::bigint[])
    union all
    select 'transitions', t.id::text from tidings.interaction_transitions t where t.interaction_id = any(${interactionIds}::bigint[])
    union all
    select 'interactions', s.id::text from tidings.interaction_states s where s.interaction_id = any(${interactionIds}::bigint[]) and s.has_ended
    union all
    select 'loggedInteractions', i.id::text from tidings.interactions i where i.id = any(${interactionIds}::bigint[]) and i.origin = 'logged'
    union all
    select 'recordChanges', h.id::text from tidings.record_changes h join versions v using (table_name, row_id)
    union all
    select 'erasures', e.id::text from tidings.erasures e where e.case_change_id = any(${caseChangeIds}::bigint[])
    union all
    select 'repairs', p.id::text from tidings.repairs p
    where p.case_change_id = any(${caseChangeIds}::bigint[]) or p.interaction_id = any(${interactionIds}::bigint[])
    union all
    select 'outages', o.id from outages o
    union all
    ${rowsOfInteractions(interactionIds)}
    union all
    select 'policyChanges', p.version::text from tidings.guard_policy_changes p
    where p.version <= (select max(j.policy_version) from tidings.judgements j where j.interaction_id = any(${interactionIds}::bigint[]))
  `.execute(db);
  return rows;
}

/** A row with its leaf. */
export interface LeafRow {
  readonly id: string;
  readonly leaf: string;
  /** Its place in the tree, and the hash there; both null if it is no leaf yet. */
  readonly index: number | null;
  readonly hash: Buffer | null;
}

/** Loads rows of one source with their places in the tree, in the order of their ids. */
export async function loadLeafRows(
  db: Db,
  source: LeafSource,
  ids: readonly string[],
): Promise<LeafRow[]> {
  const { rows } = await sql<LeafRow>`
    select r.id::text as id, r.leaf, (p.first_index + p.place - 1)::float8 as index, substring(p.hashes from (p.place - 1) * 32 + 1 for 32) as hash
    from tidings.record_leaves r
    left join lateral (
      select l.first_index, array_position(l.row_ids, r.id) as place, l.hashes
      from tidings.tree_leaves l
      where l.source = ${source} and l.max_id >= r.id and l.min_id <= r.id and r.id = any(l.row_ids)
      order by l.max_id
      limit 1
    ) p on true
    where r.source = ${source} and r.id = any(${ids}::bigint[])
    order by r.id
  `.execute(db);
  return rows;
}

/** A leaf whose row was erased, or sealed later: the hashes of its text before and after, in hex. */
export interface ReplacedLeaf {
  readonly source: string;
  readonly id: string;
  readonly was: string;
  readonly is: string;
}

/** The leaves of interactions and of case changes that were erased, or sealed later. */
export async function listReplacedLeaves(
  db: Db,
  { caseChangeIds, interactionIds }: Covered,
): Promise<ReplacedLeaf[]> {
  const { rows } = await sql<ReplacedLeaf>`
    select l.source, l.id, l.was, l."is"
    from tidings.erasures e
    cross join lateral jsonb_to_recordset(e.leaves) l(source text, id text, was text, "is" text)
    where e.interaction_id = any(${interactionIds}::bigint[]) or e.case_change_id = any(${caseChangeIds}::bigint[])
    union all
    select 'loggedInteractions', h.row_id, h.changes #>> '{content,sealed,was}', h.changes #>> '{content,sealed,is}'
    from tidings.record_changes h
    where h.table_name = 'interactions' and h.row_id = any(${interactionIds}::text[]) and h.changes #> '{content,sealed}' is not null
  `.execute(db);
  return rows;
}

/** The present state of an interaction, under the id of its newest transition. */
export interface OpenState {
  readonly transitionId: string;
  readonly interactionId: InteractionId;
  readonly text: string;
}

/** The states that are no leaves, because their interactions have not ended or others logged them. */
export async function loadOpenStates(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<OpenState[]> {
  const { rows } = await sql<OpenState>`
    select s.id::text as transition_id, s.interaction_id::text as interaction_id, s.leaf as text
    from tidings.interaction_states s
    where s.interaction_id = any(${interactionIds}::bigint[]) and not s.has_ended
    order by s.interaction_id
  `.execute(db);
  return rows;
}

/** The interactions of receipts. A receipt whose message was not found has none. */
export async function listReceiptOwners(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<{ readonly receiptId: string; readonly interactionId: InteractionId }[]> {
  const { rows } = await sql<{ receiptId: string; interactionId: InteractionId }>`
    select r.id::text as receipt_id, r.interaction_id::text as interaction_id
    from tidings.receipts r
    where r.interaction_id = any(${interactionIds}::bigint[])
    order by r.id
  `.execute(db);
  return rows;
}

/** A published version of a template as the JSON whose SHA-256 is its content hash. */
export interface TemplateTexts {
  readonly id: number;
  readonly version: number;
  readonly text: string;
}

/** The JSON whose SHA-256 is the content hash of the version `t` of a template. The parts are those of tidings.guard_template. */
export const TEMPLATE_PARTS = sql`to_jsonb(array[t.name, t.channel, t.language, t.theme, t.subject, t.sensitive::text,
      t.subject_template, t.html_template, t.text_template, t.kind, t.asks_for_money::text, t.required_by_law::text,
      t.required_medium, t.programme]
      || case when t.declares = '{}' then '{}' else array[array_to_string(t.declares, ',')] end)::text`;

/** Loads the texts of the template versions to which interactions are pinned. */
export async function loadTemplateTexts(
  db: Db,
  interactionIds: readonly InteractionId[],
): Promise<TemplateTexts[]> {
  const { rows } = await sql<TemplateTexts>`
    select t.id, t.version, ${TEMPLATE_PARTS} as text
    from tidings.templates t
    where (t.id, t.version) in (
      select i.template_id, i.template_version from tidings.interactions i where i.id = any(${interactionIds}::bigint[])
    )
    order by t.id, t.version
  `.execute(db);
  return rows;
}
