import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { templates } from "../../src/commands/templates/group.ts";
import { untilWaitingForLock, useDatabase } from "../database.ts";
import { emailFiles, SAMPLE, useFolders } from "./folders.ts";
import { type Ran, runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const { root, write } = useFolders();

const run = (...words: readonly string[]): Promise<Ran> => runOn(database, templates, ...words);
const push = (...slugs: readonly string[]): Promise<Ran> =>
  run("push", ...slugs.map((slug) => join(root, slug)));
const publish = (...words: readonly string[]): Promise<Ran> => run("publish", ...words);

async function versionsOf(slug: string): Promise<string[]> {
  const { rows } = await pool.query<{ version: number; status: string; by: string | null }>(
    "select version, status, published_by as by from tidings.templates where slug = $1 order by version",
    [slug],
  );
  return rows.map(({ version, status, by }) => [version, status, by].filter(Boolean).join(" "));
}

async function idOf(slug: string): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    "select id from tidings.templates where slug = $1 limit 1",
    [slug],
  );
  return rows[0]?.id ?? 0;
}

/** Resolves when so many of our statements wait for a lock on templates. */
const untilWaiting = (count: number): Promise<void> =>
  untilWaitingForLock(pool, { sessions: count, words: "pg_advisory_xact_lock" });

