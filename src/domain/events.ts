import type { ChannelCondition } from "./channel-state.ts";
import type { GapKind } from "./gap-kinds.ts";
import type { CaseChangeId, InteractionId, ReceiptId, WorkerId } from "./ids.ts";
import type { StopRuleId } from "./delivery-rules.ts";
import type { ContentFault } from "./sealed-content.ts";
import type { StatusDetails } from "./status-details.ts";
import type { Channel } from "./vocabulary.ts";

/** A field of an event: a word or a number with the type `Value`, and never personal data. */
export interface Field<Value> {
  /** The form of the value, as docs/events.md shows it. */
  readonly form: string;
  /** Never set; it carries the type of the value. */
  readonly value?: Value;
}

/** The names that every line has by itself. */
type OfTheLine = Partial<Record<"level" | "time" | "event", never>>;
type Fields = Readonly<Record<string, Field<unknown>>> & OfTheLine;

interface EventDeclaration<Declared extends Fields> {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly meaning: string;
  readonly fields: Declared;
}

const declare = <const Declared extends Fields>(
  level: EventDeclaration<Declared>["level"],
  meaning: string,
  fields: Declared,
): EventDeclaration<Declared> => ({ level, meaning, fields });

const field = <Value>(form: string): Field<Value> => ({ form });
const TEXT = field<string>("text");
const TEXT_OR_NULL = field<string | null>("text or null");
const TEXTS = field<readonly string[]>("list of texts");
const NUMBER = field<number>("number");
const NUMBER_OR_NULL = field<number | null>("number or null");
const FLAG = field<boolean>("true or false");
const COUNTS = field<Readonly<Record<string, number>>>("object of numbers");
const CONDITION = field<ChannelCondition>("`works`, `failing` or `stopped`");
const FLAG_OR_NULL = field<boolean | null>("true, false or null");
const OBJECT = field<object>("object");
const TIME = field<string>("time");
const TIME_OR_NULL = field<string | null>("time or null");
const CHANNEL = field<Channel>("channel");
const INTERACTION_ID = field<InteractionId>("id");
const INTERACTION_ID_OR_NULL = field<InteractionId | null>("id or null");
const CASE_CHANGE_ID = field<CaseChangeId>("id");
const RECEIPT_ID = field<ReceiptId>("id");
const RECEIPT_ALERT = field<"lateBounce" | "deliveredAfterFailure">(
  "`lateBounce` or `deliveredAfterFailure`",
);
const WORKER_ID = field<WorkerId>("id");
const RULE_ID = field<StopRuleId>("rule");
const STATUS_DETAILS = field<StatusDetails | "none">("status details");
const CONTENT_FAULT = field<ContentFault>("fault");
const GAP_KIND = field<GapKind>("gap");
const STOP_CAUSE = field<"misconfigured" | "quotaUsedUp">("`misconfigured` or `quotaUsedUp`");

/**
 * Every log event: its name (`noun.verbPast`), level, meaning and fields. Names and fields are an interface: alerts and
 * searches depend on them. docs/events.md shows this list.
 */
