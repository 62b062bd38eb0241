import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Config, readConfig } from "../../config.ts";
import { policyAt, policyNow, type PolicyInForce } from "../../decide/guard/policy/in-force.ts";
import { NO_POLICY_RECORD, type PolicyRecord } from "../../domain/guard/policy-record.ts";
import { loadPolicyRecord } from "../../store/guard/policy.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import { wrongArguments } from "../cli/arguments.ts";
import { withDatabase } from "../cli/database.ts";
import { momentsIn, type ShowMoment } from "../cli/moment.ts";
import { readStart } from "../cli/period.ts";

/** The policy of a moment, with every change that a lender made so far. */
export interface ShownPolicy extends PolicyInForce {
  readonly record: PolicyRecord;
  readonly showMoment: ShowMoment;
}

/** The policy that is built in. */
const builtInAsShown = (): ShownPolicy => ({
  ...policyNow(NO_POLICY_RECORD, new Date(0)),
  record: NO_POLICY_RECORD,
  showMoment: momentsIn("UTC"),
});

/**
 * Reads the policy in force now, or at a time. Without a database of either kind it is the policy that is built in. Throws
 * ARGUMENTS_INVALID for a time in another form, and for a time without a database.
 */
export async function readPolicy(at: string | undefined): Promise<ShownPolicy> {
  const config = readConfig(process.env);
  if (!hasDatabase(config)) {
    if (at === undefined) return builtInAsShown();
    throw wrongArguments("--at needs a database: set DATABASE_URL");
  }
  return await withDatabase("rules", async (db, { lender }) => {
    const record = await loadPolicyRecord(db);
    const now = await readClock(db);
    const moment = await readStart({ db, zone: lender.timeZone, now }, "--at", at);
    const policy = moment === undefined ? policyNow(record, now) : policyAt(record, moment);
    return { ...policy, record, showMoment: momentsIn(lender.timeZone) };
  });
}

const hasDatabase = ({ databaseUrl, dataDir }: Config): boolean =>
  databaseUrl !== undefined || existsSync(join(dataDir, "postgres", "PG_VERSION"));
