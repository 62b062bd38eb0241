import { globSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FILES = ["*.md", "docs/**/*.md", "{src,tasks,test}/**/*.ts", "migrations/*"];

test("no file holds the marks of a merge that was not finished", () => {
  const marked = globSync(FILES, { exclude: ["**/node_modules/**"] }).filter((file) =>
    /^(?:<{7} |={7}$|>{7} )/m.test(readFileSync(file, "utf8")),
  );
  expect(marked).toEqual([]);
});
