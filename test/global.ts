import {
  accessSync,
  constants,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import type { TestProject } from "vitest/node";
import { readConfig } from "../src/config.ts";
import { openPool } from "../src/store/postgres/db.ts";
import { startEmbeddedPostgres } from "../src/store/postgres/embedded-postgres.ts";
import { migrate } from "../src/store/migrate/migrate.ts";
import { loadBinaries } from "./postgres/binaries.ts";

declare module "vitest" {
  interface ProvidedContext {
    adminUrl: string;
  }
}

const PREFIX = "tidings-test-";
const FAST = ["fsync=off", "full_page_writes=off", "max_connections=400"];

/** A clone of the template database takes 13 ms on a memory disk and 300 ms on a slow one. */
function chooseDisk(): string {
  try {
    accessSync("/dev/shm", constants.W_OK);
    const disk = statfsSync("/dev/shm");
    return disk.bavail * disk.bsize > 512 * 2 ** 20 ? "/dev/shm" : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** A run that was killed leaves its directory behind; its server died with it. */
function sweepOldRuns(disk: string): void {
  const old = Date.now() - 3_600_000;
  for (const name of readdirSync(disk).filter((entry) => entry.startsWith(PREFIX)))
    if (statSync(join(disk, name)).mtimeMs < old)
      rmSync(join(disk, name), { recursive: true, force: true });
}

/** One Postgres for all tests; every file gets a clone of the migrated template database. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const disk = chooseDisk();
  sweepOldRuns(disk);
  const root = mkdtempSync(join(disk, PREFIX));
  const postgres = await startEmbeddedPostgres(
    join(root, "postgres"),
    FAST.flatMap((setting) => ["-c", setting]),
    await loadBinaries(process.env["TEST_POSTGRES"]),
  );
  const admin = new Client({ connectionString: postgres.url });
  await admin.connect();
  await admin.query("create database template_of_tests");
  const url = postgres.url.replace("/postgres?", "/template_of_tests?");
  const pool = openPool({ url, actor: "test", max: 3, onLost: () => {} });
  await migrate(pool, readConfig({}).migration);
  // many tests take place in 2031, and the clock of the database cannot be changed; future-changes.test.ts has the rule
  // on
  await pool.query("alter table tidings.case_changes disable trigger refuse_future_changes");
  await pool.end();
  await admin.query(
    "alter database template_of_tests with is_template true allow_connections false",
  );
  await admin.end();
  project.provide("adminUrl", postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(root, { recursive: true, force: true });
  };
}
