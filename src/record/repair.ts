import { auditChange } from "../decide/audit/audit-change.ts";
import { createCalendars } from "../decide/resolve/calendars.ts";
import { termsOf, type Planning } from "../decide/resolve/plan.ts";
import type { Deps } from "../deps.ts";
import type { CaseChange } from "../domain/resolve/case-change.ts";
import type { NotificationTypeVersion } from "../domain/resolve/notification-type.ts";
import { REPAIR_KINDS, type RepairKind, type RepairResult } from "../domain/vocabulary.ts";
import type { AuditedChange } from "../domain/audit/audit.ts";
import { loadAuditedChangesOf } from "../store/audit/audited-changes.ts";
import { loadTypeHistory } from "../store/operate/case-history.ts";
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
import { loadLanguages } from "../store/resolve/languages.ts";
import { type MissingNotice, planMissing } from "../store/resolve/resolutions.ts";

/** The number of repairs in one transaction. */
const BATCH = 500;
/**
 * The number of repairs of lost jobs in one transaction. Each batch reads all jobs, which takes seconds with a million of them, so the
 * batches are large. A batch of this size writes for about a second.
 */
const JOB_BATCH = 20_000;

type Done = (repair: OpenRepair) => RepairResult;

/**
 * Carries out the repairs that operators have ordered, in batches, each once: the work and the mark that it is done are committed
 * together.
 */
export async function carryOutRepairs(deps: Deps): Promise<void> {
  for (const kind of REPAIR_KINDS) await carryOutKind(deps, kind);
}

async function carryOutKind(deps: Deps, kind: RepairKind): Promise<void> {
  const most = kind === "jobMissing" ? JOB_BATCH : BATCH;
  for (;;) {
    const results = await deps.db
      .transaction()
      .execute((transaction) => carryOutBatch(deps, transaction, { kind, most }));
    if (results.length === 0) return;
    const count = (result: RepairResult): number => results.filter((one) => one === result).length;
    deps.emit("repairs.made", {
      repairs: results.length,
      queued: count("queued"),
      notNeeded: count("notNeeded"),
      notPossible: count("notPossible"),
    });
    if (results.length < most) return;
  }
}

async function carryOutBatch(
  deps: Deps,
  transaction: Db,
  { kind, most }: { readonly kind: RepairKind; readonly most: number },
): Promise<RepairResult[]> {
  const repairs = await lockRepairs(transaction, kind, most);
  if (repairs.length === 0) return [];
  const done = await WORK[kind](deps, transaction, repairs);
  const results = repairs.map((one) => ({ id: one.id, result: done(one) }));
  await recordRepairs(transaction, results);
  return results.map(({ result }) => result);
}

const changesOf = (repairs: readonly OpenRepair[]) => repairs.map((one) => one.caseChangeId);
const queuedIf = (isQueued: boolean): RepairResult => (isQueued ? "queued" : "notNeeded");

type Work = (deps: Deps, transaction: Db, repairs: readonly OpenRepair[]) => Promise<Done>;

const WORK: Readonly<Record<RepairKind, Work>> = {
  async changeNotTakenIn(_deps, transaction, repairs) {
    const noted = await noteMissedChanges(transaction, changesOf(repairs));
    return ({ caseChangeId }) => queuedIf(noted.has(caseChangeId));
  },
  async changeNotResolved(_deps, transaction, repairs) {
    const queued = await queueUnresolved(transaction, changesOf(repairs));
    return ({ caseChangeId }) => queuedIf(queued.has(caseChangeId));
  },
  async jobMissing(_deps, transaction, repairs) {
    const ids = repairs.flatMap(({ interactionId: id }) => (id === null ? [] : [id]));
    const queued = await queueJobless(transaction, ids);
    return ({ interactionId: id }) => queuedIf(id !== null && queued.has(id));
  },
  noticeMissing: planAgain,
};

