import type { Clock } from "./clock.ts";
import type { ChannelHealth } from "./delivery/channel-health.ts";
import type { InFlight } from "./delivery/in-flight.ts";
import type { LoadSize } from "./delivery/load-size.ts";
import type { PostponedReports } from "./delivery/postponed-reports.ts";
import type { RetrySchedule } from "./decide/deliver/outcome.ts";
import type { Senders } from "./decide/deliver/prepare.ts";
import type { Links } from "./decide/replies/unsubscribe.ts";
import type { Emit } from "./domain/events.ts";
import type { WorkerId } from "./domain/ids.ts";
import type { LookupResult, UnknownOutcome } from "./domain/settle/unknown-outcome.ts";
import type { Lender } from "./domain/lender.ts";
import type { Channel } from "./domain/vocabulary.ts";
import type { CircuitBreaker } from "./providers/flow/circuit-breaker.ts";
import type { CallLimit } from "./providers/flow/call-limit.ts";
import type { SlotGate } from "./providers/flow/slot-gate.ts";
import type { Provider } from "./providers/answer/provider.ts";
import type { Db } from "./store/postgres/db.ts";
import type { Recorder } from "./store/deliver/recorder.ts";
import type { Seal } from "./seal.ts";
import type { ReadPolicy } from "./store/guard/policy.ts";
import type { LoadActiveVersions } from "./store/resolve/active-types.ts";
import type { LoadTemplates } from "./store/deliver/template-cache.ts";

/** A channel with its provider and flow control in this daemon. */
export interface DeliveryChannel {
  readonly provider: Provider;
  readonly gate: SlotGate;
  /** The number of interactions that may be claimed and unanswered: the calls in flight and those that wait for a slot. */
  readonly claimBudget: () => number;
  readonly circuit: CircuitBreaker;
  readonly health: ChannelHealth;
  readonly loadSize: LoadSize;
  readonly postponed: PostponedReports;
  /** True at most once a minute: a warning for each batch would flood the log. */
  readonly mayWarn: () => boolean;
  readonly retries: RetrySchedule;
  /** The wait before each lookup of a message at the provider, or before an unknown outcome is settled (ms). */
  readonly settleWaits: readonly number[];
  /** Undefined if the provider has no lookup. */
  readonly lookups?: Lookups;
  /** The time after the last report of a message within which another one is expected (ms). */
  readonly receiptWithinMs: number;
}

/** The lookup of messages at a provider. */
export interface Lookups {
  /** `except` are the provider's ids of messages that are known to be others. Never rejects. */
  readonly findSent: (unknown: UnknownOutcome, except: readonly string[]) => Promise<LookupResult>;
  /** Lookups have separate slots, so that they do not slow down sending. */
  readonly limit: CallLimit;
}

/** The looks at accepted messages of a provider that cannot call back. */
export interface StatusPolls {
  /** The waits before each look (ms); the last one repeats. */
  readonly waits: readonly number[];
  /** The time after which a message is not looked up any more (ms). */
  readonly withinMs: number;
  /** Never rejects. */
  readonly read: (
    messages: readonly { readonly messageId: string; readonly acceptedAt: Date }[],
  ) => Promise<
    readonly {
      readonly messageId: string;
      readonly status: string;
      readonly errorCode: number | null;
    }[]
  >;
}

export type DeliveryChannels = Partial<Record<Channel, DeliveryChannel>>;

/** The dependencies of a task. */
export interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly workerId: WorkerId;
  readonly lender: Lender;
  readonly senders: Senders;
  /** Null without a public address. */
  readonly links: Links | null;
  /** They sign the Message-IDs of emails. */
  readonly linkKeys: readonly Buffer[];
  readonly recipientsAllowed: readonly string[] | null;
  /** The time after the due time within which a notice may be sent, by channel (ms). Absent means without limit. */
  readonly withinMs: Partial<Record<Channel, number | undefined>>;
  readonly channels: DeliveryChannels;
  readonly recorder: Recorder;
  readonly loadTemplates: LoadTemplates;
  readonly loadActiveVersions: LoadActiveVersions;
  readonly readPolicy: ReadPolicy;
  /** Undefined without a content key; sensitive notices then wait. */
  readonly seal: Seal | undefined;
  readonly inFlight: InFlight;
  /** Aborted when the daemon accepts no new work. */
  readonly stopping: AbortSignal;
}
