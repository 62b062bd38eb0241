import type { HonoRequest, MiddlewareHandler } from "hono";
import type { HttpEnv } from "./caller.ts";
import { fieldPath } from "./field-path.ts";
import { HttpError, httpError, type FieldError } from "./http-error.ts";

const LARGEST_BODY = 2 ** 20;
/** Deeper than anything the documents describe, and far from what overflows a stack. */
const DEEPEST = 32;
/** More than anything the documents describe; a validator takes microseconds for each. */
const MOST_VALUES = 20_000;

/**
 * Reads a JSON body before it is validated: 415 where it is something else, 413 where it is too large, 400 where it is
 * broken, 422 where it holds what no Postgres text or jsonb can keep (NUL, halves of a surrogate pair), or is nested or
 * numerous beyond reason.
 */
export const readJson: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw httpError(415, "Send the body as JSON with Content-Type: application/json.", {
      field: "Content-Type",
      message: "must be application/json",
    });
  const text = await readText(c.req);
  // what comes later finds the body where the framework looks for it
  c.req.raw = new Request(c.req.url, {
    method: c.req.method,
    headers: c.req.raw.headers,
    body: text,
  });
  const fault = findUnstorable(parse(text));
  if (fault !== undefined) throw httpError(422, "The body holds what cannot be stored.", fault);
  await next();
};

/** The framework's own limit rebuilds the request, which its server cannot do with a request of its own. */
async function readText(request: HonoRequest): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.raw.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw httpError(400, "The body is not UTF-8: encode it so.");
  }
}

/** What is left of the body is not waited for, so the connection cannot be used again. */
const tooLarge = (): HttpError =>
  new HttpError(413, "The body is larger than 1 MB: send less.", {
    headers: { Connection: "close" },
  });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw httpError(400, "The body is not JSON: mend its syntax.");
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
    const message = values > MOST_VALUES ? `holds more than ${MOST_VALUES} values` : faultOf(place);
    if (message !== undefined) return { field: fieldPath(place.path), message };
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
