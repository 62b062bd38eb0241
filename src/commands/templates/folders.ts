import { existsSync } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { File } from "../../template/folder/fragments.ts";
import type { Folder } from "../../template/folder/read-folder.ts";
import type { Finding } from "../../domain/template/finding.ts";
import { unusable, wrongArguments } from "../cli/arguments.ts";

/** A template folder with the path that the caller gave. */
export interface FolderOnDisk extends Folder {
  readonly path: string;
}

/** The directory of partials, next to the template folders. */
export const PARTIALS = "partials";
const isTemplate = (path: string): boolean =>
  ["template.json", "subject.hbs", "html.hbs", "text.hbs"].some((name) =>
    existsSync(join(path, name)),
  );

/** Reads template folders; for any other directory, the template folders in it. Throws ARGUMENTS_INVALID if there is none. */
export async function readFolders(asked: readonly string[]): Promise<FolderOnDisk[]> {
  const found = await Promise.all(asked.map(findFolders));
  const paths = [...new Set(found.flat())];
  const partials = await readAllPartials(paths);
  return await Promise.all(
    paths.map(async (path) => ({
      path,
      slug: basename(resolve(path)),
      files: await readFiles(path, /\.(hbs|json)$/),
      partials: partials.get(shelfOf(path)) ?? [],
      brand: await readBrand(shelfOf(path)),
    })),
  );
}

/** The directory that contains template folders and their partials. */
const shelfOf = (path: string): string => dirname(resolve(path));

/** Partials by directory, so that they are read once for a set of folders. */
async function readAllPartials(paths: readonly string[]): Promise<Map<string, readonly File[]>> {
  const shelves = [...new Set(paths.map(shelfOf))];
  const read = shelves.map(async (shelf) => [shelf, await readPartials(shelf)] as const);
  return new Map(await Promise.all(read));
}

/** Reads the partials of a directory of templates; an empty list if it has none. */
export const readPartials = (shelf: string): Promise<File[]> =>
  readFiles(join(shelf, PARTIALS), /\.hbs$/);

/** The file with the names, colors and footers of all templates of a directory. */
const BRAND = "brand.json";

/** Reads the brand file of a directory of templates; undefined if it has none. */
export async function readBrand(shelf: string): Promise<File | undefined> {
  const path = join(shelf, BRAND);
  return existsSync(path) ? { name: BRAND, text: asText(await readRegularFile(path)) } : undefined;
}

async function findFolders(path: string): Promise<string[]> {
  if (isTemplate(path)) return [path];
  const names = await readdir(path).catch(unusable(`${path} cannot be read`));
  const inside = names
    .filter((name) => name !== PARTIALS)
    .map((name) => join(path, name))
    .filter(isTemplate);
  if (inside.length === 0)
    throw wrongArguments(
      `${path} contains no template (a folder with template.json and its parts)`,
    );
  return inside.toSorted();
}

async function readFiles(folder: string, pattern: RegExp): Promise<File[]> {
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).toSorted();
  return await Promise.all(
    names.map(async (name) => ({ name, text: asText(await readRegularFile(join(folder, name))) })),
  );
}

const MAX_FILE_BYTES = 1_000_000;

/** A folder may come from others: a link could lead to any file of this machine, and a device never ends. */
async function readRegularFile(path: string): Promise<string> {
  const stat = await lstat(path).catch(unusable(`${path} cannot be read`));
  if (!stat.isFile())
    throw wrongArguments(`${path} is not a regular file; copy the file that it leads to`);
  if (stat.size > MAX_FILE_BYTES) throw wrongArguments(`${path} is larger than 1 MB`);
  return await readFile(path, "utf8").catch(unusable(`${path} cannot be read`));
}

/** Removes byte order marks and carriage returns, which editors and version control add. */
const asText = (text: string): string => text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");

/** Formats findings as `path:line:column sentence`, which editors can open. */
export function findingLines(folder: FolderOnDisk, findings: readonly Finding[]): string[] {
  const isPartial = (name: string): boolean => folder.partials.some((one) => one.name === name);
  const pathOf = (file: string): string => {
    if (file === BRAND) return join(folder.path, "..", BRAND);
    if (isPartial(file)) return join(folder.path, "..", PARTIALS, file);
    return join(folder.path, /^(subject|html|text)$/.test(file) ? `${file}.hbs` : file);
  };
  return findings.map(
    ({ file, line, column, message }) => `${pathOf(file)}:${line}:${column} ${message}`,
  );
}
