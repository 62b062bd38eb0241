import type { OpenAPIHono } from "@hono/zod-openapi";
import { SCOPES, type Scope } from "../../domain/vocabulary.ts";
import type { HttpEnv } from "../core/caller.ts";
import { ErrorAnswer } from "../core/envelope.ts";
import { PAGE_POLICY, writePage, type PageDocument } from "./page.ts";

type Document = ReturnType<OpenAPIHono<HttpEnv>["getOpenAPI31Document"]>;

const MAY: Readonly<Record<Scope, string>> = {
  "notificationType:read": "Read notification types and their links to case types.",
  "notificationType:write": "Make, change, activate, deprecate and link notification types.",
  "interaction:read": "Read interactions; the content of sensitive ones stays hidden.",
  "interaction:write": "Log interactions and change those that may be changed.",
  "interaction:read.sensitive":
    "Read the content of sensitive interactions as well; each reading is put on record.",
};

const INFO = {
  openapi: "3.1.0",
  info: {
    title: "Tidings",
    version: "1",
    summary: "Notification types and interactions of a lender, over HTTP.",
    description:
      "Notification types say which notice goes out when a case changes. Interactions are the record of every attempt to reach a borrower. " +
      "Both are the same rows that SQL reads and writes, under the same rules. Every error has `status`, `message` and `errors`, which name the fields.",
    license: { name: "Proprietary", identifier: "LicenseRef-Proprietary" },
  },
  servers: [{ url: "/", description: "The installation that serves this document." }],
  tags: [
    {
      name: "Notification types",
      description: "What is sent when a case changes, in versions of which one at most is active.",
    },
    {
      name: "Interactions",
      description: "Every communication with a borrower: sent by Tidings, or logged by others.",
    },
    { name: "Health", description: "For supervisors and load balancers; no key is needed." },
  ],
};

/** The OpenAPI 3.1 document of the very schemas that validate. */
export const describeApi = (app: OpenAPIHono<HttpEnv>): Document => app.getOpenAPI31Document(INFO);

/** Names the three ways to say who calls, and the one shape of a refusal. */
export function registerComponents({ openAPIRegistry }: OpenAPIHono<HttpEnv>): void {
  openAPIRegistry.register("Error", ErrorAnswer);
  openAPIRegistry.registerComponent("securitySchemes", "apiKeyHeader", {
    type: "apiKey",
    in: "header",
    name: "X-API-KEY",
    description: "A key made by `tidings keys create`, with the scopes it was given.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "bearerAuth", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "A token of the lender's own issuer; its scopes are in the claim `scope` or `scp`.",
  });
  openAPIRegistry.registerComponent("securitySchemes", "oauth2", {
    type: "oauth2",
    description: "The same tokens, fetched from the lender's issuer with client credentials.",
    flows: {
      clientCredentials: {
        tokenUrl: "https://login.lender.example/oauth2/token",
        scopes: Object.fromEntries(SCOPES.map((scope) => [scope, MAY[scope]])),
      },
    },
  });
}

/** The document, and a page to read it on. Whoever may reach the port may know what there is. */
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
