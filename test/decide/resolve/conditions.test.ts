import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  conditionFault,
  conditionHolds,
  MAX_CONDITION_VALUES,
} from "../../../src/decide/resolve/conditions.ts";
import { parseExactJson } from "../../../src/domain/values/exact-json.ts";
import type { Condition } from "../../../src/domain/resolve/notification-type.ts";
import {
  DATA_TYPES,
  OPERATORS,
  type DataType,
  type Operator,
} from "../../../src/domain/vocabulary.ts";

/** Returns whether a field with this value meets a condition in text form: "x gt 5 integer". */
function meets(field: unknown, operator: Operator, value: unknown, dataType: DataType): boolean {
  return conditionHolds({ fieldName: "x", operator, value, dataType }, { x: field });
}

describe("a missing field", () => {
  const answers: Record<Operator, boolean> = {
    eq: false,
    ne: true,
    gt: false,
    gte: false,
    lt: false,
    lte: false,
    in: false,
    notIn: false,
    exists: false,
    notExists: true,
    contains: false,
  };
  const missing: [string, Record<string, unknown>][] = [
    ["absent", {}],
    ["null", { x: null }],
    ["undefined", { x: undefined }],
  ];
  describe.each(missing)("that is %s", (_, fields) => {
    test.each(OPERATORS)(`meets %s as it should`, (operator) => {
      const value = operator === "in" || operator === "notIn" ? [5] : 5;
      const condition: Condition = { fieldName: "x", operator, value, dataType: "integer" };
      expect(conditionHolds(condition, fields)).toBe(answers[operator]);
    });
  });

  test.each(["constructor", "toString", "__proto__", "hasOwnProperty"])(
    "is one called %s that the case does not have",
    (fieldName) => {
      expect(conditionHolds({ fieldName, operator: "exists" }, {})).toBe(false);
      const fields: Record<string, unknown> = JSON.parse(`{"${fieldName}": "yes"}`);
      expect(conditionHolds({ fieldName, value: "yes" }, fields)).toBe(true);
    },
  );
});

describe("a value that does not fit the data type", () => {
  const unprocessable: [DataType, unknown, unknown][] = [
    ["string", "7", 7],
    ["string", "true", true],
    ["integer", 5, "abc"],
    ["integer", 5, ""],
    ["integer", 5, " 4"],
    ["integer", 5, 4.5],
    ["integer", 5, "4.0"],
    ["integer", 5, "4".repeat(101)],
    ["decimal", 5, `0.${"4".repeat(101)}`],
    ["decimal", 5, "1,500.00"],
    ["decimal", 5, ".5"],
    ["decimal", 5, "0x10"],
    ["decimal", 5, "NaN"],
    ["decimal", 5, Number.POSITIVE_INFINITY],
    ["decimal", 5, true],
    ["decimal", 5, { amount: 5 }],
    ["boolean", true, "true"],
    ["boolean", true, 1],
    ["date", "2031-03-03", "2031-02-30"],
    ["date", "2031-03-03", "2031-13-01"],
    ["date", "2031-03-03", "03/03/2031"],
    ["date", "2031-03-03", "2031-3-3"],
    ["date", "2031-03-03", "2031-03-03T00:00:00Z"],
    ["date", "2031-03-03", 20310303],
    ["dateTime", "2031-03-03T10:00:00Z", "2031-03-03"],
    ["dateTime", "2031-03-03T10:00:00Z", "2031-03-03T10:00:00"],
    ["dateTime", "2031-03-03T10:00:00Z", "2031-02-30T10:00:00Z"],
    ["dateTime", "2031-03-03T10:00:00Z", "2031-03-03T25:00:00Z"],
    ["dateTime", "2031-03-03T10:00:00Z", "2031-03-03 10:00:00Z"],
    ["dateTime", "2031-03-03T10:00:00Z", 1930302000],
  ];
  test.each(unprocessable)("%s %j fails every comparison with %j", (dataType, value, field) => {
    expect(conditionFault({ fieldName: "x", value, dataType })).toBeNull();
    const met = OPERATORS.filter((operator) =>
      meets(field, operator, operator === "in" || operator === "notIn" ? [value] : value, dataType),
    );
    expect(met).toEqual(["exists"]);
  });
});

