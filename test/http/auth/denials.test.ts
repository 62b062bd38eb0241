import { beforeAll, describe, expect, test } from "vitest";
import { generateKey } from "../../../src/api-key.ts";
import { useDatabase } from "../../database.ts";
import { insertHouse } from "../interactions/scene.ts";
import { useServer, type RequestOptions } from "../served.ts";

const database = useDatabase();
const served = useServer(database);
const { ask, keyWith } = served;
beforeAll(() => insertHouse(database.pool));

async function eventsOf(path: string, options: RequestOptions): Promise<Record<string, unknown>[]> {
  const before = served.emitted.length;
  await ask("GET", path, options);
  return served.emitted.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe("a request that is denied is logged", () => {
  const { key: unknown, prefix } = generateKey();
  test.each([
    [
      "without credentials",
      { key: null },
      { status: 401, keyPrefix: null, reason: "noCredentials" },
    ],
    [
      "with an unknown key",
      { key: unknown },
      { status: 401, keyPrefix: prefix, reason: "invalidKey" },
    ],
    [
      "with a text that is no key",
      { key: "pat@example.com" },
      { status: 401, keyPrefix: null, reason: "invalidKey" },
    ],
    [
      "with an invalid token",
      { key: null, headers: { Authorization: "Bearer a.b.c" } },
      { status: 401, keyPrefix: null, reason: "invalidToken" },
    ],
  ])("%s", async (_, options, expected) => {
    const [event, ...rest] = await eventsOf("/interactions", options);
    expect(rest).toEqual([]);
    expect(event).toMatchObject({ event: "http.denied", caller: null, ...expected });
    expect(JSON.stringify(event)).not.toMatch(/pat@example|a\.b\.c/);
    if (options.key === unknown) expect(JSON.stringify(event)).not.toContain(unknown);
  });

  test("without the scope, with caller and prefix", async () => {
    const key = await keyWith("notificationType:read");
    const events = await eventsOf("/interactions/7", { key });
    expect(events).toMatchObject([
      {
        event: "http.denied",
        route: "/interactions/:interactionId",
        status: 403,
        caller: expect.stringMatching(/^key:\d+$/) as string,
        keyPrefix: key.slice(0, 12),
        reason: "missingScope",
      },
    ]);
  });

  test.each([
    [
      "forged",
      "?expires=4000000000&urlId=0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f11&signature=x",
      "forgedUrl",
    ],
  ])("with a %s URL", async (_, query, reason) => {
    const events = await eventsOf(`/recorded-content/7${query}`, { key: null });
    expect(events).toMatchObject([{ event: "http.denied", status: 403, reason }]);
  });
});

test("a request that reads customer data is logged with caller, key prefix and count", async () => {
  const key = await keyWith("interaction:read", "interaction:write");
  const body = { channel: "voice", status: "succeeded" };
  await ask("POST", "/people/BO-1/interactions", { key, body });
  await ask("POST", "/people/BO-1/interactions", { key, body });
  const events = await eventsOf("/people/ext-crm-1/interactions", { key });
  expect(events).toMatchObject([
    {
      event: "http.answered",
      route: "/people/:personId/interactions",
      status: 200,
      caller: expect.stringMatching(/^key:\d+$/) as string,
      keyPrefix: key.slice(0, 12),
      interactions: 2,
    },
  ]);
  expect(JSON.stringify(events)).not.toContain("crm-1");
});

test("health checks are logged as public, at another level", async () => {
  expect(await eventsOf("/healthz", { key: null })).toMatchObject([
    { event: "http.publicAnswered", route: "/healthz", status: 200 },
  ]);
});
