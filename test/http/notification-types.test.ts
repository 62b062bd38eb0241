import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { insertLender } from "../lender.ts";
import { useServer } from "./served.ts";

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

describe("POST", () => {
  test("makes a draft of every field, and GET shows the same", async () => {
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

  test("fills in the documented defaults", async () => {
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

  test("can make it active, or deprecated, at once", async () => {
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

describe("PUT", () => {
  test("edits a draft in place, and keeps what is left out", async () => {
    const id = await make();
    const { body } = await put(id, { name: "Other", delay: 5 });
    expect(body.data).toMatchObject({ ...WHOLE, version: 1, name: "Other", delay: 5 });
    expect(await versions(id)).toEqual(["1 draft"]);
  });

  test("of an active version writes the next one, and deprecates the one before", async () => {
    const id = await make({ status: "active" });
    const { body } = await put(id, { name: "Next" });
    expect(body.data).toMatchObject({ ...WHOLE, version: 2, status: "active", name: "Next" });
    expect(await versions(id)).toEqual(["1 deprecated", "2 active"]);
  });
});
