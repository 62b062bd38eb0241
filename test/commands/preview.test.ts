import { chmodSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { preview } from "../../src/commands/preview/preview.ts";
import { templates } from "../../src/commands/templates/group.ts";
import { useDatabase } from "../database.ts";
import { insertChanges, insertLender, insertType } from "../lender.ts";
import { emailFiles, SAMPLE, useFolders } from "./folders.ts";
import { type Ran, runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const { root, write } = useFolders();
const out = ["--out", join(root, "out")];

const run = (...words: readonly string[]): Promise<Ran> => runOn(database, preview, ...words);
/** A URL without a database. */
const runAlone = (...words: readonly string[]): Promise<Ran> =>
  runOn({ url: "postgres://tidings@127.0.0.1:1/nowhere" }, preview, ...words);
const push = (slug: string): Promise<Ran> => runOn(database, templates, "push", join(root, slug));

const TEXT = {
  "template.json": { name: "A text", channel: "text", language: "en" },
  "text.hbs": "{{lender.name}}: your case {{case.id}} of {{case.fields.chapter}}.",
  "sample.json": SAMPLE,
};

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  await insertChanges(pool, [{ caseId: "CS-1", status: "initiated", fields: { chapter: 7 } }]);
  write(
    emailFiles("letter", {
      "html.hbs": '<p lang="{{@language}}">Dear {{borrower.name.firstName}}</p>',
    }),
  );
  await push("letter");
});

