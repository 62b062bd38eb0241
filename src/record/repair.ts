import { stillHolds } from "../decide/resolve/match.ts";
import { createCalendars } from "../decide/resolve/calendars.ts";
import { termsOf, type Planning } from "../decide/resolve/plan.ts";
import type { Deps } from "../deps.ts";
import type { CaseChange } from "../domain/resolve/case-change.ts";
import type { NotificationTypeVersion } from "../domain/resolve/notification-type.ts";
import type { RepairKind, RepairResult } from "../domain/vocabulary.ts";
import {
  lockRepairs,
  noteMissedChanges,
  type OpenRepair,
  queueJobless,
  queueUnresolved,
  recordRepairs,
} from "../store/audit/repairs.ts";
import type { Db } from "../store/postgres/db.ts";
import { loadVersion } from "../store/resolve/active-types.ts";
import { loadCalendars } from "../store/resolve/calendars.ts";
import { loadCaseChanges } from "../store/resolve/case-changes.ts";
import { loadLanguages } from "../store/resolve/languages.ts";
import { type MissingNotice, planMissing } from "../store/resolve/resolutions.ts";

/** The number of repairs in one transaction. */
const BATCH = 500;

type Done = (repair: OpenRepair) => RepairResult;

/**
 * Carries out the repairs that operators have ordered, in batches, each once: the work and the mark that it is done are committed
 * together.
 */
export async function carryOutRepairs(deps: Deps): Promise<void> {
  for (;;) {
    const results = await deps.db.transaction().execute((trx) => carryOutBatch(deps, trx));
    if (results.length === 0) return;
    const count = (result: RepairResult): number => results.filter((one) => one === result).length;
    deps.emit("repairs.made", {
      repairs: results.length,
      queued: count("queued"),
      notNeeded: count("notNeeded"),
      notPossible: count("notPossible"),
    });
    if (results.length < BATCH) return;
  }
}

async function carryOutBatch(deps: Deps, trx: Db): Promise<RepairResult[]> {
  const repairs = await lockRepairs(trx, BATCH);
  if (repairs.length === 0) return [];
  const byKind = Map.groupBy(repairs, ({ kind }) => kind);
  const results: { readonly id: string; readonly result: RepairResult }[] = [];
  for (const [kind, those] of byKind) {
    const done = await WORK[kind](deps, trx, those);
    results.push(...those.map((one) => ({ id: one.id, result: done(one) })));
  }
  await recordRepairs(trx, results);
  return results.map(({ result }) => result);
}

const changesOf = (repairs: readonly OpenRepair[]) => repairs.map((one) => one.caseChangeId);
const queuedIf = (isQueued: boolean): RepairResult => (isQueued ? "queued" : "notNeeded");

type Work = (deps: Deps, trx: Db, repairs: readonly OpenRepair[]) => Promise<Done>;

const WORK: Readonly<Record<RepairKind, Work>> = {
  async changeNotTakenIn(_deps, trx, repairs) {
    const noted = await noteMissedChanges(trx, changesOf(repairs));
    return ({ caseChangeId }) => queuedIf(noted.has(caseChangeId));
  },
  async changeNotResolved(_deps, trx, repairs) {
    const queued = await queueUnresolved(trx, changesOf(repairs));
    return ({ caseChangeId }) => queuedIf(queued.has(caseChangeId));
  },
  async jobMissing(_deps, trx, repairs) {
    const ids = repairs.flatMap(({ interactionId: id }) => (id === null ? [] : [id]));
    const queued = await queueJobless(trx, ids);
    return ({ interactionId: id }) => queuedIf(id !== null && queued.has(id));
  },
  noticeMissing: planAgain,
};

/** Plans missing notices by the version that should have made them. */
async function planAgain(deps: Deps, trx: Db, repairs: readonly OpenRepair[]): Promise<Done> {
  const changes = await loadCaseChanges(trx, changesOf(repairs));
  const planning = await loadPlanning(deps, trx);
  const borrowerIds = changes.map((change) => change.borrowerId);
  const languageOf = await loadLanguages(trx, borrowerIds);
  const typeOf = await loadTypes(trx, repairs);
  const notices: MissingNotice[] = [];
  for (const repair of repairs) {
    const change = changes.find(({ id }) => id === repair.caseChangeId);
    const type = typeOf(repair);
    // An operator orders by SQL too, and may not choose a type that the change cannot fire.
    if (change === undefined || type === undefined || !stillHolds(type, change, change.fields))
      continue;
    const subject = subjectOf(change, deps.clock(), languageOf(change.borrowerId));
    notices.push({ ...termsOf(subject, type, planning), ...authorOf(repair) });
  }
  const keyOf = (one: Pick<OpenRepair, "caseChangeId" | "notificationTypeId">): string =>
    `${one.caseChangeId} ${one.notificationTypeId}`;
  const possible = new Set(notices.map(keyOf));
  const planned = new Set((await planMissing(trx, notices)).map(keyOf));
  return (repair) =>
    possible.has(keyOf(repair)) ? queuedIf(planned.has(keyOf(repair))) : "notPossible";
}

/** The time within which it may be sent counts from the repair, as it does from the arrival of a late change. */
const subjectOf = ({ changedAt }: CaseChange, receivedAt: Date, borrowerLanguage: string) => ({
  changedAt,
  receivedAt,
  borrowerLanguage,
});

type TypeOf = (repair: OpenRepair) => NotificationTypeVersion | undefined;

/** Loads each version once. */
async function loadTypes(trx: Db, repairs: readonly OpenRepair[]): Promise<TypeOf> {
  const keyOf = ({ notificationTypeId, notificationTypeVersion }: OpenRepair): string =>
    `${notificationTypeId} ${notificationTypeVersion}`;
  const types = new Map<string, NotificationTypeVersion | undefined>();
  for (const repair of repairs) {
    const { notificationTypeId: id, notificationTypeVersion: version } = repair;
    if (id === null || version === null || types.has(keyOf(repair))) continue;
    types.set(keyOf(repair), await loadVersion(trx, id, version));
  }
  return (repair) => types.get(keyOf(repair));
}

const authorOf = ({ id, caseChangeId, orderedBy, reason }: OpenRepair) => ({
  caseChangeId,
  createdBy: { id: orderedBy, name: orderedBy.replace(/^operator:/u, "") },
  evidence: { code: "repair", repairId: id, operator: orderedBy, reason },
});

const loadPlanning = async ({ lender, withinMs }: Deps, trx: Db): Promise<Planning> => ({
  zone: lender.timeZone,
  languages: lender.languages,
  calendars: createCalendars(await loadCalendars(trx)),
  withinMs,
});