/** Each pair in ascending order. */
const ordered: [DataType, unknown, unknown][] = [
  ["integer", 9, 10],
  ["integer", "9", 10],
  ["integer", -10, "-9"],
  ["integer", "9007199254740992", "9007199254740993"],
  ["integer", 1e21, "1000000000000000000001"],
  ["decimal", 0.1, "0.10000000000000000001"],
  ["decimal", "-0.5", 0],
  ["decimal", 1e-7, "0.0000002"],
  ["decimal", "1499.99", 1500],
  ["decimal", 5e-324, "1e-323"],
  ["date", "2030-12-31", "2031-01-01"],
  ["date", "0999-12-31", "1000-01-01"],
  ["date", "1969-12-31", "1970-01-01"],
  ["dateTime", "2031-03-03T10:00:00-05:00", "2031-03-03T08:00:00-08:00"],
  ["dateTime", "2031-03-03T10:00:00.000001Z", "2031-03-03T10:00:00.000002Z"],
  ["dateTime", "1969-12-31T23:59:58.25Z", "1969-12-31T23:59:58.5Z"],
  ["dateTime", "2031-03-03T23:00-05:00", "2031-03-04T05:00Z"],
];
describe("of two ordered values", () => {
  test.each(ordered)("%s %j comes before %j", (dataType, low, high) => {
    const operatorsMet = (field: unknown, value: unknown) =>
      (["eq", "ne", "gt", "gte", "lt", "lte"] as const).filter((operator) =>
        meets(field, operator, value, dataType),
      );
    expect(operatorsMet(low, high)).toEqual(["ne", "lt", "lte"]);
    expect(operatorsMet(high, low)).toEqual(["ne", "gt", "gte"]);
    expect(operatorsMet(high, high)).toEqual(["eq", "gte", "lte"]);
  });
});

describe("the same value written in two ways", () => {
  test.each([
    ["integer", "007", 7],
    ["integer", "-0", 0],
    ["integer", 1e21, "1000000000000000000000"],
    ["decimal", "1500.00", 1500],
    ["decimal", "1.5E+3", "1500"],
    ["decimal", 0.1, "0.10"],
    ["dateTime", "2031-03-03T10:00:00-05:00", "2031-03-03T15:00:00.000Z"],
    ["dateTime", "2031-03-03T24:00:00Z", "2031-03-04T00:00:00+00:00"],
  ] as const)("is equal: %s %j and %j", (dataType, one, other) => {
    expect(meets(one, "eq", other, dataType)).toBe(true);
    expect(meets(one, "ne", other, dataType)).toBe(false);
    expect(meets(one, "in", [other], dataType)).toBe(true);
    expect(meets([one], "contains", other, dataType)).toBe(true);
  });
});

describe("lists and parts", () => {
  const rows: [string, { field: unknown; operator: Operator; value: unknown; meets: boolean }][] = [
    [
      "in finds a value anywhere in its list",
      { field: "b", operator: "in", value: ["a", "b"], meets: true },
    ],
    [
      "in fails where nothing in its list is equal",
      { field: "c", operator: "in", value: ["a", "b"], meets: false },
    ],
    [
      "notIn fails where anything in its list is equal",
      { field: "b", operator: "notIn", value: ["a", "b"], meets: false },
    ],
    [
      "notIn holds for a value outside its list",
      { field: "c", operator: "notIn", value: ["a", "b"], meets: true },
    ],
    [
      "contains finds a part of a text",
      { field: "chapter13", operator: "contains", value: "13", meets: true },
    ],
    [
      "contains minds capitals",
      { field: "Chapter13", operator: "contains", value: "chapter", meets: false },
    ],
    [
      "contains finds an element of a list",
      { field: ["a", "b"], operator: "contains", value: "b", meets: true },
    ],
    [
      "contains takes no part for an element",
      { field: ["ab"], operator: "contains", value: "b", meets: false },
    ],
    [
      "contains passes over elements of another type",
      { field: [7, null, "b"], operator: "contains", value: "b", meets: true },
    ],
    [
      "contains finds nothing in an object",
      { field: { b: "b" }, operator: "contains", value: "b", meets: false },
    ],
    [
      "a list does not equal its only element",
      { field: ["b"], operator: "eq", value: "b", meets: false },
    ],
  ];
  test.each(rows)("%s", (_, row) => {
    expect(meets(row.field, row.operator, row.value, "string")).toBe(row.meets);
  });

  test("contains looks for a number in a list only, never in a text", () => {
    expect(meets("137", "contains", 13, "integer")).toBe(false);
    expect(meets([137, "13"], "contains", 13, "integer")).toBe(true);
  });
});

describe("a number beyond a double", () => {
  const exact = (written: string): unknown => parseExactJson(written);

  test.each([
    ["9007199254740993", "eq", "9007199254740992", false],
    ["9007199254740993", "eq", "9007199254740993", true],
    ["9007199254740993", "gt", "9007199254740992", true],
    ["0.10000000000000000001", "eq", "0.1", false],
    ["0.10000000000000000001", "lte", "0.1", false],
  ] as const)("%s %s %s is %s", (field, operator, value, holds) => {
    expect(meets(exact(field), operator, exact(value), "decimal")).toBe(holds);
    expect(meets(field, operator, exact(value), "decimal")).toBe(holds);
  });

  test("is no text, and gives a condition without a data type the type decimal", () => {
    const value = exact("9007199254740993");
    expect(meets(value, "eq", "9007199254740993", "string")).toBe(false);
    expect(conditionHolds({ fieldName: "x", value }, { x: value })).toBe(true);
    expect(conditionHolds({ fieldName: "x", value }, { x: 9007199254740992 })).toBe(false);
  });
});

