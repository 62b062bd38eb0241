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
  "template_explanation = '{}'",
  "sensitive = true",
  "channel = 'text'",
  "subject = 'Another subject'",
])("who and what of a notice stays as it was: %s", async (assignment) => {
  await expect(
    pool.query(`update tidings.interactions set ${assignment} where id = $1`, [id]),
  ).rejects.toMatchObject({ constraint: "interactions_keep_who_and_what" });
});

async function historyOf(interactionId: string): Promise<string[]> {
  const { rows } = await pool.query<{ columns: string[] }>(
    `select array(select jsonb_object_keys(changes)) as columns from tidings.record_changes
     where table_name = 'interactions' and row_id = $1 order by id`,
    [interactionId],
  );
  return rows.flatMap((row) => row.columns);
}

test("sealed content is not replaced together with a move of the status", async () => {
  const seal = (keyId: string): object => ({
    sealed: { keyId, iv: "", tag: "", data: "", commitment: "c" },
  });
  const sent = await insertInteraction(pool, { status: "attempted", content: seal("one") });
  const forge = pool.query(
    "update tidings.interactions set status = 'succeeded', content = $2 where id = $1",
    [sent, seal("other")],
  );
  await expect(forge).rejects.toMatchObject({ constraint: "interactions_keep_their_content" });
});

test("a reason that is rewritten in two moves of the details leaves history", async () => {
  const sent = await insertInteraction(pool, {
    status: "attempted",
    statusDetails: "emailSoftBounced",
    failureDescriptionShort: "Mailbox full",
    failureDescriptionLong: "Mailbox full.",
  });
  const move = (assignments: string) =>
    pool.query(`update tidings.interactions set ${assignments} where id = $1`, [sent]);
  await move("status_details = 'x', failure_description_short = 'Forged'");
  await move("status_details = 'emailSoftBounced'");
  expect(await historyOf(sent)).toEqual(["failure_description_short"]);
});
