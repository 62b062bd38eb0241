import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

test.each(globSync(["src/**/*.ts", "tasks/**/*.ts", "migrations/*.sql", "test/**/*.ts"]))(
  "%s does not name graphile-worker's default schema",
  (file) => {
    const mayNameIt = ["test/store/queue/foreign-queue.test.ts", "test/house/queue-schema.test.ts"];
    const found = readFileSync(file, "utf8").includes("graphile_worker");
    expect(found && !mayNameIt.includes(file), "our jobs are in schema tidings_queue").toBe(false);
  },
);
