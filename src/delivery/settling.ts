import { settleUnknown } from "../decide/settle/settle-unknown.ts";
import { rulesOf } from "../decide/deliver/channels/table.ts";
import type { DeliveryChannel, Deps, Lookups } from "../deps.ts";
import { Fault } from "../domain/fault.ts";
import type { InteractionId } from "../domain/ids.ts";
import type { Jobs } from "../domain/jobs.ts";
import type {
  LookupResult,
  UnknownOutcome,
  UnknownVerdict,
} from "../domain/settle/unknown-outcome.ts";
import { queueEarlyReceipts } from "../store/receipts/receipt-queue.ts";
import { noteFindings } from "../store/deliver/contact-findings.ts";
import { planNextAttempts } from "../store/deliver/next-attempts.ts";
import type { Db } from "../store/postgres/db.ts";
import { queueSettlements } from "../store/queue/jobs.ts";
import {
  failNeverAccepted,
  lockReported,
  holdUnknownOutcomes,
  isOfOtherText,
  leaseUnknownOutcomes,
  loadUnknownOutcomes,
  recordFound,
  scheduleNeverSent,
  type Unreadable,
} from "../store/settle/unknown-outcomes.ts";

type Job = Jobs["settle_unknown_outcomes"];

/** An unknown outcome with the result of its lookup; undefined if the provider has no lookup. */
export interface Examined {
  readonly unknown: UnknownOutcome;
  readonly result: LookupResult | undefined;
}

/** The length of a lease (ms). If this process dies meanwhile, maintenance queues the outcome again. */
const LEASE_MS = 300_000;
/**
 * An outcome counts as due this long (ms) before its time: the queue runs jobs by the database's clock, and ours may be
 * behind it.
 */
const CLOCK_TOLERANCE_MS = 1_000;
/** The maximum number of lookups that wait in memory. Further outcomes stay in the queue. */
const MOST_PENDING = 100;
const PENDING_RETRY_MS = 5_000;
/** A waiting receipt is tried once a minute at least. */
const RECEIPT_WAIT_MS = 60_000;
/** The number of outcomes that are recorded together. */
const GROUP_SIZE = 4;

const idsOf = (all: readonly { readonly interactionId: InteractionId }[]): InteractionId[] =>
  all.map((one) => one.interactionId);

/**
 * Leases those outcomes of a job that are still unknown and due. If there is no room for all of them in memory, the rest are
 * queued again; all other outcomes of the job are left out. Throws CHANNEL_NOT_CARRIED if the provider has a lookup and this
 * daemon has no such provider: another daemon may have one.
 */
export async function leaseUnknown(
  deps: Deps,
  channel: DeliveryChannel | undefined,
  { channel: name, interactionIds, timesLookedUp }: Job,
): Promise<UnknownOutcome[]> {
  if (channel === undefined && rulesOf(name)?.hasLookup === true)
    throw new Fault("CHANNEL_NOT_CARRIED", name);
  const { db, clock, seal } = deps;
  const now = clock().getTime();
  const due = { timesLookedUp, dueBy: new Date(now + CLOCK_TOLERANCE_MS) };
  const { unknown, unreadable } = await loadUnknownOutcomes(db, interactionIds, due, seal);
  await setAside(deps, unreadable, timesLookedUp);
  const room = Math.max(0, MOST_PENDING - (channel?.lookups?.limit.pending() ?? 0));
  const retryAt = new Date(now + PENDING_RETRY_MS);
  await queueSettlements(db, idsOf(unknown.slice(room)), { runAt: retryAt, timesLookedUp });
  const until = new Date(now + LEASE_MS);
  const leased = await leaseUnknownOutcomes(db, idsOf(unknown.slice(0, room)), due, until);
  return unknown.filter((one) => leased.has(one.interactionId));
}

/** Holds outcomes with a broken seal for a person. The others are queued again: another daemon may have the key, or this one may get it. */
async function setAside(
  { db, clock, emit }: Deps,
  unreadable: readonly Unreadable[],
  timesLookedUp: number,
): Promise<void> {
  const broken = unreadable.filter(({ code }) => code === "SEAL_BROKEN");
  const locked = unreadable.filter(({ code }) => code === "CONTENT_KEY_UNKNOWN");
  const runAt = new Date(clock().getTime() + LEASE_MS);
  await holdUnknownOutcomes(db, idsOf(broken));
  await queueSettlements(db, idsOf(locked), { runAt, timesLookedUp });
  for (const one of unreadable) emit("outcome.contentNotOpened", one);
}

/**
 * Looks outcomes up at the provider and settles them group by group. Never rejects. It runs outside the queue, under
 * the limit of the provider's lookups: a provider that does not answer delays nothing else.
 */
export async function lookUpAndSettle(
  deps: Deps,
  channel: DeliveryChannel,
  lookups: Lookups,
  { job, leased }: { readonly job: Job; readonly leased: readonly UnknownOutcome[] },
): Promise<void> {
  const groups = Array.from({ length: Math.ceil(leased.length / GROUP_SIZE) }, (_, n) =>
    leased.slice(n * GROUP_SIZE, (n + 1) * GROUP_SIZE),
  );
  const settleGroup = async (group: readonly UnknownOutcome[]): Promise<void> => {
    const answers = await Promise.all(group.map((unknown) => lookUp(deps, lookups, unknown)));
    await settle(
      deps,
      channel,
      job.timesLookedUp,
      answers.filter((one) => one !== undefined),
    );
    const notLookedUp = group.filter((_, place) => answers[place] === undefined);
    await queueSettlements(deps.db, idsOf(notLookedUp), {
      runAt: deps.clock(),
      timesLookedUp: job.timesLookedUp,
    });
  };
  await Promise.all(
    groups.map((group) =>
      settleGroup(group).catch(() =>
        deps.emit("outcomes.notSettled", { channel: job.channel, interactions: group.length }),
      ),
    ),
  );
}

