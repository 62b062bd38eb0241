import type { Task } from "graphile-worker";
import { prepare, type Prepared } from "../src/decide/deliver/prepare.ts";
import { settle } from "../src/decide/deliver/outcome.ts";
import type { Carrier, Deps } from "../src/deps.ts";
import { Fault } from "../src/domain/fault.ts";
import type { ProviderAnswer } from "../src/domain/provider-answer.ts";
import type { Lane } from "../src/providers/flow/slot-gate.ts";
import { saySettled, sayWithheld } from "../src/outcome-events.ts";
import { loadFactSheets } from "../src/store/deliver/fact-sheets.ts";
import { claimInteractions, withholdInteractions } from "../src/store/deliver/interactions.ts";
import { enqueue } from "../src/store/queue/jobs.ts";

type Ready = Extract<Prepared, { kind: "ready" }>;
type Claimed = Ready & { readonly claimedAt: Date };

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
    const carrier = deps.carriers[channel];
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
  carrier: Carrier,
  { ids, lane, goesOn }: DueSet,
): Promise<{ readonly left: readonly string[] }> {
  let ready = await prepareAll(deps, ids);
  while (ready.length > 0 && goesOn()) {
    const pass = carrier.circuit.pass(deps.clock());
    if (pass.kind === "open") break;
    const wanted = pass.kind === "probe" ? 1 : ready.length;
    const slots = await carrier.gate.take(wanted, lane, SLICE_MS);
    await begin(deps, carrier, ready.slice(0, slots), slots);
    ready = ready.slice(slots);
  }
  return { left: ready.map(idOf) };
}

/** Claims and begins to send; slots that are not needed go back. */
async function begin(
  deps: Deps,
  carrier: Carrier,
  ready: readonly Ready[],
  slots: number,
): Promise<void> {
  let begun = 0;
  try {
    const claimed = await claim(deps, carrier, ready);
    begun = claimed.length;
    for (const one of claimed) track(deps, one, dispatch(deps, carrier, one));
  } finally {
    carrier.gate.release(slots - begun);
  }
}

async function prepareAll(deps: Deps, interactionIds: readonly string[]): Promise<Ready[]> {
  const { db, clock, say, lender, emailFrom, textFrom, recipientsAllowed } = deps;
  const sheets = await loadFactSheets(db, interactionIds);
  const findTemplate = await deps.loadTemplates(sheets);
  const canSeal = deps.seal !== undefined;
  const occasion = { lender, emailFrom, textFrom, recipientsAllowed, canSeal, now: clock() };
  const prepared = sheets.map((facts) => prepare(facts, findTemplate(facts), occasion));
  const withheld = prepared.flatMap((one) => (one.kind === "withheld" ? [one.withheld] : []));
  await withholdInteractions(db, withheld);
  for (const one of withheld) sayWithheld(say, one);
  return prepared.filter((one) => one.kind === "ready");
}

/**
 * Committed before the wire; two workers cannot both win a row. What is under way here is left to the job that has it: it
 * alone says when it is no longer.
 */
async function claim(
  deps: Deps,
  carrier: Carrier,
  ready: readonly Ready[],
): Promise<readonly Claimed[]> {
  const { underWay } = deps;
  const free = ready.filter((one) => !underWay.has(idOf(one)));
  if (free.length === 0) return [];
  for (const one of free) underWay.add(idOf(one));
  let claimed: readonly Claimed[] = [];
  try {
    claimed = await win(deps, carrier, free);
  } finally {
    // all of them where nobody knows whether the claim was committed: what was won so is found never to have begun
    const won = new Set(claimed.map(idOf));
    const lost = free.map(idOf).filter((id) => !won.has(id));
    for (const id of lost) underWay.delete(id);
  }
  return claimed;
}

async function win(deps: Deps, carrier: Carrier, free: readonly Ready[]): Promise<Claimed[]> {
  const claimedAt = deps.clock();
  const claims = free.map((one) => ({
    ...one.claim,
    content: keep(deps, one),
    provider: carrier.provider.name,
  }));
  const won = await claimInteractions(deps.db, deps.workerId, claims, claimedAt);
  return free
    .filter((one) => won.has(idOf(one)))
    .map((one) => ({ ...one, claimedAt, message: { ...one.message, date: claimedAt } }));
}

/** Sensitive content is never at rest in the open; judging made sure that there is a key. */
const keep = ({ seal }: Deps, { facts, claim: { content } }: Ready): object =>
  facts.sensitive && seal !== undefined ? seal.seal(content) : content;

/**
 * The job does not wait for the provider: once claimed, the row itself says what is under way, and a slow call holds up
 * neither the queue nor anybody's record. A daemon that stops waits for its calls.
 */
function track(deps: Deps, { facts: { interactionId } }: Claimed, call: Promise<void>): void {
  const tracked = call
    // not taken off underWay: what was sent and could not be recorded must not be sent again
    .catch(() => deps.say("interaction.notRecorded", { interactionId }))
    .finally(() => deps.calls.delete(tracked));
  deps.calls.add(tracked);
}

/** Speaks to the provider with nothing held open, and writes its answer down. */
async function dispatch(deps: Deps, carrier: Carrier, claimed: Claimed): Promise<void> {
  const { facts, message, claimedAt } = claimed;
  const startedAt = deps.clock();
  const answer = await carrier.provider.send(message);
  carrier.gate.release(1);
  const { interactionId, chainId, channel, attempt, latestAt } = facts;
  const isAlone = carrier.circuit.isAlone(chainId);
  watchCircuit(deps, carrier, { answer, chainId, isAlone });
  const call = { interactionId, channel, attempt, latestAt, claimedAt, startedAt, isAlone };
  const settlement = settle({ ...call, endedAt: deps.clock() }, answer, carrier);
  await deps.recorder.record(settlement);
  deps.underWay.delete(interactionId);
  saySettled(deps.say, settlement);
}

/** Only an answer about the message itself shows that the provider listens to us. */
const ABOUT_THE_MESSAGE = new Set<ProviderAnswer["kind"]>(["accepted", "refused"]);

interface Told {
  readonly answer: ProviderAnswer;
  readonly chainId: string;
  readonly isAlone: boolean;
}

function watchCircuit({ say, clock }: Deps, carrier: Carrier, told: Told): void {
  const { answer, chainId, isAlone } = told;
  if (answer.kind === "limited") carrier.gate.rest();
  const provider = carrier.provider.name;
  if (answer.kind === "misconfigured" && !isAlone && carrier.circuit.trip(clock(), chainId))
    say("provider.misconfigured", {
      provider,
      code: answer.evidence.enhancedCode ?? answer.evidence.code ?? "none",
      why: answer.short,
    });
  if (ABOUT_THE_MESSAGE.has(answer.kind) && carrier.circuit.heal())
    say("provider.worksAgain", { provider });
}