/** Plans missing notices by the version that should have made them. */
async function planAgain(
  deps: Deps,
  transaction: Db,
  repairs: readonly OpenRepair[],
): Promise<Done> {
  const audited = await loadAuditedChangesOf(transaction, changesOf(repairs));
  const resultOf = await auditAgain(transaction, audited);
  const changes = new Map(audited.map(({ change }) => [change.id, change]));
  const planning = await loadPlanning(deps, transaction);
  const languageOf = await loadLanguages(
    transaction,
    audited.map(({ change }) => change.borrowerId),
  );
  const typeOf = await loadTypes(transaction, repairs);
  const notices: MissingNotice[] = [];
  for (const repair of repairs) {
    const change = changes.get(repair.caseChangeId);
    const type = typeOf(repair);
    if (change === undefined || type === undefined || resultOf(repair) !== "queued") continue;
    const subject = subjectOf(change, deps.clock(), languageOf(change.borrowerId));
    notices.push({ ...termsOf(subject, type, planning), ...authorOf(repair) });
  }
  const planned = new Set((await planMissing(transaction, notices)).map(noticeKey));
  return (repair) =>
    resultOf(repair) === "queued" ? queuedIf(planned.has(noticeKey(repair))) : resultOf(repair);
}

const noticeKey = (one: Pick<OpenRepair, "caseChangeId" | "notificationTypeId">): string =>
  `${one.caseChangeId} ${one.notificationTypeId}`;

/**
 * Returns the result that a repair can have. An operator can also order one by SQL, for a version that was not active or not linked when
 * the change was resolved, or that the change did not fire. So a notice is planned only if an audit at this moment misses it.
 */
async function auditAgain(transaction: Db, audited: readonly AuditedChange[]): Promise<Done> {
  const caseTypeIds = [...new Set(audited.map(({ change }) => change.caseTypeId))];
  const history = await loadTypeHistory(transaction, caseTypeIds, []);
  const missing = new Set(
    audited
      .flatMap((one) => auditChange(one, history).gaps)
      .filter(({ kind }) => kind === "noticeMissing")
      .map((gap) => `${noticeKey(gap)} ${gap.notificationTypeVersion}`),
  );
  const present = new Set(
    audited.flatMap(({ change, notices }) =>
      notices.map((one) => noticeKey({ ...one, caseChangeId: change.id })),
    ),
  );
  return (repair) => {
    if (missing.has(`${noticeKey(repair)} ${repair.notificationTypeVersion}`)) return "queued";
    return present.has(noticeKey(repair)) ? "notNeeded" : "notPossible";
  };
}

/** The time within which it may be sent counts from the repair, as it does from the arrival of a late change. */
const subjectOf = ({ changedAt }: CaseChange, receivedAt: Date, borrowerLanguage: string) => ({
  changedAt,
  receivedAt,
  borrowerLanguage,
});

type TypeOf = (repair: OpenRepair) => NotificationTypeVersion | undefined;

/** Loads each version once. */
async function loadTypes(transaction: Db, repairs: readonly OpenRepair[]): Promise<TypeOf> {
  const keyOf = ({ notificationTypeId, notificationTypeVersion }: OpenRepair): string =>
    `${notificationTypeId} ${notificationTypeVersion}`;
  const types = new Map<string, NotificationTypeVersion | undefined>();
  for (const repair of repairs) {
    const { notificationTypeId: id, notificationTypeVersion: version } = repair;
    if (id === null || version === null || types.has(keyOf(repair))) continue;
    types.set(keyOf(repair), await loadVersion(transaction, id, version));
  }
  return (repair) => types.get(keyOf(repair));
}

const authorOf = ({ id, caseChangeId, orderedBy, reason }: OpenRepair) => ({
  caseChangeId,
  createdBy: { id: orderedBy, name: orderedBy.replace(/^operator:/u, "") },
  evidence: { code: "repair", repairId: id, operator: orderedBy, reason },
});

const loadPlanning = async ({ lender, withinMs }: Deps, transaction: Db): Promise<Planning> => ({
  zone: lender.timeZone,
  languages: lender.languages,
  calendars: createCalendars(await loadCalendars(transaction)),
  withinMs,
});
