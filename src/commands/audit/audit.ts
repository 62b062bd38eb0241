import { runAudit, type AuditTotals } from "../../record/audit.ts";
import type { Gap } from "../../domain/audit/audit.ts";
import { JSON_OPTION } from "../cli/json.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { momentsIn } from "../cli/moment.ts";
import { listRetentionIfAllowed } from "../../store/operate/retention.ts";
import { toStderr } from "../cli/print.ts";
import { beginningOf, readScope, SCOPE_OPTIONS } from "./scope.ts";
import { auditPage, createProgress } from "./page.ts";

/** More gaps than these are counted, and not listed. */
const MOST_LISTED = 1_000;

/** Lists the notices that should exist and do not, and those that exist and should not. */
export const audit = command({
  name: "audit",
  summary: "compare the notices on record with those that the case changes should have caused",
  takes: "[--from TIME] [--until TIME] [--case ID] [--json]",
  details: `Recomputes for each case change that arrived in the period which notices it should have caused, from
the notification types that were active at that time. Lists each missing and each extra notice, changes
that were not taken in or not resolved, and interactions that no job will send. Counts the content that is
older than its class and kept, or younger and erased; not with --case, because this reads the whole record.
Writes nothing. Exits with 1 if a notice differs.
Without --from the period is the last seven days, or the whole life of the case that --case names.
A TIME is a date (the whole day in the lender's time zone), a moment such as
2031-03-03T10:00:00-05:00, or an age such as 90min, 12h or 7d.`,
  options: {
    ...SCOPE_OPTIONS,
    ...JSON_OPTION,
  },
  async run({ options, print }) {
    return await withDatabase("audit", async (db, { lender }) => {
      const scope = await readScope(db, options, lender.timeZone);
      const { listed, gaps, totals } = await collect((listener) => runAudit(db, scope, listener));
      // it reads the whole record
      const retention = scope.caseId === null ? await listRetentionIfAllowed(db) : null;
      const { from, until } = scope;
      const report = { from: beginningOf(from), until, ...totals, gaps, listed, retention };
      const show = momentsIn(lender.timeZone);
      print(options.json === true ? JSON.stringify(report, null, 2) : auditPage(report, show));
      return gaps === 0 ? EXIT.done : EXIT.checkFailed;
    });
  },
});

type Run = (listener: Parameters<typeof runAudit>[2]) => Promise<AuditTotals>;

interface Collected {
  readonly totals: AuditTotals;
  readonly gaps: number;
  readonly listed: readonly Gap[];
}

async function collect(run: Run): Promise<Collected> {
  const listed: Gap[] = [];
  let gaps = 0;
  const showProgress = createProgress(toStderr, process.stderr.isTTY);
  const totals = await run({
    onGap: (one) => {
      gaps += 1;
      if (listed.length < MOST_LISTED) listed.push(one);
    },
    onProgress: showProgress,
  });
  return { totals, gaps, listed };
}
