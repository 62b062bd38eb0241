import { once } from "node:events";
import { connect } from "node:net";
import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertHouse } from "../interactions/scene.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const served = useServer(database);
const behindProxy = useServer(database, { publicUrl: "https://api.lender.example/tidings/" });
const body = { channel: "voice", status: "succeeded", content: { transcript: "x" } };
beforeAll(() => insertHouse(database.pool));

async function logTwo(): Promise<string> {
  await served.ask("POST", "/people/BO-1/interactions", { body });
  const { body: logged } = await served.ask("POST", "/people/BO-1/interactions", { body });
  return String(logged.data["id"]);
}

test("with a public URL, the URLs of pages and of content begin with it", async () => {
  const id = await logTwo();
  const list = await behindProxy.ask("GET", "/people/BO-1/interactions?limit=1");
  expect(list.body["nextUrl"]).toMatch(
    /^https:\/\/api\.lender\.example\/tidings\/people\/BO-1\/interactions\?limit=1&startingAfter=\d+$/,
  );
  const { headers } = await behindProxy.ask("GET", `/interactions/${id}/content`);
  expect(headers.get("location")).toMatch(
    /^https:\/\/api\.lender\.example\/tidings\/recorded-content\/\d+\?expires=/,
  );
  const url = new URL(headers.get("location") ?? "");
  const path = url.pathname.replace("/tidings", "") + url.search;
  expect((await behindProxy.ask("GET", path, { key: null })).body).toBe("x");
});

/** Sends a GET over a raw socket, where every header is the test's own. Returns the whole response. */
async function get(target: string, headers: readonly string[]): Promise<string> {
  const { port, hostname } = new URL(served.origin);
  const socket = connect(Number(port), hostname);
  let response = "";
  socket.on("data", (chunk) => (response += String(chunk)));
  socket.write([`GET ${target} HTTP/1.1`, ...headers, "Connection: close", "", ""].join("\r\n"));
  await once(socket, "close");
  return response;
}

describe("without a public URL", () => {
  test.each([
    ["a Host header of another server", "", "evil.example"],
    ["a request target of another server", "http://evil.example", "evil.example"],
    ["a Host header that reads like our own", "", "127.0.0.1.evil.example"],
  ])("%s is in no URL", async (_, origin, host) => {
    const id = await logTwo();
    const key = `X-API-KEY: ${await served.keyWith("interaction:read")}`;
    const headers = [`Host: ${host}`, key];
    const signed = await get(`${origin}/interactions/${id}/content?returnUrl=true`, headers);
    const page = await get(`${origin}/people/BO-1/interactions?limit=1`, headers);
    const redirect = await get(`${origin}/interactions/${id}/content`, headers);
    expect(signed).toContain(`"url":"/recorded-content/${id}?`);
    expect(page).toContain('"nextUrl":"/people/BO-1/interactions?limit=1&startingAfter=');
    expect(redirect).toMatch(/^location: \/recorded-content\//im);
    expect(signed + page + redirect).not.toContain("evil.example");
  });
});

test("several Host headers are refused", async () => {
  const response = await get("/healthz", ["Host: lender.example", "Host: evil.example"]);
  expect(response).toMatch(/^HTTP\/1\.1 400 /);
  expect(response).toContain('{"status":400,"message":"Send one Host header.","errors":[]}');
});
