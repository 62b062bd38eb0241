import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Page } from "puppeteer-core";
import { unsubscribeToken } from "../../../src/decide/replies/unsubscribe.ts";
import { loadLinkKeys } from "../../../src/store/api/secrets.ts";
import { type OpenBrowser, openBrowser } from "../../browser.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool, db } = database;
const served = useServer(database);

let open: OpenBrowser;
let page: Page;
beforeAll(async () => {
  await insertLender(pool);
  open = await openBrowser();
  page = await open.browser.newPage();
  // the size of a small phone
  await page.setViewport({ width: 360, height: 640, isMobile: true, hasTouch: true });
});
afterAll(() => open.close());

/** Opens the link of a message in the browser. */
async function openLink(query = ""): Promise<void> {
  const contact = { contactType: "email", value: "pat@example.com" };
  const id = await insertInteraction(pool, { status: "attempted", theme: "opsCollDebt", contact });
  const token = unsubscribeToken(id, await loadLinkKeys(db));
  await page.goto(`${served.origin}/opt-out/${token}${query}`, { waitUntil: "load" });
}

const optedOut = async (): Promise<boolean | undefined> =>
  (
    await pool.query<{ opted: boolean }>(
      "select opted_out_at is not null as opted from tidings.contacts where id = 'CT-EMAIL'",
    )
  ).rows[0]?.opted;

const textOf = (selector: string): Promise<string> =>
  page.$eval(selector, (element) => element.textContent ?? "");

interface Box {
  readonly width: number;
  readonly height: number;
}
const boxOf = async (selector: string): Promise<Box | null> =>
  (await (await page.$(selector))?.boundingBox()) ?? null;

describe.each([
  ["en", "Stop messages to this address?", "Messages stopped"],
  ["es", "¿Dejar de recibir mensajes en esta dirección?", "Listo"],
])("on a phone, in %s", (language, question, done) => {
  test("the page fits, can be tapped, and opts out only by the button", async () => {
    await pool.query("update tidings.contacts set opted_out_at = null");
    await pool.query("update tidings.borrowers set language = $1", [language]);
    await openLink();

    expect(await textOf("h1")).toBe(question);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(360);
    // WCAG 2.2, 2.5.8 wants 24 px; a thumb wants 44
    expect((await boxOf("button"))?.height).toBeGreaterThanOrEqual(44);
    expect(await page.evaluate("getComputedStyle(document.body).fontSize")).toBe("17px");
    expect(await optedOut()).toBe(false);

    await Promise.all([page.waitForNavigation(), page.tap("button")]);

    expect(await textOf("h1")).toBe(done);
    expect(await optedOut()).toBe(true);
    await page.reload();
    expect(await textOf("h1")).toBe(done);
  });
});

test("the reader can choose the other language, and the button works there too", async () => {
  await pool.query("update tidings.contacts set opted_out_at = null");
  await pool.query("update tidings.borrowers set language = 'en'");
  await openLink();

  await Promise.all([page.waitForNavigation(), page.tap("nav a")]);
  expect(await textOf("h1")).toBe("¿Dejar de recibir mensajes en esta dirección?");
  await Promise.all([page.waitForNavigation(), page.tap("button")]);

  expect(await textOf("h1")).toBe("Listo");
  expect(await optedOut()).toBe(true);
});
