import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { playEvents, type EventRow } from "./play-events.ts";

const { events } = JSON.parse(
  readFileSync(new URL("../../conformance/guard.json", import.meta.url), "utf8"),
) as { readonly events: readonly EventRow[] };

describe("the events of a provider, and their result", () => {
  test.each(events)("$id: $title", (row) => {
    const played = playEvents(row);
    expect(played).toMatchObject(row.expected);
    // an empty contact means that nothing is written back
    if (row.expected.contact !== undefined && Object.keys(row.expected.contact).length === 0)
      expect(played.contact).toEqual({});
  });
});