describe("push", () => {
  test.each(["text.hbs", "template.json"])(
    "does not follow a link in place of %s",
    async (name) => {
      write(emailFiles("linked", { "secret.txt": "the secret" }));
      write({ [`linked/${name}`]: null });
      symlinkSync(join(root, "linked/secret.txt"), join(root, "linked", name));
      await expect(push("linked")).rejects.toMatchObject({
        code: "ARGUMENTS_INVALID",
        message: expect.stringContaining(`${name} is not a regular file`) as string,
      });
      expect(await versionsOf("linked")).toEqual([]);
      rmSync(join(root, "linked"), { recursive: true });
    },
  );

  test("does not read a device, a directory, or a file of more than 1 MB", async () => {
    write(emailFiles("odd"));
    write({ "odd/text.hbs": null });
    symlinkSync("/dev/zero", join(root, "odd/text.hbs"));
    await expect(push("odd")).rejects.toThrow("is not a regular file");
    rmSync(join(root, "odd/text.hbs"));
    mkdirSync(join(root, "odd/text.hbs"));
    await expect(push("odd")).rejects.toThrow("is not a regular file");
    rmSync(join(root, "odd/text.hbs"), { recursive: true });
    write({ "odd/text.hbs": "x".repeat(1_000_001) });
    await expect(push("odd")).rejects.toThrow("is larger than 1 MB");
    rmSync(join(root, "odd"), { recursive: true });
  });

  test("keeps what a template declares, and knows it again", async () => {
    const about = (...declares: readonly string[]): string =>
      JSON.stringify({ name: "Declared", channel: "email", language: "fr", declares });
    write(emailFiles("declared", { "template.json": about("replyStop", "miniMirandaInitial") }));
    const declared = async (): Promise<unknown[]> => {
      const { rows } = await pool.query(
        "select version, declares::text[] as declares from tidings.templates where slug = 'declared'",
      );
      return rows;
    };
    await push("declared");
    expect(await declared()).toEqual([
      { version: 1, declares: ["replyStop", "miniMirandaInitial"] },
    ]);
    expect((await push("declared")).output).toContain("unchanged");
    write({ "declared/template.json": about("replyStop") });
    await push("declared");
    expect(await declared()).toEqual([{ version: 1, declares: ["replyStop"] }]);
    write({ "declared/template.json": about("nonsense") });
    expect(await push("declared")).toMatchObject({
      code: 1,
      output: expect.stringContaining("declares") as string,
    });
    rmSync(join(root, "declared"), { recursive: true });
  });

  test("reports partials that grow exponentially", async () => {
    const levels = Array.from({ length: 24 }, (_, level) => [
      `partials/level${level}.hbs`,
      level === 0 ? "x" : `{{> level${level - 1}}}{{> level${level - 1}}}`,
    ]);
    write({
      ...emailFiles("grown", { "text.hbs": "{{> level23}}\n" }),
      ...Object.fromEntries(levels),
    });
    const { code, output } = await push("grown");
    expect(code).toBe(1);
    expect(output).toContain("text.hbs:1:1 The part is larger than 1 MB with its partials.");
    rmSync(join(root, "grown"), { recursive: true });
    rmSync(join(root, "partials"), { recursive: true });
  });

  test("writes a draft, then nothing, then a draft edited in place, then the version after a published one", async () => {
    write(emailFiles("life"));
    const first = await push("life");
    const id = await idOf("life");
    expect(first).toEqual({
      code: 0,
      output: `life: new, draft version 1 of template ${id}\n1 template: 1 new, 0 changed, 0 unchanged.\nA draft is not sent. \`tidings templates publish\` activates it.`,
    });
    expect(await push("life")).toEqual({
      code: 0,
      output: "1 template: 0 new, 0 changed, 1 unchanged.",
    });

    write({ "life/subject.hbs": "About your loan\n" });
    expect((await push("life")).output).toBe(
      [
        `life: changed, draft version 1 of template ${id} is edited`,
        "  subject.hbs",
        "  @@ -1 +1 @@",
        "  -About your case",
        "  +About your loan",
        "1 template: 0 new, 1 changed, 0 unchanged.",
        "A draft is not sent. `tidings templates publish` activates it.",
      ].join("\n"),
    );
    expect(await versionsOf("life")).toEqual(["1 draft"]);

    await publish("life");
    expect((await push("life")).output).toBe("1 template: 0 new, 0 changed, 1 unchanged.");
    write({ "life/template.json": { name: "Another", channel: "email", language: "en" } });
    const next = await push("life");
    expect(next.output).toContain(
      `life: changed, draft version 2 of template ${id} follows version 1, which is active\n  about\n  @@ -1 +1 @@\n  -name: An email\n  +name: Another`,
    );
    expect(await versionsOf("life")).toEqual(["1 active operator:kim", "2 draft"]);
  });

  test("of a directory takes every template in it, with the partials next to them", async () => {
    write({
      ...emailFiles("shelf/one", { "text.hbs": "Dear borrower,\n{{> close}}\n" }),
      ...emailFiles("shelf/two"),
      "shelf/partials/close.hbs": "Yours, {{lender.name}}\n",
      "shelf/README.md": "no template",
    });
    expect((await push("shelf")).output).toMatch(/^one: new.*\ntwo: new.*\n2 templates: 2 new/);
    const { rows } = await pool.query(
      "select text_template, samples, created_by from tidings.templates where slug = 'one'",
    );
    expect(rows).toEqual([
      {
        text_template: "Dear borrower,\nYours, {{lender.name}}\n",
        samples: { "sample.json": SAMPLE },
        created_by: "operator:kim",
      },
    ]);
    write({ "shelf/partials/close.hbs": "Sincerely, {{lender.name}}\n" });
    const { output } = await push("shelf");
    expect(output).toMatch(
      /^one: changed, draft version 1 of .* is edited; only partials\/close.hbs\n/,
    );
    expect(output).toContain(
      "partials/close.hbs changed in one\n  @@ -1 +1 @@\n  -Yours, {{lender.name}}\n  +Sincerely, {{lender.name}}\n",
    );
    expect(output).toContain("0 new, 1 changed, 1 unchanged");
  });

  test("shows a change of a partial once, and of a long line the part that was edited", async () => {
    const paragraph = `${"We looked into it. ".repeat(30)}Please call us.${" We will answer.".repeat(30)}`;
    write({
      ...emailFiles("long/one", { "text.hbs": `{{> layout}}\n${paragraph}\n{{lender.name}}\n` }),
      ...emailFiles("long/two", { "text.hbs": "{{> layout}}\n" }),
      "long/partials/layout.hbs": `${"&zwnj;&nbsp;".repeat(100)}\n{{> end}}\n`,
      "long/partials/end.hbs": "Yours",
    });
    await push("long");
    write({ "long/partials/end.hbs": "Sincerely" });
    expect((await push("long")).output).toContain(
      "\npartials/end.hbs changed in one two\n  @@ -1 +1 @@\n  -Yours\n  +Sincerely\n2 templates",
    );
    const { "long/one/text.hbs": text } = emailFiles("long/one", {
      "text.hbs": `{{> layout}}\n${paragraph.replace("call", "write to")}\n{{lender.name}}\n`,
    });
    write({ "long/one/text.hbs": text ?? "" });
    const { output } = await push("long");
    expect(output).toContain(
      "  -… it. We looked into it. We looked into it. Please call us. We will answer. We will answer. We will answe…\n",
    );
    expect(output).toContain("Please write to us.");
    expect(output).not.toContain("zwnj");
    const shown = (await run("show", "one", "--version", "1")).output;
    expect(shown).toContain("\npartials in it, which --assembled shows\n  ");
    expect(shown).not.toContain("zwnj");
    expect((await run("show", "one", "--assembled")).output).toContain("zwnj");
  });

  test("takes the brand file next to the templates, and reports its faults once", async () => {
    write({
      ...emailFiles("branded/red", { "text.hbs": "{{> brandName}}\n" }),
      ...emailFiles("branded/green", { "text.hbs": "{{> brandName}}\n" }),
      "branded/brand.json": { name: "Blue Lending", colors: { heading: "#eeeeee" } },
    });
    const refused = await push("branded");
    expect(refused.code).toBe(1);
    expect(refused.output.match(/brand.json:1:\d+ colors.heading on the background/g)).toHaveLength(
      1,
    );
    expect(refused.output).toContain("2 not stored");
    write({ "branded/brand.json": { name: "Blue Lending" } });
    expect((await push("branded")).code).toBe(0);
    expect((await run("show", "red", "--assembled")).output).toContain("\ntext\n  Blue Lending");
    write({ "branded/brand.json": { name: "Green Lending" } });
    expect((await push("branded")).output).toContain(
      "partials/brandName.hbs changed in green red\n  @@ -1 +1 @@\n  -Blue Lending\n  +Green Lending\n",
    );
  });

  test("compares the parts of a version that was written by SQL", async () => {
    const { rows } = await pool.query<{ id: number }>(
      "insert into tidings.templates (id, version, slug, channel, text_template, subject_template) select max(id) + 1, 1, 'by-sql', 'email', 'T', 'S' from tidings.templates returning id",
    );
    write(emailFiles("by-sql"));
    const { output } = await push("by-sql");
    expect(output).toContain("  subject\n  @@ -1 +1 @@\n  -S\n  +About your case\n");
    expect(await idOf("by-sql")).toBe(rows[0]?.id);
  });

  test("stores new samples of a draft without a new version", async () => {
    write(emailFiles("sampled"));
    await push("sampled");
    write({ "sampled/sample.long.json": SAMPLE });
    expect((await push("sampled")).output).toBe("1 template: 0 new, 0 changed, 1 unchanged.");
    const { rows } = await pool.query(
      "select array(select jsonb_object_keys(samples)) as names from tidings.templates where slug = 'sampled'",
    );
    expect(rows).toEqual([{ names: ["sample.json", "sample.long.json"] }]);
  });

  test("stores a draft that cannot be published yet, and says where everything is wrong", async () => {
    write(
      emailFiles("faulty", {
        "subject.hbs": "{{case.name}}",
        "text.hbs": "Dear {{borrower.name.first}},\n\n{{lender.nmae}}\n",
      }),
    );
    const { code, output } = await push("faulty");
    expect(code).toBe(1);
    expect(output).toContain(`\n  ${join(root, "faulty/subject.hbs")}:1:3 `);
    expect(output).toContain(`\n  ${join(root, "faulty/text.hbs")}:3:3 `);
    expect(output).toContain("\n  It cannot be published until these findings are corrected.\n");
    expect(await versionsOf("faulty")).toEqual(["1 draft"]);
    const again = await push("faulty");
    expect(again.code).toBe(1);
    expect(again.output).toContain("faulty: unchanged\n");
    const refused = await publish("faulty");
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /^faulty\/subject:1:3 .*\nfaulty\/text:3:3 .*\nfaulty\/text:1:8 .*\nNothing was pub/,
    );
    expect(await versionsOf("faulty")).toEqual(["1 draft"]);
  });

  test.each([
    ["no template.json", { "template.json": null }, "template.json:1:1 The file is missing"],
    [
      "a broken template.json",
      { "template.json": '{\n  "name": "A",\n}' },
      "template.json:2:14 There is a comma before }. Delete the comma.",
    ],
    [
      "an unknown channel",
      { "template.json": { name: "A", channel: "pigeon", language: "en" } },
      'template.json:1:13 channel cannot be "pigeon". The words are ',
    ],
    [
      "a word that is not known",
      { "template.json": { name: "A", channel: "email", language: "en", secret: true } },
      "template.json:1:47 secret is not a field.",
    ],
    [
      "a broken sample",
      { "sample.json": "{" },
      "sample.json:1:2 An object is not closed. Write } at its end.",
    ],
    [
      "a part with a slip",
      { "body.hbs": "Hello" },
      "body.hbs:1:1 This is not a part of a template",
    ],
    [
      "a part that is not UTF-8",
      { "text.hbs": "Dear {{lender.name}}\nse\uFFFDora" },
      "text.hbs:2:3 This character cannot be stored. Save the file as UTF-8",
    ],
    ["a NUL in a part", { "subject.hbs": "About\0" }, "subject.hbs:1:6 This character cannot be"],
    [
      "a NUL in a sample",
      { "sample.json": '{"now": "\\u0000"}' },
      "sample.json:1:10 This character cannot be stored",
    ],
    [
      "a partial that is not there",
      { "text.hbs": "Dear {{lender.name}},\n  {{> clsoe}}" },
      "text.hbs:2:3 There is no partial clsoe.",
    ],
  ])(
    "stores nothing of a folder with %s, and continues with the others",
    async (title, files, message) => {
      const slug = title.replaceAll(/\W/g, "-");
      write(emailFiles(slug));
      write(
        Object.fromEntries(Object.entries(files).map(([name, text]) => [join(slug, name), text])),
      );
      const sound = `sound-${slug}`;
      write(emailFiles(sound));
      const { code, output } = await push(slug, sound);
      expect(code).toBe(1);
      expect(output).toContain(`${slug}: not stored, because it cannot be assembled\n`);
      expect(output).toContain(`  ${join(root, slug)}/${message}`);
      expect(output).toContain("2 templates: 1 new, 0 changed, 0 unchanged, 1 not stored.");
      expect(await versionsOf(slug)).toEqual([]);
      expect(await versionsOf(sound)).toEqual(["1 draft"]);
    },
  );

  test("does not treat line ends and byte order marks as a change", async () => {
    write(emailFiles("windows"));
    await push("windows");
    write({
      "windows/text.hbs":
        "\uFEFFDear {{borrower.name.firstName}},\r\nwe wrote to you.\r\n{{lender.name}}\r\n",
      "windows/template.json": `\uFEFF${JSON.stringify({ name: "An email", channel: "email", language: "en" })}`,
    });
    expect((await push("windows")).output).toBe("1 template: 0 new, 0 changed, 1 unchanged.");
  });

  test("keeps a template's channel: reports it, and continues with the others", async () => {
    write({ ...emailFiles("turncoat"), ...emailFiles("turn-after") });
    await push("turncoat");
    await publish("turncoat");
    write({ "turncoat/template.json": { name: "A text", channel: "text", language: "en" } });
    const { code, output } = await push("turncoat", "turn-after");
    expect(code).toBe(1);
    expect(output).toContain(`turncoat: not stored\n  ${join(root, "turncoat/subject.hbs")}`);
    expect(output).toContain(
      `  ${join(root, "turncoat")}: template ${await idOf("turncoat")} is for email; make another template for another channel\n`,
    );
    expect(output).toContain("2 templates: 1 new, 0 changed, 0 unchanged, 1 not stored.");
    expect(await versionsOf("turncoat")).toEqual(["1 active operator:kim"]);
  });

  test("never writes into a template that was inserted with an explicit id", async () => {
    const { rows } = await pool.query<{ id: number }>(
      "insert into tidings.templates (id, version, channel, text_template) select max(id) + 1, 1, 'text', 'T' from tidings.templates returning id",
    );
    write(emailFiles("after-hand"));
    await push("after-hand");
    expect(await idOf("after-hand")).toBeGreaterThan(rows[0]?.id ?? Infinity);
    expect(await versionsOf("after-hand")).toEqual(["1 draft"]);
  });

  test("of a draft that is published in the same moment writes the version after it", async () => {
    write(emailFiles("overtaken"));
    await push("overtaken");
    const id = await idOf("overtaken");
    const publisher = await pool.connect();
    await publisher.query("begin");
    await publisher.query("update tidings.templates set status = 'active' where id = $1", [id]);
    write({ "overtaken/subject.hbs": "Another" });
    const pushing = push("overtaken");
    await untilWaiting(1);
    await publisher.query("commit");
    publisher.release();
    expect((await pushing).output).toContain(
      `overtaken: changed, draft version 2 of template ${id} follows version 1, which is active`,
    );
  });

  test("by two at once writes one draft", async () => {
    write(emailFiles("twice"));
    const both = await Promise.all([push("twice"), push("twice"), push("twice")]);
    expect(await versionsOf("twice")).toEqual(["1 draft"]);
    expect(both.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(both.filter(({ output }) => output.includes("1 new"))).toHaveLength(1);
  });
});

