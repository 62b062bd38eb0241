import { expect, test } from "vitest";
import { writeDate } from "../../../src/template/language/write-date.ts";
import { Unwritable } from "../../../src/template/language/write-text.ts";

test.each([undefined, "MMMM d, y"])(
  "an unknown zone is never written, with pattern %s",
  (pattern) => {
    const write = (): string =>
      writeDate("2031-03-03T02:30:00Z", pattern, { tag: "en-US", zone: "UTC/5" });
    expect(write).toThrow(Unwritable);
  },
);
