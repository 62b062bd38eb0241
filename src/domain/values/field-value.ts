import { numberText } from "./exact-json.ts";
import type { DataType } from "../vocabulary.ts";

/** An exact decimal number: digits / 10^scale. Days and instants are quantities counted from 1970. */
interface Quantity {
  readonly digits: bigint;
  readonly scale: number;
}

/** A JSON value read as a data type. Two values of the same data type can be compared. */
export type FieldValue = string | boolean | Quantity;

/** The limit of 100 digits prevents one field from blocking a worker. */
const NUMBER = /^(-?\d{1,100})(?:\.(\d{1,100}))?(?:e([+-]?\d{1,3}))?$/i;
const DAY = /^\d{4}-\d\d-\d\d$/;
const INSTANT = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)$/;

const READERS: Readonly<Record<DataType, (value: unknown) => FieldValue | null>> = {
  string: (value) => (typeof value === "string" ? value : null),
  boolean: (value) => (typeof value === "boolean" ? value : null),
  integer: readInteger,
  decimal: readDecimal,
  date: readDay,
  dateTime: readInstant,
};

/**
 * Reads a JSON value as a data type; null if it does not fit. There is no conversion: text is never a boolean, a number is
 * never text, and an instant is never a day, because its day depends on a time zone.
 * - integer, decimal: a JSON number to its last digit, or the same in a string
 * - date: `2031-03-03`
 * - dateTime: RFC 3339, with its offset: `2031-03-03T10:00:00-05:00`
 */
export function readAs(dataType: DataType, value: unknown): FieldValue | null {
  return READERS[dataType](value);
}

/** Compares two values of the same data type; returns a negative number, zero or a positive number. */
export function compare(left: FieldValue, right: FieldValue): number {
  if (typeof left === "object" && typeof right === "object") return compareQuantities(left, right);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Returns equal keys exactly for values that `compare` finds equal. */
export function keyOf(value: FieldValue): string | boolean {
  if (typeof value !== "object") return value;
  if (value.digits === 0n) return "0";
  const digits = String(value.digits);
  const significant = digits.replace(/0+$/, "");
  return `${significant}e${digits.length - significant.length - value.scale}`;
}

function compareQuantities(left: Quantity, right: Quantity): number {
  const scale = Math.max(left.scale, right.scale);
  const difference = digitsAt(scale, left) - digitsAt(scale, right);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

function digitsAt(scale: number, quantity: Quantity): bigint {
  return quantity.digits * 10n ** BigInt(scale - quantity.scale);
}

function readInteger(value: unknown): Quantity | null {
  const read = readDecimal(value);
  return read !== null && read.scale <= 0 ? read : null;
}

function readDecimal(value: unknown): Quantity | null {
  const written = typeof value === "string" ? value : numberText(value);
  const match = written === undefined ? null : NUMBER.exec(written);
  if (match === null) return null;
  const [, whole = "", fraction = "", exponent = "0"] = match;
  return { digits: BigInt(whole + fraction), scale: fraction.length - Number(exponent) };
}

function readDay(value: unknown): Quantity | null {
  if (typeof value !== "string" || !DAY.test(value)) return null;
  const time = Date.parse(`${value}T00:00:00Z`);
  if (Number.isNaN(time)) return null;
  // Date.parse reads February 30 as March 2.
  if (new Date(time).getUTCDate() !== Number(value.slice(-2))) return null;
  return { digits: BigInt(time), scale: 0 };
}

function readInstant(value: unknown): Quantity | null {
  if (typeof value !== "string") return null;
  const match = INSTANT.exec(value);
  if (match === null) return null;
  const [, day = "", minute = "", second = "00", fraction = "", offset = ""] = match;
  const time = Date.parse(`${day}T${minute}:${second}${offset}`);
  if (readDay(day) === null || Number.isNaN(time)) return null;
  // Postgres writes microseconds, which a Date cannot hold.
  const nanoseconds = BigInt(time) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
  return { digits: nanoseconds, scale: 0 };
}