describe("new", () => {
  const create = (...words: readonly string[]): Promise<Ran> =>
    run("new", ...words, "--in", join(root, "made"));

  test.each([
    ["letter", "email", "en"],
    ["letter", "email", "es"],
    ["letter", "email", "fr"],
    ["note", "text", "en"],
    ["note.text.es", "text", "es"],
    ["note", "text", "fr-CA"],
  ])("%s for %s in %s can be pushed and published as it is", async (name, channel, language) => {
    const made = await create(name, "--channel", channel, "--language", language);
    const slug = `${name.split(".")[0]}.${channel}.${language}`;
    expect(made.code).toBe(0);
    expect(made.output).toContain(`${join(root, "made", slug)}: template.json, sample.json`);
    const pushed = await push(`made/${slug}`);
    expect(pushed.output).toContain(`${slug}: new, draft version 1`);
    expect(pushed.code).toBe(0);
    expect((await publish(slug)).code).toBe(0);
    const { rows } = await pool.query(
      "select name, coalesce(html_template, '') || text_template as parts from tidings.templates where slug = $1",
      [slug],
    );
    expect(rows[0]).toMatchObject({
      name: name === "letter" ? "Letter" : "Note",
      parts: expect.stringContaining("{{!-- This comment is not sent.") as string,
    });
  });

  test("copies a starter, in another language too", async () => {
    const made = await create("sorted", "--from", "dispute-resolved.email.en");
    expect(made.output).toContain(join(root, "made/sorted.email.en"));
    expect((await push("made/sorted.email.en")).code).toBe(0);
    const spanish = await create(
      "sorted",
      "--from",
      "dispute-resolved.email.en",
      "--language",
      "es",
    );
    expect(spanish.output).toContain("sorted.email.es: ");
    expect(await run("show", "sorted.email.en")).toMatchObject({
      output: expect.stringContaining("Sorted") as string,
    });
  });

  test.each([
    [["x"], "--channel must be one of email, text"],
    [["x", "--channel", "sms", "--language", "en"], 'not "sms". Did you mean text?'],
    [["x", "--channel", "email"], "--language must be such as en or es-MX"],
    [["../x", "--channel", "email", "--language", "en"], "NAME must begin with a letter"],
    [["letter", "--channel", "email", "--language", "en"], "exists already"],
    [
      ["x", "--from", "dispute-resolved.email.en", "--channel", "text"],
      "the starter is for email; leave --channel out",
    ],
    [["x", "--from", "dispute-resolvd.email.en"], "Did you mean dispute-resolved.email.en?"],
  ])("%j is refused", async (words, sentence) => {
    await expect(create(...words)).rejects.toThrow(sentence);
  });
});

