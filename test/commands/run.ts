import { vi } from "vitest";
import type { Command } from "../../src/commands/cli/command.ts";
import type { TestDatabase } from "../database.ts";

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a command in this process, on a test's own database, as the shell of an operator named kim would. */
export async function runOn(
  { url }: Pick<TestDatabase, "url">,
  command: Command,
  ...words: readonly string[]
): Promise<Ran> {
  vi.stubEnv("DATABASE_URL", url);
  vi.stubEnv("USER", "kim");
  vi.stubEnv("LENDER_TIME_ZONE", "America/New_York");
  const lines: string[] = [];
  try {
    const code = await command.run(words, (line) => void lines.push(line));
    return { code, output: lines.join("\n") };
  } finally {
    vi.unstubAllEnvs();
  }
}
