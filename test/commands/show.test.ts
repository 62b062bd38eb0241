import { randomBytes } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { reseal } from "../../src/commands/reseal.ts";
import { show } from "../../src/commands/show/show.ts";
import type { SealedContent } from "../../src/domain/sealed-content.ts";
import { createSeal } from "../../src/seal.ts";
import { useDatabase } from "../database.ts";
import { useInstallation } from "../installation.ts";
import { insertAllLogged, insertLogged } from "../interactions.ts";
import { insertType } from "../lender.ts";
import { useFolders } from "./folders.ts";
import { type Ran, runOn } from "./run.ts";
import { interaction } from "../ids.ts";

const database = useDatabase();
const { pool } = database;
const installation = useInstallation(database);
const { root } = useFolders();
const key = randomBytes(32).toString("base64");
const newKey = randomBytes(32).toString("base64");
const idOfKey = (one: string): string => createSeal([one])?.keyId ?? "";

/** Runs the command with these content keys. */
async function runWith(
  keys: string,
  command: typeof show,
  ...words: readonly string[]
): Promise<Ran> {
  vi.stubEnv("CONTENT_KEY", keys);
  return await runOn(database, command, ...words);
}
const run = (...words: readonly string[]): Promise<Ran> => runWith(key, show, ...words);

const idOf = async (caseId: string): Promise<string> => {
  const { rows } = await pool.query<{ id: string }>(
    "select id from tidings.interactions where case_id = $1 order by id desc limit 1",
    [caseId],
  );
  return rows[0]?.id ?? "";
};
const revealsOf = async (id: string): Promise<{ revealed_by: string; way: string }[]> => {
  const { rows } = await pool.query(
    "select revealed_by, way from tidings.content_reveals where interaction_id = $1",
    [id],
  );
  return rows;
};

beforeAll(async () => {
  Object.assign(installation.deps, { seal: createSeal([key]) });
  await pool.query(`
    insert into tidings.case_types (id) values ('texted'), ('sensitive');
    insert into tidings.templates (id, version, channel, subject_template, text_template, html_template, sensitive, slug) values
      (3, 1, 'email', 'Confidential', 'What only {{borrower.name.firstName}} should read', '<p>Only {{borrower.name.firstName}}</p>', true, 'secret.email');
    update tidings.templates set status = 'active' where id = 3;
    update tidings.contacts set name = 'Pát "P" Example' where id = 'CT-EMAIL';
  `);
  await insertType(pool, { id: 1 });
  await insertType(pool, { id: 2, channel: "text", caseTypes: ["texted"] });
  await insertType(pool, { id: 3, templateId: 3, caseTypes: ["sensitive"] });
});
beforeEach(() => installation.reachableBy({ email: "pat@example.com", phone: "+16145550101" }));

