import type { Channel } from "../../../domain/vocabulary.ts";
import type { ReceiptTable } from "../table.ts";
import { EMAIL } from "./email.ts";
import { MAIL_HOUSE } from "./mail-house.ts";
import { TWILIO_CALL } from "./twilio-call.ts";
import { TWILIO_MESSAGE } from "./twilio-message.ts";

/** The table that reads the receipts of a channel. Relays of email use the words of the email table. */
export const RECEIPT_TABLES: Partial<Record<Channel, ReceiptTable>> = {
  text: TWILIO_MESSAGE,
  voice: TWILIO_CALL,
  email: EMAIL,
  mail: MAIL_HOUSE,
};
