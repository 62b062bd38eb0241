import { z } from "zod";
import { STATUS_DETAILS } from "../status-details.ts";
import { CHANNELS, COLLECTOR_ROLES, PRODUCT_TYPES } from "../vocabulary.ts";
import {
  count,
  date,
  type FieldError,
  flag,
  listOf,
  namedErrors,
  objectError,
  oneOf,
  text,
  timeOfDay,
} from "./fields.ts";
import { CERTAINTIES, RULE_IDS, type RuleId } from "./rule-ids.ts";

/**
 * The content classes of a message. `coll*` is collection to which Regulation F applies; `noticeByCollector` is a
 * notice sent by a debt collector.
 */
const CONTENT_CLASSES = [
  "coll",
  "locate",
  "employer",
  "notice",
  "noticeByCollector",
  "serv",
  "security",
  "mkt",
  "inb",
  "coll*",
] as const;
export type ContentClass = (typeof CONTENT_CLASSES)[number];

const channels = listOf(oneOf(CHANNELS)).min(1, { error: "must not be empty" });
const positive = count.min(1, { error: "must be at least 1" });
const days = z.strictObject({ days: positive }, objectError);

/** At most `max` contacts in `days` local calendar days, including the day itself, or in `hours` rolling hours. */
const cap = z
  .strictObject(
    {
      max: count,
      days: positive.optional(),
      hours: positive.optional(),
      channels,
      per: oneOf(["debt", "account", "person", "debtorOrSpouse", "contact", "subject"]),
      /** Counts contacts at this kind of place only; absent: anywhere. */
      place: oneOf(["work", "elsewhere"]).optional(),
      only: oneOf(["conversations", "prerecorded"]).optional(),
      notCounted: listOf(oneOf(STATUS_DETAILS)).default([]),
      /** Does not count a completed call that answered a request of the borrower. */
      leavesOutCallBack: flag.default(false),
    },
    objectError,
  )
  .refine(({ days: inDays, hours }) => (inDays === undefined) !== (hours === undefined), {
    error: "must have days or hours, and not both",
  });

const silence = z.strictObject(
  {
    days: positive,
    channels,
    per: oneOf(["debt", "account"]),
    unlessRequested: flag.default(false),
  },
  objectError,
);

const window = z
  .strictObject({ from: timeOfDay, to: timeOfDay, channels }, objectError)
  .refine(({ from, to }) => from < to, { error: "must begin before it ends" });

const common = {
  /** The name of the entry. A lender's entry with the same name replaces the built-in one. */
  id: text,
  /** US, the two letters of a state, or NYC. */
  jurisdiction: text,
  ruleId: oneOf(RULE_IDS),
  /** The first and last local day on which it is in force; null: no known limit. */
  from: date.nullable(),
  until: date.nullable(),
  binds: listOf(oneOf([...COLLECTOR_ROLES, "licensedAgency"])).default([...COLLECTOR_ROLES]),
  applies: listOf(oneOf(CONTENT_CLASSES)).default([]),
  when: z
    .strictObject(
      {
        daysPastDueOver: count.optional(),
        notProducts: listOf(oneOf(PRODUCT_TYPES)).optional(),
        /** Binds a creditor only once the loan is accelerated, statements ceased, or suit is taken or threatened. */
        creditorOnceCollecting: flag.optional(),
      },
      objectError,
    )
    .default({}),
  source: text,
  certainty: oneOf(CERTAINTIES),
  note: text.optional(),
};

const entryOf = <Name extends string, Value extends z.ZodType>(
  rule: Name,
  value: Value,
): z.ZodObject<typeof common & { rule: z.ZodLiteral<Name>; value: Value }, z.core.$strict> =>
  z.strictObject({ ...common, rule: z.literal(rule), value }, objectError);

const none = z.strictObject({}, objectError);
const aDay = z.strictObject({ day: date }, objectError);

const policyKinds = z.discriminatedUnion(
  "rule",
  [
    entryOf("window", window),
    entryOf("cap", cap),
    entryOf("silence", silence),
    entryOf("electronicNeedsNotice", z.strictObject({ channels }, objectError)),
    entryOf(
      "electronicNeedsConsent",
      z.strictObject({ channels, requestDays: positive.optional() }, objectError),
    ),
    entryOf("spouse", z.strictObject({ outcome: z.literal("hold") }, objectError)),
    entryOf("disputeAnyTime", none),
    entryOf("disclosure", none),
    entryOf("consentNotWorkAddress", none),
    entryOf("employerNeedsPermission", none),
    entryOf("regF", none),
    entryOf("writtenConsent", none),
    entryOf("revokeAllFrom", aDay),
    entryOf("withinMinutes", z.strictObject({ minutes: positive }, objectError)),
    entryOf("withinDays", days),
    entryOf("atLeastDays", days),
    entryOf("characters", z.strictObject({ max: positive }, objectError)),
    entryOf(
      "validationPeriod",
      z.strictObject({ receiptDays: positive, days: positive }, objectError),
    ),
    entryOf("years", z.strictObject({ years: positive }, objectError)),
    entryOf("notJudged", z.record(z.string(), z.unknown(), objectError)),
  ],
  { error: "is no rule of a policy entry" },
);

