import {
  countInProgress,
  countLater,
  countNextAttempts,
  countOverdue,
  type InProgressCount,
  type LaterCount,
  type NextAttemptCount,
  type OverdueCount,
} from "../../store/operate/backlog.ts";
import {
  countJobsByTask,
  countReplies,
  countUnknown,
  listOpenPauses,
  type JobCount,
  type ListedPause,
  type ReplyCount,
  type UnknownCount,
} from "../../store/operate/status-counts.ts";
import { countUndelivered, type UndeliveredCount } from "../../store/operate/undelivered.ts";
import { type CarriedChannel, listCarriedChannels } from "../../store/deliver/channels.ts";
import { HELD_WARNING_MS } from "../../domain/worker.ts";
import { countHeld, type HeldCount } from "../../store/guard/holds.ts";
import { type LastAudit, readLastAudit } from "../../store/audit/daily-audits.ts";
import type { Db } from "../../store/postgres/db.ts";
import { countNotApplied } from "../../store/receipts/receipt-queue.ts";
import { countUnresolved, type Unresolved } from "../../store/resolve/resolve-queue.ts";
import { type ListedWorker, listWorkers } from "../../store/queue/workers.ts";

/** The unfinished work, as the database has it. */
export interface Overview {
  readonly workers: readonly ListedWorker[];
  readonly carried: readonly CarriedChannel[];
  readonly pauses: readonly ListedPause[];
  readonly unresolved: Unresolved;
  readonly overdue: readonly OverdueCount[];
  readonly nextAttempts: readonly NextAttemptCount[];
  readonly inProgress: readonly InProgressCount[];
  readonly later: LaterCount;
  readonly unknown: readonly UnknownCount[];
  readonly held: HeldCount;
  readonly replies: ReplyCount;
  readonly undelivered: UndeliveredCount;
  /** Receipts that could not be applied because of an error. */
  readonly receiptsNotApplied: number;
  readonly jobs: readonly JobCount[];
  readonly lastAudit: LastAudit | null;
}

/** Interactions that are planned for later are counted up to this number. */
const MOST_LATER = 10_000;

/** Loads the overview. No statement reads the history, so the time does not grow with it. */
export const loadOverview = async (db: Db): Promise<Overview> => ({
  workers: await listWorkers(db),
  carried: await listCarriedChannels(db),
  pauses: await listOpenPauses(db),
  unresolved: await countUnresolved(db),
  overdue: await countOverdue(db),
  nextAttempts: await countNextAttempts(db),
  inProgress: await countInProgress(db),
  later: await countLater(db, MOST_LATER),
  unknown: await countUnknown(db),
  held: await countHeld(db, HELD_WARNING_MS),
  replies: await countReplies(db),
  undelivered: await countUndelivered(db),
  receiptsNotApplied: await countNotApplied(db),
  jobs: await countJobsByTask(db),
  lastAudit: await readLastAudit(db),
});
