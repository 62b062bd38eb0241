import {
  type Policy,
  policyWith,
  type UnreadableChange,
} from "../../../../src/decide/guard/policy/policy.ts";
import { readPolicyChanges } from "../../../../src/domain/guard/policy.ts";
import type { Expected, JsonObject } from "../question.ts";
import {
  call,
  current,
  given,
  history,
  message,
  mobile,
  noBurst,
  noRegF,
  rendered,
  servicing,
  toEmail,
  toText,
} from "./row.ts";

/** The expected verdict of one fact sheet under a lender's policy. */
export interface PolicyRow {
  readonly title: string;
  readonly policy: Policy;
  readonly given: JsonObject;
  readonly expected: Expected;
}

function policyOf(input: unknown): Policy {
  const read = readPolicyChanges(input);
  if (read.kind === "changes") return policyWith(read.changes);
  throw new Error(JSON.stringify(read.errors));
}

const NONE = { off: [], stricter: {}, entries: [] };
const ERRORS = [{ field: "value.max", message: "must be a whole number" }];

/** A policy with a change that cannot be read. */
const broken = (
  change: Omit<UnreadableChange, "version" | "errors">,
  input: object = {},
): Policy => ({
  ...policyOf(input),
  unreadable: policyWith(NONE, [{ version: 7, errors: ERRORS, ...change }]).unreadable,
});

const AGREED = { consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] } };
const NIGHT = { now: "2026-11-21T03:00:00Z" };
const noPermission = [toText, mobile({ receiveTextMessages: false })] as const;
const locate = message({ theme: "opsCollLocateBorrower", asksForMoney: false });
const allChannels = { channels: undefined };

const row = (
  title: string,
  policy: Policy,
  patches: readonly JsonObject[],
  expected: Expected,
): PolicyRow => ({
  title,
  policy,
  given: given(...patches),
  expected,
});

/** Rules that are off or stricter, and changes that cannot be read. */
export const POLICY_ROWS: readonly PolicyRow[] = [
  row(
    "a wait of a rule that is stricter",
    policyOf({ stricter: { "time.window": "hold" } }),
    [NIGHT],
    {
      outcome: "hold",
      ruleId: "time.window",
    },
  ),
  row(
    "a wait that becomes a refusal",
    policyOf({ stricter: { "time.window": "refuse" } }),
    [NIGHT],
    {
      outcome: "refuse",
      ruleId: "time.window",
    },
  ),
  row(
    "a refusal is not made milder",
    policyOf({ stricter: { "tcpa.consent": "hold" } }),
    [...noPermission],
    {
      outcome: "refuse",
      ruleId: "tcpa.consent",
    },
  ),
  row(
    "a rule that allows is not made stricter",
    policyOf({ stricter: { "time.window": "refuse" } }),
    [],
    {
      outcome: "allow",
    },
  ),
  row("a rule that is off", policyOf({ off: ["tcpa.consent"] }), [...noPermission], {
    outcome: "allow",
  }),
  row("hours that are off end no permission", policyOf({ off: ["time.window"] }), [toText, NIGHT], {
    outcome: "allow",
    until: null,
  }),
  row(
    "a change that cannot be read holds the messages of its rule",
    broken({ ruleId: "freq.7in7", ...allChannels }),
    [],
    {
      outcome: "hold",
      ruleId: "freq.7in7",
    },
  ),
  row("and no messages of other channels", broken({ ruleId: "sms.content", ...allChannels }), [], {
    outcome: "allow",
  }),
  row("but those of its own", broken({ ruleId: "sms.content", ...allChannels }), [toText], {
    outcome: "hold",
    ruleId: "sms.content",
  }),
  row(
    "and leaves a rule that is off",
    broken({ ruleId: "freq.7in7", ...allChannels }, { off: ["freq.7in7"] }),
    [],
    {
      outcome: "allow",
    },
  ),
  row("for its channels", broken({ ruleId: "freq.state", channels: ["voice"] }), [], {
    outcome: "hold",
    ruleId: "freq.state",
  }),
  row("and for no other", broken({ ruleId: "freq.state", channels: ["voice"] }), [toEmail], {
    outcome: "allow",
  }),
  row(
    "a refusal of the rule is stricter",
    broken({ ruleId: "time.state", ...allChannels }),
    [...noPermission],
    {
      outcome: "refuse",
      ruleId: "tcpa.consent",
    },
  ),
  row(
    "a refusal of the rule itself stands",
    broken(
      { ruleId: "email.procedure", ...allChannels },
      { stricter: { "email.procedure": "refuse" } },
    ),
    [toEmail],
    { outcome: "refuse", ruleId: "email.procedure" },
  ),
  row(
    "the days of consent hold the calls",
    broken({ ruleId: "freq.consentexcl", ...allChannels }),
    [],
    {
      outcome: "hold",
      ruleId: "freq.7in7",
    },
  ),
  row(
    "what applies holds collection",
    broken({ ruleId: "state.scope", ...allChannels }),
    [noRegF, locate, rendered({ mentionsDebt: false })],
    {
      outcome: "hold",
      ruleId: "time.window",
    },
  ),
  row("and no servicing", broken({ ruleId: "state.scope", ...allChannels }), [servicing, current], {
    outcome: "allow",
  }),
  row(
    "a rule that no message needs holds none",
    broken({ ruleId: "record.retention", ...allChannels }),
    [],
    {
      outcome: "allow",
    },
  ),
  row(
    "calls under consent count without the rule that leaves them out",
    policyOf({ off: ["freq.consentexcl"] }),
    [
      noBurst,
      history(...["14", "15", "16", "17", "18", "19", "19"].map((day) => call(day))),
      AGREED,
    ],
    { outcome: "wait", ruleId: "freq.7in7" },
  ),
  row("a refusal is stricter than an earlier wait", policyOf({}), [NIGHT, ...noPermission], {
    outcome: "refuse",
    ruleId: "tcpa.consent",
  }),
];
