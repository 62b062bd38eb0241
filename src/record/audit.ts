import { setTimeout as sleep } from "node:timers/promises";
import { auditChange } from "../decide/audit/audit-change.ts";
import type { AuditedChange, Gap } from "../domain/audit/audit.ts";
import type { CaseChangeId } from "../domain/ids.ts";
import {
  type AuditScope,
  findAuditRange,
  loadAuditedChanges,
} from "../store/audit/audited-changes.ts";
import { findJoblessInteractions, type JoblessInteraction } from "../store/audit/missing-jobs.ts";
import { loadTypeHistory } from "../store/operate/case-history.ts";
import type { Db } from "../store/postgres/db.ts";

/** The totals of an audit. */
export interface AuditTotals {
  readonly changes: number;
  /** The changes that still wait in a queue, and are not audited. */
  readonly waiting: number;
  /** The notices that the changes should have caused. */
  readonly expected: number;
  /** The changes whose notices were compared with the verdicts on record, because their fields are erased. */
  readonly takenFromRecord: number;
}

/** Receives what an audit reports while it runs. */
export interface AuditListener {
  readonly onGap: (gap: Gap) => void;
  /** After each batch: the totals so far, and the number of all changes. */
  readonly onProgress: (sofar: AuditTotals, all: number) => void | Promise<void>;
}

/** Small, so that a daemon does other work between two batches. */
const BATCH = 500;
/** A job that has just ended is followed by another one within this time (ms), if its work is not done. */
const JOB_GAP_MS = 2_000;

/**
 * Compares the case changes that arrived in a scope with the record, and reports each difference. It reads in batches and
 * writes nothing.
 */
export async function runAudit(
  db: Db,
  scope: AuditScope,
  { onGap, onProgress }: AuditListener,
): Promise<AuditTotals> {
  const { firstId, changes: all } = await findAuditRange(db, scope);
  let totals: AuditTotals = { changes: 0, waiting: 0, expected: 0, takenFromRecord: 0 };
  let next = firstId;
  while (next !== null) {
    const batch = await loadAuditedChanges(db, scope, next, BATCH);
    totals = added(totals, await auditBatch(db, batch, onGap));
    await onProgress(totals, Math.max(all, totals.changes));
    next = batch.length < BATCH ? null : idAfter(batch.at(-1)?.change.id);
  }
  for (const one of await joblessGaps(db, scope)) onGap(one);
  return totals;
}

async function auditBatch(
  db: Db,
  batch: readonly AuditedChange[],
  onGap: AuditListener["onGap"],
): Promise<AuditTotals> {
  const caseTypeIds = [...new Set(batch.map(({ change }) => change.caseTypeId))];
  const history = await loadTypeHistory(db, caseTypeIds, []);
  const results = batch.map((audited) => auditChange(audited, history));
  for (const one of results.flatMap(({ gaps }) => gaps)) onGap(one);
  return {
    changes: batch.length,
    waiting: results.filter(({ isWaiting }) => isWaiting).length,
    expected: results.reduce((sum, { expected }) => sum + expected, 0),
    takenFromRecord: results.filter(({ isTakenFromRecord }) => isTakenFromRecord).length,
  };
}

const added = (one: AuditTotals, other: AuditTotals): AuditTotals => ({
  changes: one.changes + other.changes,
  waiting: one.waiting + other.waiting,
  expected: one.expected + other.expected,
  takenFromRecord: one.takenFromRecord + other.takenFromRecord,
});

const idAfter = (id: CaseChangeId | undefined): CaseChangeId | null =>
  id === undefined ? null : (String(BigInt(id) + 1n) as CaseChangeId);

/** An interaction counts only if it is without a job twice: a job may end and be followed by another in between. */
async function joblessGaps(db: Db, scope: AuditScope): Promise<Gap[]> {
  const first = await findJoblessInteractions(db, scope);
  if (first.length === 0) return [];
  await sleep(JOB_GAP_MS);
  const before = new Set(first.map(({ interactionId }) => interactionId));
  const again = await findJoblessInteractions(db, scope);
  return again.filter(({ interactionId }) => before.has(interactionId)).map(jobMissing);
}

const jobMissing = ({ scheduledAtFrom, ...one }: JoblessInteraction): Gap => ({
  kind: "jobMissing",
  ...one,
  notificationTypeVersion: null,
  long: `It is scheduled for ${scheduledAtFrom.toISOString()}, and no job will send it.`,
});
