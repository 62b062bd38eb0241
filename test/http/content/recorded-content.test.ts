import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createSeal } from "../../../src/seal.ts";
import { useDatabase } from "../../database.ts";
import { insertHouse, insertSent } from "../interactions/scene.ts";
import { useServer, type Answer } from "../served.ts";
import { interaction } from "../../ids.ts";

const database = useDatabase();
const { pool } = database;
let now = new Date("2031-03-04T15:00:00Z");
const seal = createSeal([randomBytes(32).toString("base64")]);
const served = useServer(database, { clock: () => now, seal });
const { ask, keyWith } = served;
beforeAll(() => insertHouse(pool));

async function log(fields: object): Promise<string> {
  const body = { channel: "voice", status: "succeeded", ...fields };
  const answer = await ask("POST", "/people/BO-1/interactions", { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return String(answer.body.data["id"]);
}

/** The path and query of the URL under which the content of an interaction can be fetched. */
async function urlOf(id: string): Promise<string> {
  const { body } = await ask("GET", `/interactions/${id}/content?returnUrl=true`);
  const { pathname, search } = new URL(String(body.data["url"]), served.origin);
  return pathname + search;
}
const fetched = (url: string): Promise<Answer> => ask("GET", url, { key: null });

describe("recorded content", () => {
  test("has a URL in both families of paths, as JSON or as a redirect", async () => {
    const id = await log({ content: { transcript: "Hello" } });
    for (const path of [
      `/interactions/${id}/content`,
      `/people/BO-1/interactions/${id}/content`,
      `/people/ext-crm-1/interactions/${id}/content`,
    ]) {
      const url = expect.stringMatching(
        new RegExp(
          `^/recorded-content/${id}\\?expires=\\d+&urlId=[0-9a-f-]{36}&signature=[\\w-]{43}$`,
        ),
      ) as string;
      const asked = await ask("GET", `${path}?returnUrl=true`);
      expect(asked.body).toEqual({
        status: 200,
        message: "Success",
        data: {
          url,
          expiresAt: "2031-03-04T15:15:00.000Z",
        },
      });
      for (const query of ["", "?returnUrl=false"]) {
        const led = await ask("GET", path + query);
        expect([led.status, led.headers.get("location")]).toEqual([302, url]);
      }
    }
  });

  test.each([
    ["voice", { transcript: "Hello" }, "text/plain; charset=utf-8", "Hello"],
    ["text", { body: "Hello" }, "text/plain; charset=utf-8", "Hello"],
    ["email", { bodyHtml: "<p>Hé</p>", bodyText: "x" }, "text/html; charset=utf-8", "<p>Hé</p>"],
    ["email", { bodyHtml: null, bodyText: "Hello" }, "text/plain; charset=utf-8", "Hello"],
    ["mail", { html: "<p>x</p>" }, "text/html; charset=utf-8", "<p>x</p>"],
    ["gui", { html: "<p>x</p>" }, "text/html; charset=utf-8", "<p>x</p>"],
    ["gui", { screen: 7 }, "application/json", { screen: 7 }],
    ["fax", { html: "<p>x</p>" }, "application/json", { html: "<p>x</p>" }],
    [
      "voice",
      { recordingUrl: "https://lender.example/r/1" },
      "application/json",
      { recordingUrl: "https://lender.example/r/1" },
    ],
    [
      "chat",
      {
        messages: [{ from: "Pat", body: "Hello?", sentAt: "2031-03-04T15:02:00Z" }, { body: "Hi" }],
      },
      "text/plain; charset=utf-8",
      "2031-03-04T15:02:00Z  Pat  Hello?\nHi\n",
    ],
  ])("of %s %j is served as %s", async (channel, content, type, body) => {
    const answer = await fetched(await urlOf(await log({ channel, content })));
    expect([answer.status, answer.headers.get("content-type"), answer.body]).toEqual([
      200,
      type,
      body,
    ]);
  });

  test("cannot run, fetch anything, or be cached", async () => {
    const html = '<script>fetch("//evil.example")</script><img src="https://evil.example/seen">';
    const { headers } = await fetched(
      await urlOf(await log({ channel: "email", content: { bodyHtml: html } })),
    );
    expect(headers.get("content-security-policy")).toBe(
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });

  test("of a sent interaction is the text that was sent", async () => {
    const content = { subject: "x", bodyText: "Dear Pat", bodyHtml: null, attachments: [] };
    const id = await insertSent(pool, { status: "attempted", content });
    expect((await fetched(await urlOf(id))).body).toBe("Dear Pat");
  });

  test("that does not exist is 404", async () => {
    const { status, body } = await ask("GET", `/interactions/${await log({})}/content`);
    expect([status, body.errors[0]?.field]).toEqual([404, "interactionId"]);
  });

  test.each(["returnUrl=yes", "returnUrl=", "other=1"])(
    "asked for with %s is 400",
    async (query) => {
      const id = await log({ content: { transcript: "x" } });
      expect((await ask("GET", `/interactions/${id}/content?${query}`)).status).toBe(400);
    },
  );
});

describe("a URL of recorded content", () => {
  test("is valid for 15 minutes", async () => {
    const url = await urlOf(await log({ content: { transcript: "Hello" } }));
    now = new Date("2031-03-04T15:14:59Z");
    expect((await fetched(url)).status).toBe(200);
    now = new Date("2031-03-04T15:15:00Z");
    const { status, body } = await fetched(url);
    expect([status, body.message]).toEqual([
      403,
      "This URL is expired. Request another one under /interactions.",
    ]);
    now = new Date("2031-03-04T15:00:00Z");
  });

  test.each([
    ["for another interaction", (url: string) => url.replace(/content\/\d+/, "content/1")],
    [
      "for another id",
      (url: string) =>
        url.replace(/urlId=./, (found) => (found.endsWith("a") ? "urlId=b" : "urlId=a")),
    ],
    ["for a longer time", (url: string) => url.replace(/expires=\d+/, "expires=9999999999")],
    ["without its signature", (url: string) => url.replace(/signature=.*/, "signature=")],
    [
      "with another signature",
      (url: string) =>
        url.replace(/signature=(.)/, (_, letter) => `signature=${letter === "A" ? "B" : "A"}`),
    ],
  ])("cannot be forged %s", async (_, forge) => {
    await log({ content: { transcript: "somebody else's" } });
    const url = await urlOf(await log({ content: { transcript: "Hello" } }));
    const { status, body } = await fetched(forge(url));
    expect([status, JSON.stringify(body)]).toEqual([403, expect.not.stringContaining("Hello")]);
  });

  test.each([
    "",
    "?expires=1",
    "?signature=x",
    "?expires=x&signature=x",
    "?expires=1&urlId=x&signature=x",
  ])("is not %j alone", async (query) => {
    const id = await log({ content: { transcript: "Hello" } });
    expect((await fetched(`/recorded-content/${id}${query}`)).status).toBe(400);
  });

  test("does not appear in the log", async () => {
    const url = await urlOf(await log({ content: { transcript: "Hello" } }));
    await fetched(url);
    expect(served.emitted.join("\n")).not.toMatch(/signature|Hello/);
  });
});

describe("sensitive content", () => {
  const SECRET = { transcript: "the account number" };
  const kept = async (id: string): Promise<unknown> => {
    const { rows } = await pool.query<{ content: unknown }>(
      "select content from tidings.interactions where id = $1",
      [id],
    );
    return rows[0]?.content;
  };

  test("is sealed at rest, and readable with the scope", async () => {
    const id = await log({ sensitive: true, content: SECRET });
    expect(JSON.stringify(await kept(id))).not.toContain("account");
    expect(await kept(id)).toHaveProperty("sealed");
    const { body } = await ask("GET", `/interactions/${id}`);
    expect(body.data["content"]).toEqual(SECRET);
    expect((await fetched(await urlOf(id))).body).toBe("the account number");
  });

  test("is null everywhere without the scope, and all other fields are shown", async () => {
    const reader = await keyWith("interaction:read", "interaction:write");
    const id = await log({ sensitive: true, content: SECRET, subject: "freeForm" });
    const one = await ask("GET", `/interactions/${id}`, { key: reader });
    expect(one.body.data).toMatchObject({ content: null, subject: "freeForm", sensitive: true });
    const list = await ask("GET", "/people/BO-1/interactions?sensitive=true", { key: reader });
    expect(list.body.data[0]).toMatchObject({ id, content: null });
    const put = await ask("PUT", `/people/BO-1/interactions/${id}`, { key: reader, body: {} });
    expect(put.body.data).toMatchObject({ content: null });
    const post = await ask("POST", "/people/BO-1/interactions", {
      key: reader,
      body: { channel: "voice", status: "succeeded", sensitive: true, content: SECRET },
    });
    expect(post.body.data).toMatchObject({ content: null });
    for (const query of ["", "?returnUrl=true"]) {
      const found = await ask("GET", `/interactions/${id}/content${query}`, { key: reader });
      expect(found.status).toBe(403);
    }
    expect(served.emitted.join("\n")).not.toContain("account number");
  });

  test("has a reveal on record for each time it is shown, and for no other", async () => {
    const key = await keyWith("interaction:read", "interaction:read.sensitive");
    const reader = await keyWith("interaction:read", "interaction:write");
    const body = { channel: "voice", status: "succeeded", sensitive: true, content: SECRET };
    const made = await ask("POST", "/people/BO-2/interactions", { key: reader, body });
    const id = String(made.body.data["id"]);
    const reveals = async (): Promise<readonly unknown[]> => {
      const { rows } = await pool.query(
        "select revealed_by, way from tidings.content_reveals where interaction_id = $1",
        [id],
      );
      return rows;
    };
    const paths = [
      `/interactions/${id}`,
      "/people/BO-2/interactions",
      `/interactions/${id}/content?returnUrl=true`,
    ];
    for (const path of paths) await ask("GET", path, { key: reader });
    expect(await reveals()).toEqual([]);
    for (const path of paths) await ask("GET", path, { key });
    const name = expect.stringMatching(/^key:test-\d+$/) as string;
    expect(await reveals()).toEqual(paths.map(() => ({ revealed_by: name, way: "rest" })));

    const open = await log({ content: SECRET });
    await ask("GET", `/interactions/${open}`, { key });
    const empty = await log({ sensitive: true });
    await ask("GET", `/interactions/${empty}`, { key });
    const { rows } = await pool.query(
      "select from tidings.content_reveals where interaction_id in ($1, $2)",
      [open, empty],
    );
    expect(rows).toEqual([]);
  });

  test("is sealed when it becomes sensitive, and opened when it stops being sensitive", async () => {
    const id = await log({ content: SECRET });
    expect(await kept(id)).toEqual(SECRET);
    const path = `/people/BO-1/interactions/${id}`;
    await ask("PUT", path, { body: { sensitive: true } });
    expect(await kept(id)).toHaveProperty("sealed");
    await ask("PUT", path, { body: { content: { transcript: "another" } } });
    expect(await kept(id)).toHaveProperty("sealed");
    const { body } = await ask("PUT", path, { body: { sensitive: false } });
    expect(body.data["content"]).toEqual({ transcript: "another" });
    expect(await kept(id)).toEqual({ transcript: "another" });
  });

  test("cannot be opened without the scope to read it, unless it is replaced", async () => {
    const writer = await keyWith("interaction:read", "interaction:write");
    const id = await log({ sensitive: true, content: SECRET });
    const path = `/people/BO-1/interactions/${id}`;
    const refused = await ask("PUT", path, { key: writer, body: { sensitive: false } });
    expect([refused.status, refused.body.errors[0]?.field]).toEqual([403, "sensitive"]);
    expect(await kept(id)).toHaveProperty("sealed");
    const replaced = await ask("PUT", path, {
      key: writer,
      body: { sensitive: false, content: { transcript: "nothing" } },
    });
    expect(replaced.body.data["content"]).toEqual({ transcript: "nothing" });
  });

  test("without its key is null, and the answer and the log name the fault", async () => {
    const lost = createSeal([randomBytes(32).toString("base64")]);
    const owner = { interactionId: interaction("1"), channel: "email" } as const;
    const id = await insertSent(pool, {
      status: "attempted",
      sensitive: true,
      content: lost?.seal({ subject: "secret" }, owner) ?? {},
    });
    const { status, body } = await ask("GET", `/interactions/${id}`);
    expect([status, body.data["content"], body.data["contentFault"]]).toEqual([
      200,
      null,
      "CONTENT_KEY_UNKNOWN",
    ]);
    expect(served.emitted.at(-2)).toContain('"code":"CONTENT_KEY_UNKNOWN"');
    const reader = await keyWith("interaction:read");
    expect((await ask("GET", `/interactions/${id}`, { key: reader })).status).toBe(200);
  });

  test("cannot be sent already sealed", async () => {
    const sealed = { keyId: "x", iv: "x", tag: "x", data: "x" };
    const body = { channel: "gui", status: "succeeded", content: { sealed } };
    const answer = await ask("POST", "/people/BO-1/interactions", { body });
    expect([answer.status, answer.body.errors[0]?.field]).toEqual([422, "content"]);
  });
});
