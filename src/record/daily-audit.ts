import { runAudit } from "./audit.ts";
import type { Deps } from "../deps.ts";
import type { Gap } from "../domain/audit/audit.ts";
import { beginDailyAudit, recordDailyAudit } from "../store/audit/daily-audits.ts";

/** The hour of the lender's day from which a daemon audits (0 to 23). */
const HOUR = 3;
/** More gaps than these are counted, and not reported one by one. */
const MOST_REPORTED = 100;

/**
 * Audits the changes of the last `days` days, once a day among all daemons, and reports each gap. An audit that a daemon left
 * unfinished begins again. With `days` 0 there is none.
 */
export async function auditDaily(deps: Deps, days: number): Promise<void> {
  if (days === 0) return;
  const { db, emit, lender } = deps;
  const audit = await beginDailyAudit(db, { zone: lender.timeZone, hour: HOUR, days });
  if (audit === undefined) return;
  let gaps = 0;
  const onGap = (gap: Gap): void => {
    gaps += 1;
    if (gaps <= MOST_REPORTED) emitGap(deps, gap);
  };
  const totals = await runAudit(
    db,
    { from: audit.from, until: audit.until, caseId: null },
    { onGap, onProgress: (sofar) => recordDailyAudit(db, audit.day, { ...sofar, gaps }, false) },
  );
  await recordDailyAudit(db, audit.day, { ...totals, gaps }, true);
  emit("audit.completed", { day: audit.day, ...totals, gaps });
}

const emitGap = (
  { emit }: Deps,
  { kind, caseChangeId, notificationTypeId, interactionId }: Gap,
): void => emit("audit.gapFound", { kind, caseChangeId, notificationTypeId, interactionId });