describe("publish", () => {
  test("makes the draft active and deprecates the version before, by number or by name", async () => {
    write(emailFiles("renewed"));
    await push("renewed");
    const id = await idOf("renewed");
    expect(await publish("renewed")).toEqual({
      code: 0,
      output: `renewed: version 1 of template ${id} is active.`,
    });
    write({ "renewed/subject.hbs": "Another" });
    await push("renewed");
    expect(await publish(String(id), "--by", "lee")).toEqual({
      code: 0,
      output: `renewed: version 2 of template ${id} is active, version 1 is deprecated.`,
    });
    expect(await versionsOf("renewed")).toEqual([
      "1 deprecated operator:kim",
      "2 active operator:lee",
    ]);
    expect(await publish("renewed")).toEqual({
      code: 0,
      output:
        "renewed: version 2 is active, and there is no draft after it.\nThere is nothing to publish.",
    });
  });

  test("publishes all that are named or none", async () => {
    write({
      ...emailFiles("good"),
      ...emailFiles("bad", { "subject.hbs": "{{nothing}}" }),
    });
    await push("good", "bad");
    const { code, output } = await publish("good", "bad");
    expect(code).toBe(1);
    expect(output).toMatch(/^bad\/subject:1:3 .*\nNothing was published\./);
    expect(await versionsOf("good")).toEqual(["1 draft"]);
  });

  test("refuses what is sensitive while nothing could seal it, and says what to do", async () => {
    const about = { name: "Secret", channel: "email", language: "en", sensitive: true };
    write(emailFiles("secret", { "template.json": about }));
    await push("secret");
    const refused = await publish("secret");
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(
      /^secret: sensitive, and CONTENT_KEY is not set[^]*openssl rand[^]*\nNothing was published/,
    );
    expect(await versionsOf("secret")).toEqual(["1 draft"]);
    vi.stubEnv("CONTENT_KEY", randomBytes(32).toString("base64"));
    expect((await publish("secret")).code).toBe(0);
    expect(await versionsOf("secret")).toEqual(["1 active operator:kim"]);
  });

  test("by five at once activates it once, and each of them gets the result", async () => {
    write(emailFiles("raced"));
    await push("raced");
    const all = await Promise.all(Array.from({ length: 5 }, () => publish("raced")));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
    const first = all.filter(({ output }) => output.endsWith("is active."));
    expect(first).toHaveLength(1);
    expect(await versionsOf("raced")).toEqual(["1 active operator:kim"]);
  });

  test("by two whose templates cross does not lock up", async () => {
    const slugs = ["cross-1", "cross-2", "cross-3", "cross-4"];
    for (const slug of slugs) write(emailFiles(slug));
    await push(...slugs);
    const other = await pool.connect();
    await other.query("begin");
    await other.query("update tidings.templates set samples = samples where slug = 'cross-1'");
    const publishing = Promise.all([publish(...slugs), publish(...slugs.toReversed())]);
    await untilWaiting(2);
    await other.query("commit");
    other.release();
    const both = await publishing;
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    for (const slug of slugs) expect(await versionsOf(slug)).toEqual(["1 active operator:kim"]);
  });

  test("of a draft that is edited at the same moment is refused: the stored draft is not the checked one", async () => {
    write({ ...emailFiles("edited"), ...emailFiles("beside") });
    await push("beside", "edited");
    const id = await idOf("edited");
    const other = await pool.connect();
    await other.query("begin");
    await other.query(
      "update tidings.templates set subject_template = '{{nobody.checked.this}}' where id = $1",
      [id],
    );
    const publishing = publish("beside", "edited");
    await untilWaiting(1);
    await other.query("commit");
    other.release();
    await expect(publishing).rejects.toMatchObject({
      code: "TEMPLATE_EDITED",
      message: expect.stringContaining("version 1 of template edited"),
    });
    expect(await versionsOf("edited")).toEqual(["1 draft"]);
    expect(await versionsOf("beside")).toEqual(["1 draft"]);
  });
});

