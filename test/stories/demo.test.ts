import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeClone } from "../clone.ts";
import { openShell, type Shell } from "../shell.ts";

// a blank in the path, which the printed commands must quote
const clone = join(mkdtempSync(join(tmpdir(), "tidings-demo-")), "a clone");
let shell: Shell;
beforeAll(() => {
  makeClone(clone);
  const PATH = [dirname(process.execPath), process.env["PATH"]].join(delimiter);
  shell = openShell(clone, { PATH, HOME: clone, USER: "kim", DATA_DIR: "data of the demo" });
});
afterAll(async () => {
  await shell.end();
  rmSync(dirname(clone), { recursive: true, force: true });
});

test("the demo ends as expected, and the commands that it prints work as printed", async () => {
  const printed = await shell.run("npm run --silent demo");
  expect(printed).toContain(
    "interactions are as expected. Receipts say that 5 messages were delivered (succeeded). Ben answered STOP to a text: 1 number has opted out, and 1 text has confirmed that.",
  );
  const steps = [...printed.matchAll(/^ {2}(DATA_DIR=.*\S) +# (.*)$/gmu)];
  const pages: string[] = [];
  for (const [, command = ""] of steps) pages.push(await shell.run(command));
  expect(pages).toEqual([
    expect.stringMatching(/failed emailDeferred[\s\S]*2 interactions\./u),
    expect.stringContaining("attempted emailSent"),
    expect.stringContaining("The content on record produces the same bytes."),
    expect.stringContaining("fields do not meet the condition dispositionCode"),
  ]);
  const [, next = ""] = /^Next: (\S+)/mu.exec(printed) ?? [];
  expect(existsSync(next)).toBe(true);
});
