import { readFileSync } from "node:fs";
import { createConfig, lintFromString } from "@redocly/openapi-core";
import { describe, expect, test } from "vitest";
import { openapi } from "../../../src/commands/openapi.ts";
import { CHANNELS, SCOPES } from "../../../src/domain/vocabulary.ts";
import { useDatabase } from "../../database.ts";
import { useServer } from "../served.ts";

const served = useServer(useDatabase());

async function lint(source: string): Promise<string[]> {
  const config = await createConfig({
    extends: ["spec", "recommended-strict"],
    // health checks have no parameters that could be invalid
    rules: { "operation-4xx-response": "off", "operation-singular-tag": "error" },
  });
  const problems = await lintFromString({ source, config });
  return problems.map(
    ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`,
  );
}

const printed = async (): Promise<string> => {
  const lines: string[] = [];
  await openapi.run([], (line) => void lines.push(line));
  return lines.join("\n");
};

describe("the OpenAPI document", () => {
  test("passes an independent linter", async () => {
    expect(await lint(JSON.stringify(served.document))).toEqual([]);
  });

  test("the linter reports a wrong document", async () => {
    const { paths, ...rest } = served.document;
    expect(await lint(JSON.stringify({ ...rest, paths: { ...paths, "/x": { get: {} } } }))).toEqual(
      expect.arrayContaining([expect.stringMatching(/^security-defined/)]) as string[],
    );
  });

  test("is the same from the command and from the server", async () => {
    const { body } = await served.ask("GET", "/openapi.json", { key: null });
    expect(JSON.parse(await printed())).toEqual(body);
  });

  test("describes every parameter, field and response", () => {
    const silent: string[] = [];
    const walk = (node: unknown, path: readonly string[]): void => {
      if (typeof node !== "object" || node === null) return;
      for (const [key, inner] of Object.entries(node)) walk(inner, [...path, key]);
      const where = path.at(-2);
      const isNamed = where === "properties" || where === "parameters" || where === "responses";
      const message = "description" in node || "$ref" in node || path.at(-1) === "data";
      if (isNamed && !message) silent.push(path.join("."));
    };
    walk(served.document, []);
    expect(silent).toEqual([]);
  });

  test("has the requests and scopes of docs/rest.md, and no other", () => {
    const rows = readFileSync("docs/rest.md", "utf8").matchAll(
      /^\| `([A-Z]+ \/\S+)` \| (`.*?`) \|/gmu,
    );
    const described = Object.entries(served.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { security }]) => {
        const scopes = security.flatMap(({ oauth2 = [] }) => oauth2);
        const words = scopes.map((scope) => `\`${scope}\``).join(" or ");
        return scopes.length === 0 ? [] : [`${method.toUpperCase()} ${path}: ${words}`];
      }),
    );
    const stated = [...rows].map(([, request, scopes]) => `${request}: ${scopes}`);
    expect(stated.toSorted()).toEqual(described.toSorted());
  });

  test("names the scopes of every operation", () => {
    const operations = Object.values(served.document.paths).flatMap((methods) =>
      Object.values(methods),
    );
    for (const { security } of operations.filter((one) => one.security.length > 0)) {
      const scopes = security.flatMap(({ oauth2 = [] }) => oauth2);
      expect(scopes.length).toBeGreaterThan(0);
      expect(scopes.filter((scope) => !SCOPES.some((known) => known === scope))).toEqual([]);
      expect(security.slice(-2)).toEqual([{ bearerAuth: [] }, { apiKeyHeader: [] }]);
    }
  });
});

describe("the reference page", () => {
  test("needs no key, no script and no other host", async () => {
    const { status, headers, text: page } = await served.ask("GET", "/docs", { key: null });
    expect(status).toBe(200);
    expect(headers.get("content-type")).toMatch(/^text\/html/);
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(page).not.toMatch(/<script|<img|<link|<iframe|style="|\bon\w+=|https?:\/\/(?!lender)/);
  });

  test("shows the fields of all variants of a body", async () => {
    const { text: page } = await served.ask("GET", "/docs", { key: null });
    const [, shape = ""] = page.split('id="schema-NewInteraction"');
    const [channel = "", content = ""] = shape.split("<dt>").slice(1, 3);
    for (const word of CHANNELS) expect(channel).toContain(`<code>${word}</code>`);
    for (const one of ["Voice", "Email", "Text", "Chat", "Mail", "Other"])
      expect(content).toContain(`#schema-${one}Content`);
    expect(content.match(/null/g)).toHaveLength(1);
  });

  test("shows every operation and every schema, and has no dead links", async () => {
    const { text: page } = await served.ask("GET", "/docs", { key: null });
    const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map((found) => found[1]));
    const links = [...page.matchAll(/href="#([^"]+)"/g)].map((found) => found[1]);
    expect(links.filter((link) => !ids.has(link))).toEqual([]);
    for (const methods of Object.values(served.document.paths))
      for (const operation of Object.values(methods)) expect(ids).toContain(operation.operationId);
  });
});
