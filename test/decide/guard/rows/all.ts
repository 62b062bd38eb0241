import { LEGAL_ROWS } from "./legal.ts";
import { PERSON_ROWS } from "./person.ts";
import type { RuleRows } from "./row.ts";

/** The rows of every rule. */
export const RULE_ROWS: RuleRows = { ...PERSON_ROWS, ...LEGAL_ROWS };
