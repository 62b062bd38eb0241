import { readFileSync } from "node:fs";
import { z } from "zod";
import {
  CASE_STATUSES,
  CHANNELS,
  DATA_TYPES,
  DELAY_UNITS,
  OPERATORS,
  OUTCOMES,
} from "../../src/domain/vocabulary.ts";

const condition = z.strictObject({
  fieldName: z.string(),
  operator: z.enum(OPERATORS).exactOptional(),
  value: z.unknown().exactOptional(),
  dataType: z.enum(DATA_TYPES).exactOptional(),
});

const type = z.strictObject({
  name: z.string().max(50),
  caseTypes: z.array(z.string()).optional(),
  onStatus: z.enum(CASE_STATUSES).nullable().default(null),
  onOutcome: z.enum(OUTCOMES).nullable().default(null),
  onCondition: z.array(condition).default([]),
  channel: z.enum(CHANNELS),
  delay: z.int().nullable().default(null),
  unit: z.enum(DELAY_UNITS).nullable().default(null),
  calendar: z.string().default("office"),
});

const change = z.strictObject({
  label: z.string(),
  case: z.string(),
  caseType: z.string().optional(),
  at: z.iso.datetime({ offset: true }).transform((text) => new Date(text)),
  status: z.enum(CASE_STATUSES),
  outcome: z.enum(OUTCOMES).nullable().default(null),
  fields: z.record(z.string(), z.unknown()).default({}),
  fires: z.boolean().default(true),
  externalId: z.string().nullable().default(null),
});

const notice = z.strictObject({
  type: z.string(),
  change: z.string(),
  due: z.iso
    .datetime({ offset: true })
    .transform((text) => new Date(text))
    .optional(),
});

/** Fills in the omitted parts of a scenario, such as the case types of its types and changes. */
const scenario = z
  .strictObject({
    title: z.string(),
    description: z.string(),
    caseType: z.string(),
    types: z.array(type),
    changes: z.array(change),
    expect: z.array(notice),
  })
  .transform(({ caseType, types, changes, ...rest }) => ({
    ...rest,
    types: types.map((each) => ({ ...each, caseTypes: each.caseTypes ?? [caseType] })),
    changes: changes.map((each) => ({ ...each, caseType: each.caseType ?? caseType })),
  }));

const table = z.strictObject({
  about: z.array(z.string()),
  timeZone: z.string(),
  scenarios: z.array(scenario),
});

export type Scenario = z.infer<typeof scenario>;
export type ScenarioType = Scenario["types"][number];
export type ScenarioChange = Scenario["changes"][number];

/** The table in `resolving.json`, which is strict: a key it does not know is a slip of the pen. */
export const resolving = table.parse(
  JSON.parse(readFileSync(new URL("resolving.json", import.meta.url), "utf8")),
);
