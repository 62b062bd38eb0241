import { beforeAll, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";

const { pool } = useDatabase();

let id = "";

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const [changeId = ""] = await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
  id = await insertInteraction(pool, {
    status: "attempted",
    caseId: "CS-1",
    caseChangeId: changeId,
    contactId: "CT-EMAIL",
    contact: { value: "pat@example.com" },
    contentSha256: "a".repeat(64),
  });
});

test.each([
  "person_id = 'BO-2'",
  "contact_id = 'CT-PHONE'",
  'contact = \'{"value": "else@example.com"}\'',
  "created_at = '2020-01-01'",
  "created_by = '{}'",
  "content_sha256 = repeat('0', 64)",
  "case_id = 'X'",
  "due_explanation = '{}'",
  "sensitive = true",
  "channel = 'text'",
  "subject = 'Another subject'",
])("who and what of a notice stays as it was: %s", async (assignment) => {
  await expect(
    pool.query(`update tidings.interactions set ${assignment} where id = $1`, [id]),
  ).rejects.toMatchObject({ constraint: "interactions_keep_who_and_what" });
});
