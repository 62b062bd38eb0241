/**
 * The sources of the leaves of the record tree. `interactions` are the states in which interactions of Tidings ended, and
 * `loggedInteractions` are the interactions of others as they were logged.
 */
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
  "deletions",
] as const;
export type LeafSource = (typeof LEAF_SOURCES)[number];
