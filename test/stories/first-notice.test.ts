import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeClone } from "../clone.ts";
import { pathWithPsql, startOwnPostgres, type OwnPostgres } from "../own-postgres.ts";
import { blocksOf, statementsOf, type Block } from "../page-blocks.ts";
import { openShell, type Shell } from "../shell.ts";

/** This test follows docs/first-notice.md as a reader does, on a server that asks for passwords. */
const BLOCKS = blocksOf("docs/first-notice.md", "sh", "sql");

const dir = mkdtempSync(join(tmpdir(), "tidings-first-notice-"));
const clone = join(dir, "clone");
let postgres: OwnPostgres;
let shell: Shell;

beforeAll(async () => {
  postgres = await startOwnPostgres(dir, "admin-secret");
  makeClone(clone);
  shell = openShell(clone, { PATH: pathWithPsql(dir), HOME: dir, USER: "ana" });
});
afterAll(async () => {
  await shell.end();
  await postgres.stop();
  rmSync(dir, { recursive: true, force: true });
});

const atOurPort = (text: string): string =>
  text.replaceAll("localhost:5432", `localhost:${postgres.port}`);

/** Runs a block: a shell block in the one shell, an SQL block as the role that its first line names. */
async function follow({ language, text, line }: Block): Promise<string> {
  if (language === "sh") return await shell.run(atOurPort(text));
  const [, name] = /^-- psql "\$(\w+)"\n/u.exec(text) ?? [];
  if (name === undefined) throw new Error(`line ${line}: the block does not begin with its psql`);
  const client = new Client({ connectionString: await shell.run(`printf '%s' "$${name}"`) });
  await client.connect();
  try {
    const printed: unknown[] = [];
    for (const statement of statementsOf(text))
      printed.push(...(await client.query({ text: statement, rowMode: "array" })).rows);
    return JSON.stringify(printed);
  } finally {
    await client.end();
  }
}

/** Follows the next blocks, up to the one that contains these words. Returns what that one prints. */
let place = 0;
async function followTo(words: string): Promise<string> {
  for (;;) {
    const block = BLOCKS[place];
    if (block === undefined) throw new Error(`no block contains ${words}`);
    place += 1;
    const printed = block.text === "npm ci\n" ? "" : await follow(block);
    if (block.text.includes(words)) return printed;
  }
}

const outbox = (ending: string): string[] => {
  const folder = join(clone, ".tidings/outbox");
  return readdirSync(folder)
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), "utf8"));
};
const recipients = (): string[] =>
  [
    ...outbox(".eml").map((mail) => /^To: .*?([^\s<]+@[^\s>]+)/mu.exec(mail)?.[1] ?? ""),
    ...outbox(".json").map((message) => (JSON.parse(message) as { to: string }).to),
  ].toSorted();

/** The daemons alive, the attempts on record, and whether a case change still waits to be resolved. */
async function work(): Promise<unknown> {
  const client = new Client({ connectionString: await shell.run("printf '%s' \"$OWNER_URL\"") });
  await client.connect();
  const { rows } = await client.query(
    `select (select count(*)::int from tidings.workers) as daemons,
       (select count(*)::int from tidings.interactions where status = 'attempted') as attempted,
       exists (select from tidings.resolve_queue) as unresolved`,
  );
  await client.end();
  return rows[0];
}

const log = (): string => readFileSync(join(clone, ".tidings/daemon.log"), "utf8");

describe("docs/first-notice.md, followed as printed", () => {
  test("leads to an email and a text in the sandbox", async () => {
    await followTo("tidings start");
    await expect.poll(work).toEqual({ daemons: 1, attempted: 0, unresolved: false });
    await followTo("into tidings.case_changes");
    await expect.poll(work).toEqual({ daemons: 1, attempted: 2, unresolved: false });
    expect(recipients()).toEqual(["+16145550107", "ana@example.com"]);
    const shown = await followTo("tidings find");
    expect(shown).toContain("attempted emailSent");
    expect(shown).toContain('Interaction 1 "Dispute received, by email" by email: attempted');
    expect(shown).toContain("The payment of March is missing.");
    expect(shown).toContain("Nothing needs a person.");
  });

  test("leads to notices from one's own tables, for new cases alone", async () => {
    expect(await followTo("create view my_case_changes")).toBe("[]");
    await followTo("insert into my_cases values (42");
    await expect.poll(work).toEqual({ daemons: 1, attempted: 4, unresolved: false });
    expect(recipients()).toEqual([
      "+16145550107",
      "+16145550108",
      "ana@example.com",
      "ben@example.com",
    ]);
    const shown = await followTo("--case CS-42");
    expect(shown).toMatch(/ CS-42 .* attempted emailSent/u);
    expect(shown).toContain("No interaction matches.");
  });

  test("keeps a refused contact invalid until its value changes", async () => {
    const customer = async (change: string): Promise<unknown[]> => {
      const core = new Client({ connectionString: await shell.run("printf '%s' \"$CORE_URL\"") });
      await core.connect();
      await core.query(`update my_customers set ${change} where id = 8`);
      const { rows } = await core.query<{ valid: boolean }>(
        "select valid from tidings.contacts where id like '8-%' order by id",
      );
      await core.end();
      return rows.map(({ valid }) => valid);
    };
    const owner = new Client({ connectionString: await shell.run("printf '%s' \"$OWNER_URL\"") });
    await owner.connect();
    // as a daemon does after the provider refused both values
    await owner.query("update tidings.contacts set valid = false where borrower_id = '8'");
    await owner.end();
    expect(await customer("first_name = 'Benjamin'")).toEqual([false, false]);
    expect(await customer("email = 'benjamin@example.com'")).toEqual([true, false]);
    expect(await customer("email = null")).toEqual([false, false]);
    expect(await customer("mobile = '614 555 0109'")).toEqual([false, true]);
  });

  test("ends with live settings that a daemon accepts, in the name of the lender", async () => {
    await followTo("kill $!");
    expect(await work()).toMatchObject({ daemons: 0 });
    await followTo("live.env src/main.ts start");
    await expect.poll(work).toMatchObject({ daemons: 1 });
    expect(log()).toMatch(
      /"delivery":"live","recipientsAllowed":"2 patterns","contentKeys":"1 keys"/u,
    );
    expect(log()).toContain('"exampleSettings":[]');
    expect(place).toBe(BLOCKS.length);
    await shell.run("kill $!\nwait");
  });
});
