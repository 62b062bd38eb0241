import type { Clock } from "./clock.ts";
import type { InFlight } from "./delivery/in-flight.ts";
import type { LoadSize } from "./delivery/load-size.ts";
import type { RetrySchedule } from "./decide/deliver/outcome.ts";
import type { Emit } from "./domain/events.ts";
import type { LookupResult, UnknownOutcome } from "./domain/unknown-outcome.ts";
import type { Lender } from "./domain/lender.ts";
import type { Channel } from "./domain/vocabulary.ts";
import type { CircuitBreaker } from "./providers/flow/circuit-breaker.ts";
import type { CallLimit } from "./providers/flow/call-limit.ts";
import type { SlotGate } from "./providers/flow/slot-gate.ts";
import type { Provider } from "./providers/answer/provider.ts";
import type { Db } from "./store/postgres/db.ts";
import type { Recorder } from "./store/deliver/recorder.ts";
import type { Seal } from "./seal.ts";
import type { LoadTemplates } from "./store/deliver/template-cache.ts";

/** What carries one channel. */
export interface DeliveryChannel {
  readonly provider: Provider;
  readonly gate: SlotGate;
  /** How many may be claimed and not yet answered: the calls under way, and those that wait behind them. */
  readonly ahead: () => number;
  readonly circuit: CircuitBreaker;
  readonly loadSize: LoadSize;
  /** True at most once a minute: a warning that repeats for each set would flood the log. */
  readonly mayWarn: () => boolean;
  readonly retries: RetrySchedule;
  /** How long to wait before a provider is asked what became of a message, each time (ms). */
  readonly settleWaits: readonly number[];
  /** Undefined where the provider cannot be asked what became of a message. */
  readonly lookups?: Lookups;
}

/** How a provider is asked what became of a message. */
export interface Lookups {
  /** `except` are the provider's ids of messages that are known to be others. Never rejects. */
  readonly findSent: (unknown: UnknownOutcome, except: readonly string[]) => Promise<LookupResult>;
  /** Lookups have slots of their own, so that they take none from sending. */
  readonly limit: CallLimit;
}

export type DeliveryChannels = Partial<Record<Channel, DeliveryChannel>>;

/** What a task may reach for. */
export interface Deps {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit;
  readonly workerId: string;
  readonly lender: Lender;
  readonly emailFrom: string;
  readonly textFrom: string;
  readonly recipientsAllowed: readonly string[] | null;
  /** How long after it fell due a notice may still leave, by channel (ms); absent: for ever. */
  readonly withinMs: Partial<Record<Channel, number | undefined>>;
  readonly channels: DeliveryChannels;
  readonly recorder: Recorder;
  readonly loadTemplates: LoadTemplates;
  /** Undefined without a key: sensitive notices wait. */
  readonly seal: Seal | undefined;
  readonly inFlight: InFlight;
  /** Aborted when the daemon takes no new work. */
  readonly stopping: AbortSignal;
}
