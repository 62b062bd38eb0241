import { outcomeOf } from "../decide/deliver/outcome.ts";
import type { Ready } from "../decide/deliver/prepare.ts";
import type { DeliveryChannel, Deps } from "../deps.ts";
import type { AttemptOutcome } from "../domain/interaction.ts";
import type { Lane } from "../domain/jobs.ts";
import type { ProviderAnswer } from "../domain/provider-answer.ts";
import { emitOutcome } from "../outcome-events.ts";
import type { Assessment } from "../providers/flow/circuit-breaker.ts";
import type { Lease } from "../providers/flow/slot-gate.ts";
import type { Claimed, ClaimedById } from "./claim.ts";
import { type TimeSlice, TIME_SLICE_MS } from "./time-slice.ts";

/** An interaction that is ready, with its leased slot. It may be sent once it is claimed. */
export interface Leased {
  readonly ready: Ready;
  readonly lease: Lease;
}

/** A finished call to the provider. */
export interface Call {
  readonly claimed: Claimed;
  readonly startedAt: Date;
  readonly answer: ProviderAnswer;
}

/** The longest wait for a slot (ms) while slots are free and the job has more interactions, which may have other destinations. */
const PASS_MS = 25;

/** The conditions under which some interactions of a job are started. */
export interface Part {
  readonly timeSlice: TimeSlice;
  readonly lane: Lane;
  /** True if the job has more interactions, which may have other destinations. */
  readonly mayPass: boolean;
}

/**
 * Leases slots for the messages of a part, as many at a time as the provider has room for, until the time slice ends. It leases at
 * least once, so that a slow load does not prevent sending.
 */
export async function* leaseInTimeSlice(
  deps: Deps,
  channel: DeliveryChannel,
  part: Part,
  ready: readonly Ready[],
): AsyncGenerator<readonly Leased[]> {
  let waiting = ready;
  do {
    const leased = await leaseSlots(deps, channel, part, waiting);
    if (leased.length === 0) return;
    yield leased;
    const started = new Set(leased.map((one) => one.ready));
    waiting = waiting.filter((one) => !started.has(one));
  } while (waiting.length > 0 && part.timeSlice.hasTime());
}

/**
 * Leases slots for as many interactions as the provider has room for now. It leases none while the circuit is open or when the
 * daemon stops.
 */
async function leaseSlots(
  { clock, stopping }: Deps,
  { circuit, gate }: DeliveryChannel,
  { lane, mayPass }: Part,
  ready: readonly Ready[],
): Promise<Leased[]> {
  if (ready.length === 0 || stopping.aborted) return [];
  const pass = circuit.pass(clock());
  if (pass.kind === "open") return [];
  const wanted = pass.kind === "probe" ? ready.slice(0, 1) : ready;
  const leases = await gate.lease(
    wanted.map(({ message }) => message),
    lane,
    mayPass && gate.hasFree(lane) ? PASS_MS : TIME_SLICE_MS,
  );
  return wanted.flatMap((one) => {
    const lease = leases.get(one.message);
    return lease === undefined ? [] : [{ ready: one, lease }];
  });
}

/**
 * Waits for the claim, sends the message and resolves to the call; undefined if the interaction was not claimed. The slot is free
 * again when the provider has answered or the claim failed.
 */
export async function send(
  { clock }: Deps,
  { provider }: DeliveryChannel,
  { ready, lease }: Leased,
  claiming: Promise<ClaimedById>,
): Promise<Call | undefined> {
  await using held = new AsyncDisposableStack();
  held.use(lease);
  const claimed = await claiming.then(
    (won) => won.get(ready.facts.interactionId),
    () => undefined, // the job reports a claim that failed
  );
  if (claimed === undefined) {
    lease.unused();
    return undefined;
  }
  return { claimed, startedAt: clock(), answer: await provider.send(claimed.message) };
}

/** Records the provider's answer durably, and queues the next step. */
export async function record(
  deps: Deps,
  channel: DeliveryChannel,
  { claimed, startedAt, answer }: Call,
): Promise<void> {
  const { interactionId, chainId, attempt, claims, latestAt } = claimed.facts;
  const endedAt = deps.clock();
  if (answer.kind === "limited" && answer.limit === "rate") channel.gate.backOff();
  const assessment = await channel.circuit.assess(
    { interactionId, chainId, recipient: claimed.message.to, answer },
    deps.clock(),
  );
  noteHealth(deps, channel, { claimed, startedAt, answer }, assessment.changedTo);
  const outcome = outcomeOf(
    {
      interactionId,
      channel: claimed.facts.channel,
      attempt,
      claims: claims + 1,
      latestAt,
      claimedAt: claimed.claimedAt,
      startedAt,
      endedAt,
      blame: assessment.blame,
    },
    answer,
    channel,
  );
  // an interaction that failed earlier by the same fault of ours is sent again as its next attempt
  await deps.recorder.record(
    outcome,
    assessment.misjudged.map((id) => ({ interactionId: id, dueAt: outcome.dueAt ?? endedAt })),
  );
  deps.inFlight.release([interactionId]);
  report(deps, channel, claimed.facts, outcome);
}

/** A call that shows a fault of ours is no attempt: the interaction is put off. */
function report(
  { emit }: Deps,
  { postponed }: DeliveryChannel,
  facts: Claimed["facts"],
  outcome: AttemptOutcome,
): void {
  const { interactionId, status, short, dueAt: until } = outcome;
  if (status !== "scheduled" || short === null || until === null)
    return emitOutcome(emit, facts, outcome);
  postponed.add(emit, facts.channel, [{ interactionId, ruleId: "provider.misconfigured", until }]);
}

/** Notes the answer, and reports once when the channel stops or its provider is lost, and once when it is back. */
function noteHealth(
  { emit, clock }: Deps,
  { health, provider }: DeliveryChannel,
  { claimed, answer }: Call,
  changedTo: Assessment["changedTo"],
): void {
  const now = clock();
  const change = health.note(answer, changedTo, now);
  if (change === undefined) return;
  const about = { channel: claimed.facts.channel, provider: provider.name };
  if (change.condition === "works") {
    const since = change.since === null ? now : new Date(change.since);
    return emit("provider.restored", { ...about, afterMs: now.getTime() - since.getTime() });
  }
  const code = answer.evidence.enhancedCode ?? answer.evidence.code ?? "none";
  const why = "short" in answer ? answer.short : answer.kind;
  if (change.condition === "failing") return emit("provider.lost", { ...about, code, why });
  emit("provider.stopped", {
    ...about,
    cause: answer.kind === "limited" ? "quotaUsedUp" : "misconfigured",
    code,
    why: answer.kind === "refused" ? `Refused for all recipients: ${why}` : why,
  });
}
