import { parseCaseId } from "../../domain/ids.ts";
import { readFile } from "node:fs/promises";
import { sampleFindings } from "../../template/check/check-samples.ts";
import { type JsonDocument, readJson, storedDocument } from "../../template/check/json-document.ts";
import { chooseContact } from "../../decide/deliver/choose-contact.ts";
import { OPT_OUT_PATH } from "../../decide/replies/unsubscribe.ts";
import { contextOf } from "../../decide/deliver/template-context.ts";
import { findTypeOf, loadCaseFacts } from "../../store/dry-run/case-facts.ts";
import { notFound, unusable, wrongArguments } from "../cli/arguments.ts";
import { withDatabase } from "../cli/database.ts";
import type { Subject } from "./subject.ts";

/** The values of the variables and their source, or the reason why there are none. */
export type Values =
  | { readonly kind: "values"; readonly context: object; readonly from: string }
  | { readonly kind: "none"; readonly lines: readonly string[] };

type Readable = Subject & { kind: "readable" };

/** Chooses a case, a file, or the first sample of the template. */
export async function chooseValues(
  subject: Readable,
  options: { readonly case?: string; readonly sample?: string },
): Promise<Values> {
  if (options.case !== undefined) return await valuesOfCase(subject, options.case);
  if (options.sample !== undefined) return checked(await readSample(options.sample));
  const [first] = Object.entries(subject.samples);
  return first === undefined
    ? { kind: "none", lines: ["The template has no sample. Give --sample FILE or --case ID."] }
    : checked(storedDocument(...first));
}

async function readSample(path: string): Promise<JsonDocument> {
  const text = await readFile(path, "utf8").catch(unusable(`--sample ${path} cannot be read`));
  const document = readJson({ name: path, text });
  const [fault] = document.faults;
  if (fault === undefined) return document;
  const { line, column, message } = fault;
  throw wrongArguments(`--sample ${path} is not JSON; ${line}:${column}: ${message}`);
}

function checked(document: JsonDocument): Values {
  const findings = sampleFindings([document]);
  if (findings.length > 0)
    return {
      kind: "none",
      lines: findings.map(
        ({ file, line, column, message }) => `${file}:${line}:${column} ${message}`,
      ),
    };
  return { kind: "values", context: document.value as object, from: document.name };
}

/** Returns the facts that delivery would use now, and the contact that it would choose. */
async function valuesOfCase({ template }: Readable, caseId: string): Promise<Values> {
  return await withDatabase("preview", async (db, { lender, publicUrl }): Promise<Values> => {
    const facts = await loadCaseFacts(db, parseCaseId(caseId));
    if (facts === undefined) throw notFound(`there is no case ${caseId}`);
    const choice = chooseContact(template.channel, facts.contacts, lender.country);
    const optOutUrl = publicUrl === undefined ? null : `${publicUrl}${OPT_OUT_PATH}/EXAMPLE`;
    if (choice.kind === "none") return { kind: "none", lines: [`${choice.short}: ${choice.long}`] };
    const type = await findTypeOf(db, template.id);
    const notificationType = type ?? { id: 0, name: template.name };
    return {
      kind: "values",
      context: contextOf({ ...facts, notificationType }, choice.contact, lender, {
        now: new Date(),
        optOutUrl,
      }),
      from: `case ${caseId} and contact ${choice.contact.id}`,
    };
  });
}
