import { beforeAll, describe, expect, test } from "vitest";
import {
  parseBorrowerId,
  parseCaseId,
  parseContactId,
  parseLoanId,
} from "../../../src/domain/ids.ts";
import type { InteractionFilter } from "../../../src/store/api/interaction-filter.ts";
import {
  listInteractions,
  MOST_COUNTED,
  pageQuery,
  type PageRequest,
} from "../../../src/store/api/interaction-pages.ts";
import { useDatabase } from "../../database.ts";
import { interaction } from "../../ids.ts";
import { insertInteractions } from "../../interactions.ts";

const { pool, db } = useDatabase();
const NEWEST: PageRequest = { sortBy: "createdAt", order: "desc", limit: 20 };

const TEXT_ID = `SM${"0".repeat(32)}`;

/** 200 borrowers with 200 interactions each, of 20,000 cases: half sent by Tidings, half logged. */
beforeAll(async () => {
  await pool.query(`
    insert into tidings.case_types (id) values ('bankruptcy');
    insert into tidings.borrowers (id) select 'BO-' || n from generate_series(1, 200) n;
    insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fires)
    select 'CS-' || n, 'bankruptcy', 'BO-' || 1 + n % 200, 'initiated', false from generate_series(0, 19999) n;
    insert into tidings.contacts (id, borrower_id, contact_type, value)
    values ('CT-8', 'BO-8', 'email', 'pat.8@example.com'), ('CT-9', 'BO-9', 'email', 'pat.9@example.com');
    insert into tidings.loans (id, borrower_id) values ('LN-7', 'BO-7');
    insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status, fires)
    values ('CS-LOAN', 'bankruptcy', 'BO-7', '{LN-7}', 'initiated', false)`);
  await insertInteractions(pool, 40_000, (n) => ({
    origin: n % 2 === 0 ? "tidings" : "logged",
    channel: "mail",
    status: "succeeded",
    personId: `BO-${1 + (Math.floor(n / 2) % 200)}`,
    caseId: `CS-${Math.floor(n / 2)}`,
    caseChangeId: n,
  }));
  await insertInteractions(pool, 4, (n) => ({
    origin: n > 2 ? "tidings" : "logged",
    personId: n > 2 ? "BO-7" : "BO-9",
    caseChangeId: 50_000 + n,
    loanId: n === 1 ? "LN-7" : null,
    loanIds: n === 1 ? [] : ["LN-7"],
    providerMessageId: n === 3 ? TEXT_ID : null,
    channel: n === 3 ? "text" : "email",
    scheduledAtFrom: new Date("2031-03-03T15:00:00Z"),
  }));
  await insertInteractions(pool, 3, (n) => ({
    origin: n === 0 ? "logged" : "tidings",
    status: "succeeded",
    personId: n === 0 ? null : `BO-${7 + n}`,
    caseChangeId: 60_000 + n,
    contactId: n === 2 ? "CT-9" : "CT-8",
  }));
  await pool.query(`
    update tidings.contacts set borrower_id = 'BO-99' where id = 'CT-9';
    delete from tidings.contacts where id = 'CT-8';
    analyze tidings.interactions, tidings.case_changes`);
});

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** By which ways the interactions of a page are come by. */
async function waysTo(filter: InteractionFilter, page: PageRequest): Promise<Set<string>> {
  const { sql, parameters } = pageQuery(filter, page).compile(db);
  const { rows } = await pool.query<{ "QUERY PLAN": readonly { Plan: PlanNode }[] }>(
    `explain (format json) ${sql}`,
    [...parameters],
  );
  const ways = new Set<string>();
  const walk = (node: PlanNode): void => {
    const name = node["Index Name"] ?? node["Relation Name"] ?? "";
    if (name.startsWith("interactions") && node["Node Type"] !== "Bitmap Heap Scan")
      ways.add(`${node["Node Type"]} ${name}`);
    for (const inner of node.Plans ?? []) walk(inner);
  };
  walk(rows[0]?.["QUERY PLAN"][0]?.Plan ?? { "Node Type": "none" });
  return ways;
}

test("a list is counted to ten thousand", async () => {
  const page = await listInteractions(db, {}, NEWEST);
  expect([page?.total, page?.rows.length, page?.more]).toEqual([MOST_COUNTED, 20, true]);
});

describe("a page is read without scanning the table", () => {
  test.each([
    ["a borrower's newest", {}],
    ["those after one", { cursor: { id: interaction(20_000), side: "after" } }],
    ["those before one", { cursor: { id: interaction(20_000), side: "before" } }],
    ["the oldest", { order: "asc" }],
  ] as const)("%s", async (_, part) => {
    const ways = await waysTo({ personId: parseBorrowerId("BO-7") }, { ...NEWEST, ...part });
    expect(ways, "the ids of the page").toContain("Index Only Scan interactions_by_person");
    expect(ways, "the rows of the page").toContain("Index Scan interactions_pkey");
    expect([...ways].filter((way) => !/interactions_(by_person|pkey)$/.test(way))).toEqual([]);
  });

  test("a case's, of its borrower and of its log", async () => {
    const ways = await waysTo({ caseId: [parseCaseId("CS-7")] }, NEWEST);
    expect([...ways].toSorted()).toEqual([
      "Bitmap Index Scan interactions_by_person",
      "Bitmap Index Scan interactions_logged_by_case",
      "Index Scan interactions_pkey",
    ]);
    const page = await listInteractions(db, { caseId: [parseCaseId("CS-7")] }, NEWEST);
    expect([page?.total, page?.rows.map((row) => row.origin)]).toEqual([2, ["logged", "tidings"]]);
  });

  // Of ten million interactions each of these took 6 to 40 seconds.
  test.each([
    ["a loan's, of its borrowers and of its log", { loanId: [{ id: parseLoanId("LN-7") }] }, 4],
    [
      "a deleted contact's, of its borrower and of its log",
      { contactId: [{ id: parseContactId("CT-8") }] },
      2,
    ],
    [
      "a contact's, of its borrower of that time",
      { contactId: [{ id: parseContactId("CT-9") }] },
      1,
    ],
    ["those of a text's id at the provider", { providerMessageId: [TEXT_ID] }, 1],
    ["the chain of a Message-ID", { providerMessageId: ["<tidings.40003@lender.example>"] }, 1],
    ["what is scheduled", { status: ["scheduled"] }, 4],
    ["what is in progress", { status: ["inProgress"] }, 0],
    ["what is due", { status: ["scheduled"], dueBefore: new Date("2031-03-04T00:00:00Z") }, 4],
  ] satisfies [string, InteractionFilter, number][])("%s", async (_, filter, total) => {
    const ways = await waysTo(filter, NEWEST);
    expect([...ways].filter((way) => way.startsWith("Seq Scan"))).toEqual([]);
    expect((await listInteractions(db, filter, NEWEST))?.total).toBe(total);
  });
});
