import { DAY_MS } from "../../domain/values/durations.ts";
import type { Facts, GuardLoan, WholeFacts } from "../../domain/guard/facts.ts";
import type { Day } from "../../domain/guard/moments.ts";
import type { PolicyRule, EntryOf } from "../../domain/guard/policy.ts";
import type { RuleId } from "../../domain/guard/rule-ids.ts";
import { createCalendars } from "../resolve/calendars.ts";
import { entriesOf, type Policy } from "./policy/policy.ts";
import { zonesOf } from "./scene/where.ts";

/** One sending of a required notice. */
export interface SentNotice {
  readonly sentOn: Day;
  /** The day on which it bounced or was returned; null if it did not come back. */
  readonly returnedOn: Day | null;
}

/** The days that follow from a validation notice. */
export interface ValidationDates {
  readonly assumedReceiptOn: Day;
  /** The last day on which the borrower can dispute. */
  readonly validationPeriodEndsOn: Day;
}

type Parameter<Rule extends PolicyRule> = readonly [ruleId: RuleId, rule: Rule];

/** Returns the parameter of a rule that is in force on a day; undefined if the policy has none. */
function findInForce<Rule extends PolicyRule>(
  policy: Policy,
  [ruleId, rule]: Parameter<Rule>,
  day: Day,
): EntryOf<Rule>["value"] | undefined {
  const entry = entriesOf(policy, ruleId, rule).find(
    ({ from, until }) => (from === null || from <= day) && (until === null || day <= until),
  );
  return entry?.value as EntryOf<Rule>["value"] | undefined;
}

/** Returns the parameter of a rule that is in force on a day. Throws RangeError if the policy has none. */
function inForce<Rule extends PolicyRule>(
  policy: Policy,
  parameter: Parameter<Rule>,
  day: Day,
): EntryOf<Rule>["value"] {
  const value = findInForce(policy, parameter, day);
  const [ruleId, rule] = parameter;
  if (value === undefined) throw new RangeError(`the policy has no ${rule} of ${ruleId} that day`);
  return value;
}

const regF = createCalendars({ calendars: [], closures: [] })("regF");

const VALIDATION_PERIOD = ["content.validationdates", "validationPeriod"] as const;

/** Rule content.validationdates: 12 CFR 1006.34(b)(5). A notice that is sent again has its own dates. */
export function validationDates(policy: Policy, sentOn: Day): ValidationDates {
  const { receiptDays, days } = inForce(policy, VALIDATION_PERIOD, sentOn);
  const assumedReceiptOn = afterBusinessDays(sentOn, receiptDays);
  return { assumedReceiptOn, validationPeriodEndsOn: assumedReceiptOn + days };
}

/**
 * Rule content.validationdates: adds the validation periods that follow from the notices on record. One that the core system has stated
 * stays. A notice counts as sent on the latest day in the zones of the borrower, so that no period ends too early. A lender
 * may have ended the entry of the policy; the loan then has no known period.
 */
export function withValidationPeriods(
  { facts, validationNotices: notices = [] }: WholeFacts,
  policy: Policy,
): Facts {
  if (notices.length === 0) return facts;
  const clocks = zonesOf(facts);
  const byLoan = Map.groupBy(notices, ({ loanId }) => loanId);
  const dated = Object.entries(facts.loans).map(([id, loan]) => {
    const sent = (byLoan.get(id) ?? []).map(({ sentAt }) => ({
      sentOn: Math.max(...clocks.map((clock) => clock.dayAt(sentAt))),
      returnedOn: null,
    }));
    const sentOn = standingNotice(sent)?.sentOn;
    if (sentOn === undefined || findInForce(policy, VALIDATION_PERIOD, sentOn) === undefined)
      return [id, loan];
    return [id, withPeriod(loan, validationDates(policy, sentOn))];
  });
  return { ...facts, loans: Object.fromEntries(dated) };
}

/** Members stand in the order of the schema, so that the hash of the facts is that of the same sheet from a file. */
function withPeriod(loan: GuardLoan, { validationPeriodEndsOn }: ValidationDates): GuardLoan {
  if (loan.validationPeriodEndsOn !== undefined) return loan;
  const { stateNoticeMailedAt, negativeInfoFurnishedAt, ...before } = loan;
  return {
    ...before,
    validationPeriodEndsOn,
    ...(stateNoticeMailedAt !== undefined && { stateNoticeMailedAt }),
    ...(negativeInfoFurnishedAt !== undefined && { negativeInfoFurnishedAt }),
  };
}

function afterBusinessDays(from: Day, count: number): Day {
  if (regF.kind === "unusable") throw new TypeError(regF.why);
  let [day, left] = [from, count];
  while (left > 0) {
    day += 1;
    if (regF.closedOn(day) === null) left -= 1;
  }
  return day;
}

/** Rule content.validation: the last day on which the validation information may be sent. */
export function validationDeadline(policy: Policy, initialCommunicationOn: Day): Day {
  const { days } = inForce(policy, ["content.validation", "withinDays"], initialCommunicationOn);
  return initialCommunicationOn + days;
}

/** Rule delivery.undelivered: the last sending that did not come back; null if the duty to send is open. */
export function standingNotice(notices: readonly SentNotice[]): SentNotice | null {
  const standing = notices.filter(({ returnedOn }) => returnedOn === null);
  return standing.toSorted((one, other) => other.sentOn - one.sentOn)[0] ?? null;
}

/** Rule furnish.first: the first day on which furnishing is safe; null while every notice came back. */
export function furnishingSafeFrom(policy: Policy, notices: readonly SentNotice[]): Day | null {
  const notice = standingNotice(notices);
  if (notice === null) return null;
  const { days } = inForce(policy, ["furnish.first", "atLeastDays"], notice.sentOn);
  return notice.sentOn + days;
}

/** Rule record.retention: the last day on which a record of collection is kept, counted from the start of its term. */
export function keepUntil(policy: Policy, from: Day): Day {
  const { years } = inForce(policy, ["record.retention", "years"], from);
  const date = new Date(from * DAY_MS);
  // 29 February becomes 1 March, so that nothing is deleted too early
  date.setUTCFullYear(date.getUTCFullYear() + years);
  return date.getTime() / DAY_MS;
}
