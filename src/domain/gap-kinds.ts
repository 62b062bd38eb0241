/** The differences between the record and what the case changes should have caused. */
const GAP_KINDS = [
  "changeNotTakenIn",
  "changeNotResolved",
  "stateBeforeDiffers",
  "resolutionDiffers",
  "noticeMissing",
  "noticeExtra",
  "attemptMissing",
  "jobMissing",
] as const;
export type GapKind = (typeof GAP_KINDS)[number];
