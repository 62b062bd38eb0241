import { asTemplate, readFolder } from "../../template/folder/read-folder.ts";
import type { Rendering } from "../../template/render/render.ts";
import type { Template } from "../../domain/template/template.ts";
import type { Samples, TemplateContent } from "../../domain/template/version.ts";
import { wrongArguments } from "../cli/arguments.ts";
import { withDatabase } from "../cli/database.ts";
import { findingLines, readFolders } from "../templates/folders.ts";
import { chooseVersion, findVersions, readTemplateName, titleOf } from "../templates/name.ts";

/** What is previewed: a stored version, or a folder as it lies there. */
export type Subject =
  | { readonly kind: "unreadable"; readonly lines: readonly string[] }
  | {
      readonly kind: "readable";
      /** Names its file. */
      readonly title: string;
      /** Names it to people. */
      readonly about: string;
      /** Id 0 for a folder that no version is behind. */
      readonly template: Template & TemplateContent;
      readonly samples: Samples;
      /** What keeps a folder from being published. */
      readonly findings: readonly string[];
      readonly sayFault: (fault: Rendering & { kind: "faulty" }) => readonly string[];
    };

/** A word with a slash is a folder, and asks no database; any other is a stored template. */
export async function openSubject(word: string, version: string | undefined): Promise<Subject> {
  return /[/\\]|^\.+$/.test(word)
    ? await openFolder(word, version)
    : await openStored(word, version);
}

async function openFolder(path: string, version: string | undefined): Promise<Subject> {
  if (version !== undefined) throw wrongArguments("a folder has no versions: leave out --version");
  const [folder, another] = await readFolders([path]);
  if (folder === undefined || another !== undefined)
    throw wrongArguments(`${path} holds more than one template: name one of them`);
  const reading = readFolder(folder);
  if (reading.kind === "unreadable")
    return { kind: "unreadable", lines: findingLines(folder, reading.findings) };
  return {
    kind: "readable",
    title: folder.slug,
    about: `Preview of the folder ${folder.slug}`,
    template: asTemplate(reading.draft),
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
    samples: template.samples,
    findings: [],
    sayFault: ({ long }) => [long],
  };
}
