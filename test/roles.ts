import { randomBytes } from "node:crypto";
import { Client } from "pg";
import { afterAll, beforeAll } from "vitest";
import type { TestDatabase } from "./database.ts";

/** A login role without rights. */
export interface TestRole {
  readonly name: string;
  /** The URL of the test's database, as this role. */
  readonly url: string;
  /** Does the work on a separate connection. */
  run<Result>(work: (client: Client) => Promise<Result>): Promise<Result>;
}

/** Creates a role for this test file, and drops it with everything it owns at the end. */
export function useRole({ url, pool }: TestDatabase, label: string): TestRole {
  const name = `${label}_${randomBytes(4).toString("hex")}`;
  const own = url.replace("//tidings@", `//${name}@`);
  beforeAll(() => pool.query(`create role ${name} login`));
  afterAll(async () => {
    await pool.query(`drop owned by ${name}; drop role ${name}`);
  });
  return {
    name,
    url: own,
    async run(work) {
      const client = new Client({ connectionString: own });
      await client.connect();
      try {
        return await work(client);
      } finally {
        await client.end();
      }
    },
  };
}
