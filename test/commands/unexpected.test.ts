import { expect, test } from "vitest";
import { unexpectedInWords } from "../../src/commands/cli/unexpected.ts";
import { useDatabase } from "../database.ts";

const { pool } = useDatabase();

test.each([
  ["a value that does not fit", "select 'Pat Example'::int", "SQLSTATE 22P02"],
  [
    "a row that is there already",
    "insert into tidings.borrowers (id, name) values ('Pat Example', '{}'), ('Pat Example', '{}')",
    "SQLSTATE 23505, borrowers_pkey",
  ],
])("%s is named by its code and place, without the value", async (_, statement, code) => {
  const error: unknown = await pool.query(statement).catch((thrown: unknown) => thrown);

  const words = unexpectedInWords(error);

  expect(words).toContain(code);
  expect(words).toContain("    at ");
  expect(words).not.toContain("Pat Example");
});

test("an error of the program keeps its message", () => {
  expect(unexpectedInWords(new TypeError("x is not a function"))).toContain("x is not a function");
});
