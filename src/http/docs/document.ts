import type { OpenAPIHono } from "@hono/zod-openapi";
import { SCOPES, type Scope } from "../../domain/vocabulary.ts";
import type { HttpEnv } from "../core/caller.ts";
import { ErrorAnswer } from "../core/envelope.ts";
import { PAGE_POLICY, writePage, type PageDocument } from "./page.ts";

type Document = ReturnType<OpenAPIHono<HttpEnv>["getOpenAPI31Document"]>;

const SCOPE_DESCRIPTIONS: Readonly<Record<Scope, string>> = {
  "notificationType:read": "Read notification types and their links to case types.",
  "notificationType:write": "Create, change, activate, deprecate and link notification types.",
  "interaction:read": "Read interactions, without the content of sensitive ones.",
  "interaction:write":
    "Log interactions, correct logged ones, and change the lender's notes on all of them.",
  "interaction:send":
    "Cancel interactions that Tidings has scheduled, and report the outcome of those that it sent.",
  "interaction:amend":
    "Correct the recorded outcome of interactions that Tidings sent, by a separate entry.",
  "interaction:read.sensitive":
    "Read the content of sensitive interactions too. Each reading is recorded.",
};

const INFO = {
  openapi: "3.1.0",
  info: {
    title: "Tidings",
    version: "1",
    summary: "Notification types and interactions of a lender, over HTTP.",
    description:
      "Notification types define which notice is sent when a case changes. Interactions record every attempt to reach a borrower. " +
      "Both are the same rows that SQL reads and writes, under the same rules. Every error response has `status`, `message` and `errors`, which names the invalid fields.",
    license: { name: "Proprietary", identifier: "LicenseRef-Proprietary" },
  },
  servers: [{ url: "/", description: "The installation that serves this document." }],
  tags: [
    {
      name: "Notification types",
      description:
        "Define what is sent when a case changes. They have versions, and at most one is active.",
    },
    {
      name: "Interactions",
      description: "Every communication with a borrower, sent by Tidings or logged by others.",
    },
    { name: "Health", description: "For supervisors and load balancers. No key is needed." },
  ],
};

/** The OpenAPI 3.1 document, generated from the schemas that validate. */
export const describeApi = (app: OpenAPIHono<HttpEnv>): Document => app.getOpenAPI31Document(INFO);

/** Registers the three authentication schemes and the one schema of errors. */
export function registerComponents({ openAPIRegistry }: OpenAPIHono<HttpEnv>): void {
  openAPIRegistry.register("Error", ErrorAnswer);
  openAPIRegistry.registerComponent("securitySchemes", "apiKeyHeader", {
    type: "apiKey",
    in: "header",
    name: "X-API-KEY",
    description: "An API key from `tidings keys create`, with the scopes it was created with.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "bearerAuth", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A token of the configured issuer, with its scopes in the claim `scope` or `scp`.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "oauth2", {
    type: "oauth2",
    description: "The same tokens, obtained from the issuer with client credentials.",
    flows: {
      clientCredentials: {
        tokenUrl: "https://login.lender.example/oauth2/token",
        scopes: Object.fromEntries(SCOPES.map((scope) => [scope, SCOPE_DESCRIPTIONS[scope]])),
      },
    },
  });
}

/** The OpenAPI document as JSON and as a page. Neither needs a key, because they describe only the API itself. */
export function documentRoutes(app: OpenAPIHono<HttpEnv>): void {
  let json: string | undefined;
  let page: string | undefined;
  app.get("/openapi.json", (c) => {
    json ??= JSON.stringify(describeApi(app));
    return c.body(json, 200, { "Content-Type": "application/json" });
  });
  app.get("/docs", (c) => {
    page ??= writePage(JSON.parse(JSON.stringify(describeApi(app))) as PageDocument);
    return c.html(page, 200, { "Content-Security-Policy": PAGE_POLICY });
  });
}
