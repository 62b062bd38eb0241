import type { DeliveryRuleId } from "./delivery-rules.ts";
import type { CaseChangeId, InteractionId, WorkerId } from "./ids.ts";
import type { ContentFault } from "./sealed-content.ts";

/** The catalogue of log events: name, level and meaning. Fields are ids, words and numbers, never personal data. */
interface EventKind<Fields extends object> {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly meaning: string;
  /** Never set; it carries the type of the fields. */
  readonly fields?: Fields;
}

const kind = <Fields extends object>(
  level: EventKind<Fields>["level"],
  meaning: string,
): EventKind<Fields> => ({ level, meaning });

export const EVENTS = {
  "daemon.starting": kind<{ config: object }>(
    "info",
    "The daemon starts with this configuration; secrets are masked.",
  ),
  "daemon.lenderIsAnExample": kind<{ settings: readonly string[] }>(
    "warn",
    "Live delivery uses the example lender's name or address. Set the settings that the event names.",
  ),
  "daemon.migrated": kind<{ migrations: readonly string[] }>(
    "info",
    "These migrations were applied.",
  ),
  "daemon.ready": kind<{ workerId: WorkerId; startedInMs: number }>(
    "info",
    "The daemon accepts work.",
  ),
  "daemon.stopping": kind<{ reason: string }>(
    "info",
    "The daemon accepts no new work and finishes the calls in flight.",
  ),
  "daemon.stopped": kind<{ workerId: WorkerId; unrecorded: number }>(
    "info",
    "The daemon has ended. unrecorded counts the calls that were not answered or not recorded in time; their outcome becomes unknown.",
  ),
  "daemon.failed": kind<{ code: string; reason: string }>(
    "error",
    "The daemon cannot continue and ends.",
  ),
  "database.connectionLost": kind<{ code: string }>(
    "info",
    "An idle connection broke. The pool replaces it.",
  ),
  "database.unreachable": kind<{ code: string; waitingFor: string }>(
    "warn",
    "The database cannot be reached or refuses us. Work that needs it waits and is retried until database.reachable.",
  ),
  "database.reachable": kind<{ afterMs: number }>(
    "info",
    "Everything that waited for the database got through.",
  ),
  "database.rolledBack": kind<{ code: string; waitingFor: string }>(
    "warn",
    "A statement met a deadlock or a lock that was held too long. It is retried.",
  ),
  "maintenance.failed": kind<{ part: string; code: string }>(
    "error",
    "A part of the maintenance failed. It is run again with a later heartbeat.",
  ),
  "log.linesDropped": kind<{ lines: number }>(
    "warn",
    "The reader of the log was slower than the work. These lines were dropped so that the work did not wait.",
  ),
  "queue.log": kind<{
    scope: string;
    line: string;
    jobId?: string;
    task?: string;
    attempt?: number;
  }>("debug", "A log line of the queue library."),
  "queue.jobFailed": kind<{ jobId: string; task: string; attempt: number; code: string }>(
    "warn",
    "A job failed. The queue runs it again.",
  ),
  "queue.jobUnlocked": kind<{ jobId: string }>(
    "warn",
    "A job was locked by a worker that does not run it or is gone. It is unlocked.",
  ),
  "queue.jobSplit": kind<{ task: string }>(
    "warn",
    "A batch failed. Its two halves run as separate jobs, so that one bad row does not hold up the others.",
  ),
  "caseChanges.resolved": kind<{
    caseChanges: number;
    interactions: number;
    firstCaseChangeId: CaseChangeId;
  }>("info", "Case changes were matched, and the interactions that they cause are scheduled."),
  "caseChange.notResolved": kind<{ caseChangeId: CaseChangeId; code: string }>(
    "warn",
    "Resolving a case change failed. It is tried again at intervals of up to five minutes and never given up.",
  ),
  "caseChanges.found": kind<{ caseChanges: number; firstCaseChangeId: CaseChangeId }>(
    "warn",
    "Case changes had arrived without intake, or nothing was going to resolve them. They are being resolved now.",
  ),
  "caseChanges.refused": kind<{
    rule: string;
    caseChanges: number;
    firstCaseChangeId: CaseChangeId;
  }>(
    "warn",
    "Case changes that arrived without intake break a rule, for which an insert would have been refused. They are tried again at intervals of up to an hour.",
  ),
  "queue.sequenceAdvanced": kind<{ table: string }>(
    "warn",
    "The ids of a table were ahead of its sequence, so that inserts were refused. The sequence has passed them now.",
  ),
  "interaction.canceled": kind<{
    interactionId: InteractionId;
    ruleId: DeliveryRuleId;
    why: string;
  }>("info", "A scheduled interaction was withdrawn before it was sent."),
  "interaction.refused": kind<{
    interactionId: InteractionId;
    ruleId: DeliveryRuleId;
    why: string;
  }>("warn", "A rule refused to send. The interaction has the reason."),
  "interaction.waiting": kind<{
    interactionId: InteractionId;
    ruleId: DeliveryRuleId;
    until: string;
  }>("info", "The interaction must not be sent yet. It is judged again at the given time."),
  "interaction.accepted": kind<{
    interactionId: InteractionId;
    provider: string;
    durationMs: number;
  }>("info", "The provider accepted the message."),
  "interaction.failed": kind<{
    interactionId: InteractionId;
    provider: string;
    code: string;
    why: string;
    nextAttemptAt: string | null;
  }>(
    "warn",
    "The provider did not accept the message. nextAttemptAt is the time of the retry, or null.",
  ),
  "interaction.rateLimited": kind<{
    interactionId: InteractionId;
    provider: string;
    until: string;
  }>("info", "The provider asked us to slow down. No attempt is spent."),
  "interaction.outcomeUnknown": kind<{
    interactionId: InteractionId;
    provider: string;
    code: string;
  }>("warn", "The provider may or may not have accepted the message."),
  "interaction.claimReleased": kind<{ interactionId: InteractionId }>(
    "warn",
    "The interaction was claimed but never sent. It is scheduled again.",
  ),
  "interaction.settled": kind<{ interactionId: InteractionId; verdict: string }>(
    "info",
    "An unknown outcome was examined. The verdict is known, neverSent, giveUp, resend, askAgain or hold.",
  ),
  "interaction.receipt": kind<{
    interactionId: InteractionId;
    status: string;
    code: string;
    moved: boolean;
  }>("info", "A receipt arrived for an accepted message. moved is false if it changed nothing."),
  "interactions.requeued": kind<{ interactions: number; firstInteractionId: InteractionId }>(
    "warn",
    "Due interactions were in no job. They are queued again.",
  ),
  "interactions.notStarted": kind<{
    channel: string;
    interactions: number;
    firstInteractionId: InteractionId;
    times: number;
  }>(
    "warn",
    "Twice or more in a row no call of a job could start, because no slot of the provider, or none for its destinations, became free. Its interactions are queued again, with a growing wait.",
  ),
  "outcomes.requeued": kind<{ interactions: number; firstInteractionId: InteractionId }>(
    "warn",
    "Unknown outcomes were not settled in time. They are queued again.",
  ),
  "outcome.contentUnreadable": kind<{ interactionId: InteractionId; code: ContentFault }>(
    "error",
    "An unknown outcome cannot be looked up, because its sealed content cannot be opened. With SEAL_BROKEN it waits for a person; with CONTENT_KEY_UNKNOWN it is queued again in a few minutes.",
  ),
  "outcomes.notSettled": kind<{ channel: string; interactions: number }>(
    "warn",
    "Unknown outcomes could not be settled because of a fault. They are queued again in a few minutes.",
  ),
  "worker.lost": kind<{ deadWorkerId: WorkerId }>(
    "warn",
    "A worker's heartbeat stopped. The other daemons take over its work.",
  ),
  "interaction.notRecorded": kind<{ interactionId: InteractionId }>(
    "error",
    "The provider answered, and the database refused to record the answer. The interaction stays in progress.",
  ),
  "provider.misconfigured": kind<{ provider: string; code: string; why: string }>(
    "error",
    "The provider refuses our credentials or sender, or every recipient. The channel is stopped and probed once a minute. Correct the settings.",
  ),
  "provider.quotaUsedUp": kind<{ provider: string; code: string }>(
    "warn",
    "The account may send no more for now. The channel is stopped and probed once a minute; no attempt is spent.",
  ),
  "provider.recovered": kind<{ provider: string }>(
    "info",
    "A probe succeeded. The channel sends again.",
  ),
  "http.ready": kind<{ port: number }>("info", "The REST resources listen on this port."),
  "http.answered": kind<{
    requestId: string;
    method: string;
    route: string;
    status: number;
    durationMs: number;
    caller: string | null;
    keyPrefix: string | null;
    interactions: number | null;
  }>("info", "A caller got a response. `interactions` counts the interactions it shows."),
  "http.publicAnswered": kind<{
    requestId: string;
    method: string;
    route: string;
    status: number;
    durationMs: number;
  }>("debug", "A request without a caller got a response, such as a health check."),
  "http.denied": kind<{
    requestId: string;
    method: string;
    route: string;
    status: number;
    caller: string | null;
    keyPrefix: string | null;
    reason: string;
  }>(
    "warn",
    "A request was denied access: no or invalid credentials, a missing scope, or a signed URL that is forged or expired.",
  ),
  "http.contentUnreadable": kind<{ interactionId: InteractionId; code: ContentFault }>(
    "error",
    "Sealed content could not be opened, so the caller got null in its place. The code is CONTENT_KEY_UNKNOWN or SEAL_BROKEN.",
  ),
  "http.failed": kind<{
    requestId: string;
    method: string;
    route: string;
    code: string;
    detail: string | null;
  }>("error", "A request failed because of a fault of ours. The caller received this request id."),
} as const;

export type EventName = keyof typeof EVENTS;
type FieldsOf<Kind> = Kind extends EventKind<infer Fields> ? Fields : never;
/** Writes one event to the log. */
export type Emit = <Name extends EventName>(
  name: Name,
  fields: FieldsOf<(typeof EVENTS)[Name]>,
) => void;
