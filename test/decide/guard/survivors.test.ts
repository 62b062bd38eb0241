import { expect, test } from "vitest";
import { mutantsOfTarget } from "../../mutate/mutants.ts";
import survivors from "../../mutate/survivors.json" with { type: "json" };

test("every survivor with a reason is a mutant of the code as it is", () => {
  const names = new Set(mutantsOfTarget("guard").map(({ name }) => name));
  expect(names.size).toBeGreaterThan(500);
  expect(Object.keys(survivors).filter((name) => !names.has(name))).toEqual([]);
  expect(Object.values(survivors).filter((reason) => !/^[A-Z].*\.$/u.test(reason))).toEqual([]);
});
