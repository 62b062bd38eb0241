import type { Task } from "graphile-worker";
import { prepare, type Prepared } from "../src/decide/deliver/prepare.ts";
import { outcomeOf } from "../src/decide/deliver/outcome.ts";
import type { DeliveryChannel, Deps } from "../src/deps.ts";
import { Fault } from "../src/domain/fault.ts";
import type { Message } from "../src/domain/message.ts";
import type { ProviderAnswer } from "../src/domain/provider-answer.ts";
import type { Lane, Lease } from "../src/providers/flow/slot-gate.ts";
import { emitOutcome, emitWithheld } from "../src/outcome-events.ts";
import { loadFactSheets } from "../src/store/deliver/fact-sheets.ts";
import { claimInteractions, withholdInteractions } from "../src/store/deliver/interactions.ts";
import { enqueue } from "../src/store/queue/jobs.ts";

type Ready = Extract<Prepared, { kind: "ready" }>;
type Claimed = Ready & { readonly claimedAt: Date };
type ClaimedById = ReadonlyMap<string, Claimed>;
/** An interaction that may be sent once it is claimed. */
type Leased = { readonly one: Ready; readonly lease: Lease };
/** A call to the provider, as it went. */
interface Called {
  readonly claimed: Claimed;
  readonly startedAt: Date;
  readonly answer: ProviderAnswer;
}

const idOf = (one: Ready): string => one.claim.interactionId;

/** A job gives its place to others after so long; what it has not begun goes back to the queue. */
const SLICE_MS = 500;
/** More than this in one job is a bulk. */
const SINGLES = 20;
const BULK_PRIORITY = 10;

/** choose -> judge -> render -> claim -> dispatch -> record: what has fallen due on one channel, in sets the provider can take. */
export const deliverInteractions =
  (deps: Deps): Task<"deliver_interactions"> =>
  async ({ channel, interactionIds }) => {
    const carrier = deps.channels[channel];
    if (carrier === undefined) throw new Fault("CHANNEL_NOT_CARRIED", channel);
    const lane = interactionIds.length > SINGLES ? "bulk" : "single";
    const sliceEnd = performance.now() + SLICE_MS;
    const goesOn = (): boolean => !deps.stopping.aborted && performance.now() < sliceEnd;
    let rest = interactionIds;
    while (rest.length > 0 && goesOn() && !carrier.circuit.openUntil(deps.clock())) {
      const set = rest.slice(0, carrier.ahead());
      const begun = await sendSet(deps, carrier, { ids: set, lane, goesOn });
      rest = [...begun.left, ...rest.slice(set.length)];
      if (begun.left.length > 0) break;
    }
    if (rest.length === 0) return;
    const runAt = carrier.circuit.openUntil(deps.clock()) ?? deps.clock();
    const priority = lane === "bulk" ? BULK_PRIORITY : 0;
    await enqueue(
      deps.db,
      "deliver_interactions",
      { channel, interactionIds: rest },
      { runAt, priority },
    );
  };

interface DueSet {
  readonly ids: readonly string[];
  readonly lane: Lane;
  readonly goesOn: () => boolean;
}

/** Judges a set on facts of this moment, and claims and begins as the provider has room. Resolves to the ids it did not begin. */
async function sendSet(
  deps: Deps,
  carrier: DeliveryChannel,
  { ids, lane, goesOn }: DueSet,
): Promise<{ readonly left: readonly string[] }> {
  let ready = await prepareAll(deps, ids);
  while (ready.length > 0 && goesOn()) {
    const pass = carrier.circuit.pass(deps.clock());
    if (pass.kind === "open") break;
    const wanted = pass.kind === "probe" ? ready.slice(0, 1) : ready;
    const messages = wanted.map(({ message }) => message);
    const leases = await carrier.gate.lease(messages, lane, SLICE_MS);
    await begin(deps, carrier, withLease(wanted, leases));
    ready = ready.filter(({ message }) => !leases.has(message));
  }
  return { left: ready.map(idOf) };
}

function withLease(ready: readonly Ready[], leases: ReadonlyMap<Message, Lease>): Leased[] {
  return ready.flatMap((one) => {
    const lease = leases.get(one.message);
    return lease === undefined ? [] : [{ one, lease }];
  });
}

/** Claims what has a lease and begins to send it. */
async function begin(
  deps: Deps,
  carrier: DeliveryChannel,
  leased: readonly Leased[],
): Promise<void> {
  const claiming = claim(
    deps,
    carrier,
    leased.map(({ one }) => one),
  );
  for (const one of leased) track(deps, one, dispatch(deps, carrier, one, claiming));
  await claiming;
}

async function prepareAll(deps: Deps, interactionIds: readonly string[]): Promise<Ready[]> {
  const { db, clock, emit, lender, emailFrom, textFrom, recipientsAllowed } = deps;
  const sheets = await loadFactSheets(db, interactionIds);
  const findTemplate = await deps.loadTemplates(sheets);
  const canSeal = deps.seal !== undefined;
  const sendContext = { lender, emailFrom, textFrom, recipientsAllowed, canSeal, now: clock() };
  const prepared = sheets.map((facts) => prepare(facts, findTemplate(facts), sendContext));
  const withheld = prepared.flatMap((one) => (one.kind === "withheld" ? [one.withheld] : []));
  await withholdInteractions(db, withheld);
  for (const one of withheld) emitWithheld(emit, one);
  return prepared.filter((one) => one.kind === "ready");
}

