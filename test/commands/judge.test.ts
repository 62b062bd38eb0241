import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { judge } from "../../src/commands/judge/judge.ts";
import { mergePatch, TABLE } from "../decide/guard/question.ts";

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const dir = mkdtempSync(join(tmpdir(), "tidings-judge-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const question = (given: Parameters<typeof mergePatch>[1]): string =>
  JSON.stringify(mergePatch(TABLE.baseline, given));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `tidings judge …` as a process, with no settings and no database. */
function tidings(words: readonly string[], input: string): Promise<Ended> {
  const { promise, resolve } = Promise.withResolvers<Ended>();
  const env = { PATH: process.env["PATH"] ?? "" };
  const child = execFile(
    process.execPath,
    [MAIN, "judge", ...words],
    { env },
    (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
  );
  child.stdin?.end(input);
  return promise;
}

/** Runs the command in this process, on a file with this text. */
async function judgeFile(text: string, ...more: readonly string[]): Promise<[number, string]> {
  const file = join(dir, "facts.json");
  writeFileSync(file, text);
  const lines: string[] = [];
  const code = await judge.run(["--facts", file, ...more], (line) => void lines.push(line));
  return [code, lines.join("\n")];
}

describe("a file", () => {
  test("gives the members of the verdict, instants in writing", async () => {
    const [code, output] = await judgeFile(question({ now: "2026-11-21T02:00:00Z" }));
    expect(code).toBe(0);
    expect(JSON.parse(output)).toEqual({
      outcome: "wait",
      ruleId: "time.window",
      until: "2026-11-21T13:00:00Z",
      short: "Outside the hours for contact",
      long: expect.stringContaining("between 08:00 and 21:00") as string,
      log: [{ ruleId: "time.window", outcome: "wait", until: "2026-11-21T13:00:00Z" }],
    });
  });

  test("--all adds every rule with the facts it used", async () => {
    const refusal = {
      facts: { preferences: { mediumRefusals: [{ medium: "voice", at: "2026-11-01T15:00:00Z" }] } },
    };
    const [, output] = await judgeFile(question(refusal), "--all");
    const { outcome, rules } = JSON.parse(output) as {
      outcome: string;
      rules: { ruleId: string; facts: string[] }[];
    };
    expect(outcome).toBe("refuse");
    expect(rules.find(({ ruleId }) => ruleId === "medium.refused")).toEqual({
      ruleId: "medium.refused",
      outcome: "refuse",
      facts: ["preferences.mediumRefusals"],
    });
    expect(rules.length).toBeGreaterThan(50);
  });

  test("that does not fit is a fault that names the members", async () => {
    const invalid = question({
      facts: { message: { channel: "pigeon" }, loans: { L1: { daysPastDue: -1 } } },
    });
    await expect(judgeFile(invalid)).rejects.toThrow(
      /^FACTS_INVALID: facts\.message\.channel must be one of .*; facts\.loans\.L1\.daysPastDue must not be negative$/,
    );
    await expect(judgeFile("[]")).rejects.toThrow("FACTS_INVALID: must be an object");
    await expect(judgeFile("no json")).rejects.toThrow("FACTS_INVALID: must be JSON");
  });

  test("that cannot be read is named, and so is a missing option", async () => {
    const print = () => {};
    await expect(judge.run(["--facts", join(dir, "none")], print)).rejects.toThrow(
      /ARGUMENTS_INVALID: --facts .* cannot be read \(ENOENT\)/,
    );
    await expect(judge.run([], print)).rejects.toThrow("ARGUMENTS_INVALID: give --facts FILE");
  });
});

describe("lines from the standard input", () => {
  test("give one verdict each, in order; an invalid one gives an error", async () => {
    const secret = "jo.doe@lender.example";
    const input = [
      question({}),
      "",
      `{"now": "${secret}"`,
      question({ facts: { contacts: { "CT-MOBILE": { lineType: secret } } } }),
      question({ now: "2026-11-21T02:00:00Z" }),
    ].join("\n");
    const { code, stdout, stderr } = await tidings(["--facts", "-"], input);
    const answers = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(answers.map((one) => one["outcome"] ?? one["error"])).toEqual([
      "allow",
      "FACTS_INVALID",
      "FACTS_INVALID",
      "wait",
    ]);
    expect(answers[2]?.["errors"]).toEqual([
      {
        field: "facts.contacts.CT-MOBILE.lineType",
        message: "must be one of mobile, landline, voip, tollfree, unknown",
      },
    ]);
    expect(stdout).not.toContain(secret);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
  });

  test("that all fit end with 0", async () => {
    const { code, stdout } = await tidings(["--facts", "-"], `${question({})}\r\n`);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: "allow",
      until: "2026-11-21T02:00:00Z",
      requires: [],
      log: [],
    });
  });
});

test("--schema prints the JSON Schema of the facts", async () => {
  const lines: string[] = [];
  expect(await judge.run(["--schema"], (line) => void lines.push(line))).toBe(0);
  expect(JSON.parse(lines.join(""))).toMatchObject({
    type: "object",
    additionalProperties: false,
    required: ["message", "contacts", "loans"],
  });
});