describe("show", () => {
  test("an email: its content, and that the record produces the bytes that were sent", async () => {
    await installation.change("E1", "initiated");
    const id = await idOf("E1");
    const { code, output } = await run(id);
    expect(code).toBe(0);
    expect(output).toContain(`Interaction ${id} by email: attempted emailSent\n`);
    expect(output).toMatch(
      /\n {2}template +1, version 1\n {2}contact +CT-EMAIL\n {2}attempted .*, by smtp\n/,
    );
    expect(output).toMatch(
      /\nSHA-256 of the bytes that were sent\n {2}[0-9a-f]{64}\n {2}The content on record produces the same bytes\.\n/,
    );
    expect(output).toMatch(/\n {2}to +pat@example\.com\n/);
    expect(output).toContain("\nSubject\n  About your case\n\nText\n  Dear Pat");
    expect(await revealsOf(id)).toEqual([]);
    const json = await run(id, "--json");
    expect(JSON.parse(json.output)).toMatchObject({
      id,
      status: "attempted",
      why: null,
      isHidden: false,
      recordProduces: "same",
      content: { subject: "About your case", to: "pat@example.com" },
    });
    expect(json.output).not.toContain("contactName");
  });

  test("a text: its segments too", async () => {
    await installation.change("T1", "initiated", { caseTypeId: "texted" });
    const { output } = await run(await idOf("T1"));
    expect(output).toMatch(/\n {2}segments +1\n/);
    expect(output).toContain("The content on record produces the same bytes.");
    expect(output).toMatch(/\nText\n {2}Example Lender: we wrote to you\.$/);
  });

  test.each([
    ["E2", "bankruptcy", "bodyText", "or another release of Tidings"],
    ["T2", "texted", "body", "It was changed after it was sent."],
  ])("%s, whose record was tampered with: said", async (caseId, caseTypeId, part, words) => {
    await installation.change(caseId, "initiated", { caseTypeId });
    const id = await idOf(caseId);
    // as only the owner of the tables can
    await pool.query("alter table tidings.interactions disable trigger keep_content");
    await pool.query(
      "update tidings.interactions set content = jsonb_set(content, array[$2::text], '\"You owe us more\"') where id = $1",
      [id, part],
    );
    const { output } = await run(id);
    expect(output.replaceAll(/\n {2}/g, " ")).toContain(
      "The content on record does NOT produce these bytes",
    );
    expect(output.replaceAll(/\n {2}/g, " ")).toContain(words);
  });

  test("an interaction that was not sent has no content yet", async () => {
    await insertType(pool, { id: 5, delay: 5, unit: "calendarDays", onStatus: "completed" });
    await installation.change("W1", "completed");
    const { output } = await run(await idOf("W1"));
    expect(output).toContain("scheduled");
    expect(output).toContain("\nContent\n  None yet. It is rendered when the interaction is sent.");
    expect(output).not.toContain("SHA-256");
  });

  test("an interaction that is never sent has none", async () => {
    await installation.reachableBy({ phone: "+16145550101" });
    await installation.change("N1", "initiated");
    const { output } = await run(await idOf("N1"));
    expect(output).toMatch(/: failed\n/);
    expect(output).toMatch(/\n {2}why +\S/);
    expect(output).toContain("\nContent\n  None is on record.");
  });

  test("a logged interaction is shown as it was logged", async () => {
    const content = { from: "+16145550100", durationSeconds: 40 };
    const { output } = await run(await insertLogged(pool, { content }));
    expect(output).toMatch(/\nContent\n {2}from +\+16145550100\n {2}durationSeconds {2}40$/);
  });
});

test("a notice that was amended and then erased says both", async () => {
  const id = await idOf("E1");
  await pool.query(
    `insert into tidings.amendments (interaction_id, kind, transition_id, status, status_details, reason, evidence)
     values ($1, 'lostByCarrier', 0, 'failed', 'emailFailed', 'lost', 'letter 4')`,
    [id],
  );
  await pool.query(
    "select tidings.erase_interactions(array[$1::bigint], 'request', 'Asked by letter')",
    [id],
  );
  const { output } = await run(id);
  expect(output).toMatch(/amended +to failed emailFailed; `tidings explain \d+` has the reason/);
  expect(output).toMatch(/erased +\S.*, by .*: Asked by letter/);
  expect(output).toContain("The content was erased, so it cannot be computed again.");
  expect(output).toContain(
    "  It was erased. The rest of the record, and the hash above, are kept.",
  );
  const json = JSON.parse((await run(id, "--json")).output) as { amendedTo: string };
  expect(json).toMatchObject({ amendedTo: "failed emailFailed", erasedWhy: "Asked by letter" });
});