describe("looking", () => {
  test("list shows what is active and what waits", async () => {
    write(emailFiles("listed"));
    await push("listed");
    await publish("listed");
    write({ "listed/subject.hbs": "Another" });
    await push("listed");
    const id = await idOf("listed");
    const { output } = await run("list");
    expect(output).toMatch(new RegExp(`^${id} +listed +1 +2 +email +en +An email$`, "m"));
    const found = JSON.parse((await run("list", "--json")).output).find(
      (one: { slug: string }) => one.slug === "listed",
    );
    expect(found).toMatchObject({ id, activeVersion: 1, draftVersion: 2, sensitive: false });
  });

  test("show lists versions, variables and parts of the newest version, or of the requested one", async () => {
    const { output } = await run("show", "listed");
    expect(output).toContain("listed, version 2: draft\n");
    expect(output).toMatch(
      /\n {2}1 {2}active {2}written .* by operator:kim +published .* by operator:kim\n/,
    );
    expect(output).toContain("required, always:\n    borrower.name.firstName lender.name\n");
    expect(output).toContain("\nsubject.hbs\n  Another\n");
    expect((await run("show", "listed", "--version", "1")).output).toContain(
      "\nsubject.hbs\n  About your case\n",
    );
    expect(JSON.parse((await run("show", "listed", "--json")).output)).toMatchObject({
      version: 2,
      requirements: { required: ["borrower.name.firstName", "lender.name"] },
      versions: [{ version: 2 }, { version: 1, publishedBy: "operator:kim" }],
    });
  });

  test("diff compares with what is active", async () => {
    expect((await run("diff", "listed")).output).toBe(
      "listed: from version 1, active, to version 2, draft\nsubject.hbs\n@@ -1 +1 @@\n-About your case\n+Another",
    );
    await publish("listed");
    expect((await run("diff", "listed")).output).toBe(
      "listed: version 2 equals the active version 2.",
    );
    expect((await run("diff", "listed", "--version", "1")).output).toContain(
      "-Another\n+About your case",
    );
    write(emailFiles("unpublished"));
    await push("unpublished");
    expect((await run("diff", "unpublished")).output).toBe(
      "unpublished has no active version; version 1 is draft.",
    );
  });
});

