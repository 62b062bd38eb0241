/**
 * The closed lists of the platform's documents. The domains of `migrations/0001_vocabulary.sql`
 * hold the same words; a test compares the two.
 */

/** How a borrower is reached. */
export const CHANNELS = [
  "voice",
  "email",
  "fax",
  "text",
  "chat",
  "mail",
  "gui",
  "document",
] as const;
export type Channel = (typeof CHANNELS)[number];

/** Where a case stands in the lender's process. */
export const CASE_STATUSES = [
  "initiated",
  "processing",
  "completed",
  "canceled",
  "reopened",
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** What the process concluded. */
export const OUTCOMES = ["approved", "denied", "falsePositive", "noOutcome"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where an interaction stands; the moves between them are in `migrations/0006_interactions.sql`. */
export const INTERACTION_STATUSES = [
  "scheduled",
  "inProgress",
  "attempted",
  "succeeded",
  "failed",
  "canceled",
] as const;
export type InteractionStatus = (typeof INTERACTION_STATUSES)[number];

/** Why an interaction occurs. */
export const THEMES = [
  "opsCollDebt",
  "opsCollLocateBorrower",
  "opsCollVerifyEmployment",
  "opsCollContactEmployerNotice",
  "opsLoanTimeBarredNotice",
  "opsLoanValidationOfDebtNotice",
  "opsServicingDebtValidation",
  "opsServicingNegativeCreditReportNotice",
  "opsServicingTimeBarredNotice",
  "opsServicingVerificationOfDebt",
  "opsServicing",
  "opsAccountCredentials",
  "inbMissingFeature",
  "inbEducation",
  "inbBug",
  "inbRequest",
  "inbHumanLove",
  "inbUnknown",
  "inbOther",
] as const;
export type Theme = (typeof THEMES)[number];

export const DIRECTIONS = ["outbound", "inbound"] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** Of a notification type version and of a template version. */
export const VERSION_STATUSES = ["draft", "active", "deprecated"] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

export const DELAY_UNITS = ["calendarDays", "businessDays"] as const;
export type DelayUnit = (typeof DELAY_UNITS)[number];

/** Who wrote an interaction: Tidings itself, or somebody who logs what happened elsewhere. */
export const ORIGINS = ["tidings", "logged"] as const;
export type Origin = (typeof ORIGINS)[number];

/** What becomes of a scheduled interaction whose case has moved on when it falls due. */
export const WHEN_CASE_MOVES = ["send", "cancel"] as const;
export type WhenCaseMoves = (typeof WHEN_CASE_MOVES)[number];

/** What becomes of an email nobody can say was taken: sent once more, or held for a person. */
export const ON_UNKNOWN = ["resend", "hold"] as const;
export type OnUnknown = (typeof ON_UNKNOWN)[number];

/** What an operator can pause. */
export const PAUSE_SCOPES = ["everything", "channel", "notificationType"] as const;
export type PauseScope = (typeof PAUSE_SCOPES)[number];

/** How somebody came to read sensitive content. */
export const REVEAL_WAYS = ["command", "rest"] as const;
export type RevealWay = (typeof REVEAL_WAYS)[number];

export const CONTACT_TYPES = ["phone", "email", "address"] as const;
export type ContactType = (typeof CONTACT_TYPES)[number];

/** In the order of preference; an archived contact is history and never chosen. */
export const CONTACT_STATUSES = ["primary", "secondary", "additional", "archived"] as const;
export type ContactStatus = (typeof CONTACT_STATUSES)[number];

export const BORROWER_TYPES = ["person", "business"] as const;
export const BORROWER_STATUSES = ["active", "inactive"] as const;
export const COLLECTIONS_INTENSITIES = ["light", "normal", "heavy"] as const;

/** How a condition compares a case field with its value. */
export const OPERATORS = [
  "eq",
  "ne",
  "gt",
  "gte",
  "lt",
  "lte",
  "in",
  "notIn",
  "exists",
  "notExists",
  "contains",
] as const;
export type Operator = (typeof OPERATORS)[number];

export const DATA_TYPES = ["string", "integer", "decimal", "boolean", "date", "dateTime"] as const;
export type DataType = (typeof DATA_TYPES)[number];

/** What a caller of the REST resources may do. */
export const SCOPES = [
  "notificationType:read",
  "notificationType:write",
  "interaction:read",
  "interaction:write",
  "interaction:read.sensitive",
] as const;
export type Scope = (typeof SCOPES)[number];
