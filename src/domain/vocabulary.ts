/**
 * The closed lists of the platform's documents. The domains of `migrations/0001_vocabulary.sql`
 * hold the same words; a test compares the two.
 */

/** The channels on which a borrower can be reached. */
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

/** The channels on which Tidings sends. `decide/deliver/channels` has what each of them needs. */
export const SENDABLE_CHANNELS = ["email", "text"] as const satisfies readonly Channel[];
export type SendableChannel = (typeof SENDABLE_CHANNELS)[number];

/** The status of a case in the lender's process. */
export const CASE_STATUSES = [
  "initiated",
  "processing",
  "completed",
  "canceled",
  "reopened",
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];

/** The outcome of a case. */
export const OUTCOMES = ["approved", "denied", "falsePositive", "noOutcome"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The statuses of an interaction. `migrations/0006_interactions.sql` has the moves between them. */
export const INTERACTION_STATUSES = [
  "scheduled",
  "inProgress",
  "attempted",
  "succeeded",
  "failed",
  "canceled",
] as const;
export type InteractionStatus = (typeof INTERACTION_STATUSES)[number];

/** The purpose of an interaction. */
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

/** The statuses of a version of a notification type or template. */
export const VERSION_STATUSES = ["draft", "active", "deprecated"] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

export const DELAY_UNITS = ["calendarDays", "businessDays"] as const;
export type DelayUnit = (typeof DELAY_UNITS)[number];

/** The origin of an interaction: sent by Tidings, or logged by another system. */
export const ORIGINS = ["tidings", "logged"] as const;
export type Origin = (typeof ORIGINS)[number];

/** The policy for a scheduled interaction whose case no longer matches when it is due. */
export const WHEN_CASE_MOVES = ["send", "cancel"] as const;
export type WhenCaseMoves = (typeof WHEN_CASE_MOVES)[number];

/** The policy for an email with unknown outcome: it is sent once more, or held for a person. */
export const ON_UNKNOWN = ["resend", "hold"] as const;
export type OnUnknown = (typeof ON_UNKNOWN)[number];

/** The scope of a pause. */
export const PAUSE_SCOPES = ["everything", "channel", "notificationType"] as const;
export type PauseScope = (typeof PAUSE_SCOPES)[number];

/**
 * The facts about a contact that sending reveals. The first three change the contact.
 * - invalid, notTextable, optedOut: nothing more is sent to it; no texts; the borrower wants none
 * - softFailure: a failure that may pass; several of them make the contact invalid or not textable
 * - lineTypeLookup, disconnectionCheck, leakReview: the core system should find out more
 * - newAddress: the provider knows another address
 */
export const CONTACT_EVENT_KINDS = [
  "invalid",
  "notTextable",
  "optedOut",
  "optedIn",
  "softFailure",
  "lineTypeLookup",
  "disconnectionCheck",
  "leakReview",
  "newAddress",
] as const;
export type ContactEventKind = (typeof CONTACT_EVENT_KINDS)[number];

/**
 * The reasons why a receipt changes nothing.
 * - unknownStatus: the table of the provider does not have the status
 * - codeContradictsStatus: the code belongs to another status, such as `delivered` with 5.1.1
 * - contradicted: no documented sequence contains this status together with an accepted one
 * - otherCode: the same status came with another code, which was chosen
 * - noMessage: no interaction of Tidings is known to be its message
 * - otherMessage: the interaction that it names has another message at the provider
 */
export const RECEIPT_ODDITIES = [
  "unknownStatus",
  "codeContradictsStatus",
  "contradicted",
  "otherCode",
  "noMessage",
  "otherMessage",
] as const;
export type ReceiptOddity = (typeof RECEIPT_ODDITIES)[number];

/**
 * The reasons for which a case change or an interaction that is not final waits.
 * - intake, intakeRefused: a change that arrived without intake is taken in; a rule refuses it
 * - resolving, resolvingFailed: a change is matched with the notification types; that failed
 * - dueTime, nextAttempt: the time at which it is due; that of a retry
 * - turn: a daemon takes it up; daemon: no daemon is alive
 * - pause, rule: an operator's pause ends; a rule of the guard allows it
 * - contentKey, providerAccess, channelProvider: a setting or the account at the provider is corrected
 * - unreadReply: a reply that may be an opt-out is read
 * - decision: a person releases or refuses it
 * - answer, recovery: the provider answers the call; the work of a dead daemon is taken over
 * - lookup, settlement: its unknown outcome is looked up; a person settles it
 * - receipt, recipientServer: the provider reports; a server of the recipient, which has put it off, takes it
 * - report: the system that logged it reports its end
 * - reading: a reply is read by a person
 * - nothing: nothing will continue it, which is a defect
 */
export const WAIT_REASONS = [
  "intake",
  "intakeRefused",
  "resolving",
  "resolvingFailed",
  "dueTime",
  "nextAttempt",
  "turn",
  "daemon",
  "pause",
  "rule",
  "contentKey",
  "providerAccess",
  "channelProvider",
  "unreadReply",
  "decision",
  "answer",
  "recovery",
  "lookup",
  "settlement",
  "receipt",
  "recipientServer",
  "report",
  "reading",
  "nothing",
] as const;
export type WaitReason = (typeof WAIT_REASONS)[number];

/** The owners of waits. */
export const WAIT_OWNERS = ["tidings", "provider", "recipient", "person", "coreSystem"] as const;
export type WaitOwner = (typeof WAIT_OWNERS)[number];

/** The steps that follow by themselves at the end of a term. staysOpen: none follows. */
export const WAIT_ENDS = [
  "takenIn",
  "triedAgain",
  "resolved",
  "judged",
  "outcomeUnknown",
  "lookedUp",
  "noReceipt",
  "expires",
  "staysOpen",
] as const;
export type WaitEnd = (typeof WAIT_ENDS)[number];
/** The parts of the record that are kept for different times. */
export const RECORD_CLASSES = ["content", "metadata"] as const;
export type RecordClass = (typeof RECORD_CLASSES)[number];

/** The kinds of rows from which content is erased, in this order. `recordChanges` are changes of borrowers, contacts and loans. */
export const ERASED_KINDS = ["interactions", "caseChanges", "recordChanges"] as const;
export type ErasedKind = (typeof ERASED_KINDS)[number];

/** The reason for which content was erased. */
export const ERASURE_CAUSES = ["retention", "request"] as const;
export type ErasureCause = (typeof ERASURE_CAUSES)[number];

/** The kinds of error that an amendment corrects. */
export const AMENDMENT_KINDS = ["receiptWrong", "settlementWrong", "lostByCarrier"] as const;
export type AmendmentKind = (typeof AMENDMENT_KINDS)[number];

/** The kinds of an outage: of every daemon, of the database for a daemon, or of a provider for a daemon. */
export const OUTAGE_KINDS = ["tidings", "database", "provider"] as const;
export type OutageKind = (typeof OUTAGE_KINDS)[number];

/** The gaps that a daemon can close by an order of an operator. */
export const REPAIR_KINDS = [
  "changeNotTakenIn",
  "changeNotResolved",
  "noticeMissing",
  "jobMissing",
] as const;
export type RepairKind = (typeof REPAIR_KINDS)[number];

/** The results of repairs. */
export const REPAIR_RESULTS = ["queued", "notNeeded", "notPossible"] as const;
export type RepairResult = (typeof REPAIR_RESULTS)[number];

/** The way in which sensitive content was read. */
export const REVEAL_WAYS = ["command", "rest", "signedUrl"] as const;
export type RevealWay = (typeof REVEAL_WAYS)[number];

/** The meaning of the words of a reply. `automatic`: a program wrote them. */
export const STORED_READINGS = [
  "optOut",
  "optIn",
  "help",
  "refuseAll",
  "refuseVoice",
  "ceaseWritten",
  "unclear",
  "none",
  "automatic",
] as const;
export type StoredReading = (typeof STORED_READINGS)[number];

/** The ways in which a borrower changes whether an address or number may be written to. */
export const CONSENT_CHANGES = ["optOut", "optIn"] as const;
export type ConsentChange = (typeof CONSENT_CHANGES)[number];

/** The messages that such a change is about. */
export const CONSENT_SCOPES = ["collection", "marketing"] as const;
export type ConsentScope = (typeof CONSENT_SCOPES)[number];

/** The source of such a change. */
export const CONSENT_SOURCES = ["link", "oneClick", "reply", "complaint", "provider"] as const;
export type ConsentSource = (typeof CONSENT_SOURCES)[number];

/** The outcomes of the guard, from the mildest to the strictest. The strictest result of all rules wins. */
export const VERDICT_OUTCOMES = ["allow", "wait", "redirect", "hold", "refuse"] as const;
export type VerdictOutcome = (typeof VERDICT_OUTCOMES)[number];

/** A person's decision about a notice that is held. */
export const HOLD_DECISIONS = ["released", "refused"] as const;
export type HoldDecision = (typeof HOLD_DECISIONS)[number];

export const CONTACT_TYPES = ["phone", "email", "address"] as const;
export type ContactType = (typeof CONTACT_TYPES)[number];

/** The labels of a contact: whose it is, or where. */
export const CONTACT_LABELS = ["personal", "work", "home", "military"] as const;
export type ContactLabel = (typeof CONTACT_LABELS)[number];

/** The statuses of a contact in order of preference. An archived contact is never chosen. */
export const CONTACT_STATUSES = ["primary", "secondary", "additional", "archived"] as const;
export type ContactStatus = (typeof CONTACT_STATUSES)[number];

export const BORROWER_TYPES = ["person", "business"] as const;
export const BORROWER_STATUSES = ["active", "inactive"] as const;
export const COLLECTIONS_INTENSITIES = ["light", "normal", "heavy"] as const;
export type CollectionsIntensity = (typeof COLLECTIONS_INTENSITIES)[number];

/** The operators with which a condition compares a case field with its value. */
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

/** The scopes of a caller of the REST resources. */
export const SCOPES = [
  "notificationType:read",
  "notificationType:write",
  "interaction:read",
  "interaction:write",
  "interaction:send",
  "interaction:amend",
  "interaction:read.sensitive",
] as const;
export type Scope = (typeof SCOPES)[number];

/** The kinds of a phone line, from a lookup. */
export const LINE_TYPES = ["mobile", "landline", "voip", "tollfree", "unknown"] as const;
export type LineType = (typeof LINE_TYPES)[number];
/** The answers of the Reassigned Numbers Database. Yes: disconnected since the consent or last contact. */
export const REASSIGNED_NUMBER_RESULTS = ["yes", "no", "noData"] as const;
export type ReassignedNumberResult = (typeof REASSIGNED_NUMBER_RESULTS)[number];
/** From whom the lender has an email address. */
export const CONTACT_ORIGINS = ["borrower", "creditor", "priorCollector"] as const;

export const COLLECTOR_ROLES = ["creditor", "servicerPreDefault", "debtCollector"] as const;
export type CollectorRole = (typeof COLLECTOR_ROLES)[number];
export const LOAN_STATUSES = ["open", "paidInFull", "settled"] as const;
export type LoanStatus = (typeof LOAN_STATUSES)[number];
export const PRODUCT_TYPES = [
  "personal",
  "mortgage",
  "autoInstallment",
  "student",
  "card",
  "other",
] as const;
export type ProductType = (typeof PRODUCT_TYPES)[number];
export const COLLATERALS = ["primaryResidence", "vehicle", "other"] as const;
export type Collateral = (typeof COLLATERALS)[number];

/** The purpose of a message if its theme does not state it. */
export const MESSAGE_KINDS = [
  "ordinary",
  "reminder",
  "ceaseConfirm",
  "remedyMay",
  "remedyWill",
  "optOutConfirmation",
  "consentRequest",
  "originalCreditorAnswer",
  "rightToCure",
  "privacyNotice",
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Properties of the content that the author of a template declares, because the words alone do not show them. */
export const TEMPLATE_STATEMENTS = [
  "replyStop",
  "miniMirandaInitial",
  "miniMirandaSubsequent",
  "timeBarredDisclosure",
  "bankruptcyDisclaimer",
  "validationB1",
  "negativeReportB1",
  "negativeReportB2",
  "adLabel",
  "demandsPayment",
  "urgentDemand",
  "threatensSuit",
  "threatensRepossession",
  "mentionsDebt",
  "advertising",
] as const;
export type TemplateStatement = (typeof TEMPLATE_STATEMENTS)[number];

/** The legal states of a debt or a person that a case type may stand for. */
export const LEGAL_STATES = [
  "bankruptcy",
  "ceaseCommunication",
  "disputeOfDebt",
  "debtValidation",
  "deceased",
  "identityTheft",
  "militaryDuty",
] as const;
export type LegalState = (typeof LEGAL_STATES)[number];

export const CONSENT_KINDS = [
  "electronicComms",
  "esign",
  "autodialedCalls",
  "contactPersonWork",
  "contactPersonUnusualTime",
  "contactPersonRepByAttorney",
  "calls",
] as const;
export type ConsentKind = (typeof CONSENT_KINDS)[number];
export const CONSENT_VALUES = ["consented", "revoked"] as const;

export const PREFERENCE_KINDS = ["inconvenientTime", "inconvenientPlace", "mediumRefusal"] as const;
export const PREFERENCE_SOURCES = ["borrower", "creditorFile", "agent"] as const;
/** The places at which a borrower may not want contact. */
export const PLACES = ["home", "work"] as const;
/** In the order of `Date.getUTCDay`. */
export const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
