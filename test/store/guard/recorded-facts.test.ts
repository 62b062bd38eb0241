import { beforeAll, describe, expect, test } from "vitest";
import type { Facts, ReadFacts } from "../../../src/domain/guard/facts.ts";
import type { GuardMoment, GuardQuestion } from "../../../src/domain/guard/question.ts";
import { parseBorrowerId } from "../../../src/domain/ids.ts";
import { loadGuardFacts } from "../../../src/store/guard/guard-facts.ts";
import { rewriteRecord, timeBetweenWrites, useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";

const { pool, db } = useDatabase();

const HOUR_MS = 3_600_000;
const hours = (count: number): Date => new Date(Date.now() + count * HOUR_MS);

async function ask(
  borrower: string,
  moment: Partial<GuardMoment> = {},
): Promise<ReadFacts | undefined> {
  const question: GuardQuestion = {
    key: "1",
    borrowerId: parseBorrowerId(borrower),
    interactionId: null,
    message: { channel: "email", contactId: `${borrower}-E`, loanIds: [] },
  };
  const given = { at: hours(1), known: "now", country: "US", ...moment } as const;
  return (await loadGuardFacts(db, [question], given)).get("1");
}

async function factsOf(borrower: string, moment: Partial<GuardMoment> = {}): Promise<Facts> {
  const read = await ask(borrower, moment);
  if (read?.kind !== "facts") throw new Error(JSON.stringify(read));
  return read.facts;
}

async function insertBorrower(id: string): Promise<void> {
  await pool.query("insert into tidings.borrowers (id) values ($1)", [id]);
  await pool.query(
    "insert into tidings.contacts (id, borrower_id, contact_type, value) values ($1 || '-E', $1, 'email', 'a@example.com')",
    [id],
  );
}

beforeAll(async () => {
  await pool.query("insert into tidings.case_types (id) values ('CHAPTER'), ('STOP'), ('PLAIN')");
  await pool.query(
    "insert into tidings.case_type_legal_states (case_type_id, legal_state) values ('CHAPTER', 'bankruptcy'), ('STOP', 'ceaseCommunication')",
  );
});

describe("what the core system records is in the fact sheet", () => {
  test("the borrower, with the attorney and a zone that the borrower reported", async () => {
    await insertBorrower("B-1");
    await pool.query(
      `update tidings.borrowers set time_zone = 'America/Denver', is_minor = true, established_business_relationship = false,
         attorney_known_since = '2026-01-02T00:00:00Z', attorney_contact_id = 'B-1-E' where id = 'B-1'`,
    );
    expect((await factsOf("B-1")).borrower).toEqual({
      collectionsIntensity: "normal",
      isMinor: true,
      establishedBusinessRelationship: false,
      attorney: { contactId: "B-1-E", knownSince: Date.parse("2026-01-02T00:00:00Z") },
    });
    await pool.query(
      "update tidings.borrowers set time_zone_reported_by_borrower = true where id = 'B-1'",
    );
    expect((await factsOf("B-1")).borrower.toldTimeZone).toBe("America/Denver");
  });

  test("the new columns of a contact", async () => {
    await insertBorrower("B-2");
    await pool.query(
      `update tidings.contacts set reassigned_number_result = 'no', reassigned_number_checked_at = '2026-01-02T00:00:00Z',
         opted_out_at = '2026-01-03T00:00:00Z', origin = 'creditor', creditor_notice_sent_on = '2026-01-04', line_type = 'mobile',
         employer_provided = true, used_by_borrower_at = '2026-01-05T00:00:00Z', prior_collectors = '[{"qualified": true, "used": false}]'
       where id = 'B-2-E'`,
    );
    await pool.query(
      `insert into tidings.contacts (id, borrower_id, contact_type, address, county_fips, time_zones)
       values ('B-2-A', 'B-2', 'address', '{"state": "NY"}', '36061', '{America/New_York}')`,
    );
    const { contacts } = await factsOf("B-2");
    expect(contacts["B-2-E"]).toMatchObject({
      rnd: { result: "no", checkedAt: Date.parse("2026-01-02T00:00:00Z") },
      optedOutAt: Date.parse("2026-01-03T00:00:00Z"),
      origin: {
        from: "creditor",
        creditorNoticeSentAt: Date.parse("2026-01-04T00:00:00Z") / 86_400_000,
        priorCollectors: [{ qualified: true, used: false }],
      },
      lineType: "mobile",
      employerProvided: true,
      usedByBorrowerAt: Date.parse("2026-01-05T00:00:00Z"),
    });
    expect(contacts["B-2-A"]?.address).toEqual({
      state: "NY",
      countyFips: "36061",
      zones: ["America/New_York"],
    });
  });

  test("cases of the types that stand for a legal state, with their fields in UTC", async () => {
    await insertBorrower("B-3");
    await pool.query(
      `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fields, changed_at) values
         ('C-1', 'CHAPTER', 'B-3', 'processing', '{"chapter": 13, "filedAt": "2026-01-02T03:00:00-05:00", "court": "x"}', now() - interval '1 day'),
         ('C-2', 'PLAIN', 'B-3', 'initiated', '{}', now() - interval '1 day')`,
    );
    expect((await factsOf("B-3")).cases).toEqual([
      {
        caseId: "C-1",
        caseType: "bankruptcy",
        status: "processing",
        fields: {
          chapter: 13,
          filedAt: Date.parse("2026-01-02T08:00:00Z"),
          reaffirmed: false,
          debtor: "self",
          priorFilingWithinYear: false,
        },
      },
    ]);
  });

  test("a case without the field that its state needs is an error of its borrower alone", async () => {
    await insertBorrower("B-4");
    await pool.query(
      `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, changed_at)
       values ('C-4', 'STOP', 'B-4', 'initiated', now() - interval '1 day')`,
    );
    expect(await ask("B-4")).toEqual({
      kind: "invalid",
      errors: [{ field: "facts.cases.0.fields.receivedAt", message: "is missing" }],
    });
  });

  test("restrictions, requests and consents", async () => {
    await insertBorrower("B-5");
    await pool.query(`
      insert into tidings.do_not_interact (borrower_id, channels, themes, end_date) values
        ('B-5', '{text,email}', '{opsCollDebt}', '2027-01-31'), ('B-5', null, null, null);
      insert into tidings.preferences (borrower_id, kind, days, from_time, to_time) values
        ('B-5', 'inconvenientTime', '{mon,tue}', '12:00', '13:30');
      insert into tidings.preferences (borrower_id, kind, place) values ('B-5', 'inconvenientPlace', 'work');
      insert into tidings.preferences (borrower_id, kind, medium, refused_at) values ('B-5', 'mediumRefusal', 'voice', '2026-01-02T00:00:00Z');
      insert into tidings.consents (borrower_id, kind, value, holds_from) values
        ('B-5', 'esign', 'consented', '2026-01-01T00:00:00Z'), ('B-5', 'esign', 'revoked', '2026-02-01T00:00:00Z'),
        ('B-5', 'esign', 'consented', '2099-01-01T00:00:00Z'), ('B-5', 'autodialedCalls', 'consented', null);
      insert into tidings.consents (borrower_id, kind, given_at, last_day, loan_ids) values
        ('B-5', 'calls', '2026-01-02T00:00:00Z', '2026-01-05', '{LN-1}')`);
    const { preferences, consents } = await factsOf("B-5");
    expect(preferences).toEqual({
      doNotInteract: [
        { channels: ["text", "email"], themes: ["opsCollDebt"], endDate: 20_849 },
        { channels: ["all"], themes: ["all"] },
      ],
      inconvenientTimes: [{ days: ["mon", "tue"], from: 720, to: 810, source: "borrower" }],
      inconvenientPlaces: ["work"],
      mediumRefusals: [{ medium: "voice", at: Date.parse("2026-01-02T00:00:00Z") }],
      sendRemindersWhenCurrent: true,
    });
    expect(consents).toMatchObject({
      esign: { value: "revoked", from: Date.parse("2026-02-01T00:00:00Z") },
      autodialedCalls: { value: "consented" },
      calls: [{ givenAt: Date.parse("2026-01-02T00:00:00Z"), until: 20_458, loanIds: ["LN-1"] }],
    });
  });
});

describe("what was known at a time", () => {
  test("has the values of that time, without what came later, and what was deleted since", async () => {
    await insertBorrower("H-1");
    await pool.query(
      `insert into tidings.loans (id, borrower_id, days_past_due, data) values ('H-L', 'H-1', 10, '{"a": 1}');
       insert into tidings.contacts (id, borrower_id, contact_type, status, value) values ('H-GONE', 'H-1', 'phone', 'additional', '+16145550101');
       insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fields, changed_at)
         values ('H-C', 'STOP', 'H-1', 'initiated', '{"receivedAt": "2026-01-01T00:00:00Z"}', now() - interval '1 day');
       insert into tidings.do_not_interact (borrower_id) values ('H-1');
       insert into tidings.consents (borrower_id, kind) values ('H-1', 'esign')`,
    );
    const called = await insertLogged(pool, {
      personId: "H-1",
      contactId: "H-1-E",
      loanIds: ["H-L"],
      status: "scheduled",
      scheduledAtFrom: hours(-1),
    });
    const then = await timeBetweenWrites(pool);
    const before = await factsOf("H-1", { at: then, known: "then" });

    await pool.query(`
      update tidings.borrowers set collections_intensity = 'light' where id = 'H-1';
      update tidings.borrowers set collections_intensity = 'heavy', is_minor = true where id = 'H-1';
      update tidings.contacts set value = 'new@example.com', opted_out_at = '2026-01-01T00:00:00Z' where id = 'H-1-E';
      delete from tidings.contacts where id = 'H-GONE';
      insert into tidings.contacts (id, borrower_id, contact_type, status, value) values ('H-NEW', 'H-1', 'phone', 'secondary', '+16145550102');
      update tidings.loans set days_past_due = 40 where id = 'H-L';
      insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, outcome, fields)
        values ('H-C', 'STOP', 'H-1', 'completed', 'denied', '{"receivedAt": "2026-01-01T00:00:00Z"}');
      update tidings.do_not_interact set withdrawn_at = now() where borrower_id = 'H-1';
      insert into tidings.consents (borrower_id, kind, value) values ('H-1', 'esign', 'revoked');
      insert into tidings.preferences (borrower_id, kind, place) values ('H-1', 'inconvenientPlace', 'home')`);
    await pool.query("update tidings.interactions set status = 'succeeded' where id = $1", [
      called,
    ]);
    await insertLogged(pool, { personId: "H-1", contactId: "H-1-E" });

    expect(await factsOf("H-1", { at: then, known: "then" })).toEqual(before);
    expect(before.history.map(({ id, status }) => [id, status])).toEqual([[called, "scheduled"]]);
    expect(before.contacts["H-GONE"]?.value).toBe("+16145550101");

    const now = await factsOf("H-1");
    expect(now.borrower).toMatchObject({ collectionsIntensity: "heavy", isMinor: true });
    expect(Object.keys(now.contacts).toSorted()).toEqual(["H-1-E", "H-NEW"]);
    expect(now.loans["H-L"]?.daysPastDue).toBe(40);
    expect(now.cases).toMatchObject([{ status: "completed", outcome: "denied" }]);
    expect(now.preferences).toMatchObject({ doNotInteract: [], inconvenientPlaces: ["home"] });
    expect(now.consents.esign?.value).toBe("revoked");
    expect(now.history).toHaveLength(2);
  });

  test("does not have a borrower who came later", async () => {
    const then = await timeBetweenWrites(pool);
    await insertBorrower("H-2");
    expect(await ask("H-2", { at: then, known: "then" })).toMatchObject({ kind: "invalid" });
  });

  test("every column of a loan but data has a history", async () => {
    await insertBorrower("H-3");
    await pool.query("insert into tidings.loans (id, borrower_id) values ('H-3-L', 'H-3')");
    const { rows } = await pool.query<{ name: string }>(
      `select a.attname as name from pg_attribute a
       where a.attrelid = 'tidings.loans'::regclass and a.attnum > 0 and a.attname not in ('id', 'data')`,
    );
    const { rows: triggers } = await pool.query<{ definition: string }>(
      "select pg_get_triggerdef(oid) as definition from pg_trigger where tgrelid = 'tidings.loans'::regclass and tgname = 'record_change'",
    );
    const compared = (side: string): string[] =>
      [...(triggers[0]?.definition ?? "").matchAll(new RegExp(`\\b${side}\\.(\\w+)`, "gi"))]
        .map(([, name = ""]) => name)
        .toSorted();
    const names = rows.map(({ name }) => name).toSorted();
    expect(compared("old")).toEqual(names);
    expect(compared("new")).toEqual(names);
  });
});

describe("a recorded fact", () => {
  test("has the time and the author that the database gives it", async () => {
    await insertBorrower("R-1");
    const { rows } = await pool.query<{ isNow: boolean; withdrawn: Date | null }>(
      `insert into tidings.do_not_interact (borrower_id, recorded_at, recorded_by, withdrawn_at)
       values ('R-1', '2020-01-01', 'somebody', now())
       returning recorded_at > now() - interval '1 minute' and recorded_by <> 'somebody' as "isNow", withdrawn_at as withdrawn`,
    );
    expect(rows).toEqual([{ isNow: true, withdrawn: null }]);
  });

  test("can be withdrawn once, and not be changed or deleted", async () => {
    await insertBorrower("R-2");
    await pool.query("insert into tidings.do_not_interact (borrower_id) values ('R-2')");
    const changing = (what: string): Promise<unknown> =>
      pool.query(`update tidings.do_not_interact set ${what} where borrower_id = 'R-2'`);
    const refused = { constraint: "do_not_interact_are_only_withdrawn" };
    await expect(changing("end_date = '2027-01-01'")).rejects.toMatchObject(refused);
    await changing("withdrawn_at = '2020-01-01'");
    const { rows } = await pool.query(
      "select from tidings.do_not_interact where borrower_id = 'R-2' and withdrawn_at > now() - interval '1 minute'",
    );
    expect(rows).toHaveLength(1);
    await expect(changing("withdrawn_at = null")).rejects.toMatchObject(refused);
    await expect(
      pool.query("delete from tidings.do_not_interact where borrower_id = 'R-2'"),
    ).rejects.toMatchObject({ constraint: "do_not_interact_are_history" });
  });

  const REFUSED: readonly (readonly [string, string])[] = [
    [
      "do_not_interact (borrower_id, channels) values ('R-3', '{gui}')",
      "do_not_interact_channels_is_a_list",
    ],
    ["do_not_interact (borrower_id, channels) values ('R-3', '{sms}')", "channel_is_known"],
    ["do_not_interact (borrower_id) values ('NONE')", "do_not_interact_borrower_is_known"],
    [
      "consents (borrower_id, kind, given_at) values ('R-3', 'esign', now())",
      "consents_have_the_columns_of_their_kind",
    ],
    [
      "preferences (borrower_id, kind) values ('R-3', 'inconvenientTime')",
      "preferences_have_the_columns_of_their_kind",
    ],
    [
      "preferences (borrower_id, kind, medium) values ('R-3', 'mediumRefusal', 'mail')",
      "preferences_have_the_columns_of_their_kind",
    ],
    [
      "case_type_legal_states (case_type_id, legal_state) values ('CHAPTER', 'deceased')",
      "case_type_legal_states_are_set_once",
    ],
    [
      "case_type_legal_states (case_type_id, legal_state) values ('NONE', 'deceased')",
      "case_type_legal_states_case_type_is_known",
    ],
  ];
  beforeAll(() => insertBorrower("R-3"));
  test.each(REFUSED)("insert into %s is refused", async (row, constraint) => {
    await expect(pool.query(`insert into tidings.${row}`)).rejects.toMatchObject({ constraint });
  });
});

test("the history is read with the triggers of a restored database, too", async () => {
  await insertBorrower("Z-1");
  await rewriteRecord(
    pool,
    "insert into tidings.do_not_interact (borrower_id, recorded_at, recorded_by) values ('Z-1', '2026-01-01', 'restored')",
  );
  const [early, late] = ["2025-12-31T00:00:00Z", "2026-01-02T00:00:00Z"].map((at) => new Date(at));
  await rewriteRecord(
    pool,
    "update tidings.borrowers set created_at = '2025-01-01' where id = 'Z-1'",
  );
  await rewriteRecord(
    pool,
    "update tidings.contacts set created_at = '2025-01-01' where borrower_id = 'Z-1'",
  );
  const at = async (moment: Date | undefined): Promise<number> =>
    (await factsOf("Z-1", { at: moment ?? new Date(), known: "then" })).preferences.doNotInteract
      .length;
  expect([await at(early), await at(late)]).toEqual([0, 1]);
});

test("a borrower that the transaction of a case change inserts is known at the time of the change", async () => {
  await pool.query(`
    insert into tidings.borrowers (id) values ('Z-2');
    insert into tidings.contacts (id, borrower_id, contact_type, value) values ('Z-2-E', 'Z-2', 'email', 'a@example.com')`);
  const { rows } = await pool.query<{ createdAt: Date }>(
    `select created_at as "createdAt" from tidings.borrowers where id = 'Z-2'`,
  );
  const at = rows[0]?.createdAt ?? new Date(0);
  expect(await ask("Z-2", { at, known: "then" })).toMatchObject({ kind: "facts" });
});
