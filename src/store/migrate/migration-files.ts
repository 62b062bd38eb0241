import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const DIRECTORY = join(import.meta.dirname, "../../../migrations");

/** The names of the migrations of this version, without `.sql`, in the order in which they are applied. */
export async function migrationNames(): Promise<string[]> {
  const files = await readdir(DIRECTORY);
  return files
    .filter((file) => /^\d{4}_\w+\.sql$/.test(file))
    .map((file) => file.replace(/\.sql$/, ""))
    .toSorted();
}

/** Reads the SQL of each migration, by its name. */
export async function readMigrations(): Promise<Record<string, string>> {
  const entries = (await migrationNames()).map(
    async (name) => [name, await readFile(join(DIRECTORY, `${name}.sql`), "utf8")] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}
