import type { MiddlewareHandler } from "hono";
import { parseExactJson } from "../../domain/values/exact-json.ts";
import { readText } from "./body-text.ts";
import type { HttpEnv } from "./caller.ts";
import { fieldPath } from "./field-path.ts";
import { HTTP_ERRORS, httpError, type FieldError } from "./http-error.ts";

const MAX_BODY_BYTES = 2 ** 20;
/** Deeper than any documented body, and far below what overflows a stack. */
const MAX_DEPTH = 32;
/** More than any documented body has. The validator takes microseconds per value. */
const MAX_VALUES = 20_000;

/**
 * Reads a JSON body before it is validated. Throws 415 for another type or a compressed body, 413 for a body that is too
 * large, 400 for broken JSON, and 422 for what cannot be stored as it is: NUL, halves of a surrogate pair, a key `__proto__`,
 * too many values or levels.
 */
export const readJson: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw httpError(415, HTTP_ERRORS[415], {
      field: "Content-Type",
      message: "must be application/json",
    });
  if ((c.req.header("content-encoding") ?? "identity").toLowerCase() !== "identity")
    throw httpError(415, HTTP_ERRORS[415], {
      field: "Content-Encoding",
      message: "must be left out, because a body is read without decompression",
    });
  const text = await readText(c.req, MAX_BODY_BYTES);
  // the validator reads the body from here
  c.req.raw = new Request(c.req.url, {
    method: c.req.method,
    headers: c.req.raw.headers,
    body: text,
  });
  const fault = findUnstorable(parse(text));
  if (fault !== undefined) throw httpError(422, HTTP_ERRORS[422], fault);
  await next();
};

function parse(text: string): unknown {
  try {
    return parseExactJson(text);
  } catch {
    throw httpError(400, "The body is not valid JSON.");
  }
}

interface Place {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

/** A loop, not a recursion: a megabyte of brackets would overflow the stack. */
function findUnstorable(body: unknown): FieldError | undefined {
  const open: Place[] = [{ value: body, path: [] }];
  let values = 0;
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    values += 1;
    const message = values > MAX_VALUES ? `must have at most ${MAX_VALUES} values` : faultOf(place);
    if (message !== undefined) return { field: fieldPath(place.path), message };
    for (const inner of inside(place)) open.push(inner);
  }
  return undefined;
}

function faultOf({ value, path }: Place): string | undefined {
  if (path.length > MAX_DEPTH) return `must have at most ${MAX_DEPTH} levels`;
  if (typeof value === "string" && !isStorable(value))
    return "must not contain NUL or half a surrogate pair";
  if (!isObject(value)) return undefined;
  // later code reads the body again, as doubles
  if (JSON.isRawJSON(value)) return "must not be a number that a double cannot hold; send a string";
  const keys = Object.keys(value);
  // the validator would drop it silently
  if (keys.includes("__proto__")) return "must not have a key __proto__";
  return keys.every(isStorable)
    ? undefined
    : "must not have a key with NUL or half a surrogate pair";
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

function inside({ value, path }: Place): Place[] {
  if (Array.isArray(value))
    return value.map((each: unknown, index) => ({ value: each, path: [...path, index] }));
  if (!isObject(value)) return [];
  return Object.entries(value).map(([key, each]: [string, unknown]) => ({
    value: each,
    path: [...path, key],
  }));
}