/**
 * Committed before the wire; two workers cannot both win a row. What is under way here is left to the job that has it: it
 * alone says when it is no longer.
 */
async function claim(
  deps: Deps,
  carrier: DeliveryChannel,
  ready: readonly Ready[],
): Promise<ClaimedById> {
  const { underWay } = deps;
  const free = ready.filter((one) => !underWay.has(idOf(one)));
  if (free.length === 0) return new Map();
  for (const one of free) underWay.add(idOf(one));
  let claimed: ClaimedById = new Map();
  try {
    claimed = await win(deps, carrier, free);
  } finally {
    // all of them where nobody knows whether the claim was committed: what was won so is found never to have begun
    const lost = free.map(idOf).filter((id) => !claimed.has(id));
    for (const id of lost) underWay.delete(id);
  }
  return claimed;
}

async function win(
  deps: Deps,
  carrier: DeliveryChannel,
  free: readonly Ready[],
): Promise<ClaimedById> {
  const claimedAt = deps.clock();
  const claims = free.map((one) => ({
    ...one.claim,
    content: keep(deps, one),
    provider: carrier.provider.name,
  }));
  const won = await claimInteractions(deps.db, deps.workerId, claims, claimedAt);
  return new Map(
    free
      .filter((one) => won.has(idOf(one)))
      .map((one) => [
        idOf(one),
        { ...one, claimedAt, message: { ...one.message, date: claimedAt } },
      ]),
  );
}

/** Sensitive content is never at rest in the open; judging made sure that there is a key. */
const keep = ({ seal }: Deps, { facts, claim: { content } }: Ready): object =>
  facts.sensitive && seal !== undefined ? seal.seal(content) : content;

/**
 * The job does not wait for the provider: once claimed, the row itself says what is under way, and a slow call holds up
 * neither the queue nor anybody's record. A daemon that stops waits for its calls.
 */
function track(deps: Deps, { one }: Leased, call: Promise<void>): void {
  const interactionId = idOf(one);
  const tracked = call
    // not taken off underWay: what was sent and could not be recorded must not be sent again
    .catch(() => deps.emit("interaction.notRecorded", { interactionId }))
    .finally(() => deps.calls.delete(tracked));
  deps.calls.add(tracked);
}

/** Sends an interaction if its claim was won, with nothing held open, and records the provider's answer. */
async function dispatch(
  deps: Deps,
  carrier: DeliveryChannel,
  leased: Leased,
  claiming: Promise<ClaimedById>,
): Promise<void> {
  const called = await callProvider(deps, carrier, leased, claiming);
  if (called === undefined) return;
  const { claimed, startedAt, answer } = called;
  const { facts, claimedAt } = claimed;
  const { interactionId, chainId, channel, attempt, latestAt } = facts;
  const isAlone = carrier.circuit.isAlone(chainId);
  watchCircuit(deps, carrier, { answer, chainId, isAlone });
  const sent = { interactionId, channel, attempt, latestAt, claimedAt, startedAt, isAlone };
  const outcome = outcomeOf({ ...sent, endedAt: deps.clock() }, answer, carrier);
  await deps.recorder.record(outcome);
  deps.underWay.delete(interactionId);
  emitOutcome(deps.emit, outcome);
}

/** Holds the lease until the provider has answered, or until the claim turns out to be lost. */
async function callProvider(
  deps: Deps,
  carrier: DeliveryChannel,
  { one, lease }: Leased,
  claiming: Promise<ClaimedById>,
): Promise<Called | undefined> {
  await using held = new AsyncDisposableStack();
  held.use(lease);
  // the job itself reports a claim that failed
  const claimed = await claiming.then(
    (won) => won.get(idOf(one)),
    () => undefined,
  );
  if (claimed === undefined) return undefined;
  const startedAt = deps.clock();
  return { claimed, startedAt, answer: await carrier.provider.send(claimed.message) };
}

/** Only an answer about the message itself shows that the provider listens to us. */
const ABOUT_THE_MESSAGE = new Set<ProviderAnswer["kind"]>(["accepted", "refused"]);

interface Told {
  readonly answer: ProviderAnswer;
  readonly chainId: string;
  readonly isAlone: boolean;
}

function watchCircuit({ emit, clock }: Deps, carrier: DeliveryChannel, told: Told): void {
  const { answer, chainId, isAlone } = told;
  if (answer.kind === "limited") carrier.gate.backOff();
  const provider = carrier.provider.name;
  if (answer.kind === "misconfigured" && !isAlone && carrier.circuit.trip(clock(), chainId))
    emit("provider.misconfigured", {
      provider,
      code: answer.evidence.enhancedCode ?? answer.evidence.code ?? "none",
      why: answer.short,
    });
  if (ABOUT_THE_MESSAGE.has(answer.kind) && carrier.circuit.heal())
    emit("provider.recovered", { provider });
}
