import { beforeAll, expect, test } from "vitest";
import { dryRun } from "../../src/commands/dry-run/dry-run.ts";
import { explain } from "../../src/commands/explain/explain.ts";
import { findTypeOf } from "../../src/store/dry-run/case-facts.ts";
import { planNextAttempts } from "../../src/store/deliver/next-attempts.ts";
import { runOn } from "../commands/run.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { interaction } from "../ids.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool, db } = database;

const ENGLISH = 11;
const SPANISH = 12;
/** The same notice for another channel, and a template whose slug names no language. */
const SPANISH_TEXT = 13;
const ALONE = 14;

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(
    `insert into tidings.templates (id, slug, channel, language, subject, sensitive, subject_template, text_template) values
       (${ENGLISH}, 'dispute-received.email.en', 'email', 'en', 'disputeOfDebtSubmitDocumentation', false, 'Your dispute', 'Hello'),
       (${SPANISH}, 'dispute-received.email.es', 'email', 'es', 'disputeOfDebtSubmitDocumentation', true, 'Su disputa', 'Hola'),
       (${SPANISH_TEXT}, 'dispute-received.text.es', 'text', 'es', null, false, null, 'Hola'),
       (${ALONE}, 'farewell', 'email', 'en', null, false, 'Farewell', 'Bye')`,
  );
  await pool.query("update tidings.templates set status = 'active' where status = 'draft'");
  await pool.query(`
    insert into tidings.borrowers (id, name, language) values
      ('BO-ES', '{"firstName": "Sol"}', 'es'), ('BO-MX', '{"firstName": "Luz"}', 'es-MX'), ('BO-FR', '{"firstName": "Lou"}', 'fr');
  `);
  await insertType(pool, { id: 1, templateId: ENGLISH });
  await insertType(pool, { id: 2, templateId: ALONE });
});

interface Planned {
  readonly id: string;
  readonly templateId: number;
  readonly sensitive: boolean;
  readonly explanation: object | null;
}

/** The notice of type 1 for one borrower, as the resolver plans it. */
async function planFor(borrowerId: string, typeId = 1): Promise<Planned | undefined> {
  const caseId = `CS-${borrowerId}-${typeId}`;
  await insertChanges(pool, [{ caseId, borrowerId, status: "initiated" }]);
  await runDueJobs(database, depsOn(database));
  const { rows } = await pool.query<Planned>(
    `select id, template_id as "templateId", sensitive, template_explanation as explanation
     from tidings.interactions where case_id = $1 and notification_type_id = $2`,
    [caseId, typeId],
  );
  return rows[0];
}

test("a borrower gets the template of the family that is in the borrower's language", async () => {
  expect(await planFor("BO-ES")).toMatchObject({
    templateId: SPANISH,
    // as the Spanish template says
    sensitive: true,
    explanation: { borrowerLanguage: "es", language: "es", why: "borrowerLanguage" },
  });
  expect(await planFor("BO-MX")).toMatchObject({
    templateId: SPANISH,
    explanation: { borrowerLanguage: "es-MX", language: "es", why: "relatedLanguage" },
  });
  expect(await planFor("BO-1")).toMatchObject({
    templateId: ENGLISH,
    explanation: { borrowerLanguage: "en", language: "en", why: "borrowerLanguage" },
  });
});

test("a borrower whose language has no template gets the lender's language, and explain says so", async () => {
  const notice = await planFor("BO-FR");

  expect(notice).toMatchObject({
    templateId: ENGLISH,
    explanation: { borrowerLanguage: "fr", language: "en", why: "lenderLanguage" },
  });
  expect((await runOn(database, explain, notice?.id ?? "")).output).toContain(
    "Template 11, version 1, in en: the lender's language, because there is no active",
  );
});

test("a template whose slug does not end with its language has no family", async () => {
  expect(await planFor("BO-ES", 2)).toMatchObject({
    templateId: ALONE,
    explanation: { borrowerLanguage: "es", language: "en", why: "lenderLanguage" },
  });
});

test("the next attempt keeps the template and the reason for it", async () => {
  const notice = await planFor("BO-ES");
  await rewriteRecord(
    pool,
    `update tidings.interactions set status = 'failed', failure_description_short = 'Refused', failure_description_long = 'Refused.' where id = ${notice?.id}`,
  );

  await planNextAttempts(db, [
    { interactionId: interaction(notice?.id ?? ""), dueAt: new Date("2031-01-01T00:00:00Z") },
  ]);

  const { rows } = await pool.query(
    `select template_id as "templateId", template_explanation as explanation from tidings.interactions where previous_interaction_id = $1`,
    [notice?.id],
  );
  expect(rows).toEqual([{ templateId: SPANISH, explanation: notice?.explanation }]);
});

test("a dry run shows the template that would be chosen", async () => {
  const notice = await planFor("BO-FR");
  const { rows } = await pool.query<{ id: string }>(
    "select case_change_id as id from tidings.interactions where id = $1",
    [notice?.id],
  );

  const { output } = await runOn(database, dryRun, "--change", rows[0]?.id ?? "");

  expect(output).toContain("Template 11, version 1, in en: the lender's language");
});

test("a preview of any template of a family finds the type that sends it", async () => {
  expect(await findTypeOf(db, SPANISH)).toEqual({ id: 1, name: "Type 1" });
  expect(await findTypeOf(db, SPANISH_TEXT)).toBeUndefined();
});
