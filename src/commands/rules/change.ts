import { policyNow } from "../../decide/guard/policy/in-force.ts";
import { writtenEntry } from "../../decide/guard/policy/policy.ts";
import { RULE_IDS, type RuleId } from "../../domain/guard/rule-ids.ts";
import { STRICTER, type Stricter } from "../../domain/guard/policy.ts";
import type { PolicyChangeKind, PolicyRecord } from "../../domain/guard/policy-record.ts";
import {
  addPolicyChange,
  type NewPolicyChange,
  refusalOfChange,
} from "../../store/guard/policy-changes.ts";
import { loadPolicyRecord } from "../../store/guard/policy.ts";
import { readClock } from "../../store/postgres/database-clock.ts";
import type { Db } from "../../store/postgres/db.ts";
import { notFound, wrongArguments } from "../cli/arguments.ts";
import { withDatabase } from "../cli/database.ts";
import { momentsIn } from "../cli/moment.ts";
import { readOperator, readReason } from "../cli/operator.ts";
import { readFuture } from "../cli/period.ts";

/** The options of a change on the command line. */
export interface ChangeOptions {
  readonly reason?: string | undefined;
  readonly by?: string | undefined;
  readonly from?: string | undefined;
  readonly value?: string | undefined;
}

type Subject = Pick<NewPolicyChange, "ruleId" | "entryId" | "outcome" | "value">;

/** A change on record, as a document and in a sentence. */
export interface RecordedChange {
  readonly document: object;
  readonly words: string;
}

/**
 * Records a change of the policy as an operator, and returns what is on record. Nothing is recorded if the entry could not
 * be read. Throws ARGUMENTS_INVALID for a change that contradicts itself.
 */
export async function changePolicy(
  change: PolicyChangeKind,
  words: readonly string[],
  options: ChangeOptions,
): Promise<RecordedChange> {
  const operator = readOperator(options.by);
  const reason = readReason(options.reason);
  return await withDatabase(`operator:${operator}`, async (db, { lender }) => {
    const subject = subjectOf(change, words, options, await loadPolicyRecord(db));
    const terms = { db, zone: lender.timeZone, now: await readClock(db) };
    const { from } = options;
    const effectiveFrom = from === undefined ? null : await readFuture(terms, "--from", from);
    const days = { fromDay: null, untilDay: null };
    const version = await recordChange(db, { change, reason, effectiveFrom, ...days, ...subject });
    const when = effectiveFrom === null ? "" : ` from ${momentsIn(lender.timeZone)(effectiveFrom)}`;
    const { ruleId, entryId, outcome } = subject;
    return {
      document: { version, change, ruleId, entryId, outcome, effectiveFrom },
      words: `${entryId ?? ruleId} ${SAYS[change]}${when}: change ${version} of the policy.`,
    };
  });
}

const SAYS: Readonly<Record<PolicyChangeKind, string>> = {
  off: "is off",
  on: "is on, as built in",
  stricter: "is stricter",
  set: "is changed",
  reset: "is as built in",
};

function subjectOf(
  change: PolicyChangeKind,
  [id = "", outcome]: readonly string[],
  { value }: ChangeOptions,
  record: PolicyRecord,
): Subject {
  if (change === "set" || change === "reset") {
    const ruleId = ruleOfEntry(id, record);
    return {
      ruleId,
      entryId: id,
      outcome: null,
      value: change === "set" ? readValue(value) : null,
    };
  }
  return {
    ruleId: readRule(id),
    entryId: null,
    outcome: readOutcome(change, outcome),
    value: null,
  };
}

function readRule(id: string): RuleId {
  const rule = RULE_IDS.find((one) => one === id);
  if (rule !== undefined) return rule;
  throw notFound(`there is no rule ${id}; \`tidings rules\` lists them`);
}

function readOutcome(change: PolicyChangeKind, outcome: string | undefined): Stricter | null {
  if (change !== "stricter") return null;
  const known = STRICTER.find((one) => one === outcome);
  if (known !== undefined) return known;
  throw wrongArguments("say how: `rules stricter RULE_ID hold`, or `refuse`");
}

function ruleOfEntry(id: string, { changes }: PolicyRecord): RuleId {
  const ruleId = writtenEntry(id)?.ruleId ?? changes.find(({ entryId }) => entryId === id)?.ruleId;
  if (ruleId !== undefined) return ruleId;
  throw notFound(
    `there is no entry ${id}; \`tidings rules show RULE_ID\` lists the entries, and docs/policy.md shows how to add one`,
  );
}

function readValue(written: string | undefined): object {
  const wrong = wrongArguments("--value must be a JSON object, such as --value '{\"max\": 5}'");
  if (written === undefined) throw wrong;
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw wrong;
}

async function recordChange(db: Db, change: NewPolicyChange): Promise<number> {
  try {
    return await db.transaction().execute(async (transaction) => {
      const version = await addPolicyChange(transaction, change);
      await checkReadable(transaction, version, change);
      return version;
    });
  } catch (error) {
    const refusal = refusalOfChange(error);
    if (refusal === undefined) throw error;
    throw wrongArguments(refusal);
  }
}

/** An error ends the transaction, so that the change is not recorded. */
async function checkReadable(
  db: Db,
  version: number,
  { effectiveFrom }: NewPolicyChange,
): Promise<void> {
  const { unreadable } = policyNow(await loadPolicyRecord(db), effectiveFrom ?? new Date());
  const errors = unreadable.find((one) => one.version === version)?.errors ?? [];
  if (errors.length === 0) return;
  throw wrongArguments(errors.map(({ field, message }) => `${field} ${message}`).join("; "));
}
