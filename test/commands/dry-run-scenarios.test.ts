import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dryRun } from "../../src/commands/dry-run/dry-run.ts";
import { CHANNELS } from "../../src/domain/vocabulary.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { resolving, type Scenario, type ScenarioChange } from "../scenarios/resolving.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const dir = mkdtempSync(join(tmpdir(), "tidings-dry-run-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Notice {
  readonly notificationTypeId: number;
  readonly kind: string;
  readonly dueAt?: string;
  readonly long?: string;
}
interface Document {
  readonly changes: readonly {
    readonly nothing: string | null;
    readonly notices: readonly Notice[];
  }[];
}

async function runDryRun(...words: readonly string[]): Promise<Document["changes"]> {
  const { output } = await runOn(database, dryRun, ...words, "--json");
  return (JSON.parse(output) as Document).changes;
}

/** Every scenario has different case types, cases and type ids, so that all of them share one database. */
async function insertTypes({ types, changes }: Scenario, n: number): Promise<void> {
  const named = [
    ...types.flatMap((type) => type.caseTypes),
    ...changes.map((change) => change.caseType),
  ];
  for (const id of new Set(named))
    await pool.query("insert into tidings.case_types (id) values ($1)", [`${n}:${id}`]);
  for (const [position, type] of types.entries())
    await insertType(pool, {
      ...type,
      id: n * 100 + position,
      caseTypes: type.caseTypes.map((id) => `${n}:${id}`),
      templateId: 10 + CHANNELS.indexOf(type.channel),
    });
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

const lineOf = (change: ScenarioChange, n: number): object => ({
  external_id: change.externalId === null ? null : `${n}:${change.externalId}`,
  case_id: `${n}:${change.case}`,
  case_type_id: `${n}:${change.caseType}`,
  borrower_id: "BO-1",
  status: change.status,
  outcome: change.outcome,
  fields: change.fields,
  changed_at: change.at,
  fires: change.fires,
});

async function insertOne(change: ScenarioChange, n: number): Promise<string[]> {
  const { case: caseId, caseType, at, externalId, status, outcome, fields, fires } = change;
  const row = {
    status,
    outcome,
    fields,
    fires,
    caseId: `${n}:${caseId}`,
    caseTypeId: `${n}:${caseType}`,
    at: at.toISOString(),
    ...(externalId !== null && { externalId: `${n}:${externalId}` }),
  };
  return await insertChanges(pool, [row]).catch((error: { constraint?: string }) => {
    if (error.constraint === "case_changes_external_id_is_taken_once") return [];
    throw error;
  });
}

/** Every forecast that is not silent has fired, also without an eligible contact. */
const firedIn = ({ types, changes, expect: expected }: Scenario, forecasts: Document["changes"]) =>
  forecasts.flatMap(({ notices }, place) =>
    notices
      .filter(({ kind }) => kind !== "silent")
      .map(({ notificationTypeId, dueAt }) => {
        const type = types[notificationTypeId % 100]?.name ?? "";
        const dated = expected.some((notice) => notice.type === type && notice.due);
        return { type, change: changes[place]?.label ?? "", due: dated ? dueAt : undefined };
      }),
  );

const inOrder = (notices: readonly { readonly type: string; readonly change: string }[]) =>
  notices.toSorted((one, other) =>
    `${one.change} ${one.type}`.localeCompare(`${other.change} ${other.type}`),
  );

beforeAll(async () => {
  await insertLender(pool);
  await carryEveryChannel();
});

const numbered = resolving.scenarios.map((scenario, place) => ({
  ...scenario,
  n: place + 1,
}));

describe("the forecast of a file of changes equals the effects of inserting them one by one", () => {
  test.each(numbered)("$title", async ({ n, ...scenario }) => {
    await insertTypes(scenario, n);
    const path = join(dir, `${n}.jsonl`);
    writeFileSync(
      path,
      scenario.changes.map((change) => JSON.stringify(lineOf(change, n))).join("\n"),
    );
    const foretold = await runDryRun("--file", path);
    const expected = scenario.expect.map(({ due, ...notice }) => ({
      ...notice,
      due: due?.toISOString(),
    }));
    expect(inOrder(firedIn(scenario, foretold))).toEqual(inOrder(expected));

    const ids: string[] = [];
    for (const change of scenario.changes) ids.push(...(await insertOne(change, n)));
    const arrived = await runDryRun(...ids.flatMap((id) => ["--change", id]));
    expect(arrived.map(alike)).toEqual(
      foretold.filter(({ nothing }) => !isRepeat(nothing)).map(alike),
    );
  });
});

const isRepeat = (nothing: string | null): boolean => nothing?.includes("external_id") === true;

const alike = ({ nothing, notices }: Document["changes"][number]) => ({
  nothing,
  notices: notices.map(({ notificationTypeId, kind, dueAt, long }) => [
    notificationTypeId,
    kind,
    dueAt,
    long,
  ]),
});
