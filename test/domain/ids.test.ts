import { describe, expect, test } from "vitest";
import type { Emit } from "../../src/domain/events.ts";
import {
  LARGEST_ID,
  parseCaseChangeId,
  parseInteractionId,
  type CaseChangeId,
  type InteractionId,
} from "../../src/domain/ids.ts";
import { createInFlight } from "../../src/delivery/in-flight.ts";

describe.each([
  ["an interaction", parseInteractionId],
  ["a case change", parseCaseChangeId],
])("the id of %s", (_, parse) => {
  test.each(["0", "1", "4711", String(LARGEST_ID)])("can be %s", (text) => {
    expect(parse(text)).toBe(text);
  });

  test("is the same with zeros before it", () => {
    expect(parse("007")).toBe("7");
  });

  test.each(["", "-1", "1.5", "1e3", " 1", "1 ", "0x1", "ext-1", String(LARGEST_ID + 1n)])(
    "cannot be %j",
    (text) => {
      expect(parse(text)).toBeUndefined();
    },
  );
});

/** `npm run types` fails where one of these lines compiles: each would confuse two ids, or skip the check of one. */
export function confuse(
  interaction: InteractionId,
  change: CaseChangeId,
  text: string,
  emit: Emit,
): void {
  const inFlight = createInFlight();
  inFlight.reserve([interaction]);
  // @ts-expect-error a case change is no interaction
  inFlight.reserve([change]);
  // @ts-expect-error any text is no interaction
  inFlight.reserve([text]);
  // @ts-expect-error a case change is no interaction
  emit("interaction.notRecorded", { interactionId: change });
}
