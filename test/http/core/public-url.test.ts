import { beforeAll, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertHouse } from "../interactions/scene.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { ask } = useServer(database, { publicUrl: "https://api.lender.example/tidings/" });
beforeAll(() => insertHouse(database.pool));

test("addresses of pages and of content begin as callers reach the server", async () => {
  const body = { channel: "voice", status: "succeeded", content: { transcript: "x" } };
  const { body: made } = await ask("POST", "/people/BO-1/interactions", { body });
  await ask("POST", "/people/BO-1/interactions", { body });
  const list = await ask("GET", "/people/BO-1/interactions?limit=1");
  expect(list.body["nextUrl"]).toMatch(
    /^https:\/\/api\.lender\.example\/tidings\/people\/BO-1\/interactions\?limit=1&startingAfter=\d+$/,
  );
  const path = `/interactions/${String(made.data["id"])}/content`;
  const led = await ask("GET", path);
  expect(led.headers.get("location")).toMatch(
    /^https:\/\/api\.lender\.example\/tidings\/recorded-content\/\d+\?expires=/,
  );
  const url = new URL(led.headers.get("location") ?? "");
  const fetched = await ask("GET", url.pathname.replace("/tidings", "") + url.search, {
    key: null,
  });
  expect(fetched.body).toBe("x");
});
