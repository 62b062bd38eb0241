import { beforeEach, describe, expect, test } from "vitest";
import { randomBytes } from "node:crypto";
import { unsubscribeToken } from "../../../src/decide/replies/unsubscribe.ts";
import { type InteractionId, parseBorrowerId } from "../../../src/domain/ids.ts";
import { loadLinkKeys } from "../../../src/store/api/secrets.ts";
import { loadDryRunFacts } from "../../../src/store/dry-run/facts.ts";
import { applyConsent } from "../../../src/store/replies/consent.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction, type InteractionFields } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool, db } = database;
const served = useServer(database);

const EMAIL = { contactType: "email", value: "Pat@Example.com" };

/** Sends a message about collection to the borrower's email, and returns its opt-out link. */
async function sendMessage(
  fields: InteractionFields = {},
): Promise<{ id: InteractionId; path: string }> {
  const given = { theme: "opsCollDebt", contactId: "CT-EMAIL", contact: EMAIL, ...fields };
  const id = await insertInteraction(pool, { status: "attempted", ...given });
  return { id, path: `/opt-out/${unsubscribeToken(id, await loadLinkKeys(db))}` };
}

interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

async function open(method: string, path: string, init: RequestInit = {}): Promise<Page> {
  const response = await fetch(`${served.origin}${path}`, { method, redirect: "manual", ...init });
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const ONE_CLICK: RequestInit = {
  headers: { "Content-Type": "application/x-www-form-urlencoded" },
  body: "List-Unsubscribe=One-Click",
};

interface ContactRow {
  readonly opted: boolean;
  readonly marketing: boolean;
}

async function contactRow(id = "CT-EMAIL"): Promise<ContactRow | undefined> {
  const { rows } = await pool.query<ContactRow>(
    `select opted_out_at is not null as opted, marketing_opted_out_at is not null as marketing
     from tidings.contacts where id = $1`,
    [id],
  );
  return rows[0];
}

const records = async (): Promise<object[]> =>
  (
    await pool.query<object>(
      `select contact_id, change, scope, source, interaction_id::text, reason, applied_at is not null as applied
       from tidings.consent_records order by id`,
    )
  ).rows;
const countRecords = async (): Promise<number> => (await records()).length;

beforeEach(async () => {
  const { rows } = await pool.query("select from tidings.borrowers");
  if (rows.length === 0) await insertLender(pool);
  await pool.query(`
    delete from tidings.contacts where id = 'CT-JOINT';
    update tidings.contacts set opted_out_at = null, marketing_opted_out_at = null;
    update tidings.borrowers set language = 'en'`);
});

describe("a GET", () => {
  test("shows a page with a button and changes nothing, however often a scanner fetches it", async () => {
    const { path } = await sendMessage();
    const before = await countRecords();

    for (const method of ["GET", "HEAD", "GET"]) {
      const { status } = await open(method, path);
      expect(status).toBe(200);
    }
    const { text, headers } = await open("GET", path).then(async (page) =>
      page.status === 429 ? await retried(path) : page,
    );

    expect(text).toContain("<button");
    expect(headers.get("content-security-policy")).toContain("form-action 'self'");
    expect(await countRecords()).toBe(before);
    expect(await contactRow()).toEqual({ opted: false, marketing: false });
  });

  test("shows the address only in part, and no word about a debt", async () => {
    const { path } = await sendMessage();

    const { text } = await open("GET", path);

    expect(text).toContain("P•••@Example.com");
    expect(text).not.toMatch(/pat@example|debt|collect|loan/iu);
  });

  test.each([
    ["es", "", "¿Dejar de recibir mensajes"],
    ["es-MX", "", "¿Dejar de recibir mensajes"],
    ["fr", "", "Stop messages to this address?"],
    ["en", "?lang=es", "¿Dejar de recibir mensajes"],
    ["es", "?lang=xx", "¿Dejar de recibir mensajes"],
  ])("is in the language of a borrower who speaks %s (%s)", async (language, query, words) => {
    await pool.query("update tidings.borrowers set language = $1 where id = 'BO-1'", [language]);
    const { path } = await sendMessage();

    const { text, headers } = await open("GET", path + query);

    expect(text).toContain(words);
    expect(text).toContain(`<html lang="${headers.get("content-language")}">`);
  });
});

/** The opt-out of the email as judging reads it. */
async function loadedOptOut(): Promise<string | null | undefined> {
  const { people } = await loadDryRunFacts(db, [
    { caseTypeId: "bankruptcy", borrowerId: parseBorrowerId("BO-1"), loanIds: [] },
  ]);
  const contacts = people.get(parseBorrowerId("BO-1"))?.contacts;
  return contacts?.find(({ contactType }) => contactType === "email")?.optedOutAt;
}

/** The limit of one link refills within a second. */
async function retried(path: string): Promise<Page> {
  const page = await open("GET", path);
  return page.status === 429 ? await retried(path) : page;
}

describe("a POST", () => {
  test("opts out the address, on record with source and reason, and a repetition changes nothing", async () => {
    const { id, path } = await sendMessage();
    const before = await countRecords();

    const { status, text } = await open("POST", path);
    const again = await open("POST", path);

    expect([status, again.status]).toEqual([200, 200]);
    expect(text).toContain("Messages stopped");
    expect(await contactRow()).toEqual({ opted: true, marketing: false });
    expect((await records()).slice(before)).toEqual([
      {
        contact_id: "CT-EMAIL",
        change: "optOut",
        scope: "collection",
        source: "link",
        interaction_id: id,
        reason: "The opt-out page of a message was used.",
        applied: true,
      },
    ]);
    expect(served.emitted.join("\n")).toContain('"event":"consent.recorded"');
    expect(served.emitted.join("\n")).not.toMatch(/pat@example/iu);
  });

  test("of a mail program's button needs no cookie, redirects nowhere, and ends advertising only", async () => {
    const { path } = await sendMessage({ theme: null, isTransactional: false });
    const before = await countRecords();

    const { status } = await open("POST", path, ONE_CLICK);

    expect(status).toBe(200);
    expect(await contactRow()).toEqual({ opted: false, marketing: true });
    expect((await records()).slice(before)).toMatchObject([
      { scope: "marketing", source: "oneClick" },
    ]);
  });

  test("opts out every contact with that address", async () => {
    await pool.query(
      `insert into tidings.contacts (id, borrower_id, contact_type, value)
       values ('CT-JOINT', 'BO-2', 'email', 'PAT@example.com') on conflict do nothing`,
    );
    const { path } = await sendMessage();

    await open("POST", path);

    expect([await contactRow(), await contactRow("CT-JOINT")]).toMatchObject([
      { opted: true },
      { opted: true },
    ]);
  });

  test("leaves an address alone that the lender has replaced since", async () => {
    const { path } = await sendMessage({ contact: { ...EMAIL, value: "old@example.com" } });

    const { status } = await open("POST", path);

    expect(status).toBe(200);
    expect(await contactRow()).toEqual({ opted: false, marketing: false });
  });

  test("counts while the core system keeps the contact locked, and is written later", async () => {
    const { path } = await sendMessage();
    const core = await pool.connect();
    await core.query("begin");
    await core.query("select from tidings.contacts where id = 'CT-EMAIL' for update");

    const { status } = await open("POST", path);
    const waiting = (await records()).at(-1);
    const seen = await loadedOptOut();
    await core.query("rollback");
    core.release();

    expect([status, waiting, seen]).toMatchObject([200, { applied: false }, expect.any(String)]);
    await applyConsent(db);
    expect(await contactRow()).toMatchObject({ opted: true });
    expect((await records()).at(-1)).toMatchObject({ applied: true });
  });
});

describe("a link", () => {
  test("that is forged, cut off, or of no interaction gets one and the same page", async () => {
    const { path } = await sendMessage();
    const foreign = `/opt-out/${unsubscribeToken("999999999" as InteractionId, await loadLinkKeys(db))}`;
    const forged = path.replace(
      /-(.)(?=[^-]*$)/u,
      (_, first: string) => `-${first === "a" ? "b" : "a"}`,
    );
    const pages: Page[] = [];
    for (const link of [forged, path.slice(0, -1), "/opt-out/1", foreign])
      pages.push(await open("POST", link));

    expect(new Set(pages.map(({ text }) => text)).size).toBe(1);
    expect(pages.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(await contactRow()).toEqual({ opted: false, marketing: false });
  });

  test("works after its key was replaced, and without a content key", async () => {
    const { path } = await sendMessage();
    await pool.query("insert into tidings.secrets (name, value) values ('links.2', $1)", [
      randomBytes(32),
    ]);
    const { path: next } = await sendMessage();

    const { status } = await open("POST", path);

    expect(status).toBe(200);
    expect(await contactRow()).toMatchObject({ opted: true });
    expect(next.split("-").at(-1)).not.toBe(path.split("-").at(-1));
    expect((await open("GET", next)).status).toBe(200);
  });

  test("that is used too often is put off with a page that says so", async () => {
    const { path } = await sendMessage();

    const pages = await Promise.all(Array.from({ length: 20 }, () => open("GET", path)));

    const busy = pages.find(({ status }) => status === 429);
    expect(busy?.headers.get("retry-after")).toBe("1");
    expect(busy?.text).toContain("Please try again");
  });

  test("accepts no other method", async () => {
    const { path } = await sendMessage();

    const { status, headers } = await open("DELETE", path);

    expect([status, headers.get("allow")]).toEqual([405, "GET, HEAD, POST"]);
  });
});
