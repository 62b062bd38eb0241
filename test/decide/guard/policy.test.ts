import { globSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import mailDomains from "../../../src/decide/guard/data/mail-domains.json" with { type: "json" };
import overlay from "../../../src/decide/guard/data/overlay.json" with { type: "json" };
import zones from "../../../src/decide/guard/data/zones.json" with { type: "json" };
import { RULES } from "../../../src/decide/guard/catalogue.ts";
import { builtInPolicy, type Policy, policyWith } from "../../../src/decide/guard/policy/policy.ts";
import { isTimeZone } from "../../../src/domain/guard/fields.ts";
import { readPolicyChanges } from "../../../src/domain/guard/policy.ts";
import { fixedMembers, judgeRow } from "./question.ts";
import { POLICY_ROWS } from "./rows/policies.ts";
import {
  call,
  given,
  history,
  livesIn,
  message,
  mobile,
  noBurst,
  toEmail,
  toText,
} from "./rows/row.ts";

function policyOf(input: unknown): Policy {
  const read = readPolicyChanges(input);
  if (read.kind === "changes") return policyWith(read.changes);
  throw new Error(JSON.stringify(read.errors));
}

const window = {
  id: "US.window.collection",
  jurisdiction: "US",
  ruleId: "time.window",
  rule: "window",
  value: { from: "09:00", to: "20:00", channels: ["voice", "text", "email"] },
  from: null,
  until: null,
  applies: ["coll*"],
  source: "counsel",
  certainty: "policy",
};

test.each(POLICY_ROWS)("$title", ({ policy, given: facts, expected }) => {
  expect(fixedMembers(judgeRow(facts, policy), expected)).toEqual(expected);
});

test("a message that is held names the change and its columns", () => {
  const held = POLICY_ROWS.find(({ policy }) => policy.unreadable.length > 0);
  expect(judgeRow(held?.given ?? {}, held?.policy).verdict.long).toBe(
    "Change 7 of the policy cannot be read (value.max must be a whole number): correct it by another change, then release the message.",
  );
});

describe("a lender's changes", () => {
  test("a rule that is off says nothing", () => {
    const row = given(toText, mobile({ receiveTextMessages: false }));
    expect(judgeRow(row).verdict.ruleId).toBe("tcpa.consent");
    expect(judgeRow(row, policyOf({ off: ["tcpa.consent"] })).verdict.outcome).toBe("allow");
  });

  test("hours that are off end no permission and move no wait", () => {
    const off = policyOf({ off: ["time.window"] });
    const late = { now: "2026-11-21T03:00:00Z", ...given(toText) };
    expect(judgeRow(late).verdict).toMatchObject({ outcome: "wait", ruleId: "time.window" });
    const { outcome, until } = judgeRow(late, off).verdict;
    expect({ outcome, until }).toEqual({ outcome: "allow", until: undefined });
    const calls = ["14", "15", "16", "17", "18", "19", "19"].map((day) => call(day));
    const tooMany = given(noBurst, history(...calls));
    const [opening, midnight] = [judgeRow(tooMany), judgeRow(tooMany, off)].map(
      ({ verdict }) => verdict.until ?? 0,
    );
    expect((opening ?? 0) - (midnight ?? 0)).toBe(8 * 3_600_000);
  });

  test("an inconvenient time ends a permission unless its rule is off", () => {
    const row = given(toText, {
      preferences: {
        inconvenientTimes: [
          { days: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], from: "18:00" },
        ],
      },
    });
    const ends = [[], ["time.window"], ["time.window", "time.consumer"]].map(
      (off) => judgeRow(row, policyOf({ off })).verdict.until,
    );
    expect(ends[0]).toBeDefined();
    expect(ends[1]).toBe(ends[0]);
    expect(ends[2]).toBeUndefined();
  });

  test("an exception that is off lifts nothing", () => {
    const row = {
      now: "2026-11-21T03:00:00Z",
      ...given(toEmail, message({ replyToInboundId: "IN-1" }), {
        inbound: [{ id: "IN-1", channel: "email", receivedAt: "2026-11-21T02:50:00Z" }],
      }),
    };
    expect(judgeRow(row).verdict.outcome).toBe("allow");
    expect(judgeRow(row, policyOf({ off: ["time.respondonce"] })).verdict.outcome).toBe("wait");
  });

  test("without state.scope, creditors of California are not bound", () => {
    const row = {
      now: "2026-11-21T05:00:00Z",
      ...given(toEmail, livesIn("CA"), mobile({ value: "+12135550123" }), {
        lender: { switches: { regF: false } },
      }),
    };
    expect(judgeRow(row).verdict.ruleId).toBe("time.window");
    expect(judgeRow(row, policyOf({ off: ["state.scope"] })).verdict.outcome).toBe("allow");
  });

  test("freq.consentexcl off counts calls under consent", () => {
    const calls = ["14", "15", "16", "17", "18", "19", "19"].map((day) => call(day));
    const row = given(noBurst, history(...calls), {
      consents: { calls: [{ givenAt: "2026-11-20T15:00:00Z" }] },
    });
    expect(judgeRow(row).verdict.outcome).toBe("allow");
    expect(judgeRow(row, policyOf({ off: ["freq.consentexcl"] })).verdict.ruleId).toBe("freq.7in7");
  });

  test("without cg.stale a long wait stays a wait", () => {
    const row = given(toEmail, {
      preferences: {
        doNotInteract: [{ channels: ["all"], themes: ["all"], endDate: "2026-12-10" }],
      },
    });
    expect(judgeRow(row).verdict).toMatchObject({ outcome: "refuse", ruleId: "cg.stale" });
    expect(judgeRow(row, policyOf({ off: ["cg.stale"] })).verdict).toMatchObject({
      outcome: "wait",
      ruleId: "pref.product",
    });
  });

  test("a stricter rule refuses instead of holding, and still allows", () => {
    const row = given(toText, { rendered: { segments: 4 } });
    const policy = policyOf({ stricter: { "sms.content": "refuse", "time.window": "hold" } });
    expect(judgeRow(row).verdict).toMatchObject({ outcome: "hold", ruleId: "sms.content" });
    expect(judgeRow(row, policy).verdict).toMatchObject({
      outcome: "refuse",
      ruleId: "sms.content",
    });
    expect(judgeRow(given(toText), policy).verdict.outcome).toBe("allow");
    const night = { now: "2026-11-21T03:00:00Z", ...given() };
    expect(judgeRow(night, policy).verdict).toMatchObject({
      outcome: "hold",
      ruleId: "time.window",
    });
  });

  test("stricter never makes a rule do less", () => {
    const policy = policyOf({ stricter: { "tcpa.consent": "hold" } });
    const row = given(toText, mobile({ receiveTextMessages: false }));
    expect(judgeRow(row, policy).verdict).toMatchObject({
      outcome: "refuse",
      ruleId: "tcpa.consent",
    });
  });

  test("an entry of the same id replaces the built-in one", () => {
    const row = { now: "2026-11-20T13:30:00Z", ...given(toEmail) };
    const policy = policyOf({ entries: [window] });
    expect(judgeRow(row).verdict.outcome).toBe("allow");
    expect(judgeRow(row, policy).verdict).toMatchObject({
      outcome: "wait",
      until: Date.UTC(2026, 10, 20, 14),
    });
  });

  test("an entry of another id narrows: the narrowest hours win", () => {
    const row = { now: "2026-11-20T13:30:00Z", ...given(toEmail) };
    const policy = policyOf({
      entries: [{ ...window, id: "OH.window", jurisdiction: "OH", ruleId: "time.state" }],
    });
    expect(judgeRow(row, policy).verdict).toMatchObject({ outcome: "wait", ruleId: "time.state" });
    const wider = policyOf({
      entries: [{ ...window, id: "wider", value: { ...window.value, from: "06:00", to: "23:00" } }],
    });
    expect(judgeRow({ ...row, now: "2026-11-20T12:00:00Z" }, wider).verdict.outcome).toBe("wait");
  });

  test.each([
    ["2026-11-20", null, "wait"],
    ["2026-11-21", null, "allow"],
    [null, "2026-11-20", "wait"],
    [null, "2026-11-19", "allow"],
  ])("an entry in force from %s until %s: %s", (from, until, outcome) => {
    const row = { now: "2026-11-20T13:30:00Z", ...given(toEmail) };
    const policy = policyOf({ entries: [{ ...window, id: "dated", from, until }] });
    expect(judgeRow(row, policy).verdict.outcome).toBe(outcome);
  });
});

