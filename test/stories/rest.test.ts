import { expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { useServer } from "../http/served.ts";
import { useInstallation } from "../installation.ts";

const database = useDatabase();
const installation = useInstallation(database);
const { ask } = useServer(database);

const put = (path: string, body: object) => ask("PUT", path, { body });

test("a type configured over HTTP sends what a case change asks for, and the record is read over HTTP", async () => {
  const { body: made } = await ask("POST", "/notification-types", {
    body: { name: "Opened", onStatus: "initiated", channel: "email", templateId: 1 },
  });
  const type = `/notification-types/${Number(made.data["id"])}`;
  await put("/case-types/bankruptcy/notification-types", {
    notificationTypeIds: [made.data["id"]],
  });

  await installation.change("CS-1", "initiated");
  expect(await installation.outbox(), "a draft sends nothing").toEqual([]);

  expect((await put(type, { status: "active" })).status).toBe(200);
  await installation.change("CS-2", "initiated");
  expect(await installation.outbox()).toHaveLength(1);

  // three business days from a Monday morning
  await put(type, { delay: 3, unit: "businessDays", theme: "opsServicing" });
  await installation.change("CS-3", "initiated");
  await put(type, { status: "deprecated" });
  await installation.change("CS-4", "initiated");

  const { body: listed } = await ask("GET", "/people/BO-1/interactions");
  expect(
    listed.data.map((one) => [one["status"], one["statusDetails"], one["theme"]]),
    "a planned interaction keeps its version; a deprecated type sends nothing more",
  ).toEqual([
    ["scheduled", null, "opsServicing"],
    ["attempted", "emailSent", null],
  ]);
  expect(listed.data[0]?.["scheduledAtFrom"]).toBe("2031-03-06T15:00:00.000Z");

  await installation.at("2031-03-06T15:00:00Z");
  expect(await installation.outbox()).toHaveLength(2);
});
