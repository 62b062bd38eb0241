import type { Pool } from "pg";
import type { InteractionId } from "../src/domain/ids.ts";
import type { ArrivedReceipt } from "../src/domain/receipts/arrived-receipt.ts";
import { insertInteraction, type InteractionFields } from "./interactions.ts";

/** A delivery report of a mail server, with other values where they are given. */
export const receiptOf = (about: Partial<ArrivedReceipt> = {}): ArrivedReceipt => ({
  provider: "smtp",
  providerMessageId: null,
  interactionId: null,
  rawStatus: "delivered",
  code: null,
  qualifier: null,
  reportedAt: null,
  payload: null,
  ...about,
});

/** `word`, or `word code`: a callback of Twilio about a message. */
export function callback(messageId: string, said: string): ArrivedReceipt {
  const [rawStatus = "", code = null] = said.split(" ");
  return receiptOf({ provider: "twilio", providerMessageId: messageId, rawStatus, code });
}

/** A report of a mail server that came to the signed address of an interaction. */
export const mailReport = (interactionId: InteractionId, said: string): ArrivedReceipt => ({
  ...callback("", said),
  provider: "smtp",
  providerMessageId: null,
  interactionId,
});

/** Inserts an interaction in progress, to be answered by `recordAnswer`. */
export const insertInProgress = (
  pool: Pool,
  fields: InteractionFields = {},
): Promise<InteractionId> =>
  insertInteraction(pool, {
    status: "inProgress",
    channel: "text",
    provider: "twilio",
    contactId: "CT-PHONE",
    contact: { value: "+16145550107" },
    ...fields,
  });

/** Records the answer of a provider: accepted as `textQueued` if not said otherwise. */
export async function recordAnswer(
  pool: Pool,
  id: InteractionId,
  messageId: string | null,
  statusDetails = "textQueued",
): Promise<void> {
  await pool.query(
    `update tidings.interactions set status = 'attempted', status_details = $3, provider_message_id = $2,
       evidence = '{"code": "201"}' where id = $1`,
    [id, messageId, statusDetails],
  );
}

/** Inserts an interaction that its provider has accepted. */
export async function insertAccepted(
  pool: Pool,
  messageId: string | null,
  fields: InteractionFields = {},
): Promise<InteractionId> {
  const id = await insertInProgress(pool, fields);
  const details = fields.channel === "email" ? "emailSent" : "textQueued";
  await recordAnswer(pool, id, messageId, details);
  return id;
}