describe("changes that contradict themselves are named", () => {
  test.each<[string, unknown, string, string]>([
    [
      "hours",
      { entries: [{ ...window, value: { ...window.value, from: "21:00" } }] },
      "policy.entries.0.value",
      "must begin before it ends",
    ],
    [
      "days in force",
      { entries: [{ ...window, from: "2026-02-01", until: "2026-01-01" }] },
      "policy.entries.0",
      "must not end before it begins",
    ],
    [
      "a source is missing",
      { entries: [{ ...window, source: "" }] },
      "policy.entries.0.source",
      "must not be empty",
    ],
    ["a rule that is none", { off: ["time.travel"] }, "policy.off.0", ""],
    [
      "a rule that counts for others",
      { off: ["freq.exclusions"] },
      "policy.off.0",
      "cannot be switched off: others are counted or computed by it",
    ],
    [
      "a cap in days and hours",
      {
        entries: [
          {
            ...window,
            ruleId: "freq.7in7",
            rule: "cap",
            value: { max: 1, days: 1, hours: 1, channels: ["voice"], per: "debt" },
          },
        ],
      },
      "policy.entries.0.value",
      "must have days or hours, and not both",
    ],
    [
      "an entry that its rule does not look at",
      { entries: [{ ...window, ruleId: "freq.state" }] },
      "policy.entries.0.rule",
      "does not fit freq.state, which looks at entries of cap, silence, electronicNeedsNotice, electronicNeedsConsent only",
    ],
    [
      "a cap in neither",
      {
        entries: [
          {
            ...window,
            ruleId: "freq.7in7",
            rule: "cap",
            value: { max: 1, channels: ["voice"], per: "debt" },
          },
        ],
      },
      "policy.entries.0.value",
      "must have days or hours, and not both",
    ],
    [
      "a kind that is none",
      { entries: [{ ...window, rule: "wish" }] },
      "policy.entries.0.rule",
      "is no rule of a policy entry",
    ],
    [
      "one entry twice",
      { entries: [window, window] },
      "policy.entries",
      "must not hold the same id twice",
    ],
  ])("%s", (_, input, field, says) => {
    const read = readPolicyChanges(input);
    expect(read.kind === "invalid" && read.errors).toEqual([
      {
        field,
        message:
          says === ""
            ? (expect.stringContaining("must be one of contact.invalid") as string)
            : says,
      },
    ]);
  });
});

