import { randomUUID } from "node:crypto";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** The folder of accepted messages: one file per message, readable by the owner only. */
export interface Outbox {
  readonly folder: string;
  /** Writes `<name><ending>`. An existing name gets a number, so a message that was sent twice has two files. */
  write(name: string, ending: string, content: Buffer | string): Promise<void>;
}

/** Opens the folder and creates it where it is missing. Rejects if that is not possible. */
export async function createOutbox(folder: string): Promise<Outbox> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    folder,
    async write(name, ending, content) {
      const unfinished = join(folder, `.${randomUUID()}`);
      await writeFile(unfinished, content, { mode: 0o600, flag: "wx" });
      const place = (copy: number): string => join(folder, numbered(name, copy) + ending);
      let copy = 1;
      while (!(await appears(unfinished, place(copy)))) copy += 1;
      await rm(unfinished);
    },
  };
}

const numbered = (name: string, copy: number): string => (copy === 1 ? name : `${name}-${copy}`);

/** Makes the whole file appear at once, as a rename does, but never replaces another file. */
async function appears(unfinished: string, path: string): Promise<boolean> {
  try {
    await link(unfinished, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
