import { beforeAll, expect, test } from "vitest";
import type { InteractionId } from "../../src/domain/ids.ts";
import { loadChain } from "../../src/store/operate/chain.ts";
import { explainPage } from "../../src/commands/explain/page.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertChanges, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool, db } = database;
const installation = useInstallation(database);

beforeAll(async () => {
  await pool.query(
    `insert into tidings.templates (id, channel, subject_template, text_template, status)
     values (50, 'email', 'Your plan', 'You pay {{case.fields.payment}} while it is {{case.status}}.', 'active')`,
  );
  await insertType(pool, { id: 1, onStatus: "completed", onOutcome: "approved", templateId: 50 });
  await insertType(pool, {
    id: 2,
    onStatus: "processing",
    templateId: 50,
    delay: 2,
    unit: "calendarDays",
  });
});

async function textsOf(caseId: string): Promise<string[]> {
  const { rows } = await pool.query<{ text: string }>(
    "select content->>'bodyText' as text from tidings.interactions where case_id = $1 and content is not null order by id",
    [caseId],
  );
  return rows.map((row) => row.text.trim());
}

async function explained(caseId: string): Promise<string> {
  const { rows } = await pool.query<{ id: InteractionId }>(
    "select id from tidings.interactions where case_id = $1",
    [caseId],
  );
  const id = rows[0]?.id;
  const chain = id && (await loadChain(db, id));
  if (id === undefined || chain === undefined) throw new Error("there is no chain");
  const page = explainPage(chain, {
    asked: id,
    now: new Date(),
    zone: "America/New_York",
    daemons: [],
    waits: [],
  });
  return page.replaceAll(/\s+/g, " ");
}

test("a notice of a late change states the facts of that change, not of the newest one", async () => {
  const [newest] = await insertChanges(pool, [
    {
      caseId: "H1",
      status: "reopened",
      fields: { payment: "900.00" },
      at: "2031-03-03T14:00:00Z",
    },
  ]);
  const [fired] = await insertChanges(pool, [
    {
      caseId: "H1",
      status: "completed",
      outcome: "approved",
      fields: { payment: "450.00" },
      at: "2031-03-03T13:00:00Z",
    },
  ]);
  await runDueJobs(database, installation.deps);
  expect(await textsOf("H1")).toEqual(["You pay 450.00 while it is completed."]);
  expect(await explained("H1")).toContain(
    `It states the facts of change ${fired}, which fired it. When it was rendered, the newest change of the case was ${newest}, whose facts it does not state.`,
  );
});

test("a delayed notice states the facts of the change that fired it, whatever changed meanwhile", async () => {
  await installation.change("H2", "processing", { fields: { payment: "450.00" } });
  const planned = await explained("H2");
  expect(planned).toMatch(
    /It states the facts of change \d+, whatever changes of the case follow\./,
  );
  await installation.at("2031-03-04T15:00:00Z");
  await installation.change("H2", "completed", { fields: { payment: "900.00" } });
  await installation.at("2031-03-06T15:00:00Z");
  expect(await textsOf("H2")).toEqual(["You pay 450.00 while it is processing."]);
});

test("which change of the case was the newest is on record and does not change", async () => {
  await expect(
    pool.query("update tidings.interactions set newest_case_change_id = -1 where case_id = 'H1'"),
  ).rejects.toMatchObject({ constraint: "interactions_keep_who_and_what" });
});
