import { expect, test } from "vitest";
import { rules } from "../../src/commands/rules/rules.ts";
import { RULE_IDS } from "../../src/domain/guard/rule-ids.ts";

async function run(...words: readonly string[]): Promise<string> {
  const lines: string[] = [];
  expect(await rules.run(words, (line) => void lines.push(line))).toBe(0);
  return lines.join("\n");
}

test("lists every rule with its number, state and source", async () => {
  const [title, ...lines] = (await run()).split("\n");
  expect(title).toMatch(/^no +rule +stops +parameters +source$/);
  expect(lines.map((line) => line.trim().split(/ +/)[1])).toEqual([...RULE_IDS]);
  expect(lines[30]).toMatch(
    /^31 +freq\.7in7 +on +Seven calls in seven days +1 +12 CFR 1006\.14\(b\)/,
  );
});

test("explains one rule with its condition, source and parameters", async () => {
  const page = await run("show", "freq.7in7");
  expect(page).toContain("31. freq.7in7: Seven calls in seven days (on, decides)");
  expect(page).toContain("US.calls.sevenInSeven: at most 7 in 7 days per debt, for voice");
  expect(page).toContain("12 CFR 1006.14(b)(2)(i)(A)");
});

test("an exception says what it lifts", async () => {
  expect(await run("show", "optout.confirm")).toContain("lifts\n  tcpa.consent, optout.revoked");
  expect(await run("show", "state.scope")).toContain("(on, sets what applies)");
  expect(await run("show", "furnish.first")).toContain("(on, counts or computes)");
});

test("both as JSON", async () => {
  const list = JSON.parse(await run("--json")) as { id: string }[];
  expect(list.map(({ id }) => id)).toEqual([...RULE_IDS]);
  expect(JSON.parse(await run("show", "time.window", "--json"))).toMatchObject({
    number: 27,
    id: "time.window",
    on: true,
    role: "decides",
    parameters: [{ id: "US.window.collection" }, { id: "US.window.other" }],
  });
});

test.each([
  [["show"], "give `rules show RULE_ID`"],
  [["hide", "x"], "give `rules show RULE_ID`"],
  [["show", "time.travel"], "there is no rule time.travel; `tidings rules` lists them"],
])("%j is refused", async (words, sentence) => {
  await expect(rules.run(words, () => {})).rejects.toThrow(sentence);
});
