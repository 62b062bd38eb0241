import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import PostalMime from "postal-mime";
import { preview } from "../../src/commands/preview/preview.ts";
import { templates } from "../../src/commands/templates/group.ts";
import { useDatabase } from "../database.ts";
import { emailFiles, SAMPLE, useFolders } from "./folders.ts";
import { type Ran, runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const { root, write } = useFolders();
const outbox = join(root, "data/outbox");

/** Runs the command in the sandbox, or with these settings. */
function send(words: readonly string[], settings: Readonly<Record<string, string>> = {}) {
  for (const [name, value] of Object.entries({ DATA_DIR: join(root, "data"), ...settings }))
    vi.stubEnv(name, value);
  return runOn(database, preview, ...words, "--out", join(root, "out"));
}

const push = (slug: string): Promise<Ran> => runOn(database, templates, "push", join(root, slug));
const tests = async (): Promise<unknown[]> => {
  const { rows } = await pool.query(
    "select t.slug, r.template_version as version, r.sent_by, r.content_hash = t.content_hash as same, r.sent_at is not null as timed from tidings.template_tests r join tidings.templates t on (t.id, t.version) = (r.template_id, r.template_version) order by r.id",
  );
  return rows;
};

const TEXT = {
  "template.json": { name: "A text", channel: "text", language: "en" },
  "text.hbs": "{{lender.name}}: your case {{case.id}}.",
  "sample.json": SAMPLE,
};

beforeAll(async () => {
  const html =
    '<!doctype html><html><body class="a"><p>Dear {{borrower.name.firstName}}</p></body></html>';
  write(emailFiles("letter", { "html.hbs": html }));
  write(Object.fromEntries(Object.entries(TEXT).map(([name, text]) => [`note/${name}`, text])));
  await push("letter");
  await push("note");
});

test("an email is sent through the provider, marked in its subject and in both parts", async () => {
  const { code, output } = await send(["letter", "--send-to", "me@example.com"]);
  expect(output).toContain("\nSent as a test in the sandbox: nothing left this machine.");
  expect(code).toBe(0);
  const file = readdirSync(outbox).find((name) => name.endsWith(".eml")) ?? "";
  const mail = await PostalMime.parse(readFileSync(join(outbox, file)));
  expect(mail.subject).toBe("[TEST] About your case");
  expect(mail.to).toEqual([{ address: "me@example.com", name: "" }]);
  expect(mail.text).toMatch(/^\[TEST\] This is a test with invented values\. It is not a notice/);
  expect(mail.html).toMatch(/<body class="a"><div [^>]*>\[TEST\] This is a test/);
  expect(mail.messageId).toMatch(/^<tidings\.test\.[0-9a-f-]{36}@/);
});

test("a text is sent and marked", async () => {
  const { code } = await send(["note", "--send-to", "(614) 555-0107", "--by", "lee"]);
  expect(code).toBe(0);
  const log = readdirSync(outbox).find((name) => !name.endsWith(".eml"));
  expect(readFileSync(join(outbox, log ?? ""), "utf8")).toContain(
    "[TEST] Example Community Lending: your case",
  );
});

test("who sent which version and when is on record, the address is not, and no notice came of it", async () => {
  const row = { version: 1, same: true, timed: true };
  expect(await tests()).toEqual([
    { ...row, slug: "letter", sent_by: "operator:kim" },
    { ...row, slug: "note", sent_by: "operator:lee" },
  ]);
  const { rows } = await pool.query(
    "select (select count(*)::int from tidings.interactions) as interactions, (select string_agg(r::text, '') from tidings.template_tests r) as records",
  );
  expect(rows[0]).toMatchObject({ interactions: 0 });
  expect(String(rows[0]?.records)).not.toMatch(/example\.com|555/);
  const forgery = pool.query("update tidings.template_tests set sent_by = 'x'");
  await expect(forgery).rejects.toMatchObject({ constraint: "template_tests_are_history" });
});

test("what the provider refuses is said, and the attempt is on record", async () => {
  const before = await tests();
  const live = {
    DELIVERY: "live",
    SMTP_URL: "smtp://127.0.0.1:1",
    EMAIL_FROM: "Lender <a@lender.example>",
    RECIPIENTS_ALLOWED: "*@example.com,+1614*",
  };
  const refused = await send(["letter", "--send-to", "me@example.com"], live);
  expect(refused.code).toBe(1);
  expect(refused.output).toContain("\nNot sent");
  expect(await tests()).toHaveLength(before.length + 1);
  await expect(send(["letter", "--send-to", "me@example.org"], live)).rejects.toThrow(
    "RECIPIENTS_ALLOWED does not name the address of --send-to",
  );
  await expect(send(["note", "--send-to", "+16145550107"], live)).rejects.toThrow(
    "CHANNEL_NOT_CARRIED",
  );
  expect(await tests()).toHaveLength(before.length + 1);
});

test.each([
  [["letter", "--send-to", "me"], "--send-to must be one email address"],
  [["note", "--send-to", "me@example.com"], "--send-to must be a phone number with its country"],
  [
    ["letter", "--send-to", "me@example.com", "--case", "CS-1"],
    "a test is sent with sample values",
  ],
  [
    [join(root, "letter"), "--send-to", "me@example.com"],
    "--send-to sends a stored template; push letter first",
  ],
])("%j is refused, and nothing is recorded", async (words, sentence) => {
  const before = await tests();
  await expect(send(words)).rejects.toThrow(sentence);
  expect(await tests()).toEqual(before);
  expect(existsSync(outbox)).toBe(true);
});
