import { sql } from "kysely";
import type { InteractionId } from "../../domain/ids.ts";
import type { Receipt } from "../../domain/receipts/receipt.ts";
import { noteFindings } from "./contact-findings.ts";
import type { Db } from "../postgres/db.ts";

/** Moves an interaction forward by a later receipt, never backwards. False if the receipt changes nothing. */
export async function recordReceipt(db: Db, receipt: Receipt): Promise<boolean> {
  const { interactionId, status, statusDetails, short, long, evidence } = receipt;
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ id: InteractionId }>`
      update tidings.interactions i
      set status = ${status}, status_details = ${statusDetails}, failure_description_short = ${short}, failure_description_long = ${long},
        evidence = ${JSON.stringify(evidence)}::jsonb
      where i.id = ${interactionId} and i.origin = 'tidings'
        and (i.status = 'attempted' or (i.status = 'succeeded' and ${status}::text = 'failed'))
      returning i.id
    `.execute(tx);
    if (rows.length > 0) await noteFindings(tx, [receipt]);
    return rows.length > 0;
  });
}