describe("sensitive content", () => {
  let id = "";
  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("2031-03-03T15:00:00Z") });
    await installation.change("S1", "initiated", { caseTypeId: "sensitive" });
    id = await idOf("S1");
  });

  test("is not shown, and how to see it is said", async () => {
    const { output } = await run(id);
    expect(output).toContain(`sealed with key ${idOfKey(key)}`);
    expect(output).toContain(`It is sensitive. \`tidings show ${id} --reveal\` shows it`);
    expect(output).not.toMatch(/Confidential|Pat|pat@/);
    const json = await run(id, "--json");
    expect(JSON.parse(json.output)).toMatchObject({
      isHidden: true,
      isSealed: true,
      recordProduces: "hidden",
      content: null,
    });
    expect(json.output).not.toMatch(/Confidential|Pat|pat@/);
    expect(await revealsOf(id)).toEqual([]);
  });

  test("is shown with --reveal, and who saw it is on record for good", async () => {
    const { output } = await run(id, "--reveal", "--by", "lee");
    expect(output).toContain("\nSubject\n  Confidential\n\nText\n  What only Pat should read");
    expect(output).toContain("The content on record produces the same bytes.");
    expect(output).toMatch(/\n {2}revealed +1 time, last .* by operator:lee\n/);
    expect(await revealsOf(id)).toEqual([{ revealed_by: "operator:lee", way: "command" }]);
    for (const statement of [
      "delete from tidings.content_reveals",
      "update tidings.content_reveals set revealed_by = 'nobody'",
      "truncate tidings.content_reveals",
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({
        constraint: "content_reveals_are_history",
      });
  });

  test("goes into a file for its reader alone", async () => {
    const path = join(root, "secret.html");
    await expect(run(id, "--html", path)).rejects.toThrow("--html needs --reveal");
    await run(id, "--reveal", "--html", path);
    expect(readFileSync(path, "utf8")).toBe("<p>Only Pat</p>");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(await revealsOf(id)).toHaveLength(2);
  });

  test("that cannot be opened was not revealed", async () => {
    for (const keys of ["", newKey])
      await expect(runWith(keys, show, id, "--reveal")).rejects.toMatchObject({
        code: "CONTENT_KEY_UNKNOWN",
        message: expect.stringContaining(idOfKey(key)),
      });
    expect(await revealsOf(id)).toHaveLength(2);
  });

  test("that was logged without a key is kept from the eye all the same", async () => {
    const content = { messages: ["psst"] };
    const logged = await insertLogged(pool, { channel: "chat", sensitive: true, content });
    const hidden = await run(logged);
    expect(hidden.output).toContain("not sealed");
    expect(hidden.output).not.toContain("psst");
    expect((await run(logged, "--reveal")).output).toContain("psst");
    expect(await revealsOf(logged)).toHaveLength(1);
  });

  test("an id that is not on record is named", async () => {
    await expect(run("999999")).rejects.toMatchObject({
      message: "NOT_FOUND: there is no interaction 999999",
    });
  });

  test.each([
    [["x"], "INTERACTION_ID must be a whole number"],
    [["1", "--reveal", "--by", "a\tb"], "--by must be a name"],
    [["1", "--html", "/nowhere/at/all.html"], "the content has no html part"],
  ])("%j is refused", async (words, sentence) => {
    await expect(run(...words)).rejects.toMatchObject({
      code: "ARGUMENTS_INVALID",
      message: expect.stringContaining(sentence),
    });
  });
});

