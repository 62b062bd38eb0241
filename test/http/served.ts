import { afterAll, beforeAll } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { SCOPES, type Scope } from "../../src/domain/vocabulary.ts";
import { generateKey } from "../../src/api-key.ts";
import { createApp } from "../../src/http/app.ts";
import type { HttpDeps } from "../../src/http/core/deps.ts";
import { describeApi } from "../../src/http/docs/document.ts";
import { openServer, type HttpServer } from "../../src/http/server.ts";
import { insertApiKey } from "../../src/store/api/api-keys.ts";
import type { TestDatabase } from "../database.ts";
import { openContract, type ApiDocument } from "./contract.ts";

export interface RequestOptions {
  /** Sent as JSON; a text is sent as it is. */
  readonly body?: unknown;
  /** Null: none. Not given: one that may do everything. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Parsed where it is JSON, otherwise the text. */
  readonly body: Body;
}
/** As tests look into it; the contract has checked it. */
export interface Body {
  readonly status: number;
  readonly message: string;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  readonly count: number;
  readonly data: Body & Readonly<Record<string, unknown>> & readonly Body[];
  readonly [key: string]: unknown;
}

export interface Served {
  readonly document: ApiDocument;
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** Everything that was logged, a JSON line each. */
  readonly emitted: readonly string[];
  /** A key with these scopes. */
  readonly keyWith: (...scopes: readonly Scope[]) => Promise<string>;
  /** Sends a request over a real socket, never follows a redirect, and compares the answer with the OpenAPI document. */
  readonly ask: (method: string, path: string, asked?: RequestOptions) => Promise<Answer>;
}

/** Shared by all servers of a test file, which use one database. */
let keys = 0;

/** The REST resources on a free port, over a test's own database. `rest` replaces some dependencies. */
export function useServer(
  { db }: TestDatabase,
  rest: Partial<HttpDeps> | (() => Partial<HttpDeps>) = {},
): Served {
  const emitted: string[] = [];
  let server: HttpServer;
  let document: ApiDocument;
  let check: ReturnType<typeof openContract>;
  let all = "";

  async function keyWith(...scopes: readonly Scope[]): Promise<string> {
    const { key, prefix, hash } = generateKey();
    keys += 1;
    await insertApiKey(db, { name: `test-${keys}`, prefix, hash, scopes });
    return key;
  }

  beforeAll(async () => {
    const app = createApp({
      db,
      healthDb: db,
      clock: systemClock,
      emit: (event, fields) => void emitted.push(JSON.stringify({ event, ...fields })),
      seal: undefined,
      signingKeys: [Buffer.alloc(32, 7)],
      tokens: undefined,
      perSecond: 100_000,
      lender: { name: "Example Lender", phone: "+1 614 555 0100", languages: ["en"] },
      homeCountry: "US",
      ...(typeof rest === "function" ? rest() : rest),
    });
    document = JSON.parse(JSON.stringify(describeApi(app))) as ApiDocument;
    check = openContract(document);
    server = await openServer(app.fetch, { host: "127.0.0.1", port: 0 });
    all = await keyWith(...SCOPES);
  });
  afterAll(() => server.stop(1_000));

  return {
    emitted,
    keyWith,
    get document() {
      return document;
    },
    get origin() {
      return `http://127.0.0.1:${server.port}`;
    },
    ask: async (method, path, { body, key = all, headers = {} } = {}) => {
      const response = await fetch(`http://127.0.0.1:${server.port}${path}`, {
        method,
        redirect: "manual",
        headers: {
          ...(key !== null && { "X-API-KEY": key }),
          ...(body !== undefined && { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const contentType = response.headers.get("content-type");
      const text = await response.text();
      const isJson = contentType?.startsWith("application/json") === true && text !== "";
      const parsed: unknown = isJson ? JSON.parse(text) : text;
      check({ method, path, status: response.status, contentType, body: parsed });
      return { status: response.status, headers: response.headers, text, body: parsed as Body };
    },
  };
}