type Kind = z.output<typeof policyKinds>["rule"];

/** The kinds of entries that a rule looks at. The other rules look at none. */
const KINDS: Readonly<Partial<Record<RuleId, readonly Kind[]>>> = {
  "party.thirdparty": ["spouse"],
  "email.procedure": ["atLeastDays", "consentNotWorkAddress"],
  "text.procedure60": ["withinDays"],
  "place.work": ["employerNeedsPermission"],
  "dispute.open": ["disputeAnyTime"],
  "timebarred.threat": ["disclosure"],
  "furnish.first": ["atLeastDays"],
  "negreport.timing": ["withinDays"],
  "time.window": ["window"],
  "time.state": ["window"],
  "freq.7in7": ["cap"],
  "freq.conversation7": ["silence"],
  "freq.consentexcl": ["withinDays"],
  "freq.prerecorded30": ["cap"],
  "freq.state": ["cap", "silence", "electronicNeedsNotice", "electronicNeedsConsent"],
  "optout.revoked": ["revokeAllFrom"],
  "optout.confirm": ["withinMinutes"],
  "mkt.phone": ["window", "writtenConsent"],
  "content.validation": ["withinDays"],
  "content.validationdates": ["validationPeriod"],
  "sms.content": ["characters"],
  "record.retention": ["years"],
  "cg.stale": ["withinDays"],
  "state.scope": ["regF"],
};

/**
 * One provision of law: a parameter of a rule, federal or of a state or city. Data, with its source and its days in
 * force. An entry that no rule would look at is refused, because it would have no effect.
 */
const policyEntry = policyKinds
  .refine(({ from, until }) => from === null || until === null || from <= until, {
    error: "must not end before it begins",
  })
  .superRefine(({ ruleId, rule }, context) => {
    const kinds = KINDS[ruleId] ?? [];
    if (rule === "notJudged" || kinds.includes(rule)) return;
    const known = kinds.length === 0 ? "no entries" : `entries of ${kinds.join(", ")} only`;
    const message = `does not fit ${ruleId}, which looks at ${known}`;
    context.addIssue({ code: "custom", path: ["rule"], message });
  });

export type PolicyEntry = z.output<typeof policyEntry>;
export type PolicyRule = PolicyEntry["rule"];
/** The kinds of provisions that an entry can be. */
export const POLICY_RULES = policyKinds.options.map(({ shape }) => shape.rule.value);
export type EntryOf<Rule extends PolicyRule> = Extract<PolicyEntry, { rule: Rule }>;

/** Rules that count or compute for other rules. Without them the other rules would be wrong. */
const ALWAYS_ON: ReadonlySet<RuleId> = new Set<RuleId>([
  "freq.exclusions",
  "freq.debtallocation",
  "furnish.first",
  "content.validationdates",
  "delivery.undelivered",
  "record.retention",
]);

/** The decisions with which a rule can be made stricter. */
export const STRICTER = ["hold", "refuse"] as const;
export type Stricter = (typeof STRICTER)[number];

/** A lender's changes to the built-in policy. */
export const policyChanges = z.strictObject(
  {
    /** Rules that are switched off. */
    off: listOf(
      oneOf(RULE_IDS).refine((id) => !ALWAYS_ON.has(id), {
        error: "cannot be switched off: others are counted or computed by it",
      }),
    ).default([]),
    /** Rules that hold or refuse instead of a milder result. */
    stricter: z.partialRecord(oneOf(RULE_IDS), oneOf(STRICTER), objectError).default({}),
    /** Entries added to the built-in ones, or replacing those with the same id. */
    entries: listOf(policyEntry)
      .refine((list) => new Set(list.map(({ id }) => id)).size === list.length, {
        error: "must not hold the same id twice",
      })
      .default([]),
  },
  objectError,
);
export type PolicyChanges = z.output<typeof policyChanges>;

export type ReadPolicyChanges =
  | { readonly kind: "changes"; readonly changes: PolicyChanges }
  | { readonly kind: "invalid"; readonly errors: readonly FieldError[] };

/** Reads a lender's changes. The error of a contradictory entry names its position. */
export function readPolicyChanges(input: unknown): ReadPolicyChanges {
  const { success, data, error } = policyChanges.safeParse(input);
  if (!success) return { kind: "invalid", errors: namedErrors(error.issues, ["policy"]) };
  return { kind: "changes", changes: data };
}