test("a long list is read once: 20,000 fields are compared with it in a moment", () => {
  const value = Array.from({ length: MAX_CONDITION_VALUES }, (_, n) => n * 1.01);
  let reads = 0;
  const condition = {
    fieldName: "x",
    operator: "in",
    dataType: "decimal",
    get value() {
      reads += 1;
      return value;
    },
  } as const;
  for (let n = 0; n < 20_000; n += 1) conditionHolds(condition, { x: n });
  expect(reads).toBe(1);
});

describe("a condition that leaves its operator or data type out", () => {
  test.each([
    ["text is equal to the same text", "chapter7", "chapter7", true],
    ["text is not a number", 7, "7", false],
    ["a number is equal to a number", 7, 7, true],
    ["a number is equal to the same decimal", "7.00", 7, true],
    ["a fraction is no reason to fail to compare", 7.5, 7, false],
    ["a boolean is equal to itself", false, false, true],
  ])("means eq: %s", (_, field, value, expected) => {
    expect(conditionHolds({ fieldName: "x", value }, { x: field })).toBe(expected);
  });

  test("takes the data type of a list from its values", () => {
    expect(conditionHolds({ fieldName: "x", operator: "in", value: [7] }, { x: "7.0" })).toBe(true);
  });

  test("treats null as left out", () => {
    const condition = { fieldName: "x", operator: null, dataType: null, value: "a" };
    expect(conditionFault(condition)).toBeNull();
  });
});

describe("a condition unfit for publication", () => {
  const faults: [unknown, string][] = [
    [null, "A condition is not an object."],
    ["chapter", "A condition is not an object."],
    [[], "A condition names no field."],
    [{ value: 1 }, "A condition names no field."],
    [{ fieldName: "", value: 1 }, "A condition names no field."],
    [{ fieldName: 7, value: 1 }, "A condition names no field."],
    [
      { fieldName: "chapter", operator: "equals", value: 1 },
      'The condition on "chapter" has an unknown operator; the operators are eq, ne, gt, gte, lt, lte, in, notIn, exists, notExists, contains.',
    ],
    [
      { fieldName: "chapter", dataType: "number", value: 1 },
      'The condition on "chapter" has an unknown data type; the data types are string, integer, decimal, boolean, date, dateTime.',
    ],
    [
      { fieldName: "chapter", dataType: "", value: "chapter7" },
      'The condition on "chapter" has an unknown data type; the data types are string, integer, decimal, boolean, date, dateTime.',
    ],
    [
      { fieldName: "chapter", operator: "exists", dataType: "constructor" },
      'The condition on "chapter" has an unknown data type; the data types are string, integer, decimal, boolean, date, dateTime.',
    ],
    [
      { fieldName: "chapter", value: null },
      'The condition on "chapter" needs a value of data type string.',
    ],
    [
      { fieldName: "chapter", value: ["chapter7"] },
      'The condition on "chapter" needs a value of data type string.',
    ],
    [
      { fieldName: "filed", value: "2031-02-30", dataType: "date" },
      'The condition on "filed" needs a value of data type date.',
    ],
    [
      { fieldName: "chapter", operator: "in", value: "chapter7" },
      'The condition on "chapter" needs a list of one or more values of data type string.',
    ],
    [
      { fieldName: "chapter", operator: "notIn", value: [] },
      'The condition on "chapter" needs a list of one or more values of data type string.',
    ],
    [
      { fieldName: "chapter", operator: "in", value: [7, "seven"] },
      'The condition on "chapter" needs a list of one or more values of data type decimal.',
    ],
    [
      { fieldName: "chapter", operator: "contains", value: [7], dataType: "integer" },
      'The condition on "chapter" needs a value of data type integer.',
    ],
    [
      { fieldName: "chapter", operator: "gt", value: "chapter7" },
      'The condition on "chapter" uses gt, but string has no order.',
    ],
    [
      { fieldName: "joint", operator: "lte", value: true, dataType: "boolean" },
      'The condition on "joint" uses lte, but boolean has no order.',
    ],
  ];
  test.each(faults)("%j is refused, and never holds", (condition, sentence) => {
    expect(conditionFault(condition)).toBe(sentence);
    const fields = { chapter: 7, joint: true, filed: "2031-03-02" };
    expect(conditionHolds(condition as Condition, fields)).toBe(false);
    expect(conditionHolds(condition as Condition, {})).toBe(false);
  });
});

