/** The tables whose rows are leaves of the record tree. `interactions` are the states in which those of
 * Tidings ended, `loggedInteractions` those of others as they were logged. */
export const LEAF_SOURCES = [
  "caseChanges",
  "resolutions",
  "transitions",
  "interactions",
  "loggedInteractions",
  "recordChanges",
  "contentReveals",
  "receipts",
  "judgements",
  "redirects",
  "outages",
  "repairs",
  "holds",
  "consentRecords",
  "inboundMessages",
  "contactEvents",
  "legalStates",
  "doNotInteract",
  "consents",
  "preferences",
  "templateTests",
  "policyChanges",
  "amendments",
  "erasures",
] as const;
export type LeafSource = (typeof LEAF_SOURCES)[number];
