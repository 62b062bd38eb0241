import type { Condition } from "../../domain/resolve/notification-type.ts";
import { numberText } from "../../domain/values/exact-json.ts";
import { compare, keyOf, readAs, type FieldValue } from "../../domain/values/field-value.ts";
import { DATA_TYPES, OPERATORS, type DataType, type Operator } from "../../domain/vocabulary.ts";

/** The maximum number of values in a condition. The database has the same limit, as a constraint. */
export const MAX_CONDITION_VALUES = 500;

/** A condition whose parts have been checked; `exists` and `notExists` have no values. */
interface CheckedCondition {
  readonly fieldName: string;
  readonly operator: Operator;
  readonly dataType: DataType;
  readonly values: readonly FieldValue[];
  /** The values as keys: a long list is searched in one step. */
  readonly keys: ReadonlySet<string | boolean>;
}

/** True if a comparison result (negative, zero or positive) satisfies the operator. */
const ORDERS = {
  gt: (order) => order > 0,
  gte: (order) => order >= 0,
  lt: (order) => order < 0,
  lte: (order) => order <= 0,
} satisfies Partial<Record<Operator, (order: number) => boolean>>;

const ORDERING: ReadonlySet<Operator> = new Set(["gt", "gte", "lt", "lte"]);
const LISTING: ReadonlySet<Operator> = new Set(["in", "notIn"]);
const UNORDERED: ReadonlySet<DataType> = new Set(["string", "boolean"]);

/**
 * Decides whether a condition holds on a case's fields. Never throws.
 * - A missing field, absent or JSON null, fails every operator but `notExists` and `ne`: a case without a disposition
 *   is not dismissed. `notIn` requires a value outside the list.
 * - A value that does not fit the data type fails every operator, also `ne`, because an unreadable value proves
 *   nothing. `exists` and `notExists` only test for a value.
 * - `contains` searches for a part of a text, or for an element of an array.
 * - A condition with a fault (`conditionFault`) never holds: a missing notice can still be sent, but a wrong one has
 *   reached a borrower.
 */
export function conditionHolds(
  condition: Condition,
  fields: Readonly<Record<string, unknown>>,
): boolean {
  const checked = readCondition(condition);
  if (typeof checked === "string") return false;
  // a name such as "constructor" must not find what every object inherits
  const field = Object.hasOwn(fields, checked.fieldName) ? fields[checked.fieldName] : null;
  if (field === undefined || field === null) {
    return checked.operator === "notExists" || checked.operator === "ne";
  }
  switch (checked.operator) {
    case "exists":
      return true;
    case "notExists":
      return false;
    case "contains":
      return checked.values.every((wanted) => contains(field, wanted, checked));
    default:
      return compares(field, checked.operator, checked);
  }
}

/**
 * Returns a sentence that states why a condition cannot be published; null if it can. Accepts any JSON. The older
 * two-key form `{fieldName, value}` means `eq` and the data type of its JSON value. Text has no order: with `gt`, "900"
 * would be greater than "1000".
 */
export function conditionFault(condition: unknown): string | null {
  const read = readCondition(condition);
  return typeof read === "string" ? read : null;
}

function compares(
  field: unknown,
  operator: "eq" | "ne" | "in" | "notIn" | keyof typeof ORDERS,
  { dataType, values, keys }: CheckedCondition,
): boolean {
  const value = readAs(dataType, field);
  if (value === null) return false;
  switch (operator) {
    case "eq":
    case "in":
      return keys.has(keyOf(value));
    case "ne":
    case "notIn":
      return !keys.has(keyOf(value));
    default:
      return values.every((wanted) => ORDERS[operator](compare(value, wanted)));
  }
}

function contains(
  field: unknown,
  wanted: FieldValue,
  { dataType, keys }: CheckedCondition,
): boolean {
  if (typeof field === "string" && typeof wanted === "string") return field.includes(wanted);
  if (!Array.isArray(field)) return false;
  return field.some((element) => {
    const value = readAs(dataType, element);
    return value !== null && keys.has(keyOf(value));
  });
}

const alreadyRead = new WeakMap<object, CheckedCondition | string>();

/** Parses each condition object once: a bulk reads the same one 100,000 times. */
function readCondition(condition: unknown): CheckedCondition | string {
  if (typeof condition !== "object" || condition === null) return "A condition is not an object.";
  const known = alreadyRead.get(condition);
  if (known !== undefined) return known;
  const read = checkCondition(condition);
  alreadyRead.set(condition, read);
  return read;
}

/** Returns the condition with its defaults, or a sentence that states its fault. */
function checkCondition(condition: object): CheckedCondition | string {
  const given: { readonly [key in keyof Condition]?: unknown } = condition;
  const { fieldName, value } = given;
  if (typeof fieldName !== "string" || fieldName === "") return "A condition names no field.";
  const subject = `The condition on "${fieldName}"`;
  const operator = OPERATORS.find((known) => known === (given.operator ?? "eq"));
  if (operator === undefined) {
    return `${subject} has an unknown operator; the operators are ${OPERATORS.join(", ")}.`;
  }
  const dataType = DATA_TYPES.find((known) => known === (given.dataType ?? inferType(value)));
  if (dataType === undefined) {
    return `${subject} has an unknown data type; the data types are ${DATA_TYPES.join(", ")}.`;
  }
  if (ORDERING.has(operator) && UNORDERED.has(dataType)) {
    return `${subject} uses ${operator}, but ${dataType} has no order.`;
  }
  if (Array.isArray(value) && value.length > MAX_CONDITION_VALUES) {
    return `${subject} has more than ${MAX_CONDITION_VALUES} values.`;
  }
  const values = readValues(operator, dataType, value);
  if (values === null) {
    const needed = LISTING.has(operator) ? "a list of one or more values" : "a value";
    return `${subject} needs ${needed} of data type ${dataType}.`;
  }
  return { fieldName, operator, dataType, values, keys: new Set(values.map(keyOf)) };
}

function inferType(value: unknown): DataType {
  const sample: unknown = Array.isArray(value) ? value[0] : value;
  if (numberText(sample) !== undefined) return "decimal";
  return typeof sample === "boolean" ? "boolean" : "string";
}

/** Returns the values of the operator; null if any of them does not fit the data type. */
function readValues(
  operator: Operator,
  dataType: DataType,
  value: unknown,
): readonly FieldValue[] | null {
  if (operator === "exists" || operator === "notExists") return [];
  const wanted: readonly unknown[] = LISTING.has(operator) ? listOf(value) : [value];
  const values = wanted.map((each) => readAs(dataType, each)).filter((each) => each !== null);
  return values.length > 0 && values.length === wanted.length ? values : null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
