import { sql } from "kysely";
import { expect, test } from "vitest";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { recordset } from "../../../src/store/postgres/recordset.ts";
import { useDatabase } from "../../database.ts";
import { interaction } from "../../ids.ts";

const { db } = useDatabase();

interface Row {
  readonly interactionId: InteractionId;
  readonly dueAt: Date | null;
  readonly isLate: boolean;
  readonly segments: number | null;
  readonly short: string | null;
  readonly ids: readonly InteractionId[];
  readonly evidence: { readonly code: string } | null;
}
const COLUMNS = {
  interactionId: "bigint",
  dueAt: "timestamptz",
  isLate: "boolean",
  segments: "int",
  short: "text",
  ids: "bigint[]",
  evidence: "jsonb",
} as const;

const FULL: Row = {
  interactionId: interaction("9223372036854775807"),
  dueAt: new Date("2031-03-03T15:00:00.250Z"),
  isLate: true,
  segments: 2,
  short: 'It\'s "late"',
  ids: [interaction(1), interaction(2)],
  evidence: { code: "4.7.1" },
};
const EMPTY: Row = { ...FULL, dueAt: null, segments: null, short: null, ids: [], evidence: null };

test("rows arrive as they are", async () => {
  const { rows } = await sql`
    select r."interactionId" as interaction_id, r."dueAt" as due_at, r."isLate" as is_late, r.segments, r.short, r.ids, r.evidence
    from ${recordset("r", COLUMNS, [FULL, EMPTY])}
  `.execute(db);
  expect(rows).toEqual([FULL, EMPTY]);
});

test("no rows are a table without rows", async () => {
  const none: readonly Row[] = [];
  const { rows } = await sql`select from ${recordset("r", COLUMNS, none)}`.execute(db);
  expect(rows).toEqual([]);
});

/** `npm run types` fails where one of these lines compiles: each would read a member that is not there, or as another type. */
export function misread(rows: readonly Row[]): void {
  recordset("r", { interactionId: "bigint", isLate: "boolean" }, rows);
  // @ts-expect-error no member has this name
  recordset("r", { interactionId: "bigint", late: "boolean" }, rows);
  const renamed = { interactionId: "bigint", due: "timestamptz" } as const;
  // @ts-expect-error neither in a list that has a name
  recordset("r", renamed, rows);
  // @ts-expect-error an id that the database numbers is no text
  recordset("r", { interactionId: "text" }, rows);
  // @ts-expect-error a time is no text
  recordset("r", { dueAt: "text" }, rows);
  // @ts-expect-error a text is no number
  recordset("r", { short: "int" }, rows);
}
