import { join } from "node:path";
import type { Binaries } from "../../src/store/postgres/embedded-postgres.ts";

/** The Postgres versions that Tidings is tested against, oldest first. */
export const VERSIONS = ["15", "16", "17", "18"] as const;

/** The binaries of one version, from the packages of this folder; undefined for the one that Tidings brings. */
export async function loadBinaries(version: string | undefined): Promise<Binaries | undefined> {
  if (version === undefined) return undefined;
  const name = `pg${version}-${process.platform}-${process.arch}`;
  const path = join(import.meta.dirname, "node_modules", name, "dist/index.js");
  return (await import(path)) as Binaries;
}