describe("of a stored template", () => {
  test("prints subject and text, and writes the html where a browser finds it", async () => {
    const { code, output } = await run("letter", ...out);
    expect(code).toBe(0);
    const [printed, url = ""] = output.split("\nHtml\n  ");
    expect(printed).toBe(
      "Preview of letter, version 1, draft, with sample.json\n\nSubject\n  About your case\n\nText\n  Dear Ana,\n  we wrote to you.\n  Example Community Lending\n",
    );
    const path = fileURLToPath(url);
    expect(readFileSync(path, "utf8")).toBe('<p lang="en">Dear Ana</p>');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("shows a version that was published before, by its number", async () => {
    await runOn(database, templates, "publish", "letter");
    write({ "letter/subject.hbs": "Another" });
    await push("letter");
    expect((await run("letter", ...out)).output).toContain("version 2, draft");
    const { output } = await run("letter", "--version", "1", ...out);
    expect(output).toContain("version 1, active");
    expect(output).toContain("Subject\n  About your case\n");
  });

  test("with a case says what its borrower would read now, and at which contact", async () => {
    const { code, output } = await run("letter", "--case", "CS-1", ...out);
    expect(code).toBe(0);
    expect(output).toContain("with case CS-1 and contact CT-EMAIL\n");
    expect(output).toContain("Dear Pat,\n  we wrote to you.\n  Example Lender\n");
  });

  test("of a case counts the segments of a text", async () => {
    write(Object.fromEntries(Object.entries(TEXT).map(([name, text]) => [`sms/${name}`, text])));
    await push("sms");
    expect(await run("sms", "--case", "CS-1")).toEqual({
      code: 0,
      output:
        "Preview of sms, version 1, draft, with case CS-1 and contact CT-PHONE\n\nText: 1 segment of GSM-7, 36 units, 36 characters\n  Example Lender: your case CS-1 of 7.",
    });
  });

  test("a required value that is absent is reported as on the interaction", async () => {
    await insertChanges(pool, [{ caseId: "CS-BARE", status: "initiated" }]);
    const { code, output } = await run("sms", "--case", "CS-BARE");
    expect(code).toBe(1);
    expect(output).toMatch(
      /^Version 1 of template \d+ was not rendered \(text, line 1\): case\.fields\.chapter is absent\. /,
    );
  });

  test("a borrower who cannot be reached is said", async () => {
    await insertChanges(pool, [{ caseId: "CS-SAM", status: "initiated", borrowerId: "BO-2" }]);
    const { code, output } = await run("letter", "--case", "CS-SAM");
    expect(code).toBe(1);
    expect(output).toMatch(/^No eligible contact: The borrower has no contact for email/);
  });

  test("with a file of values uses them, and reports invalid ones", async () => {
    const path = join(root, "values.json");
    write({ "values.json": { ...SAMPLE, now: "2031-07-01T00:00:00Z" } });
    expect((await run("letter", "--sample", path, ...out)).output).toContain(`with ${path}\n`);
    write({ "values.json": { ...SAMPLE, now: "yesterday", more: 1 } });
    const { code, output } = await run("letter", "--sample", path);
    expect(code).toBe(1);
    expect(output).toContain(`${path}:1:1003 now must be an instant in UTC`);
    expect(output).toContain("more");
  });

  test("opens the html in a browser, or reports that it cannot", async () => {
    const opener = join(root, process.platform === "darwin" ? "open" : "xdg-open");
    write({ [basename(opener)]: `#!/bin/sh\nprintf %s "$1" > "${root}/opened"\n` });
    chmodSync(opener, 0o755);
    vi.stubEnv("PATH", root);
    const { output } = await run("letter", "--open", ...out);
    expect(output).toMatch(/\n\nOpened in a browser\.$/);
    const url = /file:\S+/.exec(output)?.[0];
    await expect.poll(() => readFileSync(join(root, "opened"), "utf8")).toBe(url);
    vi.stubEnv("PATH", join(root, "empty"));
    expect((await run("letter", "--open", ...out)).output).toContain("Open the file yourself");
    expect((await run("sms", "--open")).output).toMatch(/\n\nThere is no html to open\.$/);
  });

  test("gives a terminal no orders that a borrower's name holds", async () => {
    await pool.query(
      `update tidings.borrowers set name = jsonb_build_object('firstName', E'Pat\\x1b[2J\\x07') where id = 'BO-1'`,
    );
    const { output } = await run("letter", "--case", "CS-1", ...out);
    expect(output).toContain("Dear Pat\uFFFD[2J\uFFFD,");
  });
});

describe("of a folder", () => {
  test("needs no database", async () => {
    const { code, output } = await runAlone(join(root, "letter/"), ...out);
    expect(code).toBe(0);
    expect(output).toMatch(
      /^Preview of the folder letter, with sample\.json\n\nSubject\n {2}Another\n/,
    );
    expect(output).toMatch(/\/out\/letter\.html$/);
  });

  test("names what cannot be rendered by file and line", async () => {
    write(
      emailFiles("shelf/gap", {
        "text.hbs": "{{> top}}\nDear {{lender.name}},\n{{date case.fields.never}}",
      }),
    );
    write({ "shelf/partials/top.hbs": "{{borrower.name.middleName}}" });
    const ofPartial = await runAlone(join(root, "shelf/gap"));
    expect(ofPartial).toEqual({
      code: 1,
      output: `${join(root, "shelf/partials/top.hbs")}:1:3 borrower.name.middleName is absent.`,
    });
    write({ "shelf/partials/top.hbs": "A notice" });
    const ofPart = await runAlone(join(root, "shelf/gap"));
    expect(ofPart.code).toBe(1);
    expect(ofPart.output).toContain(`${join(root, "shelf/gap/text.hbs")}:3:`);
    write({ "shelf/gap/text.hbs": "{{> missing}}" });
    expect(await runAlone(join(root, "shelf/gap"))).toEqual({
      code: 1,
      output: `${join(root, "shelf/gap/text.hbs")}:1:1 There is no partial missing.`,
    });
  });

  test("that renders and could not be published is shown, with what is in the way", async () => {
    write(emailFiles("unquoted", { "html.hbs": "<a href={{url lender.website}}>x</a>" }));
    const { code, output } = await runAlone(join(root, "unquoted"), ...out);
    expect(code).toBe(0);
    expect(output).toContain("\nIt cannot be published until these findings are corrected:\n  ");
    expect(output).toContain(`${join(root, "unquoted/html.hbs")}:1:`);
  });
});

describe("invalid arguments", () => {
  test.each([
    [[], "TEMPLATE is missing"],
    [["letter", "--case", "X", "--sample", "y"], "give one of --case, --sample, or neither"],
    [["letter", "--sample", "/nowhere.json"], "--sample /nowhere.json cannot be read (ENOENT)"],
    [["letter", "--sample", "README.md"], "--sample README.md is not JSON"],
    [["letter", "--out", "README.md/x"], "README.md/x/letter.2.html cannot be written (ENOTDIR)"],
    [["./templates"], "./templates contains more than one template"],
    [["./nowhere"], "./nowhere cannot be read (ENOENT)"],
    [["./templates/dispute-received.text.en", "--version", "1"], "a folder has no versions"],
  ])("%j", async (words, sentence) => {
    await expect(run(...words)).rejects.toMatchObject({
      code: "ARGUMENTS_INVALID",
      message: expect.stringContaining(sentence),
    });
  });

  test.each([
    [["letter", "--case", "X"], "there is no case X"],
    [["letter", "--version", "9"], "template letter has no version 9; it has 2, 1"],
    [["nowhere"], "there is no template nowhere"],
  ])("%j names what is not on record", async (words, sentence) => {
    await expect(run(...words)).rejects.toMatchObject({
      code: "NOT_FOUND",
      message: expect.stringContaining(sentence),
    });
  });
});
