import { createHash } from "node:crypto";
import { describe, entry, escapeHtml, prose, typeOf, type Schema } from "./schema.ts";
import { STYLE } from "./style.ts";

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema }>>;
}
interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content & { readonly description: string }>>;
}
/** The parts of an OpenAPI document that the page shows. */
export interface PageDocument {
  readonly info: { readonly title: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<
      Record<
        string,
        {
          readonly description: string;
          readonly flows?: {
            readonly clientCredentials: { readonly scopes: Readonly<Record<string, string>> };
          };
        }
      >
    >;
  };
}

interface Listed extends Operation {
  readonly method: string;
  readonly path: string;
}

/** The page needs only its own style sheet: no script, no image, no other host. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** The OpenAPI document as an HTML page. */
export function writePage(document: PageDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method, path })),
  );
  const { title, description } = document.info;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}: reference</title><style>${STYLE}</style></head><body>
<header><h1>${escapeHtml(title)}</h1><p>${prose(description)}</p>
<p>For programs: <a href="/openapi.json">openapi.json</a>.</p></header>
${contents(document, operations)}
<main>${callers(document)}${document.tags.map((tag) => section(tag, operations)).join("")}${schemaSection(document)}</main>
</body></html>
`;
}

const ofTag = (operations: readonly Listed[], tag: string): Listed[] =>
  operations.filter(({ tags }) => tags.includes(tag));

function contents({ tags }: PageDocument, operations: readonly Listed[]): string {
  const groups = tags.map(({ name }) => {
    const rows = ofTag(operations, name).map(
      ({ operationId, summary }) => `<li><a href="#${operationId}">${escapeHtml(summary)}</a></li>`,
    );
    return `<h2>${escapeHtml(name)}</h2><ul>${rows.join("")}</ul>`;
  });
  return `<nav aria-label="Contents"><ul><li><a href="#callers">Authentication</a></li></ul>${groups.join("")}<ul><li><a href="#schemas">Schemas</a></li></ul></nav>`;
}

function callers({ components: { securitySchemes } }: PageDocument): string {
  const ways = Object.entries(securitySchemes).map(
    ([name, { description }]) =>
      `<dt><code>${escapeHtml(name)}</code></dt><dd>${prose(description)}</dd>`,
  );
  const scopes = Object.entries(
    securitySchemes["oauth2"]?.flows?.clientCredentials.scopes ?? {},
  ).map(([scope, may]) => `<dt><code>${escapeHtml(scope)}</code></dt><dd>${prose(may)}</dd>`);
  return `<section><h2 id="callers">Authentication</h2><p>Use one of these:</p><dl>${ways.join("")}</dl><p>Scopes:</p><dl>${scopes.join("")}</dl></section>`;
}

function section(
  { name, description }: PageDocument["tags"][number],
  operations: readonly Listed[],
): string {
  const articles = ofTag(operations, name).map(article);
  return `<section><h2>${escapeHtml(name)}</h2><p>${prose(description)}</p>${articles.join("")}</section>`;
}

function article(operation: Listed): string {
  const { operationId, method, path, summary, description, security = [] } = operation;
  const scopes = security.flatMap((way) => way["oauth2"] ?? []);
  const needs = scopes.map((scope) => `<code>${escapeHtml(scope)}</code>`).join(" or ");
  return `<article><h3 id="${operationId}">${escapeHtml(summary)}</h3>
<p class="route"><b>${method.toUpperCase()}</b> <code>${escapeHtml(path).replaceAll("/", "/<wbr>")}</code></p>
${description === undefined ? "" : `<p>${prose(description)}</p>`}
<p class="limits">${needs === "" ? "No key is needed." : `Requires ${needs}.`}</p>
${parameters(operation)}${requestBody(operation)}${responses(operation)}</article>`;
}

function parameters({ parameters: given = [] }: Operation): string {
  if (given.length === 0) return "";
  const rows = given.map((one) =>
    entry(
      one.name,
      { ...one.schema, ...(one.description !== undefined && { description: one.description }) },
      one.required === true,
    ),
  );
  return `<h4>Parameters</h4><dl>${rows.join("")}</dl>`;
}

const schemaOf = ({ content }: Content): Schema | undefined =>
  content?.["application/json"]?.schema;

function requestBody({ requestBody: given }: Operation): string {
  const schema = given && schemaOf(given);
  return schema === undefined ? "" : `<h4>Body</h4><p>${typeOf(schema)}</p>`;
}

function responses({ responses: given }: Operation): string {
  const rows = Object.entries(given).map(([status, response]) => {
    const schema = schemaOf(response);
    const isError = Number(status) >= 400;
    const shape = schema === undefined || isError ? "" : describe(schema);
    return `<dt><code>${status}</code> <span class="type">${prose(response.description)}</span></dt><dd>${shape}</dd>`;
  });
  return `<h4>Responses</h4><dl class="answers">${rows.join("")}</dl>`;
}

function schemaSection({ components: { schemas } }: PageDocument): string {
  const rows = Object.entries(schemas).map(
    ([name, schema]) =>
      `<article><h3 id="schema-${escapeHtml(name)}">${escapeHtml(name)}</h3>${describe(schema)}</article>`,
  );
  return `<section><h2 id="schemas">Schemas</h2>${rows.join("")}</section>`;
}
