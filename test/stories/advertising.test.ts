import { beforeAll, expect, test } from "vitest";
import { loadLinkKeys } from "../../src/store/api/secrets.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertType } from "../lender.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);

const WORDS =
  "Advertisement: a new card. Example Lender, 1 Example Street, Springfield, OH 45501. Unsubscribe: {{url optOutUrl}}";

beforeAll(async () => {
  const links = { publicUrl: "https://lender.example", keys: await loadLinkKeys(database.db) };
  Object.assign(installation.deps, { links });
  await pool.query("insert into tidings.case_types (id) values ('offered'), ('noticed')");
  await pool.query(
    `insert into tidings.templates (id, version, channel, subject_template, text_template, declares) values
       (31, 1, 'email', 'A new card', $1, '{advertising}'), (32, 1, 'email', 'A notice', $1, '{}')`,
    [WORDS],
  );
  await pool.query("update tidings.templates set status = 'active'");
  await insertType(pool, { id: 31, templateId: 31, caseTypes: ["offered"] });
  await insertType(pool, { id: 32, templateId: 32, caseTypes: ["noticed"] });
});

/** The email of a case and whether the record calls it advertising. */
async function sendNotice(caseId: string, caseTypeId: string) {
  await installation.reachableBy({ email: `${caseId.toLowerCase()}@example.com` });
  await installation.change(caseId, "initiated", { caseTypeId });
  const { rows } = await pool.query<{ isTransactional: boolean | null }>(
    'select is_transactional as "isTransactional" from tidings.interactions where case_id = $1 order by attempt',
    [caseId],
  );
  const mails = await installation.outbox();
  const mail = mails.find((one) => one.includes(`To: ${caseId.toLowerCase()}@example.com`));
  return { rows, mail };
}

test("an email of a template that declares advertising has the headers of RFC 8058, and its interaction says so", async () => {
  const { rows, mail } = await sendNotice("ADVERT", "offered");
  expect(rows).toEqual([{ isTransactional: false }]);
  expect(mail).toMatch(/^List-Unsubscribe:\s+<https:\/\/lender\.example\/opt-out\/\d+-\w+>\r?$/mu);
  expect(mail).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r?$/mu);
});

test("an email of any other template has none, with the same words", async () => {
  const { rows, mail } = await sendNotice("NOTICE", "noticed");
  expect(rows).toEqual([{ isTransactional: true }]);
  expect(mail).toContain("https://lender.example/opt-out/");
  expect(mail).not.toContain("List-Unsubscribe");
});

test("the next attempt of advertising is advertising too", async () => {
  await installation.reachableBy({ email: "greylisted-once@example.com" });
  await installation.change("AGAIN", "initiated", { caseTypeId: "offered" });
  const { rows } = await pool.query(
    "select is_transactional from tidings.interactions where case_id = 'AGAIN' order by attempt",
  );
  expect(rows).toEqual([{ is_transactional: false }, { is_transactional: false }]);
});

test.each([
  ["is required by law", "required_by_law = true"],
  ["confirms an opt-out", "kind = 'optOutConfirmation'"],
])("a template that %s cannot be advertising", async (_, change) => {
  await pool.query(
    `insert into tidings.templates (id, channel, text_template, declares) values (33, 'text', 'x', '{advertising}')
     on conflict do nothing`,
  );
  await expect(pool.query(`update tidings.templates set ${change} where id = 33`)).rejects.toThrow(
    /declares advertising/u,
  );
});
