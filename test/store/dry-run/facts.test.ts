import { expect, test } from "vitest";
import { createCalendars } from "../../../src/decide/resolve/calendars.ts";
import { forecastChange, type ForecastInputs } from "../../../src/decide/dry-run/forecast.ts";
import type { FactSheet } from "../../../src/domain/deliver/fact-sheet.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { loadArrivals } from "../../../src/store/dry-run/arrivals.ts";
import { loadFactSheets } from "../../../src/store/deliver/fact-sheets.ts";
import { loadActiveVersions } from "../../../src/store/resolve/active-types.ts";
import { loadDryRunFacts } from "../../../src/store/dry-run/facts.ts";
import { useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertChanges, insertLender, insertType } from "../../lender.ts";
import { runDueJobs } from "../../queue.ts";

const database = useDatabase();
const { pool, db } = database;

test("a dry run is judged on the facts that delivering loads, to the last of them", async () => {
  await insertLender(pool);
  await pool.query(
    "update tidings.borrowers set language = 'es', time_zone = 'America/Denver', comm_preferences = '{\"a\": 1}'",
  );
  await insertType(pool, {
    id: 1,
    delay: 3,
    unit: "calendarDays",
    onCondition: [{ fieldName: "chapter", value: 7 }],
  });
  await pool.query(
    `insert into tidings.pauses (scope, channel, reason) values
       ('everything', null, 'over'), ('channel', 'text', 'not this one'), ('channel', 'email', 'storm');
     update tidings.pauses set released_at = now() where reason = 'over'`,
  );
  const ids = await insertChanges(pool, [
    { caseId: "CS-1", status: "initiated", fields: { chapter: 7 } },
  ]);

  const { arrivals } = await loadArrivals(db, { kind: "ids", ids }, 1);
  const changes = arrivals.map(({ change }) => change);
  const versions = await loadActiveVersions(db, ["bankruptcy"]);
  const withinMs = { email: 7_200_000 };
  const { lender, senders } = depsOn(database);
  const foretold: FactSheet[] = [];
  const inputs: ForecastInputs = {
    planning: {
      zone: lender.timeZone,
      languages: lender.languages,
      calendars: createCalendars({ calendars: [], closures: [] }),
      withinMs,
    },
    sendContext: {
      lender,
      senders,
      links: null,
      linkKeys: [],
      recipientsAllowed: null,
      canSeal: false,
      now: new Date(),
    },
    dryRunFacts: await loadDryRunFacts(db, changes),
    activeTypes: (caseTypeId) => versions.get(caseTypeId) ?? [],
    findTemplate: (facts) => void foretold.push(facts),
  };
  for (const arrival of arrivals) forecastChange(arrival, inputs);

  await runDueJobs(database, depsOn(database, { withinMs }));
  const { rows } = await pool.query<{ id: InteractionId }>("select id from tidings.interactions");
  const [loaded] = await loadFactSheets(
    db,
    rows.map(({ id }) => id),
  );
  expect(loaded?.contacts).toHaveLength(2);
  expect(loaded?.pausedBecause).toBe("storm");
  const caseNow = { ...loaded?.caseNow, changeId: "0" };
  expect(foretold).toEqual([{ ...loaded, caseNow, interactionId: "0", chainId: "0" }]);
});