/** An exact decimal, written as text or, where a float still has all its digits, as a number. */
const decimals = fc
  .record({
    digits: fc.oneof(
      fc.bigInt({ min: -99n, max: 99n }),
      fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
    ),
    scale: fc.nat({ max: 20 }),
    asNumber: fc.boolean(),
  })
  .map(({ digits, scale, asNumber }) => {
    const plain = plainText(digits, scale);
    const exact = digits > -(10n ** 15n) && digits < 10n ** 15n;
    return { digits, scale, written: asNumber && exact ? Number(plain) : plain };
  });

function plainText(digits: bigint, scale: number): string {
  const sign = digits < 0n ? "-" : "";
  const text = digits
    .toString()
    .replace("-", "")
    .padStart(scale + 1, "0");
  const point = text.length - scale;
  return scale === 0 ? sign + text : `${sign}${text.slice(0, point)}.${text.slice(point)}`;
}

interface Moment {
  readonly time: number;
  readonly offset: number;
}
const moments: fc.Arbitrary<Moment> = fc.record({
  time: fc.integer({ min: -(10 ** 12), max: 10 ** 13 }),
  offset: fc.integer({ min: -12, max: 14 }),
});

function atOffset({ time, offset }: Moment): string {
  const local = new Date(time + offset * 3_600_000).toISOString().replace("Z", "");
  return `${local}${offset < 0 ? "-" : "+"}${String(Math.abs(offset)).padStart(2, "0")}:00`;
}

const wellTyped: Record<DataType, fc.Arbitrary<unknown>> = {
  string: fc.string(),
  boolean: fc.boolean(),
  integer: fc.oneof(
    fc.maxSafeInteger(),
    fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  ),
  decimal: decimals.map(({ written }) => written),
  date: fc
    .date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  dateTime: fc
    .date({ min: new Date("0000-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString()),
};
const twoOfAType = fc.constantFrom(...DATA_TYPES).chain((dataType) =>
  fc.record({
    dataType: fc.constant(dataType),
    field: wellTyped[dataType],
    value: wellTyped[dataType],
  }),
);

describe("for any values", () => {
  test("decimals are ordered by value", () => {
    fc.assert(
      fc.property(decimals, decimals, (left, right) => {
        const difference =
          left.digits * 10n ** BigInt(right.scale) - right.digits * 10n ** BigInt(left.scale);
        const met = (operator: Operator) => meets(left.written, operator, right.written, "decimal");
        expect([met("lt"), met("eq"), met("gt")]).toEqual([
          difference < 0n,
          difference === 0n,
          difference > 0n,
        ]);
      }),
      { numRuns: 1000 },
    );
  });

  test("moments are ordered whatever the offset they are written with", () => {
    fc.assert(
      fc.property(moments, moments, (left, right) => {
        const met = (operator: Operator) =>
          meets(atOffset(left), operator, atOffset(right), "dateTime");
        expect(met("lt")).toBe(left.time < right.time);
        const elsewhere = atOffset({ ...left, offset: right.offset });
        expect(meets(atOffset(left), "eq", elsewhere, "dateTime")).toBe(true);
      }),
    );
  });

  test("of a field that fits, an operator holds where its opposite does not", () => {
    fc.assert(
      fc.property(twoOfAType, ({ dataType, field, value }) => {
        const met = (operator: Operator, wanted: unknown) =>
          meets(field, operator, wanted, dataType);
        expect(met("eq", value)).toBe(!met("ne", value));
        expect(met("in", [value])).toBe(!met("notIn", [value]));
        expect(met("in", [value, field])).toBe(true);
        const isOrdered = dataType !== "string" && dataType !== "boolean";
        expect(met("gt", value) !== met("lte", value)).toBe(isOrdered);
        expect(met("lt", value) !== met("gte", value)).toBe(isOrdered);
      }),
      { numRuns: 1000 },
    );
  });

  test("any JSON is answered, and what has a fault never holds", () => {
    const nearlyRight = fc.record(
      {
        fieldName: fc.constantFrom("x", "y", "__proto__"),
        operator: fc.oneof(fc.constantFrom(...OPERATORS), fc.jsonValue()),
        dataType: fc.oneof(fc.constantFrom(...DATA_TYPES), fc.jsonValue()),
        value: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const fieldValues = fc.dictionary(fc.constantFrom("x", "y", "z"), fc.jsonValue());
    const answered = fc.property(
      fc.oneof(nearlyRight, fc.jsonValue()),
      fieldValues,
      (condition, fields) => {
        const holds = conditionHolds(condition as Condition, fields);
        return conditionFault(condition) === null || !holds;
      },
    );
    expect(() => fc.assert(answered, { numRuns: 2000 })).not.toThrow();
  });
});
