import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { DELIVERY_RULES } from "../../src/domain/delivery-rules.ts";

const read = (path: string): string => readFileSync(path, "utf8");
const README = read("README.md");

test("README names every rule by which a notice is judged when it is due", () => {
  const [, table = ""] = /^## What it judges\n([\s\S]*?)^## /mu.exec(README) ?? [];
  const missing = Object.keys(DELIVERY_RULES).filter((rule) => !table.includes(`\`${rule}\``));
  expect(missing).toEqual([]);
});

test("README is one page: what is longer is in docs", () =>
  expect(README.split("\n").length).toBeLessThanOrEqual(240));
