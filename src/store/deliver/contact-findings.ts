import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { ContactFinding } from "../../domain/provider-answer.ts";
import type { Db } from "../postgres/db.ts";
import { recordset } from "../postgres/recordset.ts";

/** A provider's finding about the contact of an interaction. */
export interface InteractionFinding {
  readonly interactionId: InteractionId;
  readonly finding: ContactFinding | null;
}

/** Writes findings to the contacts, unless the lender has changed the contact's value since. */
export async function noteFindings(db: Db, found: readonly InteractionFinding[]): Promise<void> {
  const findings = found.filter((one) => one.finding !== null);
  if (findings.length === 0) return;
  await sql`
    update tidings.contacts k
    set valid = k.valid and f.finding <> 'invalid',
      receive_text_messages = k.receive_text_messages and f.finding not in ('notTextable', 'optedOut')
    from ${recordset("f", { interactionId: "bigint", finding: "text" }, findings)}
    join tidings.interactions i on i.id = f."interactionId"
    where k.id = i.contact_id and k.value = i.contact->>'value'
  `.execute(db);
}
