import * as fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { CASE_STATUSES, OUTCOMES } from "../../src/domain/vocabulary.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertChanges, insertLender, insertType, type ChangeRow } from "../lender.ts";
import { runDueJobs } from "../queue.ts";

const database = useDatabase();
const { pool } = database;
const deps = depsOn(database);

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1, onStatus: "processing" });
  await insertType(pool, {
    id: 2,
    onStatus: "completed",
    onOutcome: "approved",
    delay: 3,
    unit: "businessDays",
  });
  await insertType(pool, { id: 3, onStatus: null, onOutcome: "denied" });
  await insertType(pool, {
    id: 4,
    onStatus: "processing",
    onCondition: [{ fieldName: "chapter", operator: "gte", value: 11, dataType: "integer" }],
  });
});

/** The changes of a few cases, each case's an hour apart. */
const histories = fc.array(
  fc.array(
    fc.record({
      status: fc.constantFrom(...CASE_STATUSES),
      outcome: fc.constantFrom(null, ...OUTCOMES),
      chapter: fc.constantFrom(7, 11, 13),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  { minLength: 1, maxLength: 4 },
);
type Histories = typeof histories extends fc.Arbitrary<infer Value> ? Value : never;

let world = 0;

/** The changes as rows with unique ids, case by case. */
function rowsOf(cases: Histories): ChangeRow[][] {
  world += 1;
  return cases.map((changes, n) =>
    changes.map(({ status, outcome, chapter }, hour) => ({
      caseId: `${world}:${n}`,
      status,
      outcome,
      fields: { chapter },
      at: new Date(Date.UTC(2031, 2, 3, hour)).toISOString(),
    })),
  );
}

/** The versions that fired, without the unique ids. */
async function fired(): Promise<string[]> {
  await runDueJobs(database, deps);
  const { rows } = await pool.query<{ fired: string }>(
    `select format('%s at %s fires %s, due %s', split_part(c.case_id, ':', 2), c.changed_at at time zone 'UTC', i.notification_type_id, i.scheduled_at_from) as fired
     from tidings.interactions i join tidings.case_changes c on c.id = i.case_change_id
     where c.case_id like $1 order by 1`,
    [`${world}:%`],
  );
  return rows.map((row) => row.fired);
}

async function insertOneByOne(rows: readonly ChangeRow[]): Promise<void> {
  for (const row of rows) await insertChanges(pool, [row]);
}

/** Takes from the fronts of the lists in the order of `turns`, so that every list keeps its own order. */
function interleave<One>(lists: readonly (readonly One[])[], turns: readonly number[]): One[] {
  const left = lists.map((list) => [...list]);
  const taken = turns.flatMap((turn) => left[turn % left.length]?.splice(0, 1) ?? []);
  return [...taken, ...left.flat()];
}

const turnsOf = fc.array(fc.nat(50), { maxLength: 20 });
const RUNS = { numRuns: 12 };

test("the order in which the changes of different cases arrive does not matter", async () => {
  await fc.assert(
    fc.asyncProperty(histories, turnsOf, async (cases, turns) => {
      await insertOneByOne(rowsOf(cases).flat());
      const inTurn = await fired();
      await insertOneByOne(interleave(rowsOf(cases), turns));
      expect(await fired()).toEqual(inTurn);
    }),
    RUNS,
  );
});

test("splitting a bulk does not matter", async () => {
  await fc.assert(
    fc.asyncProperty(histories, fc.nat(20), async (cases, split) => {
      await insertChanges(pool, rowsOf(cases).flat());
      const whole = await fired();
      const rows = rowsOf(cases).flat();
      for (const part of [rows.slice(0, split), rows.slice(split)])
        if (part.length > 0) await insertChanges(pool, part);
      expect(await fired()).toEqual(whole);
    }),
    RUNS,
  );
});

test("a resolving job that is run again fires nothing again", async () => {
  await fc.assert(
    fc.asyncProperty(histories, async (cases) => {
      const ids = await insertChanges(pool, rowsOf(cases).flat());
      const once = await fired();
      await pool.query(
        "insert into tidings.resolve_queue (case_change_ids) values ($1::bigint[])",
        [ids],
      );
      expect(await fired()).toEqual(once);
    }),
    RUNS,
  );
});
