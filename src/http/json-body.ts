import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "./caller.ts";
import { fieldPath } from "./field-path.ts";
import { refusal, type FieldFault } from "./refusal.ts";

/** Deeper than anything the documents describe, and far from what overflows a stack. */
const DEEPEST = 32;

/**
 * Reads a JSON body before it is validated: 415 where it is something else, 400 where it is broken, 422 where it holds
 * what no Postgres text or jsonb can keep (NUL, halves of a surrogate pair) or is nested beyond reason.
 */
export const readJson: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw refusal(415, "Send the body as JSON with Content-Type: application/json.", {
      field: "Content-Type",
      says: "must be application/json",
    });
  const fault = findUnstorable(parse(await c.req.text()));
  if (fault !== undefined) throw refusal(422, "The body holds what cannot be stored.", fault);
  await next();
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, "The body is not JSON: mend its syntax.");
  }
}

interface Place {
  readonly value: unknown;
  readonly path: readonly PropertyKey[];
}

const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");

/** A loop, not a recursion: a megabyte of brackets would overflow the stack. */
function findUnstorable(body: unknown): FieldFault | undefined {
  const open: Place[] = [{ value: body, path: [] }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const says = faultOf(place);
    if (says !== undefined) return { field: fieldPath(place.path), says };
    for (const inner of inside(place)) open.push(inner);
  }
  return undefined;
}

function faultOf({ value, path }: Place): string | undefined {
  if (path.length > DEEPEST) return `is nested more than ${DEEPEST} levels deep`;
  if (typeof value === "string" && !isStorable(value))
    return "holds a NUL or half a surrogate pair, which cannot be stored";
  if (isObject(value) && !Object.keys(value).every(isStorable))
    return "has a key with a NUL or half a surrogate pair, which cannot be stored";
  return undefined;
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
