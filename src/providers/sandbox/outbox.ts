import { randomUUID } from "node:crypto";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where a sandbox keeps what it took: a file a message, for the owner's eyes only. */
export interface Outbox {
  readonly folder: string;
  /** Writes `<name><ending>`. A name that is taken gets a number: a message sent twice lies there twice. */
  write(name: string, ending: string, content: Buffer | string): Promise<void>;
}

export async function openOutbox(folder: string): Promise<Outbox> {
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

/** Whole and at once, as a rename would, but never over another file. */
async function appears(unfinished: string, path: string): Promise<boolean> {
  try {
    await link(unfinished, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
