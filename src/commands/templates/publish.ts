import { checkTemplate } from "../../template/check/check-template.ts";
import type { TemplateVersion } from "../../domain/template/version.ts";
import type { Db } from "../../store/postgres/db.ts";
import { activate, type Published } from "../../store/templates/publishing.ts";
import { loadDrafts } from "../../store/templates/versions.ts";
import { wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { readOperator } from "../cli/operator.ts";
import { wrapped } from "../cli/layout.ts";
import type { Print } from "../cli/print.ts";
import { findVersions, readTemplateName, titleOf } from "./name.ts";
import { EXIT, type ExitCode } from "../cli/exit-codes.ts";

/** Publishes drafts: all of the named ones or none. */
export const templatesPublish = command({
  name: "templates publish",
  summary: "check drafts and activate them, all of the named ones or none",
  takes: "(TEMPLATE … | --all) [--by NAME]",
  details: `TEMPLATE is a number or the name of a folder. The version that was active is deprecated;
notices that are planned already keep the version they were planned with. While CONTENT_KEY is
not set, --all leaves sensitive drafts out and names them.`,
  operands: ["[TEMPLATE]…"],
  options: {
    all: { type: "boolean", message: "publish every template that has a draft" },
    by: { type: "string", value: "NAME", message: "the name of the publisher (default $USER)" },
  },
  async run({ options, operands, print }) {
    const operator = readOperator(options.by);
    if ((options.all === true) === operands.length > 0)
      throw wrongArguments("give one TEMPLATE or more, or --all");
    return await withDatabase(`operator:${operator}`, async (db, { contentKeys }) => {
      const terms = { canSeal: contentKeys.length > 0, print };
      return operands.length > 0
        ? await publish(db, await loadNamed(db, operands), terms)
        : await publishAll(db, await loadDrafts(db), terms);
    });
  },
});

async function loadNamed(db: Db, words: readonly string[]): Promise<TemplateVersion[]> {
  const found = new Map<number, TemplateVersion>();
  for (const word of words) {
    const [newest] = await findVersions(db, readTemplateName(word));
    found.set(newest.id, newest);
  }
  return [...found.values()];
}

/** Publishes every draft except the sensitive ones that could not be sealed, which it names. */
async function publishAll(
  db: Db,
  drafts: readonly TemplateVersion[],
  terms: Terms,
): Promise<ExitCode> {
  const held = terms.canSeal ? [] : drafts.filter(({ sensitive }) => sensitive);
  const others = drafts.filter((draft) => !held.includes(draft));
  const code = await publish(db, others, terms);
  if (held.length === 0) return code;
  const names = held.map(titleOf).join(", ");
  for (const line of wrapped(`Not published: ${names}: ${NO_KEY}`)) terms.print(line);
  return EXIT.checkFailed;
}

interface Terms {
  /** True if the content of sensitive notices can be sealed. */
  readonly canSeal: boolean;
  readonly print: Print;
}

/** Publishes the newest versions that are drafts. If one has findings, nothing is published and the exit code is `checkFailed`. */
export async function publish(
  db: Db,
  newest: readonly TemplateVersion[],
  { canSeal, print }: Terms,
): Promise<ExitCode> {
  const drafts = newest.filter(({ status }) => status === "draft");
  for (const version of newest.filter(({ status }) => status !== "draft"))
    print(
      `${titleOf(version)}: version ${version.version} is ${version.status}, and there is no draft after it.`,
    );
  const faults = faultsOf(drafts, canSeal);
  if (faults.length > 0) {
    for (const line of faults) print(line);
    print("Nothing was published. Correct these findings, push, and publish again.");
    return EXIT.checkFailed;
  }
  const published = await activate(db, drafts);
  for (const one of published) print(sayPublished(one, drafts));
  if (published.length === 0) print("There is nothing to publish.");
  return EXIT.done;
}

function faultsOf(drafts: readonly TemplateVersion[], canSeal: boolean): string[] {
  const findings = drafts.flatMap((draft) =>
    checkTemplate(draft, draft.samples).map(
      ({ file, line, column, message }) => `${titleOf(draft)}/${file}:${line}:${column} ${message}`,
    ),
  );
  const bare = canSeal ? [] : drafts.filter(({ sensitive }) => sensitive).map(titleOf);
  return bare.length === 0 ? findings : [...findings, ...wrapped(`${bare.join(", ")}: ${NO_KEY}`)];
}

const NO_KEY =
  "sensitive, and CONTENT_KEY is not set, so the content of its notices could not be sealed. Set CONTENT_KEY for the daemons and for this command, and publish again; `openssl rand -base64 32` makes a key.";

function sayPublished(
  { id, version, deprecated, already }: Published,
  drafts: readonly TemplateVersion[],
): string {
  const draft = drafts.find((one) => one.id === id);
  const title = draft === undefined ? String(id) : titleOf(draft);
  if (already)
    return `${title}: version ${version} was published by another operator at the same moment.`;
  const before = deprecated === null ? "" : `, version ${deprecated} is deprecated`;
  return `${title}: version ${version} of template ${id} is active${before}.`;
}
