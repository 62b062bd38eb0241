/** Everything the daemon says of its work: name, level and meaning. Fields are ids, words and numbers, never persons. */
interface EventKind<Fields extends object> {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly meaning: string;
  /** Only for the compiler. */
  readonly fields?: Fields;
}

const kind = <Fields extends object>(
  level: EventKind<Fields>["level"],
  meaning: string,
): EventKind<Fields> => ({ level, meaning });

export const EVENTS = {
  "daemon.starting": kind<{ config: object }>("info", "The configuration as read, secrets masked."),
  "daemon.lenderIsAnExample": kind<{ settings: readonly string[] }>(
    "warn",
    "Real notices leave in the name of the example lender: set what is named.",
  ),
  "daemon.migrated": kind<{ migrations: readonly string[] }>("info", "Migrations were applied."),
  "daemon.ready": kind<{ workerId: string; startedInMs: number }>("info", "The daemon takes work."),
  "daemon.stopping": kind<{ reason: string }>(
    "info",
    "No new work is taken; what is on the wire is finished.",
  ),
  "daemon.stopped": kind<{ workerId: string }>("info", "Everything is written down and closed."),
  "daemon.failed": kind<{ code: string; reason: string }>(
    "error",
    "The daemon cannot go on and ends.",
  ),
  "database.connectionLost": kind<{ code: string }>(
    "warn",
    "An idle connection broke; the pool replaces it.",
  ),
  "database.unreachable": kind<{ code: string; waitingFor: string }>(
    "warn",
    "A statement did not get through; it is tried again until it does.",
  ),
  "queue.log": kind<{
    scope: string;
    line: string;
    jobId?: string;
    task?: string;
    attempt?: number;
  }>("debug", "The queue's own words."),
  "queue.jobFailed": kind<{ jobId: string; task: string; attempt: number; code: string }>(
    "warn",
    "A job ended by a fault; the queue runs it again.",
  ),
  "queue.jobUnlocked": kind<{ jobId: string }>(
    "warn",
    "A job was locked in our name and never reached us; it is free again.",
  ),
  "queue.jobSplit": kind<{ task: string }>(
    "warn",
    "A set failed by something in it; its halves are run by themselves.",
  ),
  "caseChanges.resolved": kind<{
    caseChanges: number;
    interactions: number;
    firstCaseChangeId: string;
  }>("info", "Case changes were matched, and what they fire is scheduled."),
  "interaction.canceled": kind<{ interactionId: string; ruleId: string; why: string }>(
    "info",
    "A scheduled interaction was withdrawn before it was sent.",
  ),
  "interaction.refused": kind<{ interactionId: string; ruleId: string; why: string }>(
    "warn",
    "Judging refused to send; the reason is on the interaction.",
  ),
  "interaction.waiting": kind<{ interactionId: string; ruleId: string; until: string }>(
    "info",
    "Not now: the interaction is judged again at the time given.",
  ),
  "interaction.accepted": kind<{ interactionId: string; provider: string; durationMs: number }>(
    "info",
    "The provider took the message.",
  ),
  "interaction.failed": kind<{
    interactionId: string;
    provider: string;
    code: string;
    why: string;
    nextAttemptAt: string | null;
  }>(
    "warn",
    "The provider did not take the message; nextAttemptAt says whether it is tried again.",
  ),
  "interaction.rateLimited": kind<{ interactionId: string; provider: string; until: string }>(
    "info",
    "The provider asked us to slow down; no attempt is spent.",
  ),
  "interaction.outcomeUnknown": kind<{ interactionId: string; provider: string; code: string }>(
    "warn",
    "Nobody can say whether the message was taken.",
  ),
  "interaction.claimReleased": kind<{ interactionId: string }>(
    "warn",
    "It was claimed and never handed to the provider; it is scheduled again.",
  ),
  "interaction.settled": kind<{ interactionId: string; verdict: string }>(
    "info",
    "An unknown outcome was looked into: known, neverSent, resend, askAgain or hold.",
  ),
  "interaction.receipt": kind<{
    interactionId: string;
    status: string;
    code: string;
    moved: boolean;
  }>(
    "info",
    "It was told later what became of a message that had been taken; moved says whether that was news.",
  ),
  "interactions.requeued": kind<{ interactions: number; firstInteractionId: string }>(
    "warn",
    "Due interactions were in no job; they are queued again.",
  ),
  "worker.lost": kind<{ deadWorkerId: string }>(
    "warn",
    "A daemon was not heard of any more; its work is taken over.",
  ),
  "interaction.notRecorded": kind<{ interactionId: string }>(
    "error",
    "The provider has answered and the database refused to write it down; the interaction stays in progress.",
  ),
  "provider.misconfigured": kind<{ provider: string; code: string; why: string }>(
    "error",
    "Our own credentials or sender are refused: mend them. The channel is stopped, and probed once a minute.",
  ),
  "provider.recovered": kind<{ provider: string }>(
    "info",
    "A probe got through: the channel goes on.",
  ),
  "http.ready": kind<{ port: number }>("info", "The REST resources answer on this port."),
  "http.answered": kind<{
    requestId: string;
    method: string;
    route: string;
    status: number;
    durationMs: number;
    caller: string | null;
  }>("debug", "A request was answered."),
  "http.failed": kind<{ requestId: string; method: string; route: string; code: string }>(
    "error",
    "A request met a fault of ours; its caller was told this request id.",
  ),
} as const;

export type EventName = keyof typeof EVENTS;
type FieldsOf<Kind> = Kind extends EventKind<infer Fields> ? Fields : never;
/** Says one thing that happened. */
export type Emit = <Name extends EventName>(
  name: Name,
  fields: FieldsOf<(typeof EVENTS)[Name]>,
) => void;