describe("the built-in data", () => {
  const { entries } = builtInPolicy();

  test("every entry has a source, a certainty and a unique id", () => {
    expect(new Set(entries.map(({ id }) => id)).size).toBe(overlay.entries.length);
    for (const { source, certainty } of entries) expect([source, certainty]).not.toContain("");
  });

  test("every entry is used: the code reads its kind, or it is marked as not judged", () => {
    const code = globSync("src/decide/guard/**/*.ts")
      .map((file) => readFileSync(file, "utf8"))
      .join("\n")
      .replaceAll(/\s+/g, " ");
    const asked = (ruleId: string, rule: string): boolean =>
      code.includes(`"${ruleId}", "${rule}"`) ||
      (rule === "window" && new RegExp(`(?:hoursOf|waitForHours)\\(scene, "${ruleId}"`).test(code));
    const dead = entries.filter(({ ruleId, rule }) => rule !== "notJudged" && !asked(ruleId, rule));
    expect(dead.map(({ id }) => id)).toEqual([]);
  });

  test("entries that are not judged say why", () => {
    for (const { rule, note = "" } of entries)
      expect(rule === "notJudged" && note === "").toBe(false);
  });

  test("every zone is known to this runtime", () => {
    const named = [
      ...Object.values(zones.areaCodes).flat(),
      ...Object.values(zones.states).flat(),
      ...zones.unknown,
    ];
    expect(named.filter((zone) => !isTimeZone(zone))).toEqual([]);
  });

  test.each([zones, mailDomains, overlay.places.NYC, overlay.places.telemarketingAreaCodes])(
    "data has a source and its days in force",
    (data) => {
      expect(data.source).toBeTruthy();
      expect(data).toMatchObject({ from: null, until: null });
    },
  );

  test("the fifty states, the District of Columbia and five territories have zones", () => {
    expect(Object.keys(zones.states)).toHaveLength(56);
  });

  test("the notice of libphonenumber is next to the license", () => {
    expect(readFileSync("NOTICE", "utf8")).toContain("The Libphonenumber Authors");
    expect(readFileSync("LICENSES/Apache-2.0.txt", "utf8")).toContain("Apache License");
  });
});

test("a switched-off rule is not evaluated, every other one is", () => {
  const policy = policyOf({
    off: RULES.filter(({ decide }) => decide !== undefined).map(({ id }) => id),
  });
  const judgement = judgeRow(
    given(toText, mobile({ receiveTextMessages: false, valid: false })),
    policy,
  );
  expect(judgement.verdict).toMatchObject({ outcome: "allow", log: [] });
  expect(judgement.rules.every(({ outcome }) => outcome === "allow")).toBe(true);
});
