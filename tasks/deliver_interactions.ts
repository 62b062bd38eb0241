import type { Task } from "graphile-worker";
import { prepare, type Prepared } from "../src/decide/prepare.ts";
import { settle } from "../src/decide/settle.ts";
import type { Carrier, Deps } from "../src/deps.ts";
import { Fault } from "../src/domain/fault.ts";
import type { Channel } from "../src/domain/vocabulary.ts";
import { loadFactSheets } from "../src/store/fact-sheets.ts";
import { claimInteractions, withholdInteractions } from "../src/store/interactions.ts";
import { enqueue } from "../src/store/jobs.ts";
import { saySettled, sayWithheld } from "../src/say-outcome.ts";

type Ready = Extract<Prepared, { kind: "ready" }>;
type Claimed = Ready & { readonly claimedAt: Date };

/** choose -> judge -> render -> claim -> dispatch -> record: what has fallen due on one channel, in sets the provider can take. */
export const deliverInteractions =
  (deps: Deps): Task<"deliver_interactions"> =>
  async ({ channel, interactionIds }) => {
    const carrier = deps.carriers[channel];
    if (carrier === undefined) throw new Fault("CHANNEL_NOT_CARRIED", channel);
    const calls: Promise<void>[] = [];
    let rest = interactionIds;
    while (rest.length > 0 && !deps.stopping.aborted) {
      const slots = await carrier.gate.take(rest.length);
      const claimed = await claimNext(deps, carrier, rest.slice(0, slots), slots);
      calls.push(...claimed.map((ready) => dispatch(deps, carrier, ready)));
      rest = rest.slice(slots);
    }
    await handBack(deps, channel, rest);
    await allRecorded(calls);
  };

/** Judges a few on facts of this moment and claims those that may leave; slots that are not needed go back. */
async function claimNext(
  deps: Deps,
  carrier: Carrier,
  interactionIds: readonly string[],
  slots: number,
): Promise<Claimed[]> {
  let needed = 0;
  try {
    const ready = await prepareAll(deps, interactionIds);
    const won = await claim(deps, carrier, ready);
    needed = won.length;
    return won;
  } finally {
    carrier.gate.release(slots - needed);
  }
}

async function prepareAll(deps: Deps, interactionIds: readonly string[]): Promise<Ready[]> {
  const { db, clock, say, lender, emailFrom, textFrom } = deps;
  const sheets = await loadFactSheets(db, interactionIds);
  const findTemplate = await deps.loadTemplates(sheets);
  const occasion = { lender, emailFrom, textFrom, now: clock() };
  const prepared = sheets.map((facts) => prepare(facts, findTemplate(facts), occasion));
  const withheld = prepared.flatMap((one) => (one.kind === "withheld" ? [one.withheld] : []));
  await withholdInteractions(db, withheld);
  for (const one of withheld) sayWithheld(say, one);
  return prepared.filter((one) => one.kind === "ready");
}

/** Committed before the wire; two workers cannot both win a row. */
async function claim(deps: Deps, carrier: Carrier, ready: readonly Ready[]): Promise<Claimed[]> {
  if (ready.length === 0) return [];
  const { db, underWay, workerId } = deps;
  const claimedAt = deps.clock();
  const claims = ready.map((one) => ({ ...one.claim, provider: carrier.provider.name }));
  for (const { interactionId } of claims) underWay.add(interactionId);
  const won = await claimInteractions(db, workerId, claims, claimedAt);
  for (const { interactionId } of claims)
    if (!won.has(interactionId)) underWay.delete(interactionId);
  return ready
    .filter((one) => won.has(one.claim.interactionId))
    .map((one) => ({ ...one, claimedAt }));
}

/** Speaks to the provider with nothing held open, and writes its answer down. */
async function dispatch(deps: Deps, carrier: Carrier, claimed: Claimed): Promise<void> {
  const { facts, message, claimedAt } = claimed;
  const startedAt = deps.clock();
  const answer = await carrier.provider.send(message);
  carrier.gate.release(1);
  const { interactionId, channel, attempt, latestAt } = facts;
  const call = {
    interactionId,
    channel,
    attempt,
    latestAt,
    claimedAt,
    startedAt,
    endedAt: deps.clock(),
  };
  const settlement = settle(call, answer, carrier.retries);
  await deps.recorder.record(settlement);
  deps.underWay.delete(interactionId);
  saySettled(deps.say, settlement);
}

/** What a stopping daemon has not begun goes back to the queue. */
async function handBack(
  deps: Deps,
  channel: Channel,
  interactionIds: readonly string[],
): Promise<void> {
  if (interactionIds.length > 0)
    await enqueue(deps.db, "deliver_interactions", { channel, interactionIds }, deps.clock());
}

/** One outcome that cannot be written does not hide the others. */
async function allRecorded(calls: readonly Promise<void>[]): Promise<void> {
  const outcomes = await Promise.allSettled(calls);
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  if (refused) throw new Fault("RECORD_REFUSED", "an outcome was not written", refused.reason);
}
