import { sql, type RawBuilder } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { ContactFinding } from "../../domain/provider-answer.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** A provider's finding about the contact of an interaction. */
export interface InteractionFinding {
  readonly interactionId: InteractionId;
  readonly finding: ContactFinding | null;
}

/**
 * Writes findings to the contacts, unless the lender has changed the contact's value since. It waits for no contact that the
 * core system keeps locked: that finding becomes a row, in the same transaction, and `noteKeptFindings` writes it later.
 */
export async function noteFindings(db: Db, found: readonly InteractionFinding[]): Promise<void> {
  const findings = found.filter((one) => one.finding !== null);
  if (findings.length === 0) return;
  await note(
    db,
    sql`select f."interactionId" as interaction_id, f.finding
      from ${recordset("f", { interactionId: "bigint", finding: "text" }, findings)}`,
  );
}

/** Writes the findings that were kept because their contacts were locked, and deletes the rows of those that are done. */
export const noteKeptFindings = (db: Db): Promise<void> =>
  note(
    db,
    sql`select f.interaction_id, f.finding from tidings.contact_findings f for update skip locked`,
  );

async function note(db: Db, findings: RawBuilder<unknown>): Promise<void> {
  await sql`
    with found as materialized (${findings}),
    concerned as materialized (
      select f.interaction_id, f.finding, k.id as contact_id
      from found f
      join tidings.interactions i on i.id = f.interaction_id
      join tidings.contacts k on k.id = i.contact_id and k.value = i.contact->>'value'
    ),
    free as materialized (
      select k.id
      from tidings.contacts k
      -- check_primary_contacts locks the borrower
      join tidings.borrowers b on b.id = k.borrower_id
      where k.id in (select c.contact_id from concerned c)
      for no key update of k, b skip locked
    ),
    noted as (
      update tidings.contacts k
      set valid = k.valid and not f.is_invalid, receive_text_messages = k.receive_text_messages and not f.takes_no_texts
      from (
        select c.contact_id, bool_or(c.finding = 'invalid') as is_invalid,
          bool_or(c.finding in ('notTextable', 'optedOut')) as takes_no_texts
        from concerned c
        where c.contact_id in (select r.id from free r)
        group by c.contact_id
      ) f
      where k.id = f.contact_id
    ),
    waiting as materialized (
      select c.interaction_id, c.finding from concerned c where c.contact_id not in (select r.id from free r)
    ),
    kept as (
      insert into tidings.contact_findings (interaction_id, finding)
      select w.interaction_id, w.finding from waiting w
      on conflict (interaction_id, finding) do nothing
    )
    delete from tidings.contact_findings d
    where d.interaction_id in (select f.interaction_id from found f)
      and d.interaction_id not in (select w.interaction_id from waiting w)
  `.execute(db);
}