describe("reseal", () => {
  const contentOf = async (id: string): Promise<SealedContent> => {
    const { rows } = await pool.query<{ content: SealedContent }>(
      "select content from tidings.interactions where id = $1",
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`there is no interaction ${id}`);
    return row.content;
  };

  test("needs a key to seal with, and the keys of what is sealed", async () => {
    await expect(runWith("", reseal)).rejects.toMatchObject({ code: "CONFIG_INVALID" });
    const before = await contentOf(await idOf("S1"));
    expect(await runWith(newKey, reseal)).toEqual({
      code: 1,
      output: [
        `Key ${idOfKey(key)} has sealed 1 interaction.`,
        `Key ${idOfKey(key)} still seals 1 interaction. Check that CONTENT_KEY has this key, here and for all daemons, and run this command again; rows in use are sealed then.`,
      ].join("\n"),
    });
    expect(await contentOf(await idOf("S1"))).toEqual(before);
  });

  test("does nothing if the first key has sealed everything", async () => {
    const before = await contentOf(await idOf("S1"));
    expect(await runWith(`${key},${newKey}`, reseal)).toEqual({
      code: 0,
      output: `Key ${idOfKey(key)}, the first of CONTENT_KEY, has sealed 1 interaction.`,
    });
    expect(await contentOf(await idOf("S1"))).toEqual(before);
  });

  /** Logged interactions with sealed content, more than one batch of them. */
  async function logSealed(count: number): Promise<string[]> {
    const seal = createSeal([key]);
    const { rows } = await pool.query<{ id: string }>(
      "select nextval(pg_get_serial_sequence('tidings.interactions', 'id')) as id from generate_series(1, $1)",
      [count],
    );
    const logged = rows.map(({ id }) => ({
      id,
      sensitive: true,
      content: seal?.seal(
        { transcript: `Logged ${id}` },
        { interactionId: interaction(id), channel: "voice" },
      ),
    }));
    return insertAllLogged(pool, logged);
  }

  test("seals everything with the new key, and reports that the old key can be removed", async () => {
    const [first = "", ...rest] = await logSealed(450);
    // the history keeps an earlier version, sealed with the old key
    const seal = createSeal([key]);
    const owner = { interactionId: interaction(first), channel: "voice" } as const;
    await pool.query("update tidings.interactions set content = $1 where id = $2", [
      JSON.stringify(seal?.seal({ transcript: "Corrected" }, owner)),
      first,
    ]);
    const { code, output } = await runWith(`${newKey},${key}`, reseal);
    expect(output.split("\n")).toEqual([
      `Key ${idOfKey(key)} has sealed 451 interactions and 1 earlier version.`,
      `Sealed 452 contents again with key ${idOfKey(newKey)}.`,
      `Key ${idOfKey(key)} is no longer needed. You can remove it from CONTENT_KEY.`,
    ]);
    expect(code).toBe(0);
    const alone = createSeal([newKey]);
    const opened = await Promise.all(
      [first, rest[0] ?? ""].map(async (id) => {
        const content = await contentOf(id);
        return alone?.unseal(content, { interactionId: interaction(id), channel: "voice" });
      }),
    );
    expect(opened).toEqual([
      { transcript: "Corrected" },
      { transcript: `Logged ${rest[0] ?? ""}` },
    ]);
    const { rows } = await pool.query<{ content: SealedContent }>(
      "select changes#>'{content,from}' as content from tidings.record_changes where row_id = $1 and changes#>'{content,from}' is not null",
      [first],
    );
    expect(rows.map(({ content }) => alone?.unseal(content, owner))).toEqual([
      { transcript: `Logged ${first}` },
    ]);
    const shown = await runWith(newKey, show, await idOf("S1"), "--reveal");
    expect(shown.output).toContain("The content on record produces the same bytes.");
  });

  const swap = (one: string, other: string) =>
    pool.query(
      `update tidings.interactions i set content = o.content from tidings.interactions o
       where (i.id = $1 and o.id = $2) or (i.id = $2 and o.id = $1)`,
      [one, other],
    );

  test("reports content that was swapped between two interactions, and continues", async () => {
    const [one = "", other = ""] = await logSealed(3);
    await swap(one, other);
    const { code, output } = await runWith(`${newKey},${key}`, reseal);
    expect(code).toBe(1);
    expect(output).toContain("Sealed 3 contents again");
    for (const id of [one, other])
      expect(output).toContain(`SEAL_BROKEN: the content of interaction ${id} was changed`);
    await expect(runWith(`${newKey},${key}`, show, one, "--reveal")).rejects.toMatchObject({
      code: "SEAL_BROKEN",
    });
    await swap(one, other);
    const again = await runWith(`${newKey},${key}`, reseal);
    // the history has the swapped content of the time between
    expect(again.output).toContain(`an earlier version of the content of interaction ${one}`);
    expect(again.output).not.toContain(`SEAL_BROKEN: the content of interaction ${one}`);
  });

  test("skips rows that are in use, and reports that the old key is still needed", async () => {
    const daemon = await pool.connect();
    await daemon.query("begin");
    await daemon.query("select from tidings.interactions where case_id = 'S1' for update");
    const { code, output } = await runWith(`${key},${newKey}`, reseal);
    await daemon.query("commit");
    daemon.release();
    expect(code).toBe(1);
    expect(output).toContain("Sealed 456 contents again");
    expect(output).toContain(`Key ${idOfKey(newKey)} still seals 1 interaction.`);
    const again = await runWith(`${key},${newKey}`, reseal);
    expect(again.output).toContain("Sealed 1 content again");
  });
});