describe("invalid arguments", () => {
  test.each([
    [[], "the verb is missing; tidings templates knows new, push, list, show, diff, publish"],
    [["pull"], "there is no verb pull"],
    [["publish"], "give one TEMPLATE or more, or --all"],
    [["publish", "x", "--all"], "give one TEMPLATE or more, or --all"],
    [["show", "two words"], "TEMPLATE must be a number or the name of a folder"],
    [["show"], "TEMPLATE is missing"],
    [["show", "one", "two"], '"two" is one word too many'],
    [["push", "/nowhere/at/all"], "/nowhere/at/all cannot be read (ENOENT)"],
    [["push", "test/house"], "test/house contains no template"],
  ])("%j", async (words, sentence) => {
    await expect(run(...words)).rejects.toMatchObject({
      code: "ARGUMENTS_INVALID",
      message: expect.stringContaining(sentence),
    });
  });

  test("--help lists every verb", async () => {
    expect((await run("--help")).output).toMatch(/templates push .*\n.*templates list /);
    expect((await run("publish", "--help")).output).toContain("--all");
  });
});

describe("all that is there", () => {
  test("is refused by --all while one draft is not in order, and named", async () => {
    const { code, output } = await publish("--all");
    expect(code).toBe(1);
    expect(output).toContain("faulty/subject:1:3 ");
    expect(output).toMatch(
      /Nothing was published\. Correct these findings, push, and publish again\.$/,
    );
  });

  test("pushes and publishes the whole starter set, the sensitive ones once there is a key", async () => {
    await pool.query("delete from tidings.templates where status = 'draft'");
    expect((await run("push")).output).toContain("38 templates: 38 new, 0 changed, 0 unchanged.");
    const others = await publish("--all");
    expect(others.code).toBe(1);
    expect(others.output.match(/ is active\.$/gm)).toHaveLength(32);
    expect(others.output).toMatch(
      /\nNot published: \S+(,\s\S+){5}:\ssensitive,\sand\sCONTENT_KEY[^]*openssl/,
    );
    vi.stubEnv("CONTENT_KEY", randomBytes(32).toString("base64"));
    const published = await publish("--all");
    expect(published.code).toBe(0);
    expect(published.output.match(/ is active\.$/gm)).toHaveLength(6);
    expect(await run("push")).toEqual({
      code: 0,
      output: "38 templates: 0 new, 0 changed, 38 unchanged.",
    });
    expect(await publish("--all")).toEqual({ code: 0, output: "There is nothing to publish." });
  });
});
