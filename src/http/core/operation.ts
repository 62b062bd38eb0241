import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import type { Scope } from "../../domain/vocabulary.ts";
import { requires } from "./caller.ts";
import { ErrorAnswer } from "./envelope.ts";
import { HTTP_ERRORS, type HttpErrorStatus } from "./http-error.ts";
import { readJson } from "./json-body.ts";

interface Guard {
  readonly scope: Scope;
  /** A scope that is enough for a part of what the operation does. */
  readonly or?: Scope;
  /** Error statuses in addition to those of every operation. */
  readonly refuses?: readonly HttpErrorStatus[];
}

const ALWAYS: readonly HttpErrorStatus[] = [400, 401, 403, 429, 500, 503];
const WITH_BODY: readonly HttpErrorStatus[] = [413, 415, 422];

/** An operation of a resource: the scope it requires, how its body is read, and all its error statuses. */
export function operation<const Route extends RouteConfig>(
  { scope, or, refuses = [] }: Guard,
  route: Route,
) {
  const hasBody = route.request?.body !== undefined;
  const statuses = new Set([...ALWAYS, ...(hasBody ? WITH_BODY : []), ...refuses]);
  const scopes = or === undefined ? [scope] : [scope, or];
  const guard = requires(...scopes);
  // handlers throw their errors, so by its type an operation answers with the responses of its route only
  return createRoute<Route["path"], Route>({
    ...route,
    security: [
      ...scopes.map((each) => ({ oauth2: [each] })),
      { bearerAuth: [] },
      { apiKeyHeader: [] },
    ],
    middleware: hasBody ? [guard, readJson] : [guard],
    responses: { ...route.responses, ...Object.fromEntries([...statuses].map(errorResponse)) },
  });
}

const wait = { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } };
const challenge = {
  "WWW-Authenticate": { description: "The accepted scheme.", schema: { type: "string" } },
};
const HEADERS: Partial<Record<HttpErrorStatus, object>> = { 401: challenge, 429: wait, 503: wait };

const errorResponse = (status: HttpErrorStatus) =>
  [
    status,
    {
      description: HTTP_ERRORS[status],
      ...(HEADERS[status] && { headers: HEADERS[status] }),
      content: { "application/json": { schema: ErrorAnswer } },
    },
  ] as const;

/** The only successful response of an operation. */
export const answers = <Schema>(schema: Schema, description: string) => ({
  200: { description, content: { "application/json": { schema } } },
});

/** A required JSON body. */
export const body = <Schema>(schema: Schema) => ({
  required: true as const,
  content: { "application/json": { schema } },
});
