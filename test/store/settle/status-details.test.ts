import { expect, test } from "vitest";
import { isOutcomeUnknown, STATUS_DETAILS } from "../../../src/domain/status-details.ts";
import { StatusDetails } from "../../../src/http/interactions/body.ts";
import { useDatabase } from "../../database.ts";

const { pool } = useDatabase();

test("the database and the code agree which details mean an unknown outcome", async () => {
  const { rows } = await pool.query<{ details: string }>(
    "select d.details from unnest($1::text[]) d(details) where tidings.is_outcome_unknown('attempted', d.details)",
    [STATUS_DETAILS],
  );
  expect(rows.map((row) => row.details)).toEqual(STATUS_DETAILS.filter(isOutcomeUnknown));
  expect(rows.length).toBeGreaterThan(0);
});

test.each(STATUS_DETAILS)("%s is a word that the REST resources take", (details) => {
  expect(StatusDetails.safeParse(details).success).toBe(true);
});
