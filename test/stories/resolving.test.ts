import { expect, test } from "vitest";
import { CHANNELS } from "../../src/domain/vocabulary.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { resolving, type Scenario } from "../scenarios/resolving.ts";

const database = useDatabase();
const { pool } = database;
const { lender } = depsOn(database);

interface SentNotice {
  readonly type: string;
  readonly change: string;
  readonly due: string | undefined;
}

/** Every scenario has different case types, cases and type ids, so that all of them share one database. */
async function insertScenario({ types, changes }: Scenario, n: number): Promise<void> {
  const own = (id: string): string => `${n}:${id}`;
  const caseTypes = [
    ...new Set([
      ...types.flatMap((type) => type.caseTypes),
      ...changes.map((change) => change.caseType),
    ]),
  ];
  for (const id of caseTypes)
    await pool.query("insert into tidings.case_types (id) values ($1)", [own(id)]);
  for (const [position, type] of types.entries()) {
    const templateId = 10 + CHANNELS.indexOf(type.channel);
    await insertType(pool, {
      ...type,
      id: n * 100 + position,
      caseTypes: type.caseTypes.map(own),
      templateId,
    });
  }
  for (const change of changes) await insertOne(change, n);
}

/** A lender that can say everything in every way. */
async function carryEveryChannel(): Promise<void> {
  await pool.query("update tidings.channels set provider = 'courier'");
  for (const [position, channel] of CHANNELS.entries())
    await pool.query(
      "insert into tidings.templates (id, channel, subject_template, text_template, html_template, status) values ($1, $2, 'S', 'T', 'H', 'active')",
      [10 + position, channel],
    );
}

async function insertOne(change: Scenario["changes"][number], n: number): Promise<void> {
  const { label, case: caseId, caseType, at, externalId, ...rest } = change;
  const row = {
    ...rest,
    caseId: `${n}:${caseId}`,
    caseTypeId: `${n}:${caseType}`,
    at: at.toISOString(),
  };
  const known = `${n}:${externalId ?? label}`;
  await insertChanges(pool, [{ ...row, externalId: known }]).catch(
    (error: { constraint?: string }) => {
      // the core system inserts a change twice: the database refuses the second one, and the first is kept
      if (error.constraint !== "case_changes_external_id_is_taken_once") throw error;
    },
  );
}

async function readTold(
  { types, changes, expect: expected }: Scenario,
  n: number,
): Promise<SentNotice[]> {
  const { rows } = await pool.query<{ type: number; change: string; due: Date }>(
    `select i.notification_type_id as type, c.external_id as change, i.scheduled_at_from as due
     from tidings.interactions i join tidings.case_changes c on c.id = i.case_change_id
     where i.notification_type_id between $1 and $2`,
    [n * 100, n * 100 + 99],
  );
  const dated = new Set(expected.filter((notice) => notice.due).map((notice) => notice.type));
  return rows.map((row) => {
    const type = types[row.type % 100]?.name ?? "";
    const change =
      changes.find(({ label, externalId }) => `${n}:${externalId ?? label}` === row.change)
        ?.label ?? "";
    return { type, change, due: dated.has(type) ? row.due.toISOString() : undefined };
  });
}

const inOrder = (notices: readonly SentNotice[]): SentNotice[] =>
  notices.toSorted((one, other) =>
    `${one.change} ${one.type}`.localeCompare(`${other.change} ${other.type}`),
  );

test("the notices of a borrower when a case changes, from the insert through the queue to the record", async () => {
  await insertLender(pool);
  await carryEveryChannel();
  for (const [n, scenario] of resolving.scenarios.entries()) await insertScenario(scenario, n + 1);
  await runDueJobs(
    database,
    depsOn(database, { lender: { ...lender, timeZone: resolving.timeZone } }),
  );
  for (const [n, scenario] of resolving.scenarios.entries()) {
    const expected = scenario.expect.map((notice) => ({
      ...notice,
      due: notice.due?.toISOString(),
    }));
    expect(inOrder(await readTold(scenario, n + 1)), scenario.title).toEqual(inOrder(expected));
  }
});
