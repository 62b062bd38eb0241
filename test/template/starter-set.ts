import { readdirSync, readFileSync } from "node:fs";
import { assembleParts, type AssembledParts } from "../../src/template/folder/assemble-parts.ts";
import type { Template } from "../../src/domain/template/template.ts";
import { templateContext, type TemplateContext } from "../../src/domain/template/context.ts";
import type { Theme } from "../../src/domain/vocabulary.ts";

const ROOT = new URL("../../templates/", import.meta.url);

const PARTIALS = readdirSync(new URL("partials/", ROOT)).map((name) => ({
  name,
  text: readFileSync(new URL(`partials/${name}`, ROOT), "utf8"),
}));

/** Every folder of the starter set, such as `bankruptcy-filed.email.en`. */
export const FOLDERS = readdirSync(ROOT).filter((name) => name !== "partials");
/** They answer an opt-out, by text only, and offer no other one. */
export const CONFIRMATIONS = FOLDERS.filter((name) => name.startsWith("opt-out-confirmation."));
export const EMAILS = FOLDERS.filter((folder) => folder.includes(".email."));
export const TEXTS = FOLDERS.filter((folder) => folder.includes(".text."));

export interface Starter {
  readonly about: Pick<Template, "channel" | "language"> & { readonly theme: Theme };
  readonly sample: TemplateContext;
  readonly assembled: AssembledParts;
  readonly template: Template;
  readonly files: readonly string[];
}

/** A folder of the starter set as it would be stored. */
export function readStarter(folder: string): Starter {
  const files = readdirSync(new URL(`${folder}/`, ROOT));
  const text = (name: string): string | null =>
    files.includes(name) ? readFileSync(new URL(`${folder}/${name}`, ROOT), "utf8") : null;
  const about = JSON.parse(text("template.json") ?? "") as Starter["about"];
  const sample = templateContext.parse(JSON.parse(text("sample.json") ?? ""));
  const assembled = assembleParts(
    { subject: text("subject.hbs"), html: text("html.hbs"), text: text("text.hbs") },
    PARTIALS,
    about,
  );
  const { subject, html, text: body } = assembled.sources;
  const template: Template = {
    id: 1,
    version: 1,
    channel: about.channel,
    language: about.language,
    subjectTemplate: subject,
    htmlTemplate: html,
    textTemplate: body,
  };
  return { about, sample, assembled, template, files };
}
