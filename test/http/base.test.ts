import { expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { useServer } from "./served.ts";

const { ask } = useServer(useDatabase());

test("a path that is not there is 404 and says where to look", async () => {
  const { status, body } = await ask("GET", "/nothing");
  expect([status, body.message]).toEqual([
    404,
    "There is nothing here; /docs lists what there is.",
  ]);
});
