import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { createTemplateCache } from "../../../src/store/deliver/template-cache.ts";
import { useDatabase } from "../../database.ts";

const { pool, db } = useDatabase();
const ask = (statement: string, values: readonly unknown[] = []) =>
  pool.query(statement, [...values]);
const insert = (columns: string, values: string) =>
  ask(`insert into tidings.templates (${columns}) values (${values})`);

const REFUSED: readonly (readonly [constraint: string, columns: string, values: string])[] = [
  ["templates_versions_share_their_channel", "id, channel", "3, 'email'"],
  ["templates_slug_can_name_a_folder", "id, channel, slug", "50, 'text', '42'"],
  ["templates_slug_can_name_a_folder", "id, channel, slug", "50, 'text', '../etc'"],
  ["theme_is_known", "id, channel, theme", "50, 'text', 'weather'"],
  ["templates_samples_are_an_object", "id, channel, samples", "50, 'text', '[]'"],
  ...[
    ["text", "html_template"],
    ["chat", "html_template"],
    ["voice", "html_template"],
    ["gui", "text_template"],
    ["document", "text_template"],
    ["mail", "text_template"],
    ["fax", "text_template"],
    ["email", "text_template"],
    ["email", "subject_template"],
  ].map(
    ([channel, part], place) =>
      [
        "templates_active_have_the_parts_of_their_channel",
        `id, channel, ${part}, status`,
        `${60 + place}, '${channel}', 'P', 'active'`,
      ] as const,
  ),
];

describe("templates written by SQL", () => {
  test("get their hash and the names of who wrote and published them", async () => {
    await insert(
      "id, channel, name, text_template, status",
      "1, 'text', 'A \"name\"', 'Hola, señora', 'active'",
    );
    const { rows } = await ask("select * from tidings.templates where id = 1");
    const { name, channel, language, theme, subject, text_template: text } = rows[0] ?? {};
    const message = [name, channel, language, theme, subject, "false", null, null, text];
    const parts = [...message, null, null, null, null, null];
    const written = `[${parts.map((part) => JSON.stringify(part)).join(", ")}]`;
    expect(rows[0]).toMatchObject({
      version: 1,
      content_hash: createHash("sha256").update(written).digest("hex"),
      created_by: "test",
      published_by: "test",
    });
  });

  test.each([
    ["name", "'Other'"],
    ["language", "'es'"],
    ["theme", "'opsServicing'"],
    ["subject", "'another'"],
    ["sensitive", "true"],
    ["subject_template", "'S'"],
    ["html_template", "'H'"],
    ["text_template", "'T2'"],
    ["kind", "'reminder'"],
    ["asks_for_money", "true"],
    ["required_by_law", "true"],
    ["programme", "'collections'"],
    ["declares", "'{replyStop,adLabel}'"],
  ])("have another hash with another %s", async (column, value) => {
    await insert("id, channel, text_template", "2, 'text', 'T'");
    const { rows } = await ask(
      "select content_hash from tidings.templates where id = 2 order by version desc limit 1",
    );
    const changed = await ask(
      `update tidings.templates set ${column} = ${value} where (id, version) = (select id, max(version) from tidings.templates where id = 2 group by id) returning content_hash`,
    );
    expect(changed.rows[0]?.content_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(changed.rows[0]).not.toEqual(rows[0]);
  });

  test("keep their slug: a further version has it, and no other template can", async () => {
    await insert("id, channel, slug", "3, 'text', 'three.text'");
    await insert("id, channel", "3, 'text'");
    const { rows } = await ask(
      "select version, slug from tidings.templates where id = 3 order by 1",
    );
    expect(rows).toEqual([
      { version: 1, slug: "three.text" },
      { version: 2, slug: "three.text" },
    ]);
    const constraint = "templates_slug_is_of_one_template";
    await expect(insert("id, channel, slug", "4, 'text', 'three.text'")).rejects.toMatchObject({
      constraint,
    });
    await expect(insert("id, channel, slug", "3, 'text', 'other'")).rejects.toMatchObject({
      constraint,
    });
    await insert("id, channel", "4, 'text'");
    await expect(
      ask("update tidings.templates set slug = 'three.text' where id = 4"),
    ).rejects.toMatchObject({ constraint });
  });

  test("by two at once cannot share a slug", async () => {
    const both = await Promise.allSettled([
      insert("id, channel, slug", "5, 'text', 'shared'"),
      insert("id, channel, slug", "6, 'text', 'shared'"),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  });

  test.each(REFUSED)("are refused by %s: %s = %s", async (constraint, columns, values) => {
    await expect(insert(columns, values)).rejects.toMatchObject({ constraint });
  });

  test.each([
    "samples = '{\"a\": 1}'",
    "slug = 'late'",
    "theme = 'opsServicing'",
    "published_by = 'x'",
    "content_hash = 'x'",
  ])("do not change once published: %s", async (change) => {
    const active = async () =>
      (await ask("select * from tidings.templates where id = 1 and version = 1")).rows;
    const before = await active();
    await ask(`update tidings.templates set ${change} where id = 1`).catch((error: unknown) =>
      expect(error).toMatchObject({ constraint: "templates_active_versions_do_not_change" }),
    );
    expect(await active()).toEqual(before);
  });

  test("can be deprecated", async () => {
    await ask("update tidings.templates set status = 'deprecated' where id = 1");
    await expect(
      ask("update tidings.templates set samples = '{\"a\": 1}' where id = 1"),
    ).rejects.toMatchObject({ constraint: "templates_deprecated_is_final" });
  });
});

test("a version that was read before is found still when others fill what is kept of them", async () => {
  await ask(
    "insert into tidings.templates (id, version, channel, text_template, status) select n, 1, 'text', 'Hello', 'active' from generate_series(5001, 6001) n",
  );
  const load = createTemplateCache(db);
  const keys = Array.from({ length: 1_001 }, (_, n) => ({
    templateId: 5_001 + n,
    templateVersion: 1,
  }));
  const [first, last] = [
    { templateId: 5_001, templateVersion: 1 },
    { templateId: 6_001, templateVersion: 1 },
  ];
  await load(keys.slice(0, 1_000));
  const find = await load([first, last]);
  expect([find(first)?.id, find(last)?.id]).toEqual([5_001, 6_001]);
});
