import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect } from "vitest";

interface Operation {
  readonly operationId: string;
  readonly security: readonly { readonly oauth2?: readonly string[] }[];
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, object>> }>
  >;
}
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Answered {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

/** The document itself, and the page made of it. */
const PAGES = ["/openapi.json", "/docs"];

const escapeKey = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** Holds every answer against the OpenAPI document: its status must be named there, and its body fit the schema. */
export function openContract(document: ApiDocument): (answered: Answered) => void {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, "api");
  const known = Object.keys(document.paths).map((template) => ({
    template,
    pattern: new RegExp(`^${template.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  }));
  const compiled = new Map<string, ValidateFunction>();
  const validatorOf = (pointer: string): ValidateFunction => {
    const validate = compiled.get(pointer) ?? ajv.compile({ $ref: `api#${pointer}` });
    compiled.set(pointer, validate);
    return validate;
  };

  function pointerOf({ method, path, status, contentType }: Answered): string | undefined {
    const [bare = ""] = path.split("?");
    const template = known.find(({ pattern }) => pattern.test(bare))?.template ?? "";
    const operation = document.paths[template]?.[method.toLowerCase()];
    if (operation === undefined) {
      if (status < 400) expect(PAGES, `${method} ${path} is not in the document`).toContain(bare);
      return status < 400 ? undefined : "/components/schemas/Error";
    }
    const response = operation.responses[String(status)];
    expect(response, `${method} ${template} does not name the status ${status}`).toBeDefined();
    const type = contentType?.split(";")[0] ?? "";
    if (response?.content === undefined) return undefined;
    expect(Object.keys(response.content), `${method} ${template} ${status}`).toContain(type);
    if (type !== "application/json") return undefined;
    const keys = ["paths", template, method.toLowerCase(), "responses", String(status), "content"];
    return ["", ...[...keys, type, "schema"].map(escapeKey)].join("/");
  }

  return (answered) => {
    if (answered.method === "HEAD") return;
    const pointer = pointerOf(answered);
    if (pointer === undefined) return;
    const validate = validatorOf(pointer);
    const what = `${answered.method} ${answered.path} ${answered.status}`;
    expect(validate(answered.body) ? [] : validate.errors, what).toEqual([]);
  };
}
