import { sql } from "kysely";
import type { BorrowerId, InteractionId } from "../../domain/ids.ts";
import type { Db } from "../postgres/db.ts";

/** The result of one batch: the numbers of borrowers, and of interactions that name none. */
export interface DeletedBatch {
  readonly lookedAt: number;
  readonly deleted: number;
}

interface Pass {
  readonly afterBorrower: string;
  readonly afterId: InteractionId;
  readonly years: number;
}

/**
 * Deletes the metadata of those of the next `limit` borrowers whose last entry is older than the class, and commits. After the last
 * borrower it deletes that of interactions that name no borrower. Undefined if the class has no years, if the pass of the day has
 * ended, or if another daemon deletes. The day is that of `zone` (IANA).
 */
export const deleteOld = (db: Db, zone: string, limit: number): Promise<DeletedBatch | undefined> =>
  db.transaction().execute(async (transaction) => {
    const { rows } = await sql<Pass>`
      select s.borrower_id as after_borrower, s.interaction_id as after_id, c.years
      from tidings.deletion_state s
      join tidings.retention_classes c on c.record_class = 'metadata' and c.years is not null
      where s.pass_ended_on is distinct from (now() at time zone ${zone})::date
      for update of s skip locked
    `.execute(transaction);
    const [pass] = rows;
    if (pass === undefined) return undefined;
    const people = await nextBorrowers(transaction, pass, limit);
    if (people.length > 0) return await deleteRecords(transaction, people, pass);
    const ids = await nextWithoutBorrower(transaction, pass, limit);
    if (ids.length > 0) return await deleteWithoutBorrower(transaction, ids, pass);
    await sql`
      update tidings.deletion_state s set borrower_id = '', interaction_id = 0, pass_ended_on = (now() at time zone ${zone})::date
    `.execute(transaction);
    return { lookedAt: 0, deleted: 0 };
  });

const reasonOf = ({ years }: Pass): string =>
  `The last entry is older than ${years} ${years === 1 ? "year" : "years"}.`;

interface Person {
  readonly id: BorrowerId;
  /** True if the newest interaction is younger than the class, so that nothing else need be read. */
  readonly isYoung: boolean;
}

/** The next borrowers of interactions and cases, in the order of their ids. Each is found by the id of the one before it. */
async function nextBorrowers(
  transaction: Db,
  { afterBorrower, years }: Pass,
  limit: number,
): Promise<readonly Person[]> {
  const { rows } = await sql<Person>`
    with recursive step(id, place) as (
      select ${afterBorrower}::text, 0
      union all
      select least(
          (select i.person_id from tidings.interactions i where i.person_id > s.id order by i.person_id limit 1),
          (select k.borrower_id from tidings.cases k where k.borrower_id > s.id order by k.borrower_id limit 1)
        ), s.place + 1
      from step s
      where s.id is not null and s.place < ${limit}
    )
    select s.id, coalesce((
        select greatest(i.created_at, i.status_updated_at) >= now() - make_interval(years => ${years}::int)
        from tidings.interactions i where i.person_id = s.id order by i.id desc limit 1
      ), false) as is_young
    from step s
    where s.place > 0 and s.id is not null
    order by s.place
  `.execute(transaction);
  return rows;
}

async function deleteRecords(
  transaction: Db,
  people: readonly Person[],
  pass: Pass,
): Promise<DeletedBatch> {
  let deleted = 0;
  for (const { id } of people.filter(({ isYoung }) => !isYoung)) {
    const { numAffectedRows = 0n } = await sql`
      insert into tidings.deletions (borrower_ids, reason)
      select array[${id}::text], ${reasonOf(pass)}
      from tidings.record_of(array[${id}::text]) r
      where tidings.why_record_is_kept(r.people, r.cases, r.changes, r.interactions) is null
    `.execute(transaction);
    deleted += Number(numAffectedRows);
  }
  await sql`
    update tidings.deletion_state s set borrower_id = ${people.at(-1)?.id ?? ""}
  `.execute(transaction);
  return { lookedAt: people.length, deleted };
}

async function nextWithoutBorrower(
  transaction: Db,
  { afterId, years }: Pass,
  limit: number,
): Promise<readonly InteractionId[]> {
  const { rows } = await sql<{ id: InteractionId }>`
    select i.id
    from tidings.interactions i
    where i.person_id is null and i.id > ${afterId}::bigint
      and greatest(i.created_at, i.status_updated_at) < now() - make_interval(years => ${years}::int)
      and exists (select from tidings.erasures e where e.interaction_id = i.id)
      and tidings.why_record_is_kept('{}', '{}', '{}', array[i.id]) is null
    order by i.id
    limit ${limit}
  `.execute(transaction);
  return rows.map(({ id }) => id);
}

async function deleteWithoutBorrower(
  transaction: Db,
  ids: readonly InteractionId[],
  pass: Pass,
): Promise<DeletedBatch> {
  await sql`
    insert into tidings.deletions (interaction_ids, reason) values (${ids}::bigint[], ${reasonOf(pass)})
  `.execute(transaction);
  await sql`
    update tidings.deletion_state s set interaction_id = ${ids.at(-1) ?? "0"}::bigint
  `.execute(transaction);
  return { lookedAt: ids.length, deleted: ids.length };
}
