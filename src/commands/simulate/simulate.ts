import { readFile } from "node:fs/promises";
import { planPolicy, policyNow } from "../../decide/guard/policy/in-force.ts";
import type { Policy } from "../../decide/guard/policy/policy.ts";
import type { PolicyRecord } from "../../domain/guard/policy-record.ts";
import type { NotificationTypeVersion } from "../../domain/resolve/notification-type.ts";
import { loadPolicyRecord } from "../../store/guard/policy.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import type { Db } from "../../store/postgres/db.ts";
import { loadVersion } from "../../store/resolve/active-types.ts";
import { notFound, unusable, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { momentsIn } from "../cli/moment.ts";
import { checkOrder, readEnd, readStart, type Terms } from "../cli/period.ts";
import { toStderr } from "../cli/print.ts";
import { simulationJson, simulationPage } from "./page.ts";
import { simulate as replayPeriod } from "./run.ts";

/** The progress is shown after so many messages. */
const SHOW_EVERY = 5_000;

/** Replays a past period under another policy or with another version of a type, and writes nothing. */
export const simulate = command({
  name: "simulate",
  summary: "replay a past period under another policy or type version, and compare; writes nothing",
  takes: "--from TIME --to TIME [--policy FILE] [--type ID@VERSION] [--json]",
  details: `Replays the messages that case changes of the period caused, and the calls and messages that the
core system logged, each on the facts known when it was due, under the policy in force now. FILE
has further changes of the policy: {"off": ["freq.burst"], "stricter": {"email.procedure":
"refuse"}, "on": [], "entries": [{"id": "US.calls.sevenInSeven", "value": {"max": 5}}]}. With
--type it plans the messages of that version, active or not, in place of those of its type.
Messages that are not due yet are left out, and what a template says is not rendered again. Exits with
3 if nothing is on record in the period. A TIME is a date, of which --to includes the whole, a moment or
an age such as 30d.`,
  options: {
    from: { type: "string", value: "TIME", message: "the beginning of the period" },
    to: { type: "string", value: "TIME", message: "the end of the period" },
    policy: { type: "string", value: "FILE", message: "changes of the policy, as JSON" },
    type: { type: "string", value: "ID@VERSION", message: "the version of a notification type" },
    json: { type: "boolean", message: "as JSON" },
  },
  async run({ options, print }) {
    const key = readVersion(options.type);
    const plan = await readPlan(options.policy);
    const shown = await withDatabase("simulate", (db, config) =>
      // one snapshot for all, and Postgres refuses to write in it
      db
        .transaction()
        .setIsolationLevel("repeatable read")
        .setAccessMode("read only")
        .execute(async (transaction) => {
          const now = await readClock(transaction);
          const terms = { db: transaction, zone: config.lender.timeZone, now };
          const period = await readPeriod(terms, options, key?.id ?? null);
          const result = await replayPeriod({
            db: transaction,
            config,
            period,
            policy: policyOf(await loadPolicyRecord(transaction), plan, now),
            type: key === null ? null : await findVersion(transaction, key),
            now,
            onProgress: progress(),
          });
          return { ...result, period, showMoment: momentsIn(config.lender.timeZone) };
        }),
    );
    print(options.json === true ? simulationJson(shown) : simulationPage(shown));
    if (shown.changes > 0 || shown.messages > 0) return EXIT.done;
    if (options.json !== true) print("\nNothing is on record in this period.");
    return EXIT.notFound;
  },
});

interface VersionKey {
  readonly id: number;
  readonly version: number;
}

function readVersion(text: string | undefined): VersionKey | null {
  if (text === undefined) return null;
  const [, id, version] = /^(\d{1,9})@(\d{1,9})$/.exec(text) ?? [];
  if (id === undefined || version === undefined)
    throw wrongArguments("--type must be an id and a version, such as 16@3");
  return { id: Number(id), version: Number(version) };
}

async function findVersion(db: Db, { id, version }: VersionKey): Promise<NotificationTypeVersion> {
  const type = await loadVersion(db, id, version);
  if (type === undefined) throw notFound(`there is no notification type ${id}@${version}`);
  if ((type.channel as string | null) === null)
    throw wrongArguments(`notification type ${id}@${version} has no channel and no template yet`);
  return type;
}

async function readPeriod(
  terms: Terms,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  notificationTypeId: number | null,
): Promise<{ from: Date; to: Date; notificationTypeId: number | null }> {
  const [start, end] = [await readStart(terms, "--from", from), await readEnd(terms, "--to", to)];
  if (start === undefined || end === undefined) throw wrongArguments("give --from and --to");
  checkOrder(["--from", "--to"], start, end);
  if (start >= terms.now)
    throw wrongArguments(
      "--from must be a time that has passed: a simulation replays what happened",
    );
  return { from: start, to: end, notificationTypeId };
}

/** Undefined without a file. */
async function readPlan(path: string | undefined): Promise<unknown> {
  if (path === undefined) return undefined;
  const text = await readFile(path, "utf8").catch(unusable(`--policy ${path} cannot be read`));
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw wrongArguments(`--policy ${path} is no JSON`);
  }
}

function policyOf(record: PolicyRecord, plan: unknown, now: Date): Policy {
  const inForce = policyNow(record, now);
  if (plan === undefined) return inForce.policy;
  const read = planPolicy(inForce, plan);
  if (read.kind === "policy") return read.policy;
  const faults = read.errors.map(({ field, message }) => `${field} ${message}`);
  throw wrongArguments(`--policy is not valid: ${faults.join("; ")}`);
}

function progress(): (done: number, total: number) => void {
  let shown = 0;
  return (done, total) => {
    if (done - shown < SHOW_EVERY) return;
    shown = done;
    toStderr(`${done} of ${total} messages judged`);
  };
}
