import { join } from "node:path";

const STARTER_SET = join(import.meta.dirname, "../../templates");

/** The folders of the starter set that the notification types in `lender.sql` use, and the confirmation of an opt-out. */
export const TEMPLATES: readonly string[] = [
  "bankruptcy-filed.email.en",
  "bankruptcy-dismissed.email.en",
  "identity-theft-received.text.en",
  "opt-out-confirmation.text.en",
  "identity-theft-approved.email.en",
  "dispute-received.email.en",
  "cease-communication-acknowledged.email.en",
  "hardship-approved.email.en",
].map((slug) => join(STARTER_SET, slug));