/** Looks one outcome up at the provider; undefined if the daemon stops before the lookup could begin. */
const lookUp = (
  deps: Deps,
  lookups: Lookups,
  unknown: UnknownOutcome,
): Promise<Examined | undefined> =>
  lookups.limit.run(async () =>
    deps.stopping.aborted ? undefined : { unknown, result: await findOwn(deps, lookups, unknown) },
  );

/**
 * Looks for the message, and skips those of other interactions: two borrowers may share a number and get the same text.
 */
async function findOwn(
  deps: Deps,
  lookups: Lookups,
  unknown: UnknownOutcome,
  except: readonly string[] = [],
): Promise<LookupResult> {
  const result = await lookups.findSent(unknown, except);
  if (result.kind !== "found") return result;
  if (!(await isOfOtherText(deps.db, unknown.interactionId, result.messageId))) return result;
  return findOwn(deps, lookups, unknown, [...except, result.messageId]);
}

interface Settled {
  readonly interactionId: InteractionId;
  readonly verdict: UnknownVerdict;
}

/** Decides the next step of examined outcomes, and records it. */
export async function settle(
  { db, clock, emit }: Deps,
  channel: DeliveryChannel | undefined,
  timesLookedUp: number,
  examined: readonly Examined[],
): Promise<void> {
  const now = clock();
  const policy = {
    timesLookedUp,
    waits: channel?.settleWaits ?? [],
    retries: channel?.retries ?? [],
    now,
  };
  const settled = examined.map(({ unknown, result }) => ({
    interactionId: unknown.interactionId,
    verdict: settleUnknown(unknown, result, policy),
  }));
  const instead = await write(db, settled, timesLookedUp, now);
  for (const { interactionId, verdict } of settled)
    emit("outcome.examined", {
      interactionId,
      verdict: instead.get(interactionId) ?? verdict.kind,
    });
}

/** The verdicts that replace others, because a provider has reported about the message. */
type Instead = ReadonlyMap<InteractionId, "awaitReceipt" | "hold">;

async function write(
  db: Db,
  settled: readonly Settled[],
  timesLookedUp: number,
  now: Date,
): Promise<Instead> {
  const ids = (kind: UnknownVerdict["kind"]): InteractionId[] =>
    settled.filter(({ verdict }) => verdict.kind === kind).map((one) => one.interactionId);
  for (const one of settled) await writeKnown(db, one);
  const lost = { neverSent: ids("neverSent"), giveUp: ids("giveUp"), resend: ids("resend") };
  const instead = await writeLost(db, lost, now);
  const idsInstead = (kind: "awaitReceipt" | "hold"): InteractionId[] =>
    [...instead].filter(([, its]) => its === kind).map(([id]) => id);
  const appliedBy = new Date(now.getTime() + RECEIPT_WAIT_MS);
  await queueSettlements(db, idsInstead("awaitReceipt"), { runAt: appliedBy, timesLookedUp });
  await holdUnknownOutcomes(db, [...ids("hold"), ...idsInstead("hold")]);
  const again = settled.flatMap(({ verdict }) =>
    verdict.kind === "lookUpAgain" ? [verdict.at] : [],
  );
  const [runAt = now] = again; // the same for all of a set
  await queueSettlements(db, ids("lookUpAgain"), { runAt, timesLookedUp: timesLookedUp + 1 });
  return instead;
}

interface Lost {
  readonly neverSent: readonly InteractionId[];
  readonly giveUp: readonly InteractionId[];
  readonly resend: readonly InteractionId[];
}

/** Sends messages again or gives them up, unless a provider has reported about them. */
async function writeLost(db: Db, lost: Lost, now: Date): Promise<Instead> {
  const all = [...lost.neverSent, ...lost.giveUp, ...lost.resend];
  if (all.length === 0) return new Map();
  return await db.transaction().execute(async (transaction) => {
    const reported = await lockReported(transaction, all);
    const free = (some: readonly InteractionId[]) => some.filter((id) => reported.get(id) === "no");
    await scheduleNeverSent(transaction, free(lost.neverSent), now, "neverAccepted");
    await failNeverAccepted(transaction, free(lost.giveUp));
    await planNextAttempts(
      transaction,
      free(lost.resend).map((interactionId) => ({ interactionId, dueAt: now })),
    );
    // one that is no longer unknown is looked at once more, without effect
    return new Map(
      all.flatMap((id) => {
        const its = reported.get(id) ?? "waiting";
        return its === "no" ? [] : [[id, its === "unread" ? "hold" : "awaitReceipt"]];
      }),
    );
  });
}

async function writeKnown(db: Db, { interactionId, verdict }: Settled): Promise<void> {
  if (verdict.kind !== "known") return;
  const finding = verdict.found.failure?.finding ?? null;
  await db.transaction().execute(async (transaction) => {
    if (!(await recordFound(transaction, interactionId, verdict.found))) return;
    await queueEarlyReceipts(transaction, verdict.found.messageId);
    await noteFindings(transaction, [{ interactionId, finding }]);
  });
}
