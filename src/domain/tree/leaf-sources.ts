/** The tables whose rows are leaves of the record tree. `interactions` are the states in which interactions ended. */
export const LEAF_SOURCES = [
  "caseChanges",
  "resolutions",
  "transitions",
  "interactions",
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
  "policyChanges",
  "amendments",
  "erasures",
] as const;
export type LeafSource = (typeof LEAF_SOURCES)[number];
