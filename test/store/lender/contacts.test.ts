import { beforeEach, describe, expect, test } from "vitest";
import { rulesOf } from "../../../src/decide/deliver/channels/table.ts";
import { useDatabase } from "../../database.ts";

const { pool } = useDatabase();

beforeEach(() =>
  pool.query(`
    delete from tidings.contacts;
    insert into tidings.borrowers (id) values ('BO-1'), ('BO-2') on conflict do nothing`),
);

const insert = (id: string, columns: Readonly<Record<string, unknown>>): Promise<unknown> => {
  const row = { id, borrower_id: "BO-1", contact_type: "email", value: `${id}@example.com` };
  const given = { ...row, ...columns };
  return pool.query(
    `insert into tidings.contacts (${Object.keys(given).join(", ")})
     select ${Object.keys(given).join(", ")} from json_populate_record(null::tidings.contacts, $1)`,
    [JSON.stringify(given)],
  );
};

describe("a value that can be sent to is accepted", () => {
  test.each([
    ["phone", "+16145550101"],
    ["phone", "614-555-0101"],
    ["phone", "(614) 555 0101"],
    ["phone", "614.555.0101 ext. 12"],
    ["phone", "+44 20 7946 0018"],
    ["email", "pat@example.com"],
    ["email", "pat.o'neil+notices@mail.example.com"],
    ["email", "pat@münchen.example"],
  ] as const)("%s %s", async (type, value) => {
    const channel = type === "phone" ? "text" : "email";
    expect(rulesOf(channel)?.recipientOf(value, "US"), "the channel takes it").not.toBeNull();
    await insert("X", { contact_type: type, value });
  });
});

describe("a value that no channel can send to is refused", () => {
  const cases = [
    ["phone", "call me maybe"],
    ["phone", "12"],
    ["phone", "pat@example.com"],
    ["phone", "6145550101, 6145550102"],
    ["email", "pat"],
    ["email", " pat@example.com"],
    ["email", "pat@example.com; sam@example.com"],
    ["email", "Pat <pat@example.com>"],
    ["email", `${"p".repeat(250)}@example.com`],
  ] as const;
  test.each(cases)("%s %s", async (type, value) => {
    const channel = type === "phone" ? "text" : "email";
    expect(rulesOf(channel)?.recipientOf(value, "US"), "the channel cannot").toBeNull();
    await expect(insert("X", { contact_type: type, value })).rejects.toMatchObject({
      constraint:
        type === "phone"
          ? "contacts_value_of_a_phone_is_a_number"
          : "contacts_value_of_an_email_is_an_address",
    });
    // unused contacts keep their values
    await insert("X", { contact_type: type, value, valid: false });
    await insert("Y", { contact_type: type, value, status: "archived" });
  });
});

describe("a borrower has one primary", () => {
  const refusal = {
    constraint: "contacts_have_one_primary",
    message: "borrower BO-1 has two primary contacts of the type email",
  };

  test("email, whatever its label", async () => {
    await insert("A", {});
    await expect(insert("B", { label: "work" })).rejects.toMatchObject(refusal);
    for (const other of [
      { status: "secondary" },
      { valid: false },
      { affiliation: "parent" },
      { borrower_id: "BO-2" },
    ])
      await insert(`B-${Object.keys(other).join("")}`, other);
  });

  test("phone of each label", async () => {
    await insert("A", { contact_type: "phone", label: "personal", value: "+16145550101" });
    await insert("B", { contact_type: "phone", label: "work", value: "+16145550102" });
    await expect(
      insert("C", { contact_type: "phone", label: "work", value: "+16145550103" }),
    ).rejects.toMatchObject({
      ...refusal,
      message: "borrower BO-1 has two primary contacts of the type phone and the label work",
    });
  });

  test("also in one insert and after an update, and one statement may exchange two", async () => {
    await expect(
      pool.query(
        `insert into tidings.contacts (id, borrower_id, contact_type, value)
         values ('A', 'BO-1', 'email', 'a@example.com'), ('B', 'BO-1', 'email', 'b@example.com')`,
      ),
    ).rejects.toMatchObject(refusal);
    await insert("A", {});
    await insert("B", { status: "secondary" });
    await expect(
      pool.query("update tidings.contacts set status = 'primary' where id = 'B'"),
    ).rejects.toMatchObject(refusal);
    await pool.query(
      "update tidings.contacts set status = case id when 'A' then 'secondary' else 'primary' end",
    );
  });

  test("also where two transactions insert one each", async () => {
    const one = await pool.connect();
    await one.query("begin");
    await one.query(
      "insert into tidings.contacts (id, borrower_id, contact_type, value) values ('A', 'BO-1', 'email', 'a@example.com')",
    );
    const second = insert("B", {}).catch((error: unknown) => error);
    await one.query("commit");
    one.release();
    expect(await second).toMatchObject(refusal);
  });
});
