import { asTemplate, readFolder } from "../../template/folder/read-folder.ts";
import type { Rendering } from "../../template/render/render.ts";
import type { Template } from "../../domain/template/template.ts";
import type { Samples, TemplateContent, TemplateVersion } from "../../domain/template/version.ts";
import { wrongArguments } from "../cli/arguments.ts";
import { withDatabase } from "../cli/database.ts";
import { findingLines, readFolders } from "../templates/folders.ts";
import { chooseVersion, findVersions, readTemplateName, titleOf } from "../templates/name.ts";

/** The subject of a preview: a stored version or a folder. */
export type Subject =
  | { readonly kind: "unreadable"; readonly lines: readonly string[] }
  | {
      readonly kind: "readable";
      /** The name of the output file. */
      readonly title: string;
      /** The first line of the output. */
      readonly about: string;
      /** Its id is 0 for a folder that has no stored version. */
      readonly template: Template & TemplateContent;
      /** The stored version; undefined for a folder. */
      readonly stored: TemplateVersion | undefined;
      readonly samples: Samples;
      /** The findings that prevent publication of a folder. */
      readonly findings: readonly string[];
      readonly sayFault: (fault: Rendering & { kind: "faulty" }) => readonly string[];
    };

/** A name with a slash is a folder and needs no database; any other name is a stored template. */
export async function openSubject(word: string, version: string | undefined): Promise<Subject> {
  return /[/\\]|^\.+$/.test(word)
    ? await openFolder(word, version)
    : await openStored(word, version);
}

async function openFolder(path: string, version: string | undefined): Promise<Subject> {
  if (version !== undefined) throw wrongArguments("a folder has no versions; omit --version");
  const [folder, another] = await readFolders([path]);
  if (folder === undefined || another !== undefined)
    throw wrongArguments(`${path} contains more than one template; name one of them`);
  const reading = readFolder(folder);
  if (reading.kind === "unreadable")
    return { kind: "unreadable", lines: findingLines(folder, reading.findings) };
  return {
    kind: "readable",
    title: folder.slug,
    about: `Preview of the folder ${folder.slug}`,
    template: asTemplate(reading.draft),
    stored: undefined,
    samples: reading.draft.samples,
    findings: findingLines(folder, reading.findings),
    sayFault: ({ finding }) => findingLines(folder, [reading.trace(finding)]),
  };
}

async function openStored(word: string, asked: string | undefined): Promise<Subject> {
  const name = readTemplateName(word);
  const versions = await withDatabase("preview", (db) => findVersions(db, name));
  const template = chooseVersion(versions, asked);
  const title = titleOf(template);
  return {
    kind: "readable",
    title: `${title}.${template.version}`,
    about: `Preview of ${title}, version ${template.version}, ${template.status}`,
    template,
    stored: template,
    samples: template.samples,
    findings: [],
    sayFault: ({ long }) => [long],
  };
}