export const EVENTS = {
  "daemon.configured": declare(
    "info",
    "The daemon starts with this configuration; secrets are masked.",
    { config: OBJECT },
  ),
  "lender.notConfigured": declare(
    "warn",
    "Live delivery uses the example lender's name or address. Set the settings that the event names.",
    { settings: TEXTS },
  ),
  "setting.misspelled": declare(
    "warn",
    "Environment variables that are no setting look like settings that are not set. Rename or remove them.",
    { variables: TEXTS },
  ),
  "database.migrated": declare("info", "These migrations were applied.", { migrations: TEXTS }),
  "daemon.started": declare("info", "The daemon accepts work.", {
    workerId: WORKER_ID,
    startedInMs: NUMBER,
  }),
  "daemon.stopRequested": declare(
    "info",
    "The daemon accepts no new work and finishes the calls in flight.",
    { reason: TEXT },
  ),
  "daemon.stopped": declare(
    "info",
    "The daemon has ended. unrecorded counts the calls that were not answered or not recorded in time; their outcome becomes unknown.",
    { workerId: WORKER_ID, unrecorded: NUMBER },
  ),
  "daemon.failed": declare("error", "The daemon cannot continue and ends.", {
    code: TEXT,
    reason: TEXT,
  }),
  "heartbeat.reported": declare(
    "info",
    "The state of the work, at the interval LOG_HEARTBEAT_SECONDS. Numbers of the database are the same for all daemons, and null if it does not answer (databaseRead is false). Attempts are those of this daemon since its line before. docs/observability.md explains the fields.",
    {
      version: TEXT,
      databaseRead: FLAG,
      due: NUMBER_OR_NULL,
      oldestDueSeconds: NUMBER_OR_NULL,
      inProgress: NUMBER_OR_NULL,
      unknownOutcomes: NUMBER_OR_NULL,
      heldForPerson: NUMBER_OR_NULL,
      unresolvedChanges: NUMBER_OR_NULL,
      oldestUnresolvedSeconds: NUMBER_OR_NULL,
      receiptsWaiting: NUMBER_OR_NULL,
      oldestReceiptSeconds: NUMBER_OR_NULL,
      openOddities: NUMBER_OR_NULL,
      unreadReplies: NUMBER_OR_NULL,
      oldestReplySeconds: NUMBER_OR_NULL,
      undeliveredNotices: NUMBER_OR_NULL,
      jobsDue: NUMBER_OR_NULL,
      jobsRunning: NUMBER_OR_NULL,
      jobsGivenUp: NUMBER_OR_NULL,
      heldNotices: NUMBER_OR_NULL,
      oldestHeldSeconds: NUMBER_OR_NULL,
      heldNearDeadline: NUMBER_OR_NULL,
      openPauses: NUMBER_OR_NULL,
      oldestPauseSeconds: NUMBER_OR_NULL,
      workers: NUMBER_OR_NULL,
      databaseRoundTripMs: NUMBER_OR_NULL,
      attemptsPerSecond: NUMBER,
      failedByReason: COUNTS,
    },
  ),
  "channel.reported": declare(
    "info",
    "The state of one channel, after each heartbeat.reported. Its work is the same for all daemons; condition, attempts and latency are those of this daemon.",
    {
      channel: CHANNEL,
      condition: CONDITION,
      paused: FLAG_OR_NULL,
      due: NUMBER_OR_NULL,
      oldestDueSeconds: NUMBER_OR_NULL,
      inProgress: NUMBER_OR_NULL,
      unknownOutcomes: NUMBER_OR_NULL,
      heldForPerson: NUMBER_OR_NULL,
      attemptsPerSecond: NUMBER,
      latencyP50Ms: NUMBER_OR_NULL,
      latencyP95Ms: NUMBER_OR_NULL,
    },
  ),
  "channel.paused": declare(
    "warn",
    "A pause stops the channel. Seen by the heartbeat line; channel.released ends it.",
    { channel: CHANNEL },
  ),
  "channel.released": declare("info", "No pause stops the channel any more.", {
    channel: CHANNEL,
    pausedForMs: NUMBER,
  }),
  "metrics.opened": declare("info", "The metrics listen on this port.", { port: NUMBER }),
  "connection.lost": declare("debug", "An idle connection broke. The pool replaces it.", {
    code: TEXT,
  }),
  "database.lost": declare(
    "warn",
    "The database cannot be reached or refuses us. Work that needs it waits and is retried until database.restored.",
    { code: TEXT, waitingFor: TEXT },
  ),
  "database.restored": declare("info", "Everything that waited for the database got through.", {
    afterMs: NUMBER,
  }),
  "statement.rolledBack": declare(
    "warn",
    "A statement met a deadlock or a lock that was held too long. It is retried.",
    { code: TEXT, waitingFor: TEXT },
  ),
  "maintenance.failed": declare(
    "error",
    "A part of the maintenance failed. It is run again with a later heartbeat.",
    { part: TEXT, code: TEXT },
  ),
  "logLines.dropped": declare(
    "warn",
    "The reader of the log was slower than the work. These lines were dropped so that the work did not wait.",
    { lines: NUMBER },
  ),
  "queue.logged": declare("debug", "A log line of the queue library.", {
    scope: TEXT,
    line: TEXT,
    jobId: TEXT_OR_NULL,
    task: TEXT_OR_NULL,
    attempt: NUMBER_OR_NULL,
  }),
  "job.failed": declare(
    "warn",
    "A job failed. The queue runs it again. With CHANNEL_NOT_CARRIED at most one line a minute is written.",
    {
      jobId: TEXT,
      task: TEXT,
      attempt: NUMBER,
      code: TEXT,
    },
  ),
  "job.unlocked": declare(
    "warn",
    "A job was locked by a worker that does not run it or is gone. It is unlocked.",
    { jobId: TEXT },
  ),
  "job.split": declare(
    "warn",
    "A batch failed. Its two halves run as separate jobs, so that one bad row does not hold up the others.",
    { task: TEXT },
  ),
  "caseChanges.resolved": declare(
    "info",
    "Case changes were matched, and the interactions that they cause are scheduled.",
    {
      caseChanges: NUMBER,
      interactions: NUMBER,
      longestWaitMs: NUMBER,
      firstCaseChangeId: CASE_CHANGE_ID,
    },
  ),
  "caseChange.notResolved": declare(
    "warn",
    "Resolving a case change failed. It is tried again at intervals of up to five minutes and never given up.",
    { caseChangeId: CASE_CHANGE_ID, code: TEXT },
  ),
  "caseChanges.found": declare(
    "warn",
    "Case changes had arrived without intake, or nothing was going to resolve them. They are being resolved now.",
    { caseChanges: NUMBER, firstCaseChangeId: CASE_CHANGE_ID },
  ),
  "caseChanges.refused": declare(
    "warn",
    "Case changes that arrived without intake break a rule, for which an insert would have been refused. They are tried again at intervals of up to an hour.",
    { rule: TEXT, caseChanges: NUMBER, firstCaseChangeId: CASE_CHANGE_ID },
  ),
  "policy.changed": declare(
    "info",
    "The policy of the guard is no longer the one that this daemon reported before: a lender changed it, or the time of a change has come. After a start it is reported if anything differs from what is built in. version is the newest change; off and stricter are rules, entries the parameters that differ.",
    { version: NUMBER, off: TEXTS, stricter: TEXTS, entries: TEXTS },
  ),
  "policy.rejected": declare(
    "error",
    "A change of the policy contradicts itself. The messages that need it are held; all others are judged. errors names the columns. Correct it by another change (docs/policy.md).",
    { version: NUMBER, guardRuleId: TEXT, errors: TEXTS },
  ),
  "factGaps.found": declare(
    "warn",
    "Facts that rules of the guard need have no value in any row, so these rules cannot work, or only in part. Reported once after a start. docs/guard-facts.md lists what follows for each fact; write the facts, or switch the rules off.",
    { facts: TEXTS, rules: TEXTS },
  ),
  "sequence.advanced": declare(
    "warn",
    "The ids of a table were ahead of its sequence, so that inserts were refused. The sequence has passed them now.",
    { table: TEXT },
  ),
  "interaction.canceled": declare(
    "info",
    "A scheduled interaction was withdrawn before it was sent.",
    { interactionId: INTERACTION_ID, ruleId: RULE_ID, why: TEXT },
  ),
  "interaction.refused": declare(
    "warn",
    "A rule refused to send. The interaction has the reason.",
    {
      interactionId: INTERACTION_ID,
      ruleId: RULE_ID,
      why: TEXT,
    },
  ),
  "interaction.held": declare(
    "warn",
    "A rule of the guard leaves the decision to a person, or the facts do not fit their form. `tidings held` lists the reasons.",
    { interactionId: INTERACTION_ID, ruleId: RULE_ID, why: TEXT },
  ),
  "interaction.redirected": declare(
    "info",
    "A rule of the guard redirected a notice to another contact or channel. The interaction is canceled, and the next attempt is judged before it is sent.",
    {
      interactionId: INTERACTION_ID,
      ruleId: RULE_ID,
      nextInteractionId: INTERACTION_ID,
      channel: CHANNEL,
      contactId: TEXT,
    },
  ),
  "hold.deadlineNeared": declare(
    "warn",
    "A held notice must leave within a day, or can no longer leave in time. Decide with `tidings release` or `tidings refuse`. Once for each hold.",
    { interactionId: INTERACTION_ID, latestAt: TIME },
  ),
  "notice.undelivered": declare(
    "warn",
    "A notice that the law requires did not arrive, and no other interaction has replaced it, so it counts as not sent. `tidings undelivered` lists such notices. Reported once for each notice.",
    { interactionId: INTERACTION_ID, channel: CHANNEL, statusDetails: TEXT },
  ),
  "interactions.postponed": declare(
    "info",
    "Interactions must not be sent yet, by the named rule. They are judged again at the given time. At most one line a minute per channel and rule, which counts those since the line before.",
    {
      channel: CHANNEL,
      ruleId: RULE_ID,
      interactions: NUMBER,
      firstInteractionId: INTERACTION_ID,
      until: TIME,
    },
  ),
  "interaction.accepted": declare(
    "info",
    "The provider accepted the message. dueToSentMs is the time from when it was due to the call.",
    {
      interactionId: INTERACTION_ID,
      channel: CHANNEL,
      provider: TEXT,
      statusDetails: STATUS_DETAILS,
      durationMs: NUMBER,
      dueToSentMs: NUMBER,
    },
  ),
  "interaction.failed": declare(
    "warn",
    "The provider did not accept the message. nextAttemptAt is the time of the retry, or null.",
    {
      interactionId: INTERACTION_ID,
      channel: CHANNEL,
      provider: TEXT,
      statusDetails: STATUS_DETAILS,
      code: TEXT,
      why: TEXT,
      durationMs: NUMBER,
      nextAttemptAt: TIME_OR_NULL,
    },
  ),
  "interaction.rateLimited": declare(
    "info",
    "The provider asked us to slow down. No attempt is spent.",
    {
      interactionId: INTERACTION_ID,
      channel: CHANNEL,
      provider: TEXT,
      durationMs: NUMBER,
      until: TIME,
    },
  ),
  "outcome.leftUnknown": declare(
    "warn",
    "The provider may or may not have accepted the message. durationMs is null if a daemon died during the call.",
    {
      interactionId: INTERACTION_ID,
      channel: CHANNEL,
      provider: TEXT,
      code: TEXT,
      durationMs: NUMBER_OR_NULL,
    },
  ),
  "claim.released": declare(
    "warn",
    "The interaction was claimed but never sent. It is scheduled again.",
    { interactionId: INTERACTION_ID },
  ),
  "outcome.examined": declare(
    "info",
    "An unknown outcome was examined. The verdict is known, neverSent, giveUp, resend, lookUpAgain or hold; awaitReceipt if a receipt has to be applied first.",
    { interactionId: INTERACTION_ID, verdict: TEXT },
  ),
  "receipts.applied": declare(
    "info",
    "Receipts of a message were applied. moved is false if they changed nothing. oddities counts its receipts that do not fit the others.",
    {
      interactionId: INTERACTION_ID,
      channel: CHANNEL,
      receipts: NUMBER,
      moved: FLAG,
      status: TEXT,
      statusDetails: STATUS_DETAILS,
      oddities: NUMBER,
    },
  ),
  "receipts.missed": declare(
    "warn",
    "No receipt of these accepted messages has arrived within the time of their channel (EMAIL_RECEIPT_WITHIN, TEXT_RECEIPT_WITHIN). Their details say NoReceipt; a later receipt still counts.",
    { channel: CHANNEL, interactions: NUMBER, firstInteractionId: INTERACTION_ID },
  ),
  "receipts.polled": declare(
    "debug",
    "Accepted messages were looked up at their provider, because it cannot call back. found counts those whose status it returned.",
    { channel: CHANNEL, interactions: NUMBER, found: NUMBER, durationMs: NUMBER },
  ),
  "outcome.reversed": declare(
    "warn",
    "A receipt says the opposite of an earlier one: lateBounce is a failure after a delivery, deliveredAfterFailure a delivery after a failure. The record follows the later stage.",
    { interactionId: INTERACTION_ID, channel: CHANNEL, alert: RECEIPT_ALERT },
  ),
  "receipts.putAside": declare(
    "warn",
    "Receipts name no message of ours, or another message than the interaction has. They stay in tidings.receipt_oddities and change nothing.",
    { reason: TEXT, receipts: NUMBER, firstReceiptId: RECEIPT_ID },
  ),
  "receipts.notRead": declare(
    "warn",
    "Events of a relay have no status or name no message by the mapping of RELAYS_FILE. They were dropped. If there are many, correct the paths in the mapping.",
    { provider: TEXT, receipts: NUMBER },
  ),
  "receipts.notKept": declare(
    "error",
    "The database refused to store receipts. Their messages keep the status that they have.",
    { provider: TEXT, receipts: NUMBER },
  ),
  "receipt.notApplied": declare(
    "warn",
    "Applying a receipt failed. It is tried again at intervals of up to a minute and never given up.",
    { receiptId: RECEIPT_ID, code: TEXT },
  ),
  "mail.received": declare(
    "info",
    "An email came to the bounce or reply address. kind is bounce, delayed, delivered, relayed, complaint, autoReply, reply or unknown. matched is false if it names no message of ours, or names it with a forged token.",
    { kind: TEXT, matched: FLAG },
  ),
  "mail.notRead": declare(
    "warn",
    "An email to the bounce or reply address cannot be read or is too large. It changes nothing.",
    { reason: TEXT },
  ),
  "mailbox.opened": declare(
    "info",
    "The mailbox with reports and replies is open and is being read.",
    {
      folder: TEXT,
    },
  ),
  "mailbox.lost": declare(
    "warn",
    "The mailbox cannot be read: the session ended or could not begin, or a message could not be stored. It is opened again with growing waits of up to five minutes. mailbox.opened ends it.",
    { code: TEXT },
  ),
  "mail.opened": declare(
    "info",
    "The listener for reports and replies by email listens on this port.",
    {
      port: NUMBER,
      protocol: TEXT,
    },
  ),
  "reply.received": declare(
    "info",
    "A borrower answered. The interaction is the reply. contacts is the number of contacts with its number or address; 0 if the sender is unknown.",
    {
      interactionId: INTERACTION_ID,
      channel: CHANNEL,
      reading: TEXT,
      contacts: NUMBER,
      waitsForPerson: FLAG,
    },
  ),
  "consent.recorded": declare(
    "info",
    "A borrower opted an address or number out, or in again. The interaction is the message whose link was used, or the reply. contacts is the number of changes on record; 0 if nothing changed.",
    { interactionId: INTERACTION_ID, change: TEXT, source: TEXT, contacts: NUMBER },
  ),
  "confirmation.planned": declare(
    "info",
    "An opt-out by text gets its one confirmation. The interaction is the confirmation; replyId is the opt-out. The guard still decides whether it is sent.",
    { interactionId: INTERACTION_ID, replyId: INTERACTION_ID },
  ),
  "interactions.requeued": declare(
    "warn",
    "Due interactions were in no job. They are queued again.",
    { interactions: NUMBER, firstInteractionId: INTERACTION_ID },
  ),
  "interactions.notStarted": declare(
    "warn",
    "Twice or more in a row no call of a job could start, because no slot of the provider, or none for its destinations, became free. Its interactions are queued again, with a growing wait.",
    { channel: TEXT, interactions: NUMBER, firstInteractionId: INTERACTION_ID, times: NUMBER },
  ),
  "outcomes.requeued": declare(
    "warn",
    "Unknown outcomes were not settled in time. They are queued again.",
    { interactions: NUMBER, firstInteractionId: INTERACTION_ID },
  ),
  "outcome.contentNotOpened": declare(
    "error",
    "An unknown outcome cannot be looked up, because its sealed content cannot be opened. With SEAL_BROKEN it waits for a person; with CONTENT_KEY_UNKNOWN it is queued again in a few minutes.",
    { interactionId: INTERACTION_ID, code: CONTENT_FAULT },
  ),
  "outcomes.notSettled": declare(
    "warn",
    "Unknown outcomes could not be settled because of a fault. They are queued again in a few minutes.",
    { channel: TEXT, interactions: NUMBER },
  ),
  "pause.ended": declare(
    "info",
    "The end that was set for a pause has come. Its notices are due.",
    {
      pause: TEXT,
    },
  ),
  "worker.lost": declare(
    "warn",
    "A worker's heartbeat stopped. The other daemons take over its work.",
    { deadWorkerId: WORKER_ID },
  ),
  "interaction.notRecorded": declare(
    "error",
    "The provider answered, and the database refused to record the answer. The interaction stays in progress.",
    { interactionId: INTERACTION_ID },
  ),
  "provider.stopped": declare(
    "error",
    "The provider refuses our credentials or sender, or every recipient (misconfigured), or the account may send no more for now (quotaUsedUp). The channel is stopped and probed once a minute; no attempt is spent. provider.restored ends it.",
    { channel: CHANNEL, provider: TEXT, cause: STOP_CAUSE, code: TEXT, why: TEXT },
  ),
  "provider.lost": declare(
    "error",
    "Several calls in a row failed in a way that no recipient causes, for example by a refused connection. Attempts go on. provider.restored ends it.",
    { channel: CHANNEL, provider: TEXT, code: TEXT, why: TEXT },
  ),
  "provider.restored": declare(
    "info",
    "The provider works again after provider.stopped or provider.lost.",
    { channel: CHANNEL, provider: TEXT, afterMs: NUMBER },
  ),
  "http.opened": declare("info", "The REST resources listen on this port.", { port: NUMBER }),
  "http.answered": declare(
    "info",
    "A caller got a response. `interactions` counts the interactions it shows.",
    {
      requestId: TEXT,
      method: TEXT,
      route: TEXT,
      status: NUMBER,
      durationMs: NUMBER,
      caller: TEXT_OR_NULL,
      keyPrefix: TEXT_OR_NULL,
      interactions: NUMBER_OR_NULL,
    },
  ),
  "http.publicAnswered": declare(
    "debug",
    "A request without a caller got a response, such as a health check.",
    { requestId: TEXT, method: TEXT, route: TEXT, status: NUMBER, durationMs: NUMBER },
  ),
  "audit.gapFound": declare(
    "error",
    "The daily audit found a difference between a case change and the record: docs/operations.md has the meaning of each kind. At most 100 are reported for an audit.",
    {
      kind: GAP_KIND,
      caseChangeId: CASE_CHANGE_ID,
      notificationTypeId: NUMBER_OR_NULL,
      interactionId: INTERACTION_ID_OR_NULL,
    },
  ),
  "audit.completed": declare(
    "info",
    "The daily audit ended: case changes, the notices that they should have caused, changes that were compared with the verdicts on record because their fields are erased, changes that wait in a queue, and gaps.",
    {
      day: TEXT,
      changes: NUMBER,
      expected: NUMBER,
      takenFromRecord: NUMBER,
      waiting: NUMBER,
      gaps: NUMBER,
    },
  ),
  "outage.notKept": declare(
    "warn",
    "An outage of the database has ended, and it could not be recorded in `tidings.outages`.",
    { code: TEXT, lastedMs: NUMBER },
  ),
  "repairs.made": declare(
    "info",
    "A daemon carried out repairs that operators had ordered. The fields count the repairs by their results.",
    { repairs: NUMBER, queued: NUMBER, notNeeded: NUMBER, notPossible: NUMBER },
  ),
  "retention.contentErased": declare(
    "info",
    "One round of the nightly erasing of content that is older than its class: the rows that were looked at, erased, and kept because of an open notice, a legal hold or the guard. A row is an interaction, a case change or a recorded change.",
    { lookedAt: NUMBER, erased: NUMBER, kept: NUMBER },
  ),
  "retention.metadataDeleted": declare(
    "info",
    "One round of the nightly deletion of metadata that is older than its class: borrowers that were looked at, those whose metadata was deleted, and those whose metadata was kept. An interaction that names no borrower counts as a borrower.",
    { lookedAt: NUMBER, deleted: NUMBER, kept: NUMBER },
  ),
  "recordTree.headMade": declare(
    "info",
    "The root of the record tree at a size, each minute in which the record has grown. Keep these lines outside the database: `tidings verify --heads FILE` compares the record with them.",
    { size: NUMBER, root: TEXT, madeAt: TIME, keyId: TEXT_OR_NULL, signature: TEXT_OR_NULL },
  ),
  "http.denied": declare(
    "warn",
    "A request was denied access: no or invalid credentials, a missing scope, a signed URL that is forged or expired, or a callback that its provider has not signed.",
    {
      requestId: TEXT,
      method: TEXT,
      route: TEXT,
      status: NUMBER,
      durationMs: NUMBER,
      caller: TEXT_OR_NULL,
      keyPrefix: TEXT_OR_NULL,
      reason: TEXT,
    },
  ),
  "http.contentNotOpened": declare(
    "error",
    "Sealed content could not be opened, so the caller got null in its place. The code is CONTENT_KEY_UNKNOWN or SEAL_BROKEN.",
    { interactionId: INTERACTION_ID, code: CONTENT_FAULT },
  ),
  "http.failed": declare(
    "error",
    "A request failed because of a fault of ours. The caller received this request id.",
    { requestId: TEXT, method: TEXT, route: TEXT, code: TEXT, detail: TEXT_OR_NULL },
  ),
} as const;

