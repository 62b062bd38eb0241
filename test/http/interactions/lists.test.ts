import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertAllLogged, insertLogged } from "../../interactions.ts";
import { insertHouse, insertSent } from "./scene.ts";
import { useServer, type Body } from "../served.ts";

const database = useDatabase();
const { pool } = database;
const served = useServer(database);
const { ask } = served;

const WORDS = {
  channel: ["voice", "email"],
  status: ["succeeded", "failed"],
  statusDetails: ["voiceLeftVoicemail", "emailBounced"],
  theme: ["opsServicing", "opsCollDebt"],
  subject: ["freeForm", "annualPrivacyPolicyNotice"],
  direction: ["outbound", "inbound"],
} as const;

/**
 * Two interactions of BO-1 that differ in everything, one of BO-2, one that Tidings sent, and one without a borrower.
 */
const ids: Record<"first" | "second" | "other" | "sent" | "nobody", string> = {
  first: "",
  second: "",
  other: "",
  sent: "",
  nobody: "",
};

async function log(person: string, body: object): Promise<string> {
  const answer = await ask("POST", `/people/${person}/interactions`, { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return String(answer.body.data["id"]);
}

const half = (index: 0 | 1): object =>
  Object.fromEntries(Object.entries(WORDS).map(([name, words]) => [name, words[index]]));

beforeAll(async () => {
  await insertHouse(pool);
  ids.first = await log("BO-1", { ...half(0), loanId: "LN-1", contactId: "CT-PHONE" });
  ids.second = await log("BO-1", {
    ...half(1),
    loanIds: ["LN-2"],
    contactId: "CT-EMAIL",
    sensitive: true,
  });
  ids.other = await log("BO-2", { channel: "chat", status: "inProgress" });
  await pool.query(
    `insert into tidings.case_changes (case_id, case_type_id, borrower_id, status, fires) values ('CS-1', 'bankruptcy', 'BO-1', 'initiated', false)`,
  );
  ids.sent = await insertSent(pool, {
    channel: "text",
    status: "scheduled",
    caseId: "CS-1",
    scheduledAtFrom: "2031-03-03T12:00:00Z",
    supercaseBulkOperationId: "BULK-1",
  });
  ids.nobody = await insertLogged(pool, {
    channel: "fax",
    status: "canceled",
    caseId: "CS-1",
    createdAt: "2019-08-24T12:00:00.0005Z",
    startedAt: null,
  });
});

async function list(path: string): Promise<Body> {
  const { status, body } = await ask("GET", path);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
}
const idsOf = ({ data }: Body): string[] => data.map((one) => String(one["id"]));
const listed = async (path: string): Promise<string[]> => idsOf(await list(path));

describe("a list", () => {
  test("has the interactions of Tidings and of others, newest first", async () => {
    const body = await list("/interactions");
    expect(body).toMatchObject({ total: 5, count: 5, nextUrl: null, previousUrl: null });
    expect(idsOf(body)).toEqual([ids.nobody, ids.sent, ids.other, ids.second, ids.first]);
  });

  test("of a borrower has only that borrower's", async () => {
    const body = await list("/people/ext-crm-1/interactions");
    expect(body).toMatchObject({ total: 3, count: 3 });
    expect(idsOf(body)).toEqual([ids.sent, ids.second, ids.first]);
    expect(await listed("/people/BO-2/interactions")).toEqual([ids.other]);
  });

  test("can be empty", async () => {
    expect(await list("/interactions?channel=gui")).toEqual({
      total: 0,
      count: 0,
      nextUrl: null,
      previousUrl: null,
      data: [],
    });
  });
});

describe("a filter", () => {
  test.each(Object.entries(WORDS))("by %s", async (name, [one, other]) => {
    expect(await listed(`/people/BO-1/interactions?${name}=${one}`)).toContain(ids.first);
    expect(await listed(`/people/BO-1/interactions?${name}=${one}`)).not.toContain(ids.second);
    const both = await listed(`/interactions?${name}=${one}&${name}=${other}`);
    expect(both).toEqual(expect.arrayContaining([ids.second, ids.first]));
    expect(both).not.toContain(ids.nobody);
  });

  test.each([
    ["loanId=LN-1", ["first"]],
    ["loanId=ext-ledger-1", ["first"]],
    ["loanId=LN-2", ["second"]],
    ["loanId=LN-1&loanId=LN-2", ["second", "first"]],
    ["loanId=LN-9", []],
    ["contactId=CT-PHONE", ["first"]],
    ["contactId=ext-crm-phone", ["first"]],
    ["contactId=ext-nobody", []],
    ["caseId=CS-1", ["nobody", "sent"]],
    ["caseId=CS-9", []],
    ["notificationTypeId=1", ["sent"]],
    ["notificationTypeId=2&notificationTypeId=3", []],
    ["providerMessageId=SM0", []],
    ["supercaseBulkOperationId=BULK-1", ["sent"]],
    ["dueFrom=2031-03-03&dueTo=2031-03-03", ["sent"]],
    ["dueTo=2031-03-03T11:59:59.999Z", []],
    ["dueFrom=9999-01-01", []],
    ["sensitive=true", ["second"]],
    ["sensitive=false", ["nobody", "sent", "other", "first"]],
    ["channel=voice&status=failed", []],
    ["createdAtTo=2019-08-24", ["nobody"]],
    ["createdAtFrom=2019-08-25", ["sent", "other", "second", "first"]],
    ["createdAtFrom=2019-08-24&createdAtTo=2019-08-24", ["nobody"]],
    ["createdAtFrom=2019-08-24&createdAtTo=2019-08-23", []],
    // the response has whole milliseconds, and the row's time is within them
    ["createdAtTo=2019-08-24T12:00:00.000Z", ["nobody"]],
    ["createdAtTo=2019-08-24T11:59:59.999Z", []],
    ["createdAtFrom=2019-08-24T14:00:00%2B02:00&createdAtTo=2020-01-01", ["nobody"]],
  ] as const)("%s", async (query, names) => {
    expect(await listed(`/interactions?${query}`)).toEqual(names.map((name) => ids[name]));
  });

  test("by case works within a borrower's list too", async () => {
    expect(await listed("/people/BO-1/interactions?caseId=CS-1")).toEqual([ids.sent]);
    expect(await listed("/people/BO-2/interactions?caseId=CS-1")).toEqual([]);
  });
});

describe("an invalid query is 400 and names the parameter", () => {
  test.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=ten", "limit"],
    ["limit=1&limit=2", "limit"],
    ["channel=pigeon", "channel"],
    ["channel=", "channel"],
    ["channel=voice&channel=pigeon", "channel"],
    ["status=delivered", "status"],
    ["statusDetails=delivered", "statusDetails"],
    ["theme=outOpsLoan", "theme"],
    ["subject=two%20words", "subject"],
    ["direction=up", "direction"],
    ["sensitive=yes", "sensitive"],
    ["createdAtFrom=yesterday", "createdAtFrom"],
    ["createdAtTo=2031-02-30", "createdAtTo"],
    ["notificationTypeId=x", "notificationTypeId"],
    ["dueTo=2031-02-30", "dueTo"],
    ["sortBy=colour", "sortBy"],
    ["order=random", "order"],
    ["startingAfter=x", "startingAfter"],
    ["sortBy=startedAt&startingAfter=999999", "startingAfter"],
    ["sortBy=startedAt&endingBefore=999999", "endingBefore"],
    ["endingBefore=9223372036854775808", "endingBefore"],
    ["colour=red", "colour"],
  ])("%s", async (query, field) => {
    for (const path of ["/interactions", "/people/BO-1/interactions"]) {
      const { status, body } = await ask("GET", `${path}?${query}`);
      expect([status, body.errors.map((error) => error.field)]).toEqual([400, [field]]);
    }
  });

  test("with the filter or the word that was probably meant", async () => {
    const { body } = await ask("GET", "/interactions?channel=sms&borowerId=BO-1&caseID=CS-1");
    expect(body.errors).toMatchObject([
      { field: "channel", message: expect.stringMatching(/Did you mean text\?$/) },
      { field: "borowerId" },
      { field: "caseID", message: "is not a known field. Did you mean caseId?" },
    ]);
  });

  test("a cursor of another borrower's list", async () => {
    const { status } = await ask(
      "GET",
      `/people/BO-1/interactions?sortBy=startedAt&startingAfter=${ids.other}`,
    );
    expect(status).toBe(400);
  });
});

