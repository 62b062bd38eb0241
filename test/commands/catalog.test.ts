import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COMMAND_NAMES, loadCommand } from "../../src/commands/catalog.ts";

test.each(COMMAND_NAMES)("%s is loaded by the name that it has", async (name) => {
  expect((await loadCommand(name))?.name).toBe(name);
});

test.each(["", "statsu", "constructor", "toString"])('"%s" is no command', async (name) => {
  expect(await loadCommand(name)).toBeUndefined();
});

// A static import would load the REST resources and the providers for `tidings version`.
test.each(["src/main.ts", "src/commands/catalog.ts"])(
  "%s loads no command before it is called",
  (file) => {
    const loadedAtOnce = [
      ...readFileSync(file, "utf8").matchAll(/^import (?!type )[^;]* from "([^"]*)";/gm),
    ];
    const commands = loadedAtOnce
      .map(([, target = ""]) => target)
      .filter((target) => target.startsWith("./"))
      .filter(
        (target) =>
          !/^\.\/(?:commands\/)?(?:cli\/|catalog\.ts|help\.ts)|^\.\/domain\//.test(target),
      );
    expect(commands).toEqual([]);
  },
);
