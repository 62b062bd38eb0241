import { beforeAll, describe, expect, test } from "vitest";
import { explain } from "../../src/commands/explain/explain.ts";
import { depsOn } from "../deps.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { runDueJobs } from "../queue.ts";
import { runOn, type Ran } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const explaining = (...words: readonly string[]): Promise<Ran> =>
  runOn(database, explain, ...words);

const FIRES = 1;
const WAITS_FOR_OTHER_STATUS = 2;
const WANTS_FIELD = 3;
const LINKED_LATER = 4;
const ACTIVATED_LATER = 5;
const UNLINKED_BEFORE = 6;
const DEPRECATED_BEFORE = 7;

let first: string;
let second: string;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: FIRES });
  await insertType(pool, { id: WAITS_FOR_OTHER_STATUS, onStatus: "completed" });
  await insertType(pool, {
    id: WANTS_FIELD,
    onCondition: [{ fieldName: "chapter", operator: "eq", value: 7, dataType: "integer" }],
  });
  await insertType(pool, { id: LINKED_LATER, caseTypes: [] });
  await insertType(pool, { id: ACTIVATED_LATER, status: "draft" });
  await insertType(pool, { id: UNLINKED_BEFORE });
  await insertType(pool, { id: DEPRECATED_BEFORE });
  await pool.query(
    `delete from tidings.case_type_notification_types where notification_type_id = ${UNLINKED_BEFORE}`,
  );
  await pool.query(
    `update tidings.notification_types set status = 'deprecated' where id = ${DEPRECATED_BEFORE}`,
  );
  [first = "", second = ""] = await insertChanges(pool, [
    { caseId: "CS-1", status: "initiated", fields: { chapter: 13, debtor: "Pat Example" } },
    { caseId: "CS-1", status: "processing" },
  ]);
  await runDueJobs(database, depsOn(database));
  await pool.query(
    `insert into tidings.case_type_notification_types values ('bankruptcy', ${LINKED_LATER})`,
  );
  await pool.query(
    `update tidings.notification_types set status = 'active' where id = ${ACTIVATED_LATER}`,
  );
});

/** The types of one change in the JSON document. */
async function typesOf(change: string): Promise<Readonly<Record<number, object>>> {
  const { output } = await explaining("--change", change, "--json");
  const document = JSON.parse(output) as {
    changes: { types: { notificationTypeId: number }[] }[];
  };
  return Object.fromEntries(
    document.changes[0]?.types.map(({ notificationTypeId, ...type }) => [
      notificationTypeId,
      type,
    ]) ?? [],
  );
}

describe("why a change did or did not cause a notice", () => {
  test("each type has the verdict on record, with the version of that time", async () => {
    expect(await typesOf(first)).toEqual({
      [FIRES]: {
        version: 1,
        name: "Type 1",
        verdict: "fires",
        long: null,
        interactionId: expect.any(String),
      },
      [WAITS_FOR_OTHER_STATUS]: {
        version: 1,
        name: "Type 2",
        verdict: "triggerDoesNotHold",
        long: "The type waits for status completed, the case has status initiated.",
        interactionId: null,
      },
      [WANTS_FIELD]: {
        version: 1,
        name: "Type 3",
        verdict: "conditionNotMet",
        long: "The case's fields do not meet the condition chapter eq 7.",
        interactionId: null,
      },
      [LINKED_LATER]: {
        version: null,
        name: "Type 4",
        verdict: "notConsidered",
        long: expect.stringMatching(
          /^It was not linked to the case type: \S+ linked it later, on /,
        ),
        interactionId: null,
      },
      [ACTIVATED_LATER]: {
        version: null,
        name: "Type 5",
        verdict: "notConsidered",
        long: expect.stringMatching(
          /^It had no active version: version 1 was activated later, on /,
        ),
        interactionId: null,
      },
      [UNLINKED_BEFORE]: {
        version: null,
        name: "Type 6",
        verdict: "notConsidered",
        long: expect.stringMatching(/^\S+ had removed its link to the case type on /),
        interactionId: null,
      },
      [DEPRECATED_BEFORE]: {
        version: null,
        name: "Type 7",
        verdict: "notConsidered",
        long: expect.stringMatching(/^It had no active version: version 1 was deprecated on /),
        interactionId: null,
      },
    });
  });

  test("a version that was replaced later still explains what it decided", async () => {
    await insertType(pool, {
      id: WAITS_FOR_OTHER_STATUS,
      version: 2,
      onStatus: "initiated",
      status: "draft",
    });
    await pool.query(
      `update tidings.notification_types set status = 'active' where (id, version) = (${WAITS_FOR_OTHER_STATUS}, 2)`,
    );

    expect(await typesOf(first)).toMatchObject({
      [WAITS_FOR_OTHER_STATUS]: {
        version: 1,
        long: "The type waits for status completed, the case has status initiated.",
      },
    });
  });

  test("the page of a case shows its changes in order, without the fields of the case", async () => {
    const { code, output } = await explaining("--case", "CS-1");

    expect(code).toBe(0);
    expect(output.indexOf(`Change ${first} of case CS-1`)).toBeGreaterThanOrEqual(0);
    expect(output.indexOf(`Change ${second} of case CS-1`)).toBeGreaterThan(
      output.indexOf(`Change ${first} of case CS-1`),
    );
    expect(output).toMatch(/FIRED: type 1 version 1 "Type 1"\n {4}Interaction \d+: scheduled\./);
    expect(output).toContain('not considered: type 4 "Type 4"');
    expect(output).not.toContain("Pat Example");
  });

  test("a limit keeps the newest changes and states how many there are", async () => {
    const { output } = await explaining("--case", "CS-1", "--limit", "1");

    expect(output).toContain("The newest 1 of 2 changes of the case");
    expect(output).toContain(`Change ${second} `);
    expect(output).not.toContain(`Change ${first} `);
  });

  test("a change that is not resolved, and one that only makes its case known, say so", async () => {
    const [waiting = "", boards = ""] = await insertChanges(pool, [
      { caseId: "CS-2", status: "initiated" },
      { caseId: "CS-3", status: "initiated", fires: false },
    ]);
    await pool.query(
      "update tidings.resolve_queue set attempts = 3, failed_by = '22P02' where case_change_ids @> array[$1::bigint]",
      [waiting],
    );

    expect((await explaining("--change", waiting)).output).toMatch(
      /is not resolved: it failed 3 times, the last time by\s+22P02/,
    );
    expect((await explaining("--change", boards)).output).toContain("It only makes its case known");
  });
});

test.each([
  [["--change", "999999"], "there is no case change 999999"],
  [["--case", "CS-NONE"], "there is no case CS-NONE"],
  [[], "give one of INTERACTION_ID, --change ID, --case ID and --borrower ID"],
  [["1", "--case", "CS-1"], "give one of INTERACTION_ID, --change ID, --case ID and --borrower ID"],
  [["--change", "x"], "--change must be a whole number"],
])("%j is refused", async (words, message) => {
  await expect(explaining(...words)).rejects.toThrow(message);
});
