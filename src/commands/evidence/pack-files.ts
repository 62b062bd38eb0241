import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import type { PackFiles } from "../../domain/evidence/pack.ts";
import { readTar, writeTar } from "../../record/tar.ts";
import { unusable, wrongArguments } from "../cli/arguments.ts";

/** Writes a pack that did not exist: a tar file if the path ends in `.tar`, otherwise a folder. Only its owner may read it. */
export async function writePackFiles(path: string, files: PackFiles): Promise<void> {
  const refuse = unusable(`--out ${path} cannot be written`);
  if (path.endsWith(".tar")) {
    await writeFile(path, writeTar(files), { mode: 0o600, flag: "wx" }).catch(refuse);
    return;
  }
  await mkdir(path, { mode: 0o700 }).catch(refuse);
  for (const [name, content] of files) {
    const file = join(path, name);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 }).catch(refuse);
    await writeFile(file, content, { mode: 0o600, flag: "wx" }).catch(refuse);
  }
}

/** Reads the files of a pack. A link is not followed: it is read as an empty file, which SHA256SUMS does not have. */
export async function readPackFiles(path: string): Promise<PackFiles> {
  const refuse = unusable(`--verify ${path} cannot be read`);
  const about = await stat(path).catch(refuse);
  if (!about.isDirectory()) return archived(path, await readFile(path).catch(refuse));
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(refuse);
  const files = new Map<string, Buffer>();
  for (const entry of entries.filter((one) => !one.isDirectory())) {
    const file = join(entry.parentPath, entry.name);
    const content = entry.isFile() ? await readFile(file).catch(refuse) : Buffer.alloc(0);
    files.set(nameIn(path, file), content);
  }
  return files;
}

const nameIn = (folder: string, file: string): string =>
  file.slice(join(folder, sep).length).replaceAll(sep, "/");

function archived(path: string, archive: Buffer): PackFiles {
  try {
    return readTar(archive);
  } catch (error) {
    if (error instanceof RangeError) throw wrongArguments(`--verify ${path}: ${error.message}`);
    throw error;
  }
}
