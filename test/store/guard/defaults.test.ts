import { readFileSync } from "node:fs";
import { sql } from "kysely";
import { beforeAll, describe, expect, test } from "vitest";
import { judgeFacts } from "../../../src/decide/guard/judge.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { factSheetSchema } from "../../../src/domain/guard/facts.ts";
import { RULES_OF_FACTS, rulesWithout } from "../../../src/domain/guard/fact-gaps.ts";
import { parseBorrowerId } from "../../../src/domain/ids.ts";
import { THEMES } from "../../../src/domain/vocabulary.ts";
import { reportFactGaps } from "../../../src/guard/fact-gaps.ts";
import { findFactGaps } from "../../../src/store/guard/fact-gaps.ts";
import { loadGuardFacts } from "../../../src/store/guard/guard-facts.ts";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";

const { pool, db } = useDatabase();
beforeAll(() => insertLender(pool));

const PAGE = readFileSync("docs/guard-facts.md", "utf8");

interface Member {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Member>>;
  readonly additionalProperties?: Member;
  readonly items?: Member;
}

/** The optional members of a section of the fact sheet, with their defaults as JSON; a dash without one. */
function defaultsOf(section: string): readonly (readonly [string, string])[] {
  const { properties = {} } = factSheetSchema() as Member;
  const whole = properties[section] ?? {};
  const { properties: members = {}, required = [] } = (
    whole.properties === undefined ? whole.additionalProperties : whole
  ) as Member & { readonly required?: readonly string[] };
  return Object.entries(members)
    .filter(([name, { properties: inner }]) => !required.includes(name) && inner === undefined)
    .map(([name, { default: value }]) => [
      `${section}.${name}`,
      value === undefined || JSON.stringify(value) === "{}" ? "-" : JSON.stringify(value),
    ]);
}

describe("the table of defaults in docs/guard-facts.md", () => {
  const rows = [...PAGE.matchAll(/^\| `([a-z]+\.\w+)` \| (.+?) \| (.+?) \| (.+?) \|$/gmu)];

  test.each(["message", "borrower", "contacts", "loans", "preferences"])(
    "has every member of %s that may be unknown, with its default and the reason",
    (section) => {
      const written = rows
        .filter(([, name = ""]) => name.startsWith(`${section}.`))
        .map(([, name, , value = ""]) => [name, value.replaceAll("`", "")]);
      expect(written).toEqual(defaultsOf(section));
    },
  );

  test("lists the facts that a check reports, with their rules", () => {
    for (const [fact, rules] of Object.entries(RULES_OF_FACTS))
      expect(PAGE).toContain(`| ${fact} | ${rules.join(", ")} |`);
  });
});

test.each([
  "insert into tidings.loans (id, borrower_id, validation_period_ends_on) values ('LN-V', 'BO-1', '2026-12-30')",
  "insert into tidings.notification_types (id, name, on_status, channel, theme) values (9, 'Notice', 'initiated', 'email', 'opsLoanValidationOfDebtNotice')",
  "insert into tidings.templates (id, channel, text_template, declares) values (9, 'text', 'x', '{validationB1}')",
])("the end of the validation period is not missing after %s", async (statement) => {
  expect(await findFactGaps(db)).toContain("loans.validation_period_ends_on");
  const transaction = await db.startTransaction().execute();
  await sql.raw(statement).execute(transaction);
  const gaps = await findFactGaps(transaction);
  await transaction.rollback().execute();
  expect(gaps).not.toContain("loans.validation_period_ends_on");
});

describe("an installation without facts of the guard", () => {
  const SERVICING = [null, ...THEMES.filter((theme) => theme.startsWith("opsServicing"))];

  test.each(SERVICING.flatMap((theme) => [[theme, "email"] as const, [theme, "text"] as const]))(
    "sends notices of the theme %s by %s as before",
    async (theme, channel) => {
      const at = new Date("2035-03-07T17:00:00Z");
      const contactId = channel === "email" ? "CT-EMAIL" : "CT-PHONE";
      const message = { channel, theme, contactId, loanIds: ["LN-1"] };
      const borrowerId = parseBorrowerId("BO-1");
      const questions = [{ key: "1", borrowerId, interactionId: null, message }];
      const facts = await loadGuardFacts(db, questions, { at, known: "now", country: "US" });
      const read = facts.get("1");
      if (read?.kind !== "facts") throw new Error(JSON.stringify(read));
      const { verdict } = judgeFacts(read.facts, builtInPolicy(), at.getTime());
      expect(verdict).toMatchObject({ outcome: "allow" });
    },
  );

  test("has a fact less missing, and one rule more, once E-SIGN consents are recorded", async () => {
    const before = await findFactGaps(db);
    expect(before).toContain("consents of the kind esign");
    expect(rulesWithout(before)).toContain("esign.required");
    const emitted: unknown[] = [];
    await reportFactGaps({ db, emit: (event, fields) => void emitted.push([event, fields]) });
    expect(emitted).toEqual([["factGaps.found", { facts: before, rules: rulesWithout(before) }]]);
    await pool.query("insert into tidings.consents (borrower_id, kind) values ('BO-2', 'esign')");
    expect(await findFactGaps(db)).not.toContain("consents of the kind esign");
    const message = {
      channel: "email",
      theme: "opsServicingVerificationOfDebt",
      contactId: "CT-EMAIL",
      loanIds: [],
    } as const;
    const at = new Date("2035-03-07T17:00:00Z");
    const question = {
      key: "1",
      borrowerId: parseBorrowerId("BO-1"),
      interactionId: null,
      message: { ...message, loanIds: [] },
    };
    const facts = await loadGuardFacts(db, [question], { at, known: "now", country: "US" });
    const read = facts.get("1");
    if (read?.kind !== "facts") throw new Error(JSON.stringify(read));
    const { verdict } = judgeFacts(read.facts, builtInPolicy(), at.getTime());
    expect(verdict).toMatchObject({ outcome: "redirect", ruleId: "esign.required" });
  });
});
