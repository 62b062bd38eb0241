import { sql, type RawBuilder } from "kysely";
import type { Contact } from "../../domain/deliver/contact.ts";
import type { BorrowerId, ContactId } from "../../domain/ids.ts";
import type { Channel, ContactType } from "../../domain/vocabulary.ts";
import { CONTACTS_JSON } from "../deliver/fact-json.ts";
import type { Db } from "../postgres/db.ts";

/** Rows with a wrong value: how many, and the ids of the first of them. */
export interface Found {
  readonly count: number;
  readonly examples: readonly string[];
}

/** The kinds of wrong values that a statement finds. */
export type DataGap =
  | "caseTypesWithoutType"
  | "typesWithoutTemplate"
  | "languagesWithoutTemplate"
  | "unknownLoans"
  | "phonesWithoutLabel";

const GAPS: Readonly<Record<DataGap, RawBuilder<unknown>>> = {
  caseTypesWithoutType: sql`
    select c.id from tidings.case_types c
    where not exists (
      select from tidings.case_type_notification_types l
      join tidings.notification_types t on t.id = l.notification_type_id and t.status = 'active'
      where l.case_type_id = c.id)`,
  typesWithoutTemplate: sql`
    select t.id::text as id from tidings.notification_types t
    where t.status = 'active'
      and not exists (select from tidings.templates m where m.id = t.template_id and m.status = 'active')
      and not exists (
        select from tidings.templates n
        join tidings.templates o on o.family = n.family and o.channel = n.channel and o.status = 'active'
        where n.id = t.template_id)`,
  languagesWithoutTemplate: sql`
    select t.id || ' in ' || g.language as id
    from tidings.notification_types t
    cross join (select distinct split_part(b.language, '-', 1) as language from tidings.borrowers b) g
    where t.status = 'active' and t.template_id is not null and not exists (
      select from tidings.templates o
      where o.status = 'active' and split_part(o.language, '-', 1) = g.language and (o.id = t.template_id
        or o.family in (select n.family from tidings.templates n where n.id = t.template_id and n.channel = o.channel)))`,
  unknownLoans: sql`
    select distinct l.id
    from tidings.interactions i
    cross join unnest(i.loan_ids) as l(id)
    where i.origin = 'tidings' and i.status = 'scheduled'
      and not exists (select from tidings.loans k where k.id = l.id)`,
  phonesWithoutLabel: sql`
    select k.id from tidings.contacts k
    where k.contact_type = 'phone' and k.receive_text_messages and k.label is null
      and k.valid and k.affiliation = 'self' and k.status <> 'archived'`,
};

/** Finds the rows of one kind of wrong value. */
export async function findGap(db: Db, gap: DataGap): Promise<Found> {
  const { rows } = await sql<Found>`
    select count(*)::int as count, coalesce(to_json((array_agg(f.id order by f.id))[1:5]), '[]') as examples
    from (${GAPS[gap]}) f(id)
  `.execute(db);
  return rows[0] ?? { count: 0, examples: [] };
}

/** A contact in use, with the value that messages go to. */
export interface ContactValue {
  readonly id: ContactId;
  readonly contactType: ContactType;
  readonly value: string;
}

/** Lists the borrowers' own valid phones and email addresses after an id, in order of id. */
export async function listContactValues(
  db: Db,
  after: string,
  limit: number,
): Promise<ContactValue[]> {
  const { rows } = await sql<ContactValue>`
    select k.id, k.contact_type, coalesce(k.value, '') as value
    from tidings.contacts k
    where k.id > ${after} and k.contact_type in ('phone', 'email') and k.valid and k.affiliation = 'self' and k.status <> 'archived'
    order by k.id
    limit ${limit}
  `.execute(db);
  return rows;
}

/** A borrower with a scheduled notice on a channel, and the borrower's contacts. */
export interface Addressee {
  readonly borrowerId: BorrowerId;
  readonly channel: Channel;
  readonly contacts: readonly Contact[];
}

/** Lists borrowers with scheduled notices by channel, after the given ones, in their order. */
export async function listAddressees(
  db: Db,
  after: Pick<Addressee, "borrowerId" | "channel"> | undefined,
  limit: number,
): Promise<Addressee[]> {
  const { rows } = await sql<Addressee>`
    select p.person_id as borrower_id, p.channel, ${CONTACTS_JSON} as contacts
    from (
      select distinct i.person_id, i.channel::text as channel
      from tidings.interactions i
      where i.origin = 'tidings' and i.status = 'scheduled'
        and (i.person_id, i.channel::text) > (${after?.borrowerId ?? ""}, ${after?.channel ?? ""}::text)
      order by 1, 2
      limit ${limit}
    ) p
    join tidings.borrowers b on b.id = p.person_id
    order by 1, 2
  `.execute(db);
  return rows;
}
