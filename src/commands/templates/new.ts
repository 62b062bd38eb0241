import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { partOfTemplateAbout, SLUG, templateAbout } from "../../domain/template/about.ts";
import { didYouMean } from "../../domain/values/did-you-mean.ts";
import type { File } from "../../template/folder/fragments.ts";
import { readFolder } from "../../template/folder/read-folder.ts";
import { notFound, unusable, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-codes.ts";
import {
  findingLines,
  type FolderOnDisk,
  PARTIALS,
  readBrand,
  readFolders,
  readPartials,
} from "./folders.ts";
import { type Purpose, scaffold } from "./scaffold.ts";

const CHANNELS = ["email", "text"] as const;
/** The starter set of this installation. */
const STARTERS = resolve(import.meta.dirname, "../../../templates");

/** Writes the folder of a new template, which can be pushed as it is. */
export const templatesNew = command({
  name: "templates new",
  summary: "write the folder of a new template, which can be pushed as it is",
  takes:
    "NAME (--channel email|text --language CODE | --from STARTER [--language CODE]) [--in DIR]",
  details: `NAME is written with channel and language, such as payment-received.email.en; they are added
where they are missing. --from copies a template of the starter set, or a folder with a slash.
If DIR has no partials, those of the starter set are copied as well.`,
  operands: ["NAME"],
  options: {
    channel: { type: "string", value: "CHANNEL", message: `one of ${CHANNELS.join(", ")}` },
    language: { type: "string", value: "CODE", message: "a language such as en or es-MX" },
    from: { type: "string", value: "STARTER", message: "copy this template of the starter set" },
    in: {
      type: "string",
      value: "DIR",
      message: "the directory of templates (default ./templates)",
    },
  },
  async run({ options, operands: [name = ""], print }) {
    const shelf = options.in ?? "templates";
    const source = options.from === undefined ? undefined : await findStarter(options.from);
    const purpose = readPurpose(source, options);
    const slug = slugOf(name, purpose);
    const path = join(shelf, slug);
    if (existsSync(path)) throw wrongArguments(`${path} exists already`);
    const own = await readPartials(shelf);
    const partials = own.length > 0 ? own : await readPartials(STARTERS);
    const files =
      source === undefined
        ? firstSound({ slug, partials, name, purpose })
        : copied(source, name, purpose);
    await write(path, files);
    if (own.length === 0) await write(join(shelf, PARTIALS), partials);
    const folder = { path, slug, files, partials, brand: await readBrand(shelf) };
    print(`${path}: ${files.map((file) => file.name).join(", ")}`);
    if (own.length === 0) print(`${join(shelf, PARTIALS)}: the partials of the starter set`);
    for (const line of findingLines(folder, readFolder(folder).findings)) print(line);
    print(
      `Look at it: \`tidings preview ${join(path, "/")}\`. Store it: \`tidings templates push ${path}\`.`,
    );
    return EXIT.done;
  },
});

/** Finds a folder with a slash, or a template of the starter set. */
async function findStarter(word: string): Promise<FolderOnDisk> {
  if (word.includes("/")) return await onlyFolder(word);
  const starters = await readFolders([STARTERS]);
  const found = starters.find(({ slug }) => slug === word);
  if (found !== undefined) return found;
  const slugs = starters.map(({ slug }) => slug);
  throw notFound(
    `there is no starter ${word}.${didYouMean(word, slugs)} They are ${slugs.join(", ")}`,
  );
}

async function onlyFolder(path: string): Promise<FolderOnDisk> {
  const [folder, another] = await readFolders([path]);
  if (folder !== undefined && another === undefined) return folder;
  throw wrongArguments(`${path} contains more than one template; name one of them`);
}

interface Asked {
  readonly channel?: string;
  readonly language?: string;
}

/** The channel and the language: those of the starter, or those that were given. */
function readPurpose(source: FolderOnDisk | undefined, asked: Asked): Purpose {
  const about = partOfTemplateAbout.safeParse(aboutOf(source)).data;
  const channel = CHANNELS.find((one) => one === (asked.channel ?? about?.channel));
  if (channel === undefined)
    throw wrongArguments(
      `--channel must be one of ${CHANNELS.join(", ")}${asked.channel === undefined ? "" : `, not "${asked.channel}".${didYouMean(asked.channel, CHANNELS)}`}`,
    );
  if (about?.channel !== undefined && about.channel !== channel)
    throw wrongArguments(`the starter is for ${about.channel}; leave --channel out`);
  const language = templateAbout.shape.language.safeParse(asked.language ?? about?.language).data;
  if (language === undefined) throw wrongArguments("--language must be such as en or es-MX");
  return { channel, language };
}

const aboutOf = (source: FolderOnDisk | undefined): unknown => {
  const file = source?.files.find(({ name }) => name === "template.json");
  return file === undefined ? {} : JSON.parse(file.text);
};

function slugOf(name: string, { channel, language }: Purpose): string {
  const end = `.${channel}.${language}`;
  const slug = name.endsWith(end) ? name : `${name}${end}`;
  if (SLUG.test(slug) && basename(slug) === slug) return slug;
  throw wrongArguments(
    `NAME must begin with a letter and have letters, digits and single . _ - only, not "${name}"`,
  );
}

interface Draft {
  readonly slug: string;
  readonly name: string;
  readonly purpose: Purpose;
  readonly partials: readonly File[];
}

/** With the layout if there is one for the language, otherwise without partials. */
function firstSound({ slug, name, purpose, partials }: Draft): readonly File[] {
  const title = nameOf(name, purpose);
  const withLayout = scaffold(title, purpose, true);
  const isSound = readFolder({ slug, files: withLayout, partials }).findings.length === 0;
  return isSound ? withLayout : scaffold(title, purpose, false);
}

/** `payment-received.email.en` is named Payment received. */
function nameOf(name: string, { channel, language }: Purpose): string {
  const words = name.replace(`.${channel}.${language}`, "").replaceAll(/[._-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The starter's files, with the new name and language. */
function copied({ files }: FolderOnDisk, name: string, purpose: Purpose): readonly File[] {
  return files.map((file) => {
    if (file.name !== "template.json") return file;
    const about = JSON.parse(file.text) as object;
    const changed = { ...about, name: nameOf(name, purpose), language: purpose.language };
    return { name: file.name, text: `${JSON.stringify(changed, null, 2)}\n` };
  });
}

async function write(folder: string, files: readonly File[]): Promise<void> {
  await mkdir(folder, { recursive: true }).catch(unusable(`${folder} cannot be written`));
  for (const { name, text } of files)
    await writeFile(join(folder, name), text, { flag: "wx" }).catch(
      unusable(`${join(folder, name)} cannot be written`),
    );
}
