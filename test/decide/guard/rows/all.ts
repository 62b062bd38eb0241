import { CONSENT_ROWS } from "./consent.ts";
import { CONTACT_ROWS } from "./contact.ts";
import { CONTENT_ROWS } from "./content.ts";
import { LEGAL_ROWS } from "./legal.ts";
import { PERSON_ROWS } from "./person.ts";
import type { RuleRows } from "./row.ts";

/** The rows of every rule. */
export const RULE_ROWS: RuleRows = {
  ...PERSON_ROWS,
  ...LEGAL_ROWS,
  ...CONTACT_ROWS,
  ...CONSENT_ROWS,
  ...CONTENT_ROWS,
};
