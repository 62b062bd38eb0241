import { readFile } from "node:fs/promises";
import { sampleFindings } from "../../template/check/check-samples.ts";
import { chooseContact } from "../../decide/deliver/choose-contact.ts";
import { contextOf } from "../../decide/deliver/template-context.ts";
import { findTypeOf, loadCaseFacts } from "../../store/dry-run/case-facts.ts";
import { unusable, wrongArguments } from "../cli/arguments.ts";
import { withDatabase } from "../cli/database.ts";
import type { Subject } from "./subject.ts";

/** What stands for the variables, and where it is from; or why there is nothing. */
export type Values =
  | { readonly kind: "values"; readonly context: object; readonly from: string }
  | { readonly kind: "none"; readonly lines: readonly string[] };

type Readable = Subject & { kind: "readable" };

/** A case, a file, or the first sample of the template. */
export async function chooseValues(
  subject: Readable,
  options: { readonly case?: string; readonly sample?: string },
): Promise<Values> {
  if (options.case !== undefined) return await valuesOfCase(subject, options.case);
  if (options.sample !== undefined)
    return checked(options.sample, await readSample(options.sample));
  const [first] = Object.entries(subject.samples);
  return first === undefined
    ? { kind: "none", lines: ["It has no sample: give --sample FILE or --case ID."] }
    : checked(...first);
}

async function readSample(path: string): Promise<unknown> {
  const text = await readFile(path, "utf8").catch(unusable(`--sample ${path} cannot be read`));
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw wrongArguments(`--sample ${path} is not JSON`);
  }
}

function checked(name: string, sample: unknown): Values {
  const findings = sampleFindings({ [name]: sample });
  if (findings.length > 0)
    return { kind: "none", lines: findings.map(({ file, message }) => `${file}: ${message}`) };
  return { kind: "values", context: sample as object, from: name };
}

/** The facts delivering would have at this moment, and the contact it would choose. */
async function valuesOfCase({ template }: Readable, caseId: string): Promise<Values> {
  return await withDatabase("preview", async (db, { lender }): Promise<Values> => {
    const facts = await loadCaseFacts(db, caseId);
    if (facts === undefined) throw wrongArguments(`there is no case ${caseId}`);
    const choice = chooseContact(template.channel, facts.contacts);
    if (choice.kind === "none") return { kind: "none", lines: [`${choice.short}: ${choice.long}`] };
    const type = await findTypeOf(db, template.id);
    const notificationType = type ?? { id: 0, name: template.name };
    return {
      kind: "values",
      context: contextOf({ ...facts, notificationType }, choice.contact, lender, new Date()),
      from: `case ${caseId} and contact ${choice.contact.id}`,
    };
  });
}
