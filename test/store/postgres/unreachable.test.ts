import { Client } from "pg";
import { expect, inject, test } from "vitest";
import { refuseUnreachable } from "../../../src/store/postgres/unreachable.ts";

test.each([
  ["53100", "free space on the disk of the database"],
  ["53300", "raise max_connections, or end clients that are not needed"],
  ["57P03", "wait until it has started"],
  ["28P01", "correct the user and the password of DATABASE_URL"],
  ["ECONNREFUSED", "check that it runs and that DATABASE_URL leads to it"],
])("a connection that ends with %s is refused with what to do", (code, advice) => {
  const error = Object.assign(new Error("no connection"), { code });
  expect(() => refuseUnreachable(error)).toThrow(`DATABASE_UNREACHABLE: no connection; ${advice}`);
});

test("a database that is missing on the server is named, and so is the part of DATABASE_URL", async () => {
  const url = new URL(inject("adminUrl"));
  url.pathname = "/nowhere";
  const client = new Client({ connectionString: url.href });
  const refused = client.connect().catch(refuseUnreachable);
  await expect(refused).rejects.toThrow(
    'DATABASE_UNREACHABLE: database "nowhere" does not exist; correct the name of the database in DATABASE_URL',
  );
});
