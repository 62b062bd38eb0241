import { beforeAll, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";

const { pool } = useDatabase();

let id = "";

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  const [changeId = ""] = await insertChanges(pool, [{ caseId: "CS-1", status: "initiated" }]);
  const { rows } = await pool.query<{ id: string }>(
    `insert into tidings.interactions (origin, channel, status, person_id, case_id, case_change_id, notification_type_id,
       notification_type_version, contact_id, contact, claimed_at, claimed_by, content_sha256)
     values ('tidings', 'email', 'attempted', 'BO-1', 'CS-1', $1, 1, 1, 'CT-EMAIL', '{"value": "pat@example.com"}', now(), 'w-1', repeat('a', 64))
     returning id`,
    [changeId],
  );
  id = rows[0]?.id ?? "";
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
