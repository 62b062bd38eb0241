import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool } = database;
const { ask } = useServer(database);
beforeAll(() => insertLender(pool));

const WHOLE = {
  name: "Bankruptcy opened",
  description: "Tells the borrower that it is noted.",
  status: "draft",
  onStatus: "initiated",
  onOutcome: null,
  onCondition: [{ fieldName: "chapter", operator: "eq", value: "chapter7", dataType: "string" }],
  channel: "email",
  theme: "opsServicing",
  templateId: 1,
  delay: 3,
  unit: "businessDays",
};

async function make(fields: object = {}): Promise<number> {
  const { status, body } = await ask("POST", "/notification-types", {
    body: { ...WHOLE, ...fields },
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return Number(body.data["id"]);
}

const put = (id: number, body: object, query = "") =>
  ask("PUT", `/notification-types/${id}${query}`, { body });

/** The statuses of all versions, in order. */
async function versions(id: number): Promise<unknown[]> {
  const { rows } = await pool.query(
    "select version, status from tidings.notification_types where id = $1 order by version",
    [id],
  );
  return rows.map((row: { version: number; status: string }) => `${row.version} ${row.status}`);
}

test("an activation that is refused names every wrong field", async () => {
  const id = await make({ delay: 3, unit: null, templateId: 99 });
  const { status, body } = await put(id, { status: "active" });
  expect([status, body.errors?.map((error) => error.field)]).toEqual([422, ["unit", "templateId"]]);
});

describe("POST", () => {
  test("creates a draft with every field, which GET shows", async () => {
    const made = await ask("POST", "/notification-types", { body: WHOLE });
    expect(made.body).toEqual({
      status: 200,
      message: "Success",
      data: {
        id: expect.any(Number) as number,
        version: 1,
        ...WHOLE,
        createdAt: expect.any(String) as string,
        updatedAt: null,
        publishedAt: null,
        deprecatedAt: null,
      },
    });
    const shown = await ask("GET", `/notification-types/${Number(made.body.data["id"])}`);
    expect(shown.body).toEqual(made.body);
  });

  test("uses the documented defaults", async () => {
    const { body } = await ask("POST", "/notification-types", { body: { onOutcome: "denied" } });
    expect(body.data).toMatchObject({
      name: "",
      description: "",
      status: "draft",
      onStatus: null,
      onOutcome: "denied",
      onCondition: null,
      channel: null,
      theme: null,
      templateId: null,
      delay: null,
      unit: null,
    });
  });

  test("can create an active or deprecated type", async () => {
    const active = await ask("POST", "/notification-types", {
      body: { ...WHOLE, status: "active" },
    });
    expect(active.body.data).toMatchObject({
      status: "active",
      publishedAt: expect.any(String) as string,
    });
    const deprecated = await ask("POST", "/notification-types", {
      body: { ...WHOLE, status: "deprecated" },
    });
    expect(deprecated.body.data).toMatchObject({
      status: "deprecated",
      deprecatedAt: expect.any(String) as string,
    });
  });
});

test("POST takes an id that no type has, also where types were inserted with ids by hand", async () => {
  await pool.query(
    "insert into tidings.notification_types (id, version, on_status) select n, 1, 'initiated' from generate_series(5000, 5003) n",
  );
  const made = await Promise.all(
    Array.from({ length: 8 }, () =>
      ask("POST", "/notification-types", { body: { onStatus: "initiated" } }),
    ),
  );
  expect(made.map(({ status }) => status)).toEqual(made.map(() => 200));
  expect(new Set(made.map(({ body }) => body.data["id"])).size).toBe(8);
  for (const { body } of made) expect(Number(body.data["id"])).toBeGreaterThan(5003);
});

describe("POST with typeId", () => {
  test("copies everything except id, version, status and times; fields of the body take precedence", async () => {
    const id = await make({ status: "active" });
    await pool.query("update tidings.notification_types set status = 'deprecated' where id = $1", [
      id,
    ]);
    await pool.query(
      `insert into tidings.notification_types (id, version, on_status, channel, calendar, when_case_moves, on_unknown)
       values ($1, 2, 'initiated', 'email', 'regF', 'cancel', 'resend')`,
      [id],
    );
    const copied = await ask("POST", `/notification-types?typeId=${id}`, {
      body: { name: "Copy", theme: "opsCollDebt" },
    });
    const copy = Number(copied.body.data["id"]);
    expect(copied.body.data).toMatchObject({
      version: 1,
      status: "draft",
      name: "Copy",
      theme: "opsCollDebt",
      onStatus: "initiated",
      channel: "email",
      templateId: null,
      publishedAt: null,
    });
    const { rows } = await pool.query(
      "select calendar, when_case_moves, on_unknown, derived_from_type_id from tidings.notification_types where id = $1",
      [copy],
    );
    expect(rows).toEqual([
      {
        calendar: "regF",
        when_case_moves: "cancel",
        on_unknown: "resend",
        derived_from_type_id: id,
      },
    ]);
  });

  test("copies the given version, otherwise the active one", async () => {
    const id = await make({ name: "First", status: "active" });
    await put(id, { name: "Second" });
    await put(id, { name: "Third", status: "draft" });
    const copyOf = async (query: string) =>
      (await ask("POST", `/notification-types?typeId=${id}${query}`, { body: {} })).body.data[
        "name"
      ];
    expect(await copyOf("")).toBe("Second");
    expect(await copyOf("&version=1")).toBe("First");
    expect(await copyOf("&version=3")).toBe("Third");
  });

  test("gets an error for an unknown type and for a version without a type", async () => {
    const body = { onStatus: "initiated" };
    const type = await ask("POST", "/notification-types?typeId=999999", { body });
    expect([type.status, type.body.errors[0]?.field]).toEqual([404, "notificationTypeId"]);
    const id = await make();
    const version = await ask("POST", `/notification-types?typeId=${id}&version=9`, { body });
    expect([version.status, version.body.errors[0]?.field]).toEqual([404, "version"]);
    const nothing = await ask("POST", "/notification-types?version=1", { body });
    expect([nothing.status, nothing.body.errors[0]?.field]).toEqual([400, "typeId"]);
  });
});

describe("GET", () => {
  test("without version shows the active version, otherwise the newest", async () => {
    const id = await make({ name: "First" });
    const shown = async (query = "") =>
      (await ask("GET", `/notification-types/${id}${query}`)).body.data["version"];
    await put(id, { status: "active" });
    await put(id, { name: "Second", status: "draft" });
    expect(await shown()).toBe(1);
    expect(await shown("?version=2")).toBe(2);
    await put(id, { status: "deprecated" });
    expect(await shown()).toBe(2);
    expect((await ask("GET", `/notification-types/${id}?version=3`)).status).toBe(404);
  });

  test.each(["/notification-types/999999", "/notification-types/999999?version=1"])(
    "%s is not there",
    async (path) => {
      const { status, body } = await ask("GET", path);
      expect([status, body.errors[0]?.field]).toEqual([404, "notificationTypeId"]);
    },
  );

  test("a draft that SQL wrote is shown as it is", async () => {
    const { rows } = await pool.query<{ id: number }>(
      `insert into tidings.notification_types (version, on_status, on_condition) values (1, 'initiated', 'null') returning id`,
    );
    const { body } = await ask("GET", `/notification-types/${rows[0]?.id}`);
    expect(body.data).toMatchObject({ onCondition: null, onStatus: "initiated" });
  });
});

describe("PUT", () => {
  test("edits a draft in place, and keeps fields that are left out", async () => {
    const id = await make();
    const { body } = await put(id, { name: "Other", delay: 5, theme: null });
    expect(body.data).toMatchObject({ ...WHOLE, version: 1, name: "Other", delay: 5, theme: null });
    expect(body.data["updatedAt"]).not.toBeNull();
    expect(await versions(id)).toEqual(["1 draft"]);
  });

  test("on an active version creates the next one and deprecates the one before", async () => {
    const id = await make({ status: "active" });
    const { body } = await put(id, { name: "Next" });
    expect(body.data).toMatchObject({ ...WHOLE, version: 2, status: "active", name: "Next" });
    expect(await versions(id)).toEqual(["1 deprecated", "2 active"]);
  });

  test("on an active version with status draft creates a draft and keeps the active one", async () => {
    const id = await make({ status: "active" });
    const { body } = await put(id, { name: "Next", status: "draft" });
    expect(body.data).toMatchObject({ version: 2, status: "draft", name: "Next" });
    expect(await versions(id)).toEqual(["1 active", "2 draft"]);
    await put(id, { status: "active" }, "?version=2");
    expect(await versions(id)).toEqual(["1 deprecated", "2 active"]);
  });

  test("keeps columns that only SQL can set in the next version", async () => {
    const id = await make();
    await pool.query(
      "update tidings.notification_types set calendar = 'regF', when_case_moves = 'cancel', on_unknown = 'resend' where id = $1",
      [id],
    );
    await put(id, { status: "active" });
    await put(id, { name: "Next" });
    const { rows } = await pool.query(
      "select calendar, when_case_moves, on_unknown from tidings.notification_types where id = $1 and version = 2",
      [id],
    );
    expect(rows).toEqual([{ calendar: "regF", when_case_moves: "cancel", on_unknown: "resend" }]);
  });

  test("with status deprecated alone deprecates the version", async () => {
    const id = await make({ status: "active" });
    const { status, body } = await put(id, { status: "deprecated" });
    expect(status).toBe(200);
    expect(body.data).toMatchObject({ ...WHOLE, version: 1, status: "deprecated" });
    expect(body.data["deprecatedAt"]).not.toBeNull();
  });

  test("with the whole object and status deprecated deprecates the version too", async () => {
    const id = await make({ status: "active" });
    const { status } = await put(id, { ...WHOLE, status: "deprecated" });
    expect([status, await versions(id)]).toEqual([200, ["1 deprecated"]]);
  });

  test("without a change writes nothing", async () => {
    const id = await make({ status: "active" });
    for (const body of [{}, { ...WHOLE, status: "active" }])
      expect((await put(id, body)).body.data["version"]).toBe(1);
    expect(await versions(id)).toEqual(["1 active"]);
  });

  test("cannot change and deprecate an active version at once", async () => {
    const id = await make({ status: "active" });
    const { status, body } = await put(id, { name: "Other", status: "deprecated" });
    expect([status, body.errors[0]?.field]).toEqual([409, "status"]);
    expect(await versions(id)).toEqual(["1 active"]);
  });

  test.each([{ name: "Other" }, { status: "active" }, { status: "draft" }])(
    "a deprecated version is final: %j is refused",
    async (change) => {
      const id = await make({ status: "active" });
      await put(id, { name: "Next" });
      const { status, body } = await put(id, change, "?version=1");
      expect([status, body.errors[0]?.field]).toEqual([409, "version"]);
      expect(await versions(id)).toEqual(["1 deprecated", "2 active"]);
    },
  );

  test("on an unknown type or version is 404 and writes nothing", async () => {
    expect((await put(999_999, { name: "x" })).status).toBe(404);
    const id = await make();
    expect((await put(id, { name: "x" }, "?version=2")).status).toBe(404);
  });
});

const FIT: readonly (readonly [what: string, body: object, field: string])[] = [
  ["no trigger", { onStatus: null, onOutcome: null }, "onStatus"],
  ["a name of 51 characters", { name: "x".repeat(51) }, "name"],
  ["a description of 501 characters", { description: "x".repeat(501) }, "description"],
  ["an unknown status", { status: "paused" }, "status"],
  ["an unknown onStatus", { onStatus: "closed" }, "onStatus"],
  ["an unknown onOutcome", { onOutcome: "won" }, "onOutcome"],
  ["an unknown channel", { channel: "pigeon" }, "channel"],
  ["the theme that only prose names", { theme: "outOpsLoan" }, "theme"],
  ["an unknown unit", { unit: "hours" }, "unit"],
  ["a templateId of text", { templateId: "1" }, "templateId"],
  ["a delay with a fraction", { delay: 1.5 }, "delay"],
  ["a delay beyond 32 bits", { delay: 2 ** 31 }, "delay"],
  ["an unknown field", { colour: "red" }, "colour"],
  ["a field that only the server keeps", { version: 2 }, "version"],
  ["a name of null", { name: null }, "name"],
  ["conditions that are no list", { onCondition: {} }, "onCondition"],
  ["a condition without a field", { onCondition: [{ value: 1 }] }, "onCondition[0].fieldName"],
  [
    "a condition with an unknown operator",
    { onCondition: [{ fieldName: "a", operator: "like", value: 1 }] },
    "onCondition[0].operator",
  ],
  [
    "a condition with an unknown key",
    { onCondition: [{ fieldName: "a", value: 1, colour: 1 }] },
    "onCondition[0].colour",
  ],
];
const ACTIVE: readonly (readonly [what: string, body: object, field: string])[] = [
  ["a delay without a unit", { unit: null }, "unit"],
  ["a unit without a delay", { delay: null }, "delay"],
  ["a negative delay", { delay: -1 }, "delay"],
  ["no template", { templateId: null }, "templateId"],
  ["a template that is not there", { templateId: 999 }, "templateId"],
  ["a template of another channel", { templateId: 2 }, "channel"],
  ["a template that lacks a part", { templateId: 10 }, "templateId"],
  ["a channel that nothing carries", { channel: "voice", templateId: 11 }, "channel"],
  [
    "a condition whose value does not fit",
    { onCondition: [{ fieldName: "a", dataType: "integer", value: "seven" }] },
    "onCondition",
  ],
];

describe("an invalid field is named", () => {
  beforeAll(async () => {
    // a template that became active before complete parts were required
    await pool.query(
      "alter table tidings.templates drop constraint templates_active_have_the_parts_of_their_channel",
    );
    await pool.query(`insert into tidings.templates (id, version, channel, text_template, status)
      values (10, 1, 'email', 'no subject', 'active'), (11, 1, 'voice', 'spoken', 'active')`);
  });

  test.each(FIT)("%s", async (_, change, field) => {
    const made = await ask("POST", "/notification-types", { body: { ...WHOLE, ...change } });
    expect([made.status, made.body.errors.map((one) => one.field)]).toEqual([422, [field]]);
    const id = await make();
    const updated = await put(id, change);
    expect([updated.status, updated.body.errors.map((one) => one.field)]).toEqual([422, [field]]);
  });

  test.each(ACTIVE)("for the status active: %s", async (_, change, field) => {
    const wrong = { ...WHOLE, ...change };
    const made = await ask("POST", "/notification-types", { body: { ...wrong, status: "active" } });
    expect([made.status, made.body.errors.map((one) => one.field)]).toEqual([422, [field]]);
    const id = await make(wrong);
    const activated = await put(id, { status: "active" });
    expect([activated.status, activated.body.errors.map((one) => one.field)]).toEqual([
      422,
      [field],
    ]);
    expect(await versions(id)).toEqual(["1 draft"]);
  });

  test("a next version that cannot be active is not created, and the present one stays", async () => {
    const id = await make({ status: "active" });
    expect((await put(id, { delay: -1 })).status).toBe(422);
    expect(await versions(id)).toEqual(["1 active"]);
  });

  test("fifty characters outside the basic plane count as fifty", async () => {
    const { body } = await ask("POST", "/notification-types", {
      body: { ...WHOLE, name: "🏦".repeat(50) },
    });
    expect(body.data["name"]).toBe("🏦".repeat(50));
  });
});

describe("the list", () => {
  const ids = async (query = ""): Promise<number[]> => {
    const { status, body } = await ask("GET", `/notification-types${query}`);
    expect([status, body.count]).toEqual([200, body.data.length]);
    return body.data.map((one) => Number(one["id"]));
  };
  let all: number[] = [];
  beforeAll(async () => {
    for (let n = 0; n < 30; n += 1) await make({ name: `Listed ${n}` });
    const { rows } = await pool.query<{ id: number }>(
      "select distinct id from tidings.notification_types order by id desc",
    );
    all = rows.map((row) => row.id);
  });

  test("has 25 types by default, newest first, each once", async () => {
    expect(await ids()).toEqual(all.slice(0, 25));
    expect(await ids("?limit=100")).toEqual(all.slice(0, 100));
  });

  test("continues forwards with startingAfter and backwards with endingBefore", async () => {
    expect(await ids(`?limit=5&startingAfter=${all[4]}`)).toEqual(all.slice(5, 10));
    expect(await ids(`?limit=5&endingBefore=${all[10]}`)).toEqual(all.slice(5, 10));
    expect(await ids(`?limit=5&endingBefore=${all[2]}`)).toEqual(all.slice(0, 2));
    expect(await ids(`?startingAfter=${all.at(-1)}`)).toEqual([]);
  });

  test("endingBefore takes precedence over startingAfter", async () => {
    expect(await ids(`?limit=3&endingBefore=${all[10]}&startingAfter=${all[20]}`)).toEqual(
      all.slice(7, 10),
    );
  });

  test.each([
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["limit=ten", "limit"],
    ["limit=", "limit"],
    ["limit=1&limit=2", "limit"],
    ["startingAfter=x", "startingAfter"],
    ["endingBefore=99999999999", "endingBefore"],
    ["loanTypeId=mortgage!", "loanTypeId"],
    ["colour=red", "colour"],
  ])("?%s is refused, not bent", async (query, field) => {
    const { status, body } = await ask("GET", `/notification-types?${query}`);
    expect([status, body.errors.map((one) => one.field)]).toEqual([400, [field]]);
  });

  test("loanTypeId shows the types of the case types of one loan type", async () => {
    await pool.query(`
      insert into tidings.loan_types (id, external_id) values ('LT-1111-AAAA', 'mortgage');
      insert into tidings.case_types (id, loan_type_id) values ('a', 'LT-1111-AAAA'), ('b', 'LT-1111-AAAA'), ('c', '77')`);
    const [one = 0, other = 0] = all;
    await pool.query(
      "insert into tidings.case_type_notification_types values ('a', $1), ('b', $1), ('c', $2)",
      [one, other],
    );
    expect(await ids("?loanTypeId=LT-1111-AAAA")).toEqual([one]);
    expect(await ids("?loanTypeId=ext-mortgage")).toEqual([one]);
    expect(await ids("?loanTypeId=77")).toEqual([other]);
    expect(await ids("?loanTypeId=78")).toEqual([]);
    expect(await ids("?loanTypeId=ext-car")).toEqual([]);
  });
});

describe("two concurrent requests", () => {
  const race = async (bodies: readonly object[], id: number, query: (n: number) => string) => {
    const answers = await Promise.all(bodies.map((body, n) => put(id, body, query(n))));
    for (const { status, body } of answers)
      expect([200, 409], JSON.stringify(body)).toContain(status);
    const { rows } = await pool.query<{ status: string }>(
      "select status from tidings.notification_types where id = $1 and status = 'active'",
      [id],
    );
    expect(rows).toHaveLength(1);
    return answers.map(({ status }) => status);
  };

  test("that activate drafts of one type leave one active version", async () => {
    const id = await make({ status: "active" });
    for (let n = 0; n < 6; n += 1) await put(id, { status: "draft", name: `Draft ${n}` });
    const bodies = Array.from({ length: 6 }, () => ({ status: "active" }));
    expect(await race(bodies, id, (n) => `?version=${n + 2}`)).toEqual(bodies.map(() => 200));
  });

  test("that change the active version each create a version", async () => {
    const id = await make({ status: "active" });
    const bodies = Array.from({ length: 6 }, (_, n) => ({ name: `Changed ${n}` }));
    await race(bodies, id, () => "");
    expect(await versions(id)).toHaveLength(7);
  });

  test("that change different fields keep both changes", async () => {
    for (let n = 0; n < 5; n += 1) {
      const id = await make({ status: "active" });
      await Promise.all([
        put(id, { name: "By one" }),
        put(id, { description: "By another" }),
        put(id, { theme: "opsCollDebt" }),
      ]);
      const { body } = await ask("GET", `/notification-types/${id}`);
      expect(body.data).toMatchObject({
        version: 4,
        name: "By one",
        description: "By another",
        theme: "opsCollDebt",
      });
    }
  });

  test("one over SQL and one over HTTP never cause a 500", async () => {
    for (let n = 0; n < 8; n += 1) {
      const id = await make({ status: "active" });
      await put(id, { status: "draft" });
      const [answered] = await Promise.all([
        put(id, { status: "active" }, "?version=2"),
        pool
          .query("update tidings.notification_types set status = 'deprecated' where id = $1", [id])
          .catch(() => {}),
      ]);
      expect([200, 409], JSON.stringify(answered.body)).toContain(answered.status);
    }
  });
});

describe("the links of a case type", () => {
  const path = "/case-types/bankruptcy/notification-types";

  test("are replaced as a whole and listed newest first", async () => {
    const [one, two, three] = [await make(), await make({ status: "active" }), await make()];
    const linked = await ask("PUT", path, { body: { notificationTypeIds: [one, two, one] } });
    expect(linked.status).toBe(200);
    expect(linked.body.data.map((type) => type["id"])).toEqual([two, one]);
    await ask("PUT", path, { body: { notificationTypeIds: [three, two] } });
    const { body } = await ask("GET", path);
    expect([body.count, body.data.map((type) => type["id"])]).toEqual([2, [three, two]]);
    await ask("PUT", path, { body: { notificationTypeIds: [] } });
    expect((await ask("GET", path)).body).toEqual({ count: 0, data: [] });
  });

  test("to unknown types are refused, and nothing changes", async () => {
    const id = await make();
    await ask("PUT", path, { body: { notificationTypeIds: [id] } });
    const { status, body } = await ask("PUT", path, {
      body: { notificationTypeIds: [id, 999_999] },
    });
    expect([status, body.errors]).toEqual([
      422,
      [{ field: "notificationTypeIds[1]", message: "there is no such notification type" }],
    ]);
    expect((await ask("GET", path)).body.count).toBe(1);
  });

  test("of an unknown case type are 404", async () => {
    const nowhere = "/case-types/nothing/notification-types";
    expect((await ask("GET", nowhere)).status).toBe(404);
    expect((await ask("PUT", nowhere, { body: { notificationTypeIds: [] } })).status).toBe(404);
  });

  test.each([
    [{}, "notificationTypeIds"],
    [{ notificationTypeIds: [0] }, "notificationTypeIds[0]"],
    [{ notificationTypeIds: ["1"] }, "notificationTypeIds[0]"],
    [{ notificationTypeIds: [], more: 1 }, "more"],
  ])("%j does not fit", async (body, field) => {
    const refused = await ask("PUT", path, { body });
    expect([refused.status, refused.body.errors[0]?.field]).toEqual([422, field]);
  });
});
