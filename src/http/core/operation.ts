import { createRoute, type RouteConfig } from "@hono/zod-openapi";
import type { Scope } from "../../domain/vocabulary.ts";
import { requires } from "./caller.ts";
import { ErrorAnswer } from "./envelope.ts";
import { readJson } from "./json-body.ts";
import { HTTP_ERRORS, type HttpErrorStatus } from "./http-error.ts";

interface Guard {
  readonly scope: Scope;
  /** Beside the refusals that any such operation may answer with. */
  readonly refuses?: readonly HttpErrorStatus[];
}

const ALWAYS: readonly HttpErrorStatus[] = [400, 401, 403, 429, 500, 503];
const WITH_BODY: readonly HttpErrorStatus[] = [413, 415, 422];

/** One operation of a resource: who may call it, how its body is read and every way in which it may be refused. */
export function operation<const Route extends RouteConfig>(
  { scope, refuses = [] }: Guard,
  route: Route,
) {
  const hasBody = route.request?.body !== undefined;
  const statuses = new Set([...ALWAYS, ...(hasBody ? WITH_BODY : []), ...refuses]);
  // handlers throw their refusals: by its type an operation answers with what its route names, and nothing else
  return createRoute<Route["path"], Route>({
    ...route,
    security: [{ oauth2: [scope] }, { bearerAuth: [] }, { apiKeyHeader: [] }],
    middleware: hasBody ? [requires(scope), readJson] : [requires(scope)],
    responses: { ...route.responses, ...Object.fromEntries([...statuses].map(refusalAs)) },
  });
}

const wait = { "Retry-After": { description: "Seconds to wait.", schema: { type: "integer" } } };
const challenge = {
  "WWW-Authenticate": { description: "How to say who calls.", schema: { type: "string" } },
};
const HEADERS: Partial<Record<HttpErrorStatus, object>> = { 401: challenge, 429: wait, 503: wait };

const refusalAs = (status: HttpErrorStatus) =>
  [
    status,
    {
      description: HTTP_ERRORS[status],
      ...(HEADERS[status] && { headers: HEADERS[status] }),
      content: { "application/json": { schema: ErrorAnswer } },
    },
  ] as const;

/** The one answer of an operation that is not refused. */
export const answers = <Schema>(schema: Schema, description: string) => ({
  200: { description, content: { "application/json": { schema } } },
});

/** A body that must be there. */
export const body = <Schema>(schema: Schema) => ({
  required: true as const,
  content: { "application/json": { schema } },
});