/** Twenty-five interactions of BO-9 whose times are in no order, some of them without any. */
describe("pages", () => {
  const TIMES = [5, 3, null, 9, 1, 7, null, 3, 8, 2];
  let all: string[] = [];

  beforeAll(async () => {
    await pool.query("insert into tidings.borrowers (id) values ('BO-9')");
    const times = TIMES.map((day) => (day === null ? null : `2031-03-0${day}T15:00:00.123456Z`));
    const rows = [...times, ...times, ...times.slice(0, 5)].map((at) => ({
      channel: "mail",
      personId: "BO-9",
      startedAt: at,
      scheduledAtFrom: at,
      statusUpdatedAt: at ?? "2031-01-01",
    }));
    all = await insertAllLogged(pool, rows);
  });

  /** Follows the addresses of pages from one end to the other. */
  async function walk(path: string, side: "nextUrl" | "previousUrl"): Promise<string[][]> {
    const pages: string[][] = [];
    for (let url: unknown = path; typeof url === "string";) {
      const { pathname, search } = new URL(url, "http://127.0.0.1");
      const body = await list(pathname + search);
      expect(body["total"]).toBe(25);
      pages.push(idsOf(body));
      url = body[side];
    }
    return pages;
  }

  const SORTS = ["createdAt", "scheduledAtFrom", "startedAt", "statusUpdatedAt"];
  const EVERY = SORTS.flatMap((sortBy) => [
    [sortBy, "asc"],
    [sortBy, "desc"],
  ]) as [string, "asc" | "desc"][];

  /** The order the list must have, computed by hand. */
  function inOrder(sortBy: string, order: "asc" | "desc"): string[] {
    const sign = order === "asc" ? 1 : -1;
    const keyOf = (index: number): number => {
      if (sortBy === "createdAt") return 0;
      const none = sortBy === "statusUpdatedAt" ? 0 : sign * Number.POSITIVE_INFINITY;
      return TIMES[index % 10] ?? none;
    };
    return [...all.keys()]
      .toSorted((one, other) => {
        const [a, b] = [keyOf(one), keyOf(other)];
        return sign * (a === b ? one - other : a - b);
      })
      .map((index) => all[index] ?? "");
  }

  test.each(EVERY)("by %s %s, forwards and backwards", async (sortBy, order) => {
    const expected = inOrder(sortBy, order);
    const path = `/people/BO-9/interactions?limit=7&sortBy=${sortBy}&order=${order}`;
    const forwards = await walk(path, "nextUrl");
    expect(forwards.flat()).toEqual(expected);
    expect(forwards.map((page) => page.length)).toEqual([7, 7, 7, 4]);
    const last = forwards.at(-1)?.[0] ?? "";
    const backwards = await walk(`${path}&endingBefore=${last}`, "previousUrl");
    expect(backwards.toReversed().flat()).toEqual(expected.slice(0, 21));
  });

  test("a list on one page has no neighbouring pages", async () => {
    const body = await list("/people/BO-9/interactions?limit=25");
    expect(body).toMatchObject({ count: 25, nextUrl: null, previousUrl: null });
  });

  test("by createdAt, a cursor need not be an interaction", async () => {
    expect(await listed("/people/BO-2/interactions?startingAfter=999999")).toEqual([ids.other]);
    expect(await listed("/people/BO-2/interactions?endingBefore=0")).toEqual([ids.other]);
  });

  test("a page has 25 results by default", async () => {
    expect((await list("/interactions")).count).toBe(25);
  });

  test("a page that was read backwards has a next page", async () => {
    const [first, second, third] = all.toReversed();
    const body = await list(`/people/BO-9/interactions?limit=2&endingBefore=${third ?? ""}`);
    expect(idsOf(body)).toEqual([first, second]);
    const { pathname, search } = new URL(String(body["nextUrl"]), served.origin);
    expect((await listed(pathname + search))[0]).toBe(third);
  });

  test("endingBefore takes precedence over startingAfter", async () => {
    const [, , third = ""] = all;
    const path = "/people/BO-9/interactions?order=asc&limit=5";
    expect(await listed(`${path}&endingBefore=${third}&startingAfter=${third}`)).toEqual(
      all.slice(0, 2),
    );
  });

  test("the page after the last row is empty", async () => {
    const body = await list(`/people/BO-9/interactions?startingAfter=${all[0] ?? ""}`);
    expect(body).toMatchObject({ total: 25, count: 0, nextUrl: null, previousUrl: null });
  });

  test("the URL of a page keeps filters and sorting", async () => {
    const { nextUrl } = await list(
      "/people/BO-9/interactions?limit=2&channel=mail&channel=fax&sortBy=startedAt&order=asc",
    );
    const { pathname, searchParams } = new URL(String(nextUrl), served.origin);
    expect(pathname).toBe("/people/BO-9/interactions");
    expect([...searchParams.entries()].filter(([name]) => name !== "startingAfter")).toEqual([
      ["limit", "2"],
      ["channel", "mail"],
      ["channel", "fax"],
      ["sortBy", "startedAt"],
      ["order", "asc"],
    ]);
  });

  test("rows that are added meanwhile neither repeat nor hide other rows", async () => {
    await pool.query("insert into tidings.borrowers (id) values ('BO-10')");
    const row = { channel: "mail", personId: "BO-10" };
    const insert = (n: number): Promise<unknown> =>
      insertAllLogged(
        pool,
        Array.from({ length: n }, () => row),
      );
    await insert(60);
    const there = await listed("/people/BO-10/interactions?limit=100");
    const seen: string[] = [];
    for (let url: unknown = "/people/BO-10/interactions?limit=7"; typeof url === "string";) {
      const { pathname, search } = new URL(url, "http://127.0.0.1");
      const [body] = await Promise.all([list(pathname + search), insert(3)]);
      seen.push(...idsOf(body));
      url = body["nextUrl"];
    }
    expect(seen.filter((id) => there.includes(id))).toEqual(there);
    expect(new Set(seen).size).toBe(seen.length);
  });
});