export type EventName = keyof typeof EVENTS;
type Values<Declared> = {
  readonly [Name in keyof Declared]: Declared[Name] extends Field<infer Value> ? Value : never;
};
export type FieldsOf<Name extends EventName> = Values<(typeof EVENTS)[Name]["fields"]>;

/** Refuses fields that are not declared, also those of a value that has more of them than its type needs. */
type Exactly<Declared, Given> = Given &
  Readonly<Record<Exclude<keyof Given, keyof Declared>, never>>;

/** Writes one event to the log. It does not compile with an undeclared event, or with a missing or an undeclared field. */
export type Emit = <Name extends EventName, Given extends FieldsOf<Name>>(
  name: Name,
  fields: Exactly<FieldsOf<Name>, Given>,
) => void;

/** An event with its fields, for those that listen to all of them. */
export type EmittedEvent = {
  readonly [Name in EventName]: { readonly event: Name; readonly fields: FieldsOf<Name> };
}[EventName];
export type Listen = (emitted: EmittedEvent) => void;

/** Emits to the log and to the listeners. */
export const emitTo =
  (emit: Emit, listeners: readonly Listen[]): Emit =>
  (event, fields) => {
    emit(event, fields);
    // the compiler has checked the fields against the name
    const emitted = { event, fields } as unknown as EmittedEvent;
    for (const listen of listeners) listen(emitted);
  };
